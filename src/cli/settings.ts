import path from 'node:path';
import {
  analyzerModule,
  CacheError,
  loadConfig,
  messageOf,
  parseCodebaseId,
  realFs,
  systemCode,
  type AnalyzeOptions,
  type AnalyzerSpec,
  type ConfigFlags,
  type EventListener,
  type LoadedConfig,
  type StorageOptions,
} from '../index.js';
import type { Invocation } from './command.js';
import type { Options } from './options.js';
import { UsageError } from './usage-error.js';

/** Where a command works, and with which configuration. */
export interface CommandSettings {
  /** Absolute, without links on the way. */
  readonly root: string;
  readonly config: LoadedConfig;
}

/** @param root the command's own argument, where it has one; @param flags what the command says besides the common flags. */
export async function loadSettings(
  { options, cwd, env }: Invocation,
  { root, flags }: { readonly root?: string; readonly flags?: ConfigFlags } = {},
): Promise<CommandSettings> {
  if (root !== undefined && options.root !== undefined) {
    throw new UsageError('the root is given twice', { advice: 'Give it as an argument or with --root.' });
  }
  const folder = resolveRoot(root ?? options.root ?? '.', cwd);
  const { basePath, store } = options;
  const codebase = flags?.codebase ?? options.codebase;
  if (codebase !== undefined) parseCodebaseId(codebase);
  const config = await loadConfig({
    fs: realFs,
    root: folder,
    configFile: options.config,
    environment: env,
    flags: given({ ...flags, codebase, basePath, store }),
    currentFolder: cwd,
  });
  return { root: folder, config };
}

/** The flags of commands that analyze. */
export function scopeFlags(options: Options): ConfigFlags {
  const { analyzer, include, exclude, gitignore, changeDetection, contentHash, durability, concurrency } = options;
  return {
    analyzers: analyzer,
    include,
    exclude,
    gitignore,
    changeDetection,
    contentHash,
    durability,
    concurrency,
  };
}

/** The flags of commands that may use a shared cache. */
export function remoteFlags({ remote, remoteMode, remoteScope }: Options): ConfigFlags {
  return { remote, remoteMode, remoteScope };
}

/** Stores and remote as the library takes them, with their credentials; {} where nobody said anything about them. */
export function storageOptions({ storage }: LoadedConfig): StorageOptions {
  return storage?.() ?? {};
}

function given(flags: ConfigFlags): ConfigFlags {
  return Object.fromEntries(
    Object.entries(flags as Readonly<Record<string, unknown>>).filter(([, value]) => value !== undefined),
  );
}

/** What the library is asked for. */
export function analyzeOptions(
  { root, config }: CommandSettings,
  { options, signal, env }: Invocation,
  onEvent?: EventListener,
): AnalyzeOptions {
  const {
    codebase,
    basePath,
    analyzers,
    limits,
    include,
    exclude,
    gitignore,
    changeDetection,
    contentHash,
    durability,
    concurrency,
  } = config.values;
  return {
    ...{
      root,
      codebaseId: codebase,
      basePath,
      include,
      exclude,
      gitignore,
      changeDetection,
      contentHash,
      durability,
      concurrency,
    },
    ...storageOptions(config),
    ...(options.shard !== undefined && { shard: options.shard }),
    analyzers: analyzers.map(toSpec),
    keepVersions: limits.versions,
    force: options.force ?? false,
    environment: env,
    signal,
    onEvent,
  };
}

/** Paths of modules are absolute by now; anything else is the id of a built-in analyzer. */
function toSpec({ use, options }: LoadedConfig['values']['analyzers'][number]): AnalyzerSpec {
  if (path.isAbsolute(use)) return analyzerModule(use, options);
  if (options === undefined) return use;
  throw new CacheError('CACHE_BAD_CONFIG', `analyzers: the built-in analyzer "${use}" takes no options.`, {
    analyzer: use,
  });
}

function resolveRoot(text: string, cwd: string): string {
  const absolute = path.resolve(cwd, text);
  let problem = 'is not a folder';
  try {
    const real = realFs.realpathSync(absolute);
    if (realFs.statSync(real).isDirectory()) return real;
  } catch (error) {
    problem = systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${messageOf(error)})`;
  }
  throw new CacheError('CACHE_BAD_ROOT', `Codebase root ${absolute} ${problem}. Give the folder of the codebase.`, {
    root: absolute,
  });
}

/** A path given by a person as the library names it: relative to the root, with `/`. */
export function sourcePath(text: string, root: string): string {
  const relative = path.isAbsolute(text) ? path.relative(root, text) : path.normalize(text);
  return relative.split(path.sep).join('/');
}

/** A place on disk as a person would write it here. */
export function shownPath(absolute: string, cwd: string): string {
  const relative = path.relative(cwd, absolute);
  return relative.startsWith('..') || relative === '' ? absolute : relative;
}
