import { validate } from '../../src/schema/generated/validators/shared-record.js';
import type { Dependency } from '../../src/model/dependency.js';
import type { SharedBackend } from '../../src/share/shared-backend.js';
import { sharedKey } from '../../src/share/shared-key.js';
import type { PublishDraft } from '../../src/share/publish-shared.js';
import type { SharedWanted } from '../../src/share/find-shared.js';
import type { SharedOrigin, SharedValidators } from '../../src/share/shared-record.js';
import { sha256Digest } from '../../src/util/hash.js';

export const sharedValidators: SharedValidators = {
  sharedRecord: (value) => (validate(value) ? undefined : (validate.errors?.[0]?.message ?? 'is not valid')),
};

export const FINGERPRINT = sha256Digest('analyzer');
export const ORIGIN: SharedOrigin = { scope: 'default', tool: { name: 'documee', version: '0.1.0' } };

/** A draft whose key is right for its fields. */
export function draftOf(
  changes: Partial<Omit<PublishDraft, 'key'>> & { readonly content?: string; readonly pathIndependent?: boolean } = {},
): PublishDraft {
  const { content = 'const a = 1;', pathIndependent = false, ...fields } = changes;
  const draft = {
    path: 'src/cart.ts',
    analyzer: { id: 'structure', version: '1', fingerprint: FINGERPRINT },
    contentHash: sha256Digest(content),
    sizeBytes: content.length,
    dependencies: [] as readonly Dependency[],
    surface: null,
    analyzedAt: '2026-11-20T10:15:00.123Z',
    durationMs: 4.1,
    cost: { tokens: 3 },
    resultText: JSON.stringify({ language: 'typescript', '__proto__ ': ['ü', 1.5, null] }, null, 2),
    ...fields,
  };
  const { analyzer, contentHash, path } = draft;
  const key = sharedKey({ fingerprint: analyzer.fingerprint, path: pathIndependent ? null : path, contentHash });
  return { ...draft, key };
}

export const wantedOf = ({ key, analyzer, path, contentHash, sizeBytes }: PublishDraft): SharedWanted => ({
  ...{ key, path, contentHash, sizeBytes },
  ...{ analyzerId: analyzer.id, fingerprint: analyzer.fingerprint },
});

export const dependsOn = (path: string, content = 'x'): Dependency => ({
  kind: 'content',
  path,
  hash: sha256Digest(content) as never,
});

/** A store in a map, with the calls that were made. */
export class FakeBackend implements SharedBackend {
  readonly description = 'fake:';
  readonly values = new Map<string, unknown>();
  readonly calls: string[] = [];

  loadMany(keys: readonly string[]): Promise<readonly unknown[]> {
    this.calls.push(`load ${keys.length}`);
    return Promise.resolve(keys.map((key) => this.values.get(key)));
  }

  saveMany(entries: Iterable<readonly [string, Uint8Array]>): Promise<void> {
    this.calls.push('save');
    for (const [key, value] of entries) this.values.set(key, value);
    return Promise.resolve();
  }

  createMany(entries: Iterable<readonly [string, Uint8Array]>): Promise<boolean[]> {
    this.calls.push('create');
    return Promise.resolve(
      [...entries].map(([key, value]) => {
        if (this.values.has(key)) return false;
        this.values.set(key, value);
        return true;
      }),
    );
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    this.calls.push('delete');
    return Promise.resolve(keys.filter((key) => this.values.delete(key)).length);
  }
}
