import { CacheError } from '../model/errors.js';
import type { FileDiff, FileTable } from '../model/file-state.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import { diffFromNothing } from '../plan/diff.js';
import { parseDocument } from '../schema/parse-json.js';
import { loadValidators } from '../schema/validate.js';
import { byCodeUnit } from '../util/paths.js';
import { MAX_ANALYSIS_BYTES } from './analysis-document.js';
import { isInvalidatedAsAWhole, type CodebaseCache } from './codebase-cache.js';
import { diffByHashes, diffByKeys } from './diff-committed.js';
import { FileHashesDocument } from './file-hashes-document.js';
import { fileHashesKey } from './layout.js';
import { LoadedAnalysis } from './loaded-analysis.js';
import { parseSourcePath } from './source-path.js';

/** Content hash by path, as a Map or a plain object. */
export type HashesInput = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

const CONTENT_HASH = /^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$/;

/** Hashes of the committed analysis; of the file alone where there is none; undefined where there is neither. */
export async function committedHashes(cache: CodebaseCache): Promise<Map<string, ContentHash> | undefined> {
  const document = await cache.openAnalysis();
  if (document === undefined || (await isInvalidatedAsAWhole(cache, document))) return standaloneHashes(cache);
  const hashes = await cache.openFileHashes(document);
  if (hashes !== undefined) return new Map(hashes.all());
  // A kill between the two files: the records know what was analyzed.
  const known = new Map<string, ContentHash>();
  for await (const { path, contentHash } of new LoadedAnalysis(cache, document).files()) {
    if (contentHash !== null) known.set(path, contentHash);
  }
  return known;
}

async function standaloneHashes(cache: CodebaseCache): Promise<Map<string, ContentHash> | undefined> {
  const [bytes] = await cache.documents.loadMany([fileHashesKey(cache.id)], { maxBytes: MAX_ANALYSIS_BYTES });
  if (!Buffer.isBuffer(bytes)) return undefined;
  const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES });
  if (!parsed.ok || (await loadValidators()).fileHashes(parsed.value) !== undefined) return undefined;
  return new Map(Object.entries(parsed.value as Record<string, ContentHash>));
}

export async function writeFileHashes(cache: CodebaseCache, hashes: HashesInput): Promise<void> {
  const document = FileHashesDocument.fromEntries(parseHashes(hashes));
  try {
    await cache.documents.replace(fileHashesKey(cache.id), document.encode(), { durable: false });
  } catch (cause) {
    throw unwritable(cause);
  }
}

export async function changedSince(cache: CodebaseCache, currentHashes: HashesInput): Promise<FileDiff> {
  const files = tableOf(parseHashes(currentHashes));
  const document = await cache.openAnalysis();
  if (document !== undefined && !(await isInvalidatedAsAWhole(cache, document))) {
    const committed = await cache.openFileHashes(document);
    return committed === undefined ? diffByKeys(document, files) : diffByHashes(committed, files);
  }
  const alone = await standaloneHashes(cache);
  return alone === undefined
    ? diffFromNothing(files)
    : diffByHashes(FileHashesDocument.fromEntries(sortByPath([...alone])), files);
}

function parseHashes(hashes: HashesInput): [SourcePath, ContentHash][] {
  const entries: [string, string][] = isMap(hashes) ? [...hashes] : Object.entries(hashes);
  for (const [path, contentHash] of entries) {
    parseSourcePath(path);
    if (!CONTENT_HASH.test(contentHash)) {
      throw new TypeError(
        `Expected the hash of ${path} to be "xxh64:" + 16 or "sha256:" + 64 hex digits, found ${JSON.stringify(contentHash)}`,
      );
    }
  }
  return sortByPath(entries) as [SourcePath, ContentHash][];
}

const isMap = (hashes: HashesInput): hashes is ReadonlyMap<string, string> => hashes instanceof Map;

function sortByPath<T>(entries: [string, T][]): [string, T][] {
  return entries.sort(([a], [b]) => byCodeUnit(a, b));
}

/** @param entries sorted by path. */
export function tableOf(entries: readonly (readonly [SourcePath, ContentHash])[]): FileTable {
  const positions = new Map(entries.map(([path], index) => [path as string, index]));
  return {
    paths: entries.map(([path]) => path),
    indexOf: (path) => positions.get(path) ?? -1,
    contentHash: (index) => (entries[index] as (typeof entries)[number])[1],
    sizeBytes: () => 0,
  };
}

export function unwritable(cause: unknown): unknown {
  if (cause instanceof CacheError || cause instanceof TypeError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CacheError(
    'CACHE_UNWRITABLE',
    `The cache cannot be written: ${message}. Free space or permissions, or choose another place.`,
    { cause },
  );
}
