import path from 'node:path';
import { CacheError, messageOf } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import { parseCodebaseId, type ChangeDetection, type ContentHashAlgorithm, type Durability } from '../model/ids.js';
import { defaultCodebaseId } from '../config/codebase-id.js';
import { defaultOf, type SettingKey } from '../config/settings.js';
import type { Clock } from '../util/clock.js';
import { isNotFound, type FileSystem } from '../util/fs.js';
import type { AnalyzerSpec } from './load-analyzers.js';
import type { RemoteOptions } from './shared/remote-options.js';
import { assertShard, type Shard } from './shard.js';
import type { Settings } from './session.js';

export interface SessionOptions {
  /** Folder of the codebase. */
  readonly root: string;
  /** Default: the name in the manifest, else that of git's origin, else of the only codebase in a cache below the root, else the folder's. */
  readonly codebaseId?: string;
  readonly analyzers: readonly AnalyzerSpec[];
  /** Globs of the files in scope; all files without it. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Leave out what git ignores; default true. */
  readonly gitignore?: boolean;
  /** Default: `stat`; `content` where the environment variable CI is set. */
  readonly changeDetection?: ChangeDetection;
  /** Default: `xxh64`. */
  readonly contentHash?: ContentHashAlgorithm;
  /** Default: `ordered`. */
  readonly durability?: Durability;
  /** Analyses at the same time, and worker threads; default: the number of processors. */
  readonly concurrency?: number;
  /** Run everything, whatever is kept. */
  readonly force?: boolean;
  /** Number of versions kept; default 20. */
  readonly keepVersions?: number;
  /**
   * Analyze this part of the codebase only and keep its results; no analysis is written. A run without it finds the results of all parts where they
   * share a cache.
   */
  readonly shard?: Shard;
  /** A cache that machines share; text: its URL. */
  readonly remote?: RemoteOptions | string;
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
  /** Environment that analyzers may declare; default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The disk and the clock, for tests. */
  readonly ports?: { readonly fs?: FileSystem; readonly clock?: Clock };
}

/** Where the cache is: an id may follow from what is in it. */
export interface CachePlace {
  readonly manager?: { readonly basePath: string | undefined };
  readonly basePath?: string;
}

/** A source file that is longer than this is data. */
const DEFAULT_MAX_FILE_BYTES = 128 * 1024 * 1024;

/** Every default filled in. @throws CacheError CACHE_BAD_ROOT, CACHE_BAD_CODEBASE_ID; TypeError for a number that is none. */
export function settingsOf(options: SessionOptions & CachePlace, fs: FileSystem): Settings {
  const byDefault = defaults();
  const root = resolveRoot(options.root, fs);
  const { concurrency = byDefault.concurrency, keepVersions = byDefault.keepVersions } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new TypeError(`Expected concurrency to be a positive integer, found ${concurrency}`);
  if (!Number.isInteger(keepVersions) || keepVersions < 1)
    throw new TypeError(`Expected keepVersions to be a positive integer, found ${keepVersions}`);
  if (options.shard !== undefined) assertShard(options.shard);
  const { codebaseId, basePath = options.manager?.basePath } = options;
  return {
    root,
    codebaseId: codebaseId === undefined ? defaultCodebaseId(fs, root, basePath).id : parseCodebaseId(codebaseId),
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    gitignore: options.gitignore ?? true,
    changeDetection: options.changeDetection ?? byDefault.changeDetection,
    contentHash: options.contentHash ?? byDefault.contentHash,
    durability: options.durability ?? byDefault.durability,
    concurrency,
    force: options.force ?? false,
    shard: options.shard,
    keepVersions,
    maxFileBytes: DEFAULT_MAX_FILE_BYTES,
  };
}

/** The same defaults as in the configuration; the schema is the one place that has them. */
function defaults(): Pick<Settings, 'changeDetection' | 'contentHash' | 'durability' | 'concurrency' | 'keepVersions'> {
  const of = (key: SettingKey): unknown => defaultOf(key, process.env)?.value;
  return {
    changeDetection: of('changeDetection') as ChangeDetection,
    contentHash: of('contentHash') as ContentHashAlgorithm,
    durability: of('durability') as Durability,
    concurrency: of('concurrency') as number,
    keepVersions: of('limits.versions') as number,
  };
}

/** The folder itself, without links on the way: paths below it are compared as text. */
function resolveRoot(root: string, fs: FileSystem): string {
  const absolute = path.resolve(root);
  try {
    const real = fs.realpathSync(absolute);
    if (fs.statSync(real).isDirectory()) return real;
  } catch (cause) {
    const what = isNotFound(cause) ? 'does not exist' : `cannot be read (${messageOf(cause)})`;
    throw new CacheError('CACHE_BAD_ROOT', `Codebase root ${absolute} ${what}. Give the folder of the codebase.`, {
      root: absolute,
      cause,
    });
  }
  throw new CacheError(
    'CACHE_BAD_ROOT',
    `Codebase root ${absolute} is not a folder. Give the folder of the codebase.`,
    { root: absolute },
  );
}
