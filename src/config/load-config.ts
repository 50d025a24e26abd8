/** Configuration from all its sources. For each key the first that says something counts: flag, environment, file, default. */
import path from 'node:path';
import { CacheError } from '../model/errors.js';
import { parseCodebaseId, type ChangeDetection, type CodebaseId } from '../model/ids.js';
import type { ContentHashAlgorithm, Durability } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Config, ConfigAnalyzer } from '../schema/generated/config.js';
import { isPlainlyValid } from './plainly-valid.js';
import { findFault } from '../schema/validate.js';
import type { FileSystem } from '../util/fs.js';
import { checkConfig, explainFault } from './check-config.js';
import { defaultCodebaseId } from './codebase-id.js';
import { configError, type ConfigDocument } from './config-document.js';
import { expand, type Environment } from './environment.js';
import { findConfig } from './find-config.js';
import { defaultOf, SETTINGS, type Setting, type SettingKey, type Sourced } from './settings.js';
import { saysStorage } from './says-storage.js';
import type { LoadedStorage } from './load-storage.js';
import type { StorageFlags } from './storage-sources.js';
import type { StorageOptions } from './store-config.js';

/** What the command line said, by configuration key; what it did not say is absent or undefined. */
export type ConfigFlags = Omit<Config, '$schema' | 'limits' | 'store' | 'stores' | 'remote'> & StorageFlags;

export interface ConfigSources {
  readonly fs: FileSystem;
  /** Folder of the codebase. */
  readonly root: string;
  /** From `--config`; relative to the current folder. */
  readonly configFile?: string;
  readonly environment: Environment;
  readonly flags?: ConfigFlags;
  /** Current folder, to which flags and environment are relative; default: that of the process. */
  readonly currentFolder?: string;
}

/** The effective configuration. */
export interface EffectiveConfig {
  readonly codebase: CodebaseId;
  /** Absolute. */
  readonly basePath: string;
  /** Each with the path of its module made absolute; a built-in id as it is. */
  readonly analyzers: readonly ConfigAnalyzer[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly gitignore: boolean;
  readonly changeDetection: ChangeDetection;
  readonly contentHash: ContentHashAlgorithm;
  readonly durability: Durability;
  readonly concurrency: number;
  readonly limits: { readonly versions: number; readonly maxAgeDays?: number; readonly maxSizeBytes?: number };
  /** As it may be shown; `storage` has the value itself. So do `stores` and `remote`. */
  readonly store: string;
  readonly stores?: JsonObject;
  /** False: switched off. Absent: there is none. */
  readonly remote?: false | JsonObject;
}

type JsonObject = Readonly<Record<string, JsonValue>>;

/** Keys of the configuration that have a value, dotted. */
export type ConfigKey = SettingKey | 'store' | `stores.${string}` | 'remote' | `remote.${string}`;

export interface LoadedConfig {
  readonly values: EffectiveConfig;
  /** Where each value came from, e.g. `default`, `flag --x`, `environment DOCUMEE_X`, `file documee.config.yaml:7`. A key without a value is absent. */
  readonly origins: Readonly<Partial<Record<ConfigKey, string>>>;
  /** The configuration file as it is shown; undefined where there is none. */
  readonly file: string | undefined;
  /**
   * Stores and remote with their credentials; absent where nobody said anything about them. A function, so that nothing shows them by accident.
   * @throws CacheError CACHE_BAD_CONFIG where a variable that is needed is not set, or the signing key cannot be read.
   */
  readonly storage?: () => StorageOptions;
}

/**
 * @throws CacheError CACHE_BAD_CONFIG where the file is missing or wrong, CACHE_USAGE where a flag has a wrong value,
 * CACHE_BAD_CODEBASE_ID where the flag's id cannot be used.
 */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const { fs, environment, flags = {}, currentFolder = process.cwd() } = sources;
  const root = path.resolve(currentFolder, sources.root);
  const configFile = sources.configFile === undefined ? undefined : path.resolve(currentFolder, sources.configFile);
  const { store, remote, remoteMode, remoteScope, ...others } = flags;
  await checkFlags(others);
  const document = await findConfig(fs, root, configFile);
  const file = document === undefined ? undefined : { document, config: await checkConfig(document) };
  const given = (setting: Setting & { readonly key: SettingKey }): Sourced | undefined =>
    fromFlag(setting, flags, currentFolder) ??
    fromEnvironment(setting, environment, currentFolder) ??
    (file && fromFile(setting.key, file.document, file.config, { root, environment }));
  const found = new Map<SettingKey, Sourced>();
  for (const setting of SETTINGS) {
    const sourced = given(setting) ?? fromDefault(setting.key, { root, environment });
    if (sourced !== undefined) found.set(setting.key, sourced);
  }
  if (!found.has('codebase')) found.set('codebase', codebaseOf(fs, root, found.get('basePath')));
  const storageFlags: StorageFlags = { store, remote, remoteMode, remoteScope };
  const base = { values: effective(found), origins: originsOf(found), file: document?.file };
  if (!saysStorage(storageFlags, environment, file?.config))
    return {
      ...base,
      values: { ...base.values, store: DEFAULT_STORE },
      origins: { ...base.origins, store: 'default' },
    };
  const { loadStorage } = await import('./load-storage.js');
  const { basePath } = base.values;
  return withStorage(base, loadStorage({ fs, environment, flags: storageFlags, currentFolder, root, file, basePath }));
}

