import os from 'node:os';
import { readSchema, type SchemaNode } from '../schema/schema-files.js';
import type { JsonValue } from '../model/json.js';
import { isCi, type Environment } from './environment.js';

/** One key of the configuration, and where else its value may come from. */
export interface Setting {
  /** Dotted path in the file. */
  readonly key: string;
  /** Flag of the command line; `--no-x` where the flag can only say no. */
  readonly flag?: string;
  readonly environment?: string;
}

/** Every key that has a value of its own, besides those of stores and remote. A new key needs a line here and its description in `config.schema.json`. */
export const SETTINGS = [
  { key: 'codebase', flag: '--codebase' },
  { key: 'basePath', flag: '--base-path', environment: 'DOCUMEE_BASE_PATH' },
  { key: 'analyzers', flag: '--analyzer' },
  { key: 'include', flag: '--include' },
  { key: 'exclude', flag: '--exclude' },
  { key: 'gitignore', flag: '--no-gitignore' },
  { key: 'changeDetection', flag: '--change-detection' },
  { key: 'contentHash', flag: '--content-hash' },
  { key: 'durability', flag: '--durability' },
  { key: 'concurrency', flag: '--concurrency' },
  { key: 'limits.versions' },
  { key: 'limits.maxAgeDays' },
  { key: 'limits.maxSizeBytes' },
] as const satisfies readonly Setting[];

export type SettingKey = (typeof SETTINGS)[number]['key'];

/** A value and, in words, where it came from: `default`, `flag --x`, `environment DOCUMEE_X`, `file documee.config.yaml:7`. */
export interface Sourced {
  readonly value: JsonValue;
  readonly origin: string;
}

/** What holds where nobody said anything: the `default` of the schema, or what depends on the machine. Undefined: no limit, no value. */
export function defaultOf(key: SettingKey, environment: Environment): Sourced | undefined {
  if (key === 'concurrency') return { value: os.availableParallelism(), origin: 'default' };
  // A CI checkout resets every time stamp, so stat proves nothing there.
  if (key === 'changeDetection' && isCi(environment)) return { value: 'content', origin: 'default (CI is set)' };
  const value = nodeAt(key.split('.'))?.default as JsonValue | undefined;
  return value === undefined ? undefined : { value, origin: 'default' };
}

/** Keys that may stand in the object at `path` of a configuration; [] where any may. */
export function knownKeys(path: readonly string[]): string[] {
  return Object.keys(nodeAt(path)?.properties ?? {}).filter((key) => key !== '$schema');
}

/** The part of the schema that describes what is at `path`; of a choice, the alternative that is an object. */
export function nodeAt(path: readonly string[]): SchemaNode | undefined {
  const root = readSchema('config');
  const resolve = (node: SchemaNode | undefined): SchemaNode | undefined => {
    const definition = root.definitions?.[node?.$ref?.replace('#/definitions/', '') ?? ''];
    const target = definition === undefined ? node : { ...definition, ...node };
    const options = target?.anyOf?.map(resolve);
    return options?.find((option) => option?.properties !== undefined) ?? target;
  };
  let node = resolve(root);
  for (const part of path) node = resolve(node?.properties?.[part] ?? node?.items);
  return node;
}
