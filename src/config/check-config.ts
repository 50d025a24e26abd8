import { findFault, type SchemaFault } from '../schema/validate.js';
import { didYouMean } from '../util/suggest.js';
import type { Config } from '../schema/generated/config.js';
import { configError, type ConfigDocument } from './config-document.js';
import { knownKeys } from './settings.js';
import { isStoreKind, STORE_KINDS, type StoreKind } from './store-config.js';

/**
 * The value of a configuration file, checked against `config.schema.json`. An empty file is an empty configuration.
 * @throws CacheError CACHE_BAD_CONFIG with the place of the first problem.
 */
export async function checkConfig(document: ConfigDocument): Promise<Config> {
  const value = document.value ?? {};
  const found = await findFault('config', value);
  if (found === undefined) return value;
  const fault = await withinKind(found, value);
  const { path, unknownKey } = fault;
  const position =
    unknownKey === undefined ? document.locate(path, 'value') : document.locate([...path, unknownKey], 'key');
  throw configError(document.file, position, explainFault(fault, value));
}

/** A store under a name of its own is looked at again as the one that its kind has: what is said of that says more. */
async function withinKind(fault: SchemaFault, value: unknown): Promise<SchemaFault> {
  const [first, name = ''] = fault.path;
  const settings = first === 'stores' && !isStoreKind(name) ? valueAt(value, fault.path.slice(0, 2)) : undefined;
  const kind = kindIn(settings);
  if (kind === undefined) return fault;
  const inner = await findFault('config', { stores: { [kind]: settings } });
  return inner === undefined ? fault : { ...inner, path: ['stores', name, ...inner.path.slice(2)] };
}

function kindIn(settings: unknown): StoreKind | undefined {
  if (typeof settings !== 'object' || settings === null || !('type' in settings)) return undefined;
  const { type } = settings;
  return typeof type === 'string' && isStoreKind(type) ? type : undefined;
}

/** What is wrong and what would be right, in one line that begins with the key. */
export function explainFault(
  { path, unknownKey, keyword, message, allowedValues }: SchemaFault,
  value: unknown,
): string {
  const key = dotted(path);
  if (unknownKey !== undefined) {
    if (dotted(path) === 'stores' && !/^[A-Za-z][\w-]{0,63}$/.test(unknownKey))
      return `${JSON.stringify(unknownKey.slice(0, 60))} cannot be the name of a store: a letter comes first, then up to 63 letters, digits, _ or -.`;
    const known = knownKeys(schemaPath(path, value));
    return `unknown key ${JSON.stringify(dotted([...path, unknownKey.slice(0, 60)]))}${didYouMean(unknownKey, known)}. Known here: ${known.join(', ')}.`;
  }
  const found = valueAt(value, path);
  if (path.length === 0) return `must be a mapping of keys to values, found ${kindOf(found)}.`;
  if (found === null) return `${key} has no value. Give it one or remove the key.`;
  if (allowedValues !== undefined) {
    const hint = typeof found === 'string' ? didYouMean(found, allowedValues.map(String)) : '';
    return `${key} must be ${allowedValues.map((allowed) => JSON.stringify(allowed)).join(' or ')}${hint}.`;
  }
  if (
    path[0] === 'stores' &&
    path.length === 2 &&
    keyword === 'required' &&
    isTypeless(found) &&
    !isStoreKind(path[1] ?? '')
  )
    return `${key} needs "type", since ${JSON.stringify(path[1])} is no kind of store${didYouMean(path[1] ?? '', STORE_KINDS)}. Kinds: ${STORE_KINDS.join(', ')}.`;
  if (keyword === 'const')
    return `${key} must be ${JSON.stringify(path[1])}, as the store is called. Leave it out, or choose another name for the store.`;
  if (keyword === 'anyOf') return `${key} must be a string or a mapping${mappingHint(path)}, found ${kindOf(found)}.`;
  if (keyword === 'pattern' && path[0] === 'remote') return `${key} must have 1 to 64 letters, digits, dots, _ or -.`;
  return `${key} ${message.replace(/\bNOT\b/, 'not')}${keyword === 'type' ? `, found ${kindOf(found)}` : ''}.`;
}

const isTypeless = (settings: unknown): boolean =>
  typeof settings === 'object' && settings !== null && !('type' in settings);

const mappingHint = ([first]: readonly string[]): string =>
  first === 'analyzers' ? ' with "use"' : first === 'stores' ? ' with "store"' : '';

/** Where the schema describes what is at `path`: a store by its kind. */
function schemaPath(path: readonly string[], value: unknown): readonly string[] {
  const [first, name, ...rest] = path;
  if (first !== 'stores' || name === undefined) return path;
  return [first, kindIn(valueAt(value, [first, name])) ?? name, ...rest];
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
