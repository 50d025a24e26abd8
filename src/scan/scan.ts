import type { BigIntStats } from 'node:fs';
import { CacheError, systemCode } from '../model/errors.js';
import type { FileDiff, FileTable, ScanProblem } from '../model/file-state.js';
import type { ChangeDetection } from '../model/ids.js';
import { canonicalJson } from '../util/canonical-json.js';
import type { FileSystem } from '../util/fs.js';
import { sha256Hex, type ContentHasher } from '../util/hash.js';
import { byCodeUnit } from '../util/paths.js';
import { diffStates, earlierPlaces, fileTable } from './file-columns.js';
import { HeldFiles, type HeldFile } from './held-files.js';
import { IgnoreStack } from './ignore-rules.js';
import { mergeListing, type Listing } from './listing.js';
import { readOuterIgnores, type OuterIgnores } from './outer-ignore-files.js';
import { isLocal, racyRule, type Stamp } from './racy-rule.js';
import { readStates } from './read-states.js';
import { refreshListing } from './refresh-listing.js';
import { decodeScanCache, encodeScanCache, type CacheOrigin, type ScanCache } from './scan-cache.js';
import { compileScope } from './scope.js';
import { bytesOf } from './sealed-sections.js';
import { SeenTree } from './seen-tree.js';
import { StatThread } from './stat-thread.js';
import { Turns } from './turns.js';
import { walk, type Found, type Tree } from './walk.js';

export interface ScanOptions {
  readonly fs: FileSystem;
  /** Absolute folder. */
  readonly root: string;
  /** Globs over POSIX paths relative to the root; [] is everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** A file is in scope if one of these lists matches it as well; an empty list, or none, matches all. */
  readonly analyzerIncludes: readonly (readonly string[])[];
  /** Leave out what git ignores. */
  readonly gitignore: boolean;
  /** Absolute folders that are never entered, such as the cache itself. */
  readonly skipFolders: readonly string[];
  /** `content` reads every file and lists every folder; `stat` only where a tuple is missing, not safe, or another one. */
  readonly changeDetection: ChangeDetection;
  readonly hasher: ContentHasher;
  readonly maxFileBytes: number;
  /** Content of the scan cache of an earlier run; not trusted. */
  readonly cache: Uint8Array | undefined;
  /** The file system's clock at the start of the run; without it no new tuples are stored. */
  readonly stamp: Stamp | undefined;
  /** Most bytes of new and changed files that are kept for `takeHeld`; default: none. */
  readonly holdBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `total` is unknown while folders are listed. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

export interface ScanResult {
  readonly files: FileTable;
  /** Sorted by path. */
  readonly problems: readonly ScanProblem[];
  /** Difference to the files in the given cache, with the tag it was saved under; undefined where it was of no use. */
  readonly delta: { readonly tag: string; readonly diff: FileDiff } | undefined;
  /** The bytes that a new or changed file was hashed from, handed over once; undefined where they were not kept. */
  takeHeld(path: string): HeldFile | undefined;
  /** Files that were read. */
  readonly hashedCount: number;
  readonly durationMs: number;
  /** Bytes of a new scan cache; undefined where the given one says exactly the same, or it cannot be written. */
  encodeCache(tag: string, extra?: Uint8Array): Uint8Array | undefined;
  /** What the caller stored along with the given cache. */
  readonly extra: Uint8Array | undefined;
  /** Folders and tuples, for `openInputStates`. */
  readonly seen: SeenTree;
}

/**
 * The source files under `root` with their content hashes, sorted by code unit. A path in scope that cannot be taken in is a
 * problem, never an exception.
 * @throws CacheError CACHE_BAD_ROOT with `root`, CACHE_BAD_PATTERN, CACHE_ABORTED.
 */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const usesTuples = options.changeDetection === 'stat';
  const thread = usesTuples ? StatThread.start(options.fs, options.cache?.length ?? 0) : undefined;
  try {
    return await scanWith(options, thread);
  } finally {
    await thread?.stop();
  }
}

