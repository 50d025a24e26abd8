import { findFault, type SchemaFault } from '../schema/validate.js';
import { didYouMean } from '../util/suggest.js';
import type { Config } from '../schema/generated/config.js';
import { configError, type ConfigDocument } from './config-document.js';
import { knownKeys } from './settings.js';

/**
 * The value of a configuration file, checked against `config.schema.json`. An empty file is an empty configuration.
 * @throws CacheError CACHE_BAD_CONFIG with the place of the first problem.
 */
export async function checkConfig(document: ConfigDocument): Promise<Config> {
  const value = document.value ?? {};
  const fault = await findFault('config', value);
  if (fault === undefined) return value;
  const { path, unknownKey } = fault;
  const position =
    unknownKey === undefined ? document.locate(path, 'value') : document.locate([...path, unknownKey], 'key');
  throw configError(document.file, position, explainFault(fault, value));
}

/** What is wrong and what would be right, in one line that begins with the key. */
export function explainFault(
  { path, unknownKey, keyword, message, allowedValues }: SchemaFault,
  value: unknown,
): string {
  const key = dotted(path);
  if (unknownKey !== undefined) {
    const known = knownKeys(path);
    return `unknown key ${JSON.stringify(dotted([...path, unknownKey.slice(0, 60)]))}${didYouMean(unknownKey, known)}. Known here: ${known.join(', ')}.`;
  }
  const found = valueAt(value, path);
  if (path.length === 0) return `must be a mapping of keys to values, found ${kindOf(found)}.`;
  if (found === null) return `${key} has no value. Give it one or remove the key.`;
  if (allowedValues !== undefined) {
    const hint = typeof found === 'string' ? didYouMean(found, allowedValues.map(String)) : '';
    return `${key} must be ${allowedValues.map((allowed) => JSON.stringify(allowed)).join(' or ')}${hint}.`;
  }
  if (keyword === 'anyOf') return `${key} must be a string or a mapping with "use", found ${kindOf(found)}.`;
  return `${key} ${message.replace(/\bNOT\b/, 'not')}${keyword === 'type' ? `, found ${kindOf(found)}` : ''}.`;
}

/** `analyzers[0].use` for `analyzers`, `0`, `use`. */
function dotted(path: readonly string[]): string {
  return path.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, part) => (inner as Readonly<Record<string, unknown>>)[part], value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
