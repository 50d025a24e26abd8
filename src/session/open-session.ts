import path from 'node:path';
import { BUILT_IN_ANALYZER_IDS, loadBuiltInAnalyzer } from '../analyzers/index.js';
import type { Analyzer } from '../model/analyzer.js';
import { CacheError, messageOf } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import {
  parseCodebaseId,
  type CodebaseId,
  type ChangeDetection,
  type ContentHashAlgorithm,
  type Durability,
} from '../model/ids.js';
import { defaultCodebaseId } from '../config/codebase-id.js';
import { isModulePath } from '../config/load-config.js';
import { defaultOf, type SettingKey } from '../config/settings.js';
import { CodebaseCache } from '../persistence/codebase-cache.js';
import { LocalState } from '../persistence/local-state.js';
import { identityOf } from '../plan/analyzer-identity.js';
import { analyzerModule, defineAnalyzer, loadAnalyzerModule, type AnalyzerModule } from '../run/load-analyzer.js';
import { loadWithCode, type Loaded } from '../run/loaded-code.js';
import type { RunAnalyzer } from '../run/task.js';
import type { WorkerPool } from '../run/worker-pool.js';
import type { StoreDriver } from '../store/driver.js';
import { systemClock, type Clock } from '../util/clock.js';
import { isNotFound, realFs, type FileSystem } from '../util/fs.js';
import { compileGlobs } from '../util/globs.js';
import { contentHasher } from '../util/hash.js';
import { byCodeUnit } from '../util/paths.js';
import { suggest } from '../util/suggest.js';
import type { Session, SessionAnalyzer, Settings } from './session.js';

/** An analyzer as an object, by its module, or by a name: a built-in id or the path of a module. */
export type AnalyzerSpec = Analyzer | AnalyzerModule | string;

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
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
  /** Environment that analyzers may declare; default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The disk and the clock, for tests. */
  readonly ports?: { readonly fs?: FileSystem; readonly clock?: Clock };
}

/** Where the cache is: an id may follow from what is in it. */
interface CachePlace {
  readonly manager?: { readonly basePath: string };
  readonly basePath?: string;
}

/** A source file that is longer than this is data. */
const DEFAULT_MAX_FILE_BYTES = 128 * 1024 * 1024;

/** @param driver undefined: the run keeps nothing. @param reading true: the run will write nothing. */
export async function openSession(
  options: SessionOptions & CachePlace,
  openDriver: (root: string) => Promise<{ driver: StoreDriver; folder: string | undefined }>,
  { reading = false } = {},
): Promise<Session> {
  const fs = options.ports?.fs ?? realFs;
  const settings = settingsOf(options, fs);
  const { emit, warn } = announcer(options.onEvent);
  const analyzers = await loadAnalyzers(options, settings.root, fs, warn);
  let writable = !reading;
  let cache: CodebaseCache | undefined;
  let local: LocalState | undefined;
  const cacheFolders: string[] = [];
  try {
    const { driver, folder } = await openDriver(settings.root);
    if (folder !== undefined) cacheFolders.push(folder);
    cache = await CodebaseCache.open(driver, settings.codebaseId, emit);
    const localFolder = await openLocalFolder(driver, settings.codebaseId, writable, (cause) => {
      writable = false;
      warnUnwritable(warn, cause);
    });
    local = localFolder === undefined ? undefined : new LocalState(fs, localFolder);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    writable = false;
    cache = undefined;
    // What was asked for makes no sense; a cache that cannot be used does no harm.
    if (error instanceof CacheError && error.code === 'CACHE_BAD_CONFIG') throw error;
    if (error instanceof CacheError) warn(error.code, error.message, error);
    else
      warn(
        'CACHE_UNREADABLE',
        `The cache cannot be read (${messageOf(error)}); everything is analyzed and nothing is kept.`,
        error,
      );
  }
  let pool: Promise<WorkerPool> | undefined;
  return {
    settings,
    fs,
    clock: options.ports?.clock ?? systemClock,
    hasher: await contentHasher(settings.contentHash),
    signal: options.signal ?? new AbortController().signal,
    emit,
    warn,
    analyzers,
    cache,
    local,
    cacheFolders,
    writable,
    pool: () =>
      (pool ??= import('../run/worker-pool.js').then(({ openWorkerPool }) => openWorkerPool(settings.concurrency))),
    close: async () => (await pool)?.close(),
  };
}

/** Tells the listener everything, and each warning once. */
function announcer(onEvent: EventListener = () => undefined): Pick<Session, 'emit' | 'warn'> {
  const warned = new Set<string>();
  return {
    emit: onEvent,
    warn(code, message, cause) {
      if (warned.has(code)) return;
      warned.add(code);
      onEvent({ type: 'warning', code, message, cause });
    },
  };
}

export function warnUnwritable(warn: Session['warn'], cause: unknown): void {
  warn(
    'CACHE_UNWRITABLE',
    `The cache cannot be written (${messageOf(cause)}); results are complete but not kept. Free space or permissions, or choose another place with --base-path.`,
    cause,
  );
}