async function scanWith(options: ScanOptions, thread: StatThread | undefined): Promise<ScanResult> {
  const startedAt = performance.now();
  const { fs, root, hasher, changeDetection } = options;
  const turns = new Turns(options.signal, options.onProgress);
  turns.check();
  const scope = compileScope(options);
  const rootStat = statRoot(fs, root);
  const origin: CacheOrigin = { device: rootStat.dev, rootIno: rootStat.ino, algorithm: hasher.algorithm };
  const earlier = options.cache && decodeScanCache(options.cache, origin);
  const outer = options.gitignore ? readOuterIgnores(fs, root) : NO_OUTER_IGNORES;
  const scopeDigest = sha256Hex(canonicalJson([scope.description, outer.description]));
  const local = isLocal(fs, root);
  const isSafe = local ? racyRule(rootStat.dev, options.stamp) : () => false;
  const tree: Tree = { fs, root, scope, rootDevice: rootStat.dev, isSafe, turns };

  const problems: ScanProblem[] = [];
  const mayRefresh = changeDetection === 'stat' && earlier?.scope === scopeDigest;
  const listing = await listTree(tree, mayRefresh ? earlier.listing : undefined, outer.stack, problems);
  const places = earlier && earlierPlaces(earlier.listing.paths, listing.paths);
  const held = new HeldFiles(options.holdBytes ?? 0);
  const { columns, hashedCount } = await readStates({
    ...{
      fs,
      root,
      rootDevice: rootStat.dev,
      listing,
      earlier: earlier?.columns,
      places,
      changeDetection,
      isLocal: local,
    },
    ...{ hasher, maxFileBytes: options.maxFileBytes, isSafe, turns, problems, held, thread },
  });

  const now = { paths: listing.paths, columns };
  const before = earlier && { paths: earlier.listing.paths, columns: earlier.columns };
  return {
    files: fileTable(listing.paths, columns, hasher.algorithm),
    problems: problems.sort((a, b) => byCodeUnit(a.path, b.path)),
    delta: earlier && before && { tag: earlier.tag, diff: diffStates(before, now, places, hasher.digestBytes) },
    takeHeld: (path) => held.take(path),
    hashedCount,
    durationMs: performance.now() - startedAt,
    extra: earlier?.extra,
    seen: new SeenTree({
      ...{ origin, isSafe, listing, columns },
      earlier: earlier?.listing,
      usesTuples: changeDetection === 'stat' && local,
    }),
    encodeCache(tag, extra = NOTHING) {
      const cache: ScanCache = { scope: scopeDigest, tag, listing, columns, extra };
      if (earlier !== undefined && saysTheSame(earlier, cache)) return undefined;
      const bytes = encodeScanCache(cache, origin);
      return bytes && options.cache && bytes.equals(options.cache) ? undefined : bytes;
    },
  };
}

const NO_OUTER_IGNORES: OuterIgnores = { stack: IgnoreStack.empty, description: [] };
const NOTHING = new Uint8Array(0);

function statRoot(fs: FileSystem, root: string): BigIntStats {
  let cause: unknown;
  try {
    const stat = fs.statSync(root, { bigint: true });
    if (stat.isDirectory()) return stat;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    cause = error;
  }
  throw new CacheError('CACHE_BAD_ROOT', `${root} is not a folder that can be read. Name another root.`, {
    cause,
    root,
  });
}

async function listTree(
  tree: Tree,
  earlier: Listing | undefined,
  outer: IgnoreStack,
  problems: ScanProblem[],
): Promise<Listing> {
  if (earlier !== undefined) {
    const met: ScanProblem[] = [];
    const refreshed = await refreshListing(tree, earlier, outer, met);
    if (refreshed !== undefined) {
      problems.push(...met);
      return refreshed;
    }
  }
  const found: Found = { folders: [], files: [], problems };
  await walk(tree, '', outer, found);
  return mergeListing(found.folders, found.files);
}

/** A quick answer for the unchanged tree: without it, the new bytes would have to be made to be compared. */
function saysTheSame(earlier: ScanCache, now: ScanCache): boolean {
  const [a, b] = [earlier.columns, now.columns];
  return (
    earlier.listing === now.listing &&
    earlier.scope === now.scope &&
    earlier.tag === now.tag &&
    Buffer.compare(earlier.extra, now.extra) === 0 &&
    Buffer.compare(a.flags, b.flags) === 0 &&
    Buffer.compare(a.digests, b.digests) === 0 &&
    Buffer.compare(bytesOf(a.modes), bytesOf(b.modes)) === 0 &&
    Buffer.compare(bytesOf(a.tuples), bytesOf(b.tuples)) === 0
  );
}
