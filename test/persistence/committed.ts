/** A codebase in a folder of its own, whose results have the dependencies that a test gives them. */
import path from 'node:path';
import type { Dependency } from '../../src/model/dependency.js';
import type { CodebaseId, ContentHash, Fingerprint, RecordId, VersionId } from '../../src/model/ids.js';
import { filesMap, formatRecords, type AnalysisDocument } from '../../src/persistence/analysis-document.js';
import { CodebaseCache } from '../../src/persistence/codebase-cache.js';
import { commitAnalysis, newVersionId, type NewHead } from '../../src/persistence/commit.js';
import { DependenciesDocument } from '../../src/persistence/dependencies-document.js';
import { FileHashesDocument } from '../../src/persistence/file-hashes-document.js';
import type { RecordDraft } from '../../src/persistence/record.js';
import { identityOf } from '../../src/plan/analyzer-identity.js';
import { recordId } from '../../src/plan/record-id.js';
import { resultKey } from '../../src/plan/result-key.js';
import { FileDocuments } from '../../src/store/documents/file-documents.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { temporaryFolder } from '../support/temporary.js';

export const ID = 'shop' as CodebaseId;
export const CONTENT = 'xxh64:0123456789abcdef' as ContentHash;
const identity = identityOf({ id: 'lint', version: '1' }, {});
export const FINGERPRINT: Fingerprint = identity.fingerprint;

export const env = (name: string): Dependency => ({ kind: 'env', name, hash: null });
export const content = (file: string): Dependency => ({ kind: 'content', path: file, hash: CONTENT });

export function draft(file: string, dependencies: readonly Dependency[], result: unknown = file): RecordDraft {
  return {
    ...{ key: resultKey(FINGERPRINT, file, CONTENT), path: file, contentHash: CONTENT, sizeBytes: 3, epoch: 0 },
    analyzer: { id: 'lint', version: '1', fingerprint: FINGERPRINT },
    ...{ dependencies, surface: null, durationMs: 1, cost: {}, analyzedAt: '2026-11-20T10:00:00.000Z' },
    resultText: JSON.stringify(result),
  };
}

export const idOf = ({ key, dependencies }: RecordDraft): RecordId => recordId(key, dependencies);

export interface Committed {
  /** Folder of the codebase. */
  readonly place: string;
  readonly basePath: string;
  readonly cache: CodebaseCache;
  readonly analysis: AnalysisDocument;
}

export async function openCache(basePath: string, fs: FileSystem = realFs): Promise<CodebaseCache> {
  return CodebaseCache.open(new FileDocuments({ fs, basePath }), ID);
}

/** Keeps and commits one result of `lint` for each file. @param dependenciesOf by path, sorted. */
export async function commitResults(
  dependenciesOf: Readonly<Record<string, readonly Dependency[]>>,
  basePath: string = path.join(temporaryFolder(), 'base'),
  fs: FileSystem = realFs,
): Promise<Committed> {
  const cache = await openCache(basePath, fs);
  const drafts = Object.entries(dependenciesOf).map(([file, dependencies]) => draft(file, dependencies));
  for (const one of drafts) await cache.saveRecord(one, { replace: false, durable: false });
  const previous = await cache.openAnalysis();
  const analysis = await commitAnalysis(
    cache.documents,
    ID,
    {
      head: headOf(drafts.length, previous?.head.versionId ?? null),
      files: filesMap(drafts.map((one) => [one.path, formatRecords([['lint', idOf(one)]])])),
      fileHashes: FileHashesDocument.fromEntries(drafts.map((one) => [one.path, one.contentHash])),
      dependencies: DependenciesDocument.fromEntries(
        drafts.map((one) => [one.path, new Map([['lint', one.dependencies]])]),
      ),
      values: {},
    },
    { durable: false, keepVersions: 1 },
  );
  return { place: path.join(basePath, ID), basePath, cache, analysis };
}

function headOf(files: number, previousVersionId: VersionId | null): NewHead {
  return {
    $schema: 'urn:documee:schema:analysis:1',
    formatVersion: 1,
    codebaseId: ID,
    versionId: newVersionId({ now: () => Date.now() }, previousVersionId),
    previousVersionId,
    createdAt: '2026-11-20T10:00:00.000Z',
    epoch: 0,
    tool: { name: 'documee', version: '0.1.0' },
    contentHash: 'xxh64',
    scope: { include: [], exclude: [], gitignore: true },
    analyzers: {
      lint: { ...identity, results: files, durationMs: files, uses: [], recordsDependencies: false, cost: {} },
    },
    totals: { files, analyzed: files, reused: 0, removed: 0, failed: 0, uncacheable: 0 },
    ...{ durationMs: 1, savedMs: 0, notKept: [], inputs: [] },
  };
}
