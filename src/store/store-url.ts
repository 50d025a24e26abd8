import { CacheError } from '../model/errors.js';
import { Secret } from '../util/secret.js';
import { isStoreScheme, STORE_SCHEMES, STORE_TYPE_BY_SCHEME } from '../util/store-schemes.js';
import { didYouMean } from '../util/suggest.js';
import {
  badStore,
  checkStoreConfig,
  parametersOf,
  unknownOption,
  type SingleStoreConfig,
  type StoreType,
} from './store-config.js';

/** What the client of the store reads from the address by itself. */
const PASSED_ON: Readonly<Partial<Record<StoreType, readonly string[]>>> = {
  redis: ['tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'],
  postgres: ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'connect_timeout', 'uselibpqcompat'],
};

interface UrlParts {
  readonly scheme: string;
  readonly type: StoreType;
  /** User and password, as they stand in the address. */
  readonly userInfo: string | undefined;
  readonly authority: string;
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/**
 * The configuration that an address means:
 *
 * - `memory:`
 * - `file:./cache`, `file:///var/cache/documee`
 * - `sqlite:./cache.db`, `sqlite:///var/cache/documee.db`
 * - `redis://user:password@host:6379/0`, `rediss://…` (TLS), `redis+cluster://host:1,host:2`, `redis+sentinel://host:1,host:2/master/0`
 * - `postgres://user:password@host:5432/database`; the parameters of libpq are passed on
 * - `s3://bucket/prefix?endpoint=https://…&region=…&pathStyle=true`; `s3://key:secret@bucket/prefix` where no variables or profile hold the keys
 * - `azure://container/prefix?account=…`: the account comes from there, from `AZURE_STORAGE_CONNECTION_STRING` or from `AZURE_STORAGE_ACCOUNT`
 * - `gs://bucket/prefix?projectId=…`
 *
 * `valkey` means the same as `redis`. All take `ttl` (seconds), `codec` (`json`, `msgpack`), `compression` (`none`, `gzip`, `zstd`), or both as
 * `format` (`json.gz`), and `timeout` (ms); `redis` takes `prefix`, which for object stores is the path. In user names, passwords and paths `/`, `?`, `#`, `@` and `%` are percent-encoded.
 * @throws CacheError CACHE_BAD_STORE, which shows nothing of the address but its scheme and names of options.
 */
export function parseStoreUrl(url: string): SingleStoreConfig {
  const parts = split(url);
  const { type, scheme } = parts;
  const { options, passedOn } = readParameters(parts);
  if (type === 'memory') {
    if (parts.authority !== '' || parts.path !== '' || parts.userInfo !== undefined)
      throw badStore(scheme, 'it has no host and no path: write memory:');
    return checkStoreConfig(type, options);
  }
  if (type === 'file' || type === 'sqlite') {
    const place = localPath(parts);
    return checkStoreConfig(type, { ...options, [type === 'file' ? 'basePath' : 'path']: place });
  }
  if (parts.authority === '' && type !== 'postgres') throw badStore(scheme, 'it names no host');
  if (type === 'redis' || type === 'postgres') {
    const query = passedOn.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
    const userInfo = parts.userInfo === undefined ? '' : `${parts.userInfo}@`;
    const address = `${scheme}://${userInfo}${parts.authority}${parts.path}${query === '' ? '' : `?${query}`}`;
    return checkStoreConfig(type, { ...options, url: new Secret(address) });
  }
  const name = type === 'azure' ? 'container' : 'bucket';
  const prefix = decoded(scheme, parts.path.replace(/^\//, ''));
  if (prefix !== '' && options.prefix !== undefined)
    throw badStore(scheme, 'the path is the prefix, and there is "prefix" too');
  return checkStoreConfig(type, {
    ...options,
    ...(prefix === '' ? {} : { prefix }),
    ...objectCredentials(parts),
    [name]: decoded(scheme, parts.authority),
  });
}

/**
 * The address without user, password and whatever else is no option with a known meaning: for messages. Of a text that is no address of a
 * store, nothing but the scheme is shown.
 */
export function describeStoreUrl(url: string): string {
  let parts: UrlParts;
  try {
    parts = split(url);
  } catch {
    const scheme = /^([a-z][a-z0-9+.-]{0,31}):/i.exec(url)?.[1]?.toLowerCase();
    return isStoreScheme(scheme) ? `${scheme}:…` : 'an address that is not known';
  }
  const { scheme, type, authority, path, parameters } = parts;
  const known = parametersOf(type);
  const shown = parameters
    .filter(([name, value]) => known.get(name)?.isSecret === false && !value.includes('@'))
    .map(([name, value]) => `${name}=${value}`);
  const slashes = authority !== '' || /^\w+(\+\w+)?:\/\//.test(url) ? '//' : '';
  return `${scheme}:${slashes}${authority}${path}${shown.length === 0 ? '' : `?${shown.join('&')}`}`;
}

/** By hand: `URL` knows no lists of hosts and takes a `/` in a password for the begin of the path, which is then shown. */
function split(url: string): UrlParts {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase();
  if (!isStoreScheme(scheme)) throw unknownScheme(scheme);
  const type = STORE_TYPE_BY_SCHEME[scheme];
  const rest = url.slice(scheme.length + 1);
  const queryStart = rest.indexOf('?');
  const place = queryStart < 0 ? rest : rest.slice(0, queryStart);
  const parameters = parametersIn(scheme, queryStart < 0 ? '' : rest.slice(queryStart + 1));
  if (type === 'memory' || type === 'file' || type === 'sqlite') {
    const [, authority = '', path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(place) ?? [];
    return { scheme, type, userInfo: undefined, authority, path, parameters };
  }
  const [, authority = '', path = ''] = /^\/\/([^/]*)(.*)$/s.exec(place) ?? [];
  const at = authority.lastIndexOf('@');
  // A `/`, `?` or `#` in a password ends the authority too soon: the rest of it is in the path or in a parameter then.
  if (url.includes('#') || path.includes('@') || parameters.some(([name]) => name.includes('@')))
    throw badStore(scheme, 'a "/", "?", "#" or "@" in a user name, password or path is to be percent-encoded');
  if (!place.startsWith('//')) throw badStore(scheme, `write ${scheme}://…`);
  const hosts = authority.slice(at + 1);
  if (/[^A-Za-z0-9._~:,[\]%-]/.test(hosts)) throw badStore(scheme, 'the host or bucket cannot be named like that');
  return { scheme, type, userInfo: at < 0 ? undefined : authority.slice(0, at), authority: hosts, path, parameters };
}

function unknownScheme(scheme: string | undefined): CacheError {
  const known = STORE_SCHEMES;
  const hint = scheme === undefined ? '' : didYouMean(scheme, known);
  // Without a close one, what stands before the colon may be a user name.
  const problem =
    hint === '' ? 'The address of a store is not known' : `The address of a store begins with "${scheme}:"`;
  return new CacheError('CACHE_BAD_STORE', `${problem}${hint}. It begins with one of ${known.join(', ')}.`, {
    store: 'unknown',
  });
}

function parametersIn(scheme: string, query: string): [string, string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decoded(scheme, name), decoded(scheme, value)];
    });
}

function readParameters({ scheme, type, parameters }: UrlParts): {
  options: Record<string, unknown>;
  passedOn: (readonly [string, string])[];
} {
  const known = parametersOf(type);
  const options: Record<string, unknown> = {};
  const passedOn: (readonly [string, string])[] = [];
  for (const [name, value] of parameters) {
    const parameter = known.get(name);
    if (parameter !== undefined) {
      if (Object.hasOwn(options, parameter.field)) throw badStore(scheme, `"${name}" is there twice`);
      options[parameter.field] = value;
    } else if (PASSED_ON[type]?.includes(name) === true) passedOn.push([name, value]);
    else throw unknownOption(scheme, name, [...known.keys(), ...(PASSED_ON[type] ?? [])]);
  }
  return { options, passedOn };
}

/** `file:./a` is relative, `file:/a` and `file:///a` are not. */
function localPath({ scheme, authority, path }: UrlParts): string {
  if (authority !== '' && authority !== 'localhost')
    throw badStore(
      scheme,
      `it names a host: write ${scheme}:PATH, or ${scheme}:///PATH for one that begins at the root`,
    );
  const place = decoded(scheme, path);
  if (place === '') throw badStore(scheme, `it names no path: write ${scheme}:PATH`);
  if (place === ':memory:') throw badStore(scheme, 'a database that is no file is of no use: write memory:');
  // file:///C:/cache on Windows.
  return process.platform === 'win32' ? place.replace(/^\/(?=[A-Za-z]:)/, '') : place;
}

function objectCredentials({ scheme, type, userInfo }: UrlParts): Record<string, unknown> {
  if (userInfo === undefined) return {};
  const colon = userInfo.indexOf(':');
  if (type !== 's3' || colon < 1)
    throw badStore(
      scheme,
      'it has a user name or password, which are to come from the environment or the configuration',
    );
  return {
    accessKeyId: decoded(scheme, userInfo.slice(0, colon)),
    secretAccessKey: new Secret(decoded(scheme, userInfo.slice(colon + 1))),
  };
}

function decoded(scheme: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badStore(scheme, 'it is not percent-encoded as it should be: write %25 for %');
  }
}
