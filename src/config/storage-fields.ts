/** Which keys of `stores` and `remote` hold addresses, paths and secrets: only these expand, and only the rest is shown as it is. */
import path from 'node:path';
import { expand, hasReference, type Environment } from './environment.js';
import { isStoreUrl, shownUrl } from './store-url.js';
import type { CacheError } from '../model/errors.js';

const FIELDS: Readonly<Record<string, 'address' | 'reference' | 'path' | 'secret'>> = {
  url: 'address',
  endpoint: 'address',
  store: 'reference',
  basePath: 'path',
  path: 'path',
  keyFile: 'path',
  privateKeyFile: 'path',
  accessKeyId: 'secret',
  secretAccessKey: 'secret',
  sessionToken: 'secret',
  connectionString: 'secret',
  accountKey: 'secret',
  sasToken: 'secret',
  privateKey: 'secret',
};

const fieldOf = (key: string): (typeof FIELDS)[string] | undefined =>
  Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;

/** Whether `${DOCUMEE_...}` means anything in the value of this key. */
export const expands = (key: string): boolean => fieldOf(key) !== undefined;
export const isPath = (key: string): boolean => fieldOf(key) === 'path';

/** The value of a key as it may be shown to anybody. @param folder what paths are relative to. */
export function shownField(key: string, value: unknown, environment: Environment, folder: string): unknown {
  const field = fieldOf(key);
  if (typeof value !== 'string' || field === undefined) return value;
  if (field === 'secret') return isOneReference(value) && !isSet(value, environment) ? value : '***';
  const text = isSet(value, environment) ? expand(value, environment, unexpected) : value;
  if (field === 'path') return isSet(value, environment) ? path.resolve(folder, text) : value;
  if (isOneReference(text)) return text;
  return key === 'endpoint' ? shownEndpoint(text) : shownReference(text, hasReference(value));
}

/** A name of a store is no secret, unless it comes from a variable: nobody knows what is in that. */
export function shownReference(text: string, wasExpanded: boolean): string {
  if (isStoreUrl(text)) return shownUrl(text);
  return !wasExpanded && /^[A-Za-z][\w-]{0,63}$/.test(text) ? text : '***';
}

const shownEndpoint = (text: string): string => (/[@?#]/.test(text) ? '***' : text);

const isOneReference = (text: string): boolean => /^\$\{DOCUMEE_\w+\}$/.test(text);

function isSet(text: string, environment: Environment): boolean {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].every(([, name = '']) => (environment[name] ?? '') !== '');
}

function unexpected(problem: string): CacheError {
  throw new TypeError(`Expected names that were checked, found that ${problem}`);
}
