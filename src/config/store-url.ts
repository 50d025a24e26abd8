/** Addresses of stores: what they look like, what they mean where they were written, and how they are shown. */
import path from 'node:path';
import { isStoreScheme } from '../util/store-schemes.js';

const ADDRESS = /^([a-z][a-z0-9.+-]*):([^]*)$/i;

/** The scheme of an address, whether or not it is known; undefined for a plain name. */
export function schemeOf(text: string): string | undefined {
  return ADDRESS.exec(text)?.[1]?.toLowerCase();
}

export function isStoreUrl(text: string): boolean {
  return isStoreScheme(schemeOf(text));
}

/** `file:cache` and `sqlite:cache.db` with the path made absolute; every other address as it is. */
export function withAbsolutePath(url: string, folder: string): string {
  const [, scheme, place, query = ''] = /^(file|sqlite):(?!\/\/|:|$)([^?]+)(\?[^]*)?$/i.exec(url) ?? [];
  if (scheme === undefined || place === undefined) return url;
  try {
    const absolute = path.resolve(folder, decodeURIComponent(place)).split(path.sep).join('/');
    return `${scheme}:${encodeURI(absolute).replace(/[?#]/g, encodeURIComponent)}${query}`;
  } catch {
    // It is not percent-encoded as it should be: whoever opens it says so.
    return url;
  }
}

/** Parameters that say how, not with what right. Whatever else stands in an address may be a password or a token. */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set([
  ...['ttl', 'timeout', 'prefix', 'table', 'codec', 'compression', 'format', 'maxBytes', 'maxEntries'],
  ...[
    'region',
    'endpoint',
    'pathStyle',
    'provider',
    'account',
    'projectId',
    'maxConnections',
    'sslmode',
    'connect_timeout',
  ],
]);

const HIDDEN = '***';

/** An address without what gives access: `redis://user:***@host/0`. What is no address of a store is not shown at all. */
export function shownUrl(url: string): string {
  const [, scheme = '', rest = ''] = isStoreUrl(url) ? (ADDRESS.exec(url) ?? []) : [];
  if (scheme === '') return HIDDEN;
  const withoutPassword = rest.startsWith('//') ? `//${withHiddenPassword(rest.slice(2), scheme)}` : rest;
  const [, place = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(#[^]*)?$/.exec(withoutPassword) ?? [];
  const shownQuery = query === undefined ? '' : `?${query.split('&').map(shownParameter).join('&')}`;
  return `${scheme}:${place}${shownQuery}${fragment === undefined ? '' : `#${HIDDEN}`}`;
}

/** Up to the last `@`, wherever it is: a password that was not escaped may have every character. */
function withHiddenPassword(text: string, scheme: string): string {
  const end = text.lastIndexOf('@');
  if (end < 0) return text;
  const [user = '', ...password] = text.slice(0, end).split(':');
  const host = text.slice(end);
  if (password.length > 0) return `${user}:${HIDDEN}${host}`;
  // Alone it is the name of a user where people log in by name. In other places it may be a key, unless it is part of a path.
  return /^(redis|valkey|postgres)/i.test(scheme) || /[/?]/.test(user) ? text : `${HIDDEN}${host}`;
}

function shownParameter(parameter: string): string {
  const [name = '', ...value] = parameter.split('=');
  if (value.length === 0) return HIDDEN;
  const isHarmless = SHOWN_PARAMETERS.has(name) && !/@|%40|%25/.test(value.join('='));
  return isHarmless ? parameter : `${/^[\w-]+$/.test(name) ? name : HIDDEN}=${HIDDEN}`;
}