interface LoadedConfigBase extends Omit<LoadedConfig, 'values' | 'storage'> {
  readonly values: Omit<EffectiveConfig, 'store'>;
}

/** As `config.schema.json` says. */
const DEFAULT_STORE = 'file';

function withStorage(base: LoadedConfigBase, { shown, options }: LoadedStorage): LoadedConfig {
  const origins: Record<string, string | undefined> = { ...base.origins };
  const values: Record<string, unknown> = { ...base.values };
  for (const [key, value, origin] of shown) {
    origins[key] = origin;
    const parts = key.split('.');
    const name = parts.pop() ?? key;
    let inner = values;
    for (const part of parts) inner = (inner[part] ??= {}) as Record<string, unknown>;
    inner[name] = value;
  }
  return { ...base, values: values as unknown as EffectiveConfig, origins, storage: options };
}

function fromFlag({ key, flag }: Setting, flags: ConfigFlags, folder: string): Sourced | undefined {
  const value = (flags as Readonly<Record<string, JsonValue | undefined>>)[key];
  if (flag === undefined || value === undefined) return undefined;
  if (key === 'codebase') parseCodebaseId(value as string);
  return { value: withAbsolutePaths(key, value, folder), origin: `flag ${flag}` };
}

/** An empty variable says nothing. */
function fromEnvironment(
  { key, environment: name }: Setting,
  environment: Environment,
  folder: string,
): Sourced | undefined {
  const value = name === undefined ? undefined : environment[name];
  if (name === undefined || value === undefined || value === '') return undefined;
  return { value: withAbsolutePaths(key, value, folder), origin: `environment ${name}` };
}

function fromFile(
  key: SettingKey,
  document: ConfigDocument,
  config: Config,
  { root, environment }: { readonly root: string; readonly environment: Environment },
): Sourced | undefined {
  const place = key.split('.');
  const value = place.reduce<unknown>(
    (inner, name) => (inner as Readonly<Record<string, unknown>> | undefined)?.[name],
    config,
  );
  if (value === undefined) return undefined;
  const fail = (problem: string): CacheError =>
    configError(document.file, document.locate(place, 'value'), `${key}: ${problem}.`);
  if (key === 'codebase') refuseUnsafeId(value as string, fail);
  const expanded = key === 'basePath' ? expand(value as string, environment, fail) : (value as JsonValue);
  const { line } = document.locate(place, 'key');
  return { value: withAbsolutePaths(key, expanded, root), origin: `file ${document.file}:${line}` };
}

/** It may follow from what is in the cache, so it is asked for when that is known. */
function codebaseOf(fs: FileSystem, root: string, basePath: Sourced | undefined): Sourced {
  const { id, origin } = defaultCodebaseId(fs, root, basePath?.value as string | undefined);
  return { value: id, origin: `default (${origin})` };
}

function fromDefault(
  key: SettingKey,
  { root, environment }: { readonly root: string; readonly environment: Environment },
): Sourced | undefined {
  const sourced = defaultOf(key, environment);
  return sourced && { ...sourced, value: withAbsolutePaths(key, sourced.value, root) };
}

function refuseUnsafeId(text: string, fail: (problem: string) => CacheError): void {
  try {
    parseCodebaseId(text);
  } catch (error) {
    throw error instanceof CacheError ? fail(`the id ${String(error.details['problem'])}; choose another`) : error;
  }
}

/** Values of flags come from outside as much as those of a file. */
async function checkFlags(flags: Omit<ConfigFlags, keyof StorageFlags>): Promise<void> {
  const given = Object.fromEntries(Object.entries<unknown>(flags).filter(([, value]) => value !== undefined));
  if (Object.entries(given).every(([key, value]) => isPlainlyValid(key, value))) return;
  const fault = await findFault('config', given);
  if (fault === undefined) return;
  const settings: readonly Setting[] = SETTINGS;
  const flag = settings.find(({ key }) => key === fault.path[0])?.flag;
  const problem = explainFault(fault, given);
  throw new CacheError('CACHE_USAGE', `${flag ?? 'flags'}: ${problem}`, { flag, problem });
}

/** Whether an analyzer is given by the path of its module; otherwise it is a built-in id. */
export function isModulePath(spec: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(spec);
}

/** Paths mean what they mean where they were written: in the root, or in the folder from which the command was started. */
function withAbsolutePaths(key: string, value: JsonValue, folder: string): JsonValue {
  if (key === 'basePath') return path.resolve(folder, value as string);
  if (key !== 'analyzers') return value;
  return (value as NonNullable<Config['analyzers']>).map((choice) => {
    const { use, ...rest } = typeof choice === 'string' ? { use: choice } : choice;
    return { use: isModulePath(use) ? path.resolve(folder, use) : use, ...rest };
  });
}

function effective(found: ReadonlyMap<SettingKey, Sourced>): Omit<EffectiveConfig, 'store'> {
  const values: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [key, { value }] of found) {
    if (key.startsWith('limits.')) limits[key.slice('limits.'.length)] = value;
    else values[key] = value;
  }
  return { ...values, limits } as unknown as Omit<EffectiveConfig, 'store'>;
}

function originsOf(found: ReadonlyMap<SettingKey, Sourced>): LoadedConfig['origins'] {
  const known = SETTINGS.flatMap(({ key }) => {
    const sourced = found.get(key);
    return sourced === undefined ? [] : [[key, sourced.origin]];
  });
  return Object.fromEntries(known) as LoadedConfig['origins'];
}
