import { didYouMean } from '../../../util/suggest.js';
import { badStore } from './bad-store.js';
import type { RedisAddress, RedisNode, RedisTopology } from './settings.js';

/** By hand, since WHATWG URLs have no room for several hosts. */
const URL_PARTS = /^(redis|valkey)(s?)(\+cluster|\+sentinel)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/;

const PARAMETERS = ['prefix', 'timeoutMs', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'] as const;
type Parameter = (typeof PARAMETERS)[number];

const DEFAULT_PORT: Readonly<Record<RedisTopology, number>> = { single: 6379, cluster: 6379, sentinel: 26379 };

/**
 * What a URL says: `redis://user:password@host:port/database?prefix=…`, `rediss://` with TLS, `redis+cluster://host:port,host:port`,
 * `redis+sentinel://host:port,host:port/master-name/database`. `valkey` means the same as `redis`.
 * @throws CacheError CACHE_BAD_STORE, which shows nothing of the URL but names of parameters.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const match = URL_PARTS.exec(url);
  if (match === null)
    throw badStore('it is no URL of Redis; characters like @, / and # in a password have to be percent-encoded');
  const [, , secure, kind = '', userInfo, hosts = '', path = '', query = ''] = match;
  const topology = (kind === '' ? 'single' : kind.slice(1)) as RedisTopology;
  return {
    topology,
    tls: secure === 's',
    nodes: hosts.split(',').map((host) => parseNode(host, DEFAULT_PORT[topology])),
    ...parseUserInfo(userInfo),
    ...parsePath(path, topology),
    ...parseQuery(query),
  };
}

function parseUserInfo(userInfo: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  if (userInfo === undefined) return {};
  const colon = userInfo.indexOf(':');
  const username = decode(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = colon < 0 ? '' : decode(userInfo.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

function parseNode(text: string, defaultPort: number): RedisNode {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw badStore('a host is missing, or its port is no number');
  return { host: decode(host), port: port === undefined ? defaultPort : Number(port) };
}

function parsePath(path: string, topology: RedisTopology): Pick<RedisAddress, 'masterName' | 'database'> {
  const parts = path.split('/').slice(1).map(decode);
  const masterName = topology === 'sentinel' ? parts.shift() : undefined;
  const [database = '', ...rest] = parts;
  if (!/^\d{0,6}$/.test(database) || rest.some((part) => part !== '')) throw badStore('the database is no number');
  return {
    ...(masterName === undefined ? {} : { masterName }),
    ...(database === '' ? {} : { database: Number(database) }),
  };
}

function parseQuery(query: string): Pick<RedisAddress, Parameter> {
  const found: Partial<Record<Parameter, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!isParameter(name))
      throw badStore(
        `the parameter "${name}" is not known${didYouMean(name, PARAMETERS)}; known are ${PARAMETERS.join(', ')}`,
      );
    found[name] = value;
  }
  const { timeoutMs, ...texts } = found;
  return timeoutMs === undefined ? texts : { ...texts, timeoutMs: Number(timeoutMs) };
}

const isParameter = (name: string): name is Parameter => (PARAMETERS as readonly string[]).includes(name);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badStore('it has a % that begins no percent-encoded character');
  }
}
