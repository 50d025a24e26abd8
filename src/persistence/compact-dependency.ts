/** A dependency as a short array, the form it has in `dependencies.json`. */
import type { Dependency } from '../model/dependency.js';
import type { ContentHash } from '../model/ids.js';
import { isDependencyPath } from '../util/dependency-path.js';

export type CompactDependency = readonly (string | null)[];

export function compact(dependency: Dependency): CompactDependency {
  switch (dependency.kind) {
    case 'absent':
    case 'exists':
      return [dependency.kind, dependency.path];
    case 'content':
    case 'listing':
    case 'closure':
      return [dependency.kind, dependency.path, dependency.hash];
    case 'env':
      return [dependency.kind, dependency.name, dependency.hash];
    case 'result':
      return [dependency.kind, dependency.analyzer, dependency.path, dependency.hash];
  }
}

/** The file, folder or variable that it names; of a result, the file that the other analyzer was asked about. */
export const subjectOf = (item: CompactDependency): string | null | undefined => item[item[0] === 'result' ? 2 : 1];

/** The dependency, or undefined for anything that `compact` does not make of one that a record may have. */
export function expand(item: unknown): Dependency | undefined {
  if (!Array.isArray(item)) return undefined;
  const parts: readonly unknown[] = item;
  const [kind, subject] = parts;
  if (typeof subject !== 'string') return undefined;
  if (kind === 'env') return parts.length === 3 ? envOf(subject, parts[2]) : undefined;
  if (kind === 'result') return parts.length === 4 ? resultOf(subject, parts[2], parts[3]) : undefined;
  if (!isDependencyPath(subject)) return undefined;
  if (kind === 'absent' || kind === 'exists') return parts.length === 2 ? { kind, path: subject } : undefined;
  if (parts.length !== 3) return undefined;
  const hash = parts[2];
  if (kind === 'content' && isHash(hash, CONTENT_HASH)) return { kind, path: subject, hash: hash as ContentHash };
  if (kind === 'closure') return hash !== null && isHash(hash, DIGEST) ? { kind, path: subject, hash } : undefined;
  return kind === 'listing' && isHash(hash, DIGEST) ? { kind, path: subject, hash } : undefined;
}

const CONTENT_HASH = /^(?:xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Both as in the schema of a record. */
const MAX_NAME_CHARACTERS = 32_767;
const MAX_ANALYZER_CHARACTERS = 64;

const isHash = (value: unknown, pattern: RegExp): value is string | null =>
  value === null || (typeof value === 'string' && pattern.test(value));

function envOf(name: string, hash: unknown): Dependency | undefined {
  if (name === '' || name.length > MAX_NAME_CHARACTERS || name.includes('\0')) return undefined;
  return isHash(hash, DIGEST) ? { kind: 'env', name, hash } : undefined;
}

function resultOf(analyzer: string, path: unknown, hash: unknown): Dependency | undefined {
  if (analyzer === '' || analyzer.length > MAX_ANALYZER_CHARACTERS) return undefined;
  if (typeof path !== 'string' || !isDependencyPath(path)) return undefined;
  return isHash(hash, DIGEST) ? { kind: 'result', analyzer, path, hash } : undefined;
}