async function openLocalFolder(
  driver: StoreDriver,
  id: CodebaseId,
  create: boolean,
  unwritable: (cause: unknown) => void,
): Promise<string | undefined> {
  const { localFolder } = driver.capabilities;
  if (localFolder === undefined) return undefined;
  try {
    return await localFolder(id, create);
  } catch (error) {
    if (error instanceof CacheError) throw error;
    unwritable(error);
    return localFolder(id, false);
  }
}

function settingsOf(options: SessionOptions & CachePlace, fs: FileSystem): Settings {
  const byDefault = defaults();
  const root = resolveRoot(options.root, fs);
  const { concurrency = byDefault.concurrency, keepVersions = byDefault.keepVersions } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new TypeError(`Expected concurrency to be a positive integer, found ${concurrency}`);
  if (!Number.isInteger(keepVersions) || keepVersions < 1)
    throw new TypeError(`Expected keepVersions to be a positive integer, found ${keepVersions}`);
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

async function loadAnalyzers(
  options: SessionOptions,
  root: string,
  fs: FileSystem,
  warn: Session['warn'],
): Promise<SessionAnalyzer[]> {
  const variables = options.environment ?? process.env;
  const loaded: SessionAnalyzer[] = [];
  for (const spec of options.analyzers) {
    const { analyzer, module } = await loadAnalyzer(spec, root, fs, warn);
    if (loaded.some((other) => other.analyzer.id === analyzer.id)) {
      throw new CacheError(
        'CACHE_ANALYZER_DUPLICATE',
        `Two analyzers have the id "${analyzer.id}". Give each its own.`,
        { analyzer: analyzer.id },
      );
    }
    const matches = analyzer.include === undefined ? undefined : compileGlobs(analyzer.include);
    loaded.push({ analyzer, module, plan: { id: analyzer.id, identity: identityOf(analyzer, variables), matches } });
  }
  return loaded.sort((a, b) => byCodeUnit(a.analyzer.id, b.analyzer.id));
}

async function loadAnalyzer(
  spec: AnalyzerSpec,
  root: string,
  fs: FileSystem,
  warn: Session['warn'],
): Promise<RunAnalyzer> {
  const given = typeof spec === 'string' ? await loadByName(spec, root) : spec;
  if (isModule(given)) {
    const loaded = await loadWithCode(fs, given.module, () => loadAnalyzerModule(given));
    return withCode(loaded, given, warn);
  }
  const analyzer = defineAnalyzer(given);
  if (analyzer.modulePath === undefined) return { analyzer, module: undefined };
  // Threads make it from its module, which may export a function that takes its options.
  const module: AnalyzerModule = { ...analyzerModule(analyzer.modulePath, analyzer.options), takesOptions: 'may' };
  return withCode(await loadWithCode(fs, module.module, () => analyzer), module, warn);
}

const isModule = (given: unknown): given is AnalyzerModule =>
  typeof given === 'object' && given !== null && 'module' in given;

/** A built-in analyzer, or the path of a module. @throws CacheError CACHE_ANALYZER_LOAD */
async function loadByName(name: string, root: string): Promise<Analyzer | AnalyzerModule> {
  const builtIn = await loadBuiltInAnalyzer(name);
  if (builtIn !== undefined) return builtIn;
  if (isModulePath(name)) return analyzerModule(path.resolve(root, name));
  const close = suggest(name, BUILT_IN_ANALYZER_IDS);
  throw new CacheError(
    'CACHE_ANALYZER_LOAD',
    `There is no built-in analyzer "${name}"${close === undefined ? '' : ` (did you mean "${close}"?)`}. Built in: ${BUILT_IN_ANALYZER_IDS.join(', ')}; give a module by its path, e.g. ./${name}.js.`,
    { analyzer: name },
  );
}

/** A copy that knows the digest of its code. An analyzer may be an instance of a class, whose methods a spread would lose. */
function withCode(
  { value: analyzer, codeDigest, isOutdated }: Loaded<Analyzer>,
  module: AnalyzerModule,
  warn: Session['warn'],
): RunAnalyzer {
  const { id, version, options, include, pathIndependent, environment, modulePath } = analyzer;
  if (isOutdated)
    warn(
      'CACHE_ANALYZER_CHANGED',
      `The code of analyzer ${id} was edited after this process loaded it; what the loaded code answers is not kept. Restart the process to use the new code.`,
    );
  const copy: Analyzer = {
    ...{ id, version, options, include, pathIndependent, environment, modulePath, codeDigest },
    analyze: (file, context) => {
      // What it imports only now would be of the new code.
      if (isOutdated) context.uncacheable('the code of the analyzer was edited after it was loaded');
      return analyzer.analyze(file, context);
    },
  };
  return {
    analyzer: analyzer.summarize === undefined ? copy : { ...copy, summarize: analyzer.summarize.bind(analyzer) },
    // New threads would load the new code.
    module: isOutdated ? undefined : module,
  };
}
