/** What each source says about stores and the shared cache; for each value the first counts: flag, environment, file. */
import { CacheError } from '../model/errors.js';
import type { Config, ConfigRemote } from '../schema/generated/config.js';
import { configError, type ConfigDocument } from './config-document.js';
import { expand, hasReference, type Environment } from './environment.js';
import { STORAGE_VARIABLES } from './says-storage.js';
import type { StoreMode } from './store-config.js';

/** What the command line said; what it did not say is absent or undefined. */
export interface StorageFlags {
  /** A name from `stores`, a built-in store or a URL. */
  readonly store?: string;
  /** As `store`; false: no remote, whatever else is said. */
  readonly remote?: string | false;
  readonly remoteMode?: StoreMode;
  readonly remoteScope?: string;
}

export interface StorageSources {
  readonly environment: Environment;
  readonly flags: StorageFlags;
  /** What flags and environment are relative to; absolute. */
  readonly currentFolder: string;
  /** What the file is relative to; absolute. */
  readonly root: string;
  readonly file: { readonly document: ConfigDocument; readonly config: Config } | undefined;
}

/** One value as it was said, with all that is needed to make sense of it or to complain. */
export interface Said<Value = unknown> {
  readonly value: Value;
  /** As `config show` prints it. */
  readonly origin: string;
  /** What its paths are relative to. */
  readonly folder: string;
  /** Where it stands in the file. */
  readonly place?: readonly string[];
  readonly fail: (problem: string) => CacheError;
}

export function fromFlag<Value>(flag: string, value: Value | undefined, folder: string): Said<Value> | undefined {
  if (value === undefined) return undefined;
  return { value, origin: `flag ${flag}`, folder, fail: (problem) => usageError(flag, problem) };
}

export function fromEnvironment(
  of: keyof typeof STORAGE_VARIABLES,
  environment: Environment,
  folder: string,
): Said<string> | undefined {
  const name = STORAGE_VARIABLES[of];
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  return { value, origin: `environment ${name}`, folder, fail: (problem) => usageError(name, problem) };
}

const usageError = (source: string, problem: string): CacheError =>
  new CacheError('CACHE_USAGE', `${source}: ${problem}.`, { source, problem });

/** The member at `place` of the file. @param shown its name in messages. */
export function fromFile<Value>(
  { file, root }: StorageSources,
  place: readonly string[],
  value: Value | undefined,
): Said<Value> | undefined {
  if (file === undefined || value === undefined) return undefined;
  const { document } = file;
  return {
    value,
    origin: `file ${document.file}:${document.locate(place, 'key').line}`,
    folder: root,
    place,
    fail: (problem) => configError(document.file, document.locate(place, 'value'), `${dotted(place)}: ${problem}.`),
  };
}

const dotted = (place: readonly string[]): string =>
  place.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** The members of `remote`, also where it is a URL alone. */
export function remoteInFile({ file }: StorageSources): ConfigRemote | undefined {
  const remote = file?.config.remote;
  return typeof remote === 'string' ? undefined : remote;
}

/** The text with its variables replaced: only a file has any. @throws CacheError where one is not set. */
export function textOf({ value, place, fail }: Said<string>, environment: Environment): string {
  return place === undefined ? value : expand(value, environment, fail);
}

export const isExpanded = ({ value, place }: Said<string>): boolean => place !== undefined && hasReference(value);
