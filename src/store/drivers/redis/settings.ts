import { messageOf } from '../../../model/errors.js';
import { FOLLOWING_READ, readToEnd, realFs, type FileSystem } from '../../../util/fs.js';
import { badStore } from './bad-store.js';
import { parseRedisUrl } from './url.js';

export const REDIS_TOPOLOGIES = ['single', 'cluster', 'sentinel'] as const;
/** One server, a cluster of them, or sentinels that know which server is the primary. */
export type RedisTopology = (typeof REDIS_TOPOLOGIES)[number];

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** What a URL can say, too. */
export interface RedisAddress {
  readonly topology?: RedisTopology | undefined;
  /** The server; some servers of the cluster; the sentinels. Default ports: 6379, of sentinels 26379. */
  readonly nodes?: readonly RedisNode[] | undefined;
  /** The name that the sentinels know the primary by. */
  readonly masterName?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Default: 0, the only one of a cluster. */
  readonly database?: number | undefined;
  /** What all keys begin with on the server; never empty. Default: `documee:`. */
  readonly prefix?: string | undefined;
  /** Time limit of each call, of `keys` and `clear` of each round trip. Default: 5000. */
  readonly timeoutMs?: number | undefined;
  /** PEM file of the authority that signed the server's certificate. Default: those that Node trusts. */
  readonly tlsCaFile?: string | undefined;
  /** PEM files of the certificate that the server asks for, and of its key. */
  readonly tlsCertFile?: string | undefined;
  readonly tlsKeyFile?: string | undefined;
  /** Name that the server's certificate is for, where that is not the host of the address. */
  readonly tlsServerName?: string | undefined;
}

/** Members beside `url` win over what it says. */
export interface RedisDriverOptions extends RedisAddress {
  readonly url?: string | undefined;
  /** Credentials for the sentinels, where they want any: those of the URL are for the primary. */
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  readonly fs?: FileSystem | undefined;
}

export interface RedisCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface RedisSettings {
  readonly topology: RedisTopology;
  readonly nodes: readonly RedisNode[];
  readonly masterName: string;
  readonly database: number;
  /** As keys begin on the server: in a cluster with its hash tag. */
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly credentials: RedisCredentials;
  readonly sentinelCredentials: RedisCredentials;
  readonly tls: RedisTls | undefined;
  readonly description: string;
  /** Texts that no error may show. */
  readonly secrets: readonly string[];
}

export interface RedisTls {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly serverName: string | undefined;
}

const DEFAULT_PREFIX = 'documee:';
const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_PORT = 6379;
/** What timers take, in ms: longer ones end at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws CacheError CACHE_BAD_STORE, which shows nothing of the URL, since it may hold a password. */
export function redisSettings(options: RedisDriverOptions): RedisSettings {
  const { url, ...members } = options;
  const given = Object.fromEntries(Object.entries<unknown>({ ...members }).filter(([, value]) => value !== undefined));
  const merged: RedisDriverOptions = { ...(url === undefined ? {} : parseRedisUrl(url)), ...given };
  const { topology = 'single', masterName = '', database = 0, prefix = DEFAULT_PREFIX } = merged;
  const { nodes = [{ host: '127.0.0.1', port: DEFAULT_PORT }], timeoutMs = DEFAULT_TIMEOUT_MS } = merged;
  if (nodes.length === 0) throw badStore('it names no host');
  if (topology === 'single' && nodes.length > 1)
    throw badStore('it names several hosts, which need a cluster or sentinels');
  if (nodes.some(({ port }) => !Number.isInteger(port) || port < 1 || port > 65_535))
    throw badStore('a port is no number from 1 to 65535');
  if (topology === 'sentinel' && masterName === '')
    throw badStore('it lacks the name that the sentinels know the primary by');
  if (!Number.isInteger(database) || database < 0) throw badStore('the database is no whole number');
  if (topology === 'cluster' && database !== 0) throw badStore('a cluster has the database 0 only');
  if (prefix === '') throw badStore('the prefix is empty');
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS))
    throw badStore(`timeoutMs is no number from 1 to ${MAX_TIMEOUT_MS}`);
  const secrets = [merged.password, merged.sentinelPassword].filter((secret) => secret !== undefined);
  return {
    topology,
    nodes,
    masterName,
    database,
    prefix: topology === 'cluster' ? withHashTag(prefix) : prefix,
    timeoutMs,
    credentials: { username: merged.username, password: merged.password },
    sentinelCredentials: { username: merged.sentinelUsername, password: merged.sentinelPassword },
    tls: tlsOf(merged),
    description: describe({ topology, nodes, masterName, database, tls: merged.tls === true }),
    secrets,
  };
}

function tlsOf({ tls, tlsCaFile, tlsCertFile, tlsKeyFile, tlsServerName }: RedisAddress): RedisTls | undefined {
  const isNamed = [tlsCaFile, tlsCertFile, tlsKeyFile, tlsServerName].some((value) => value !== undefined);
  if (tls !== true && isNamed) throw badStore('it has options of TLS without TLS: use rediss instead of redis');
  if (tls !== true) return undefined;
  return { caFile: tlsCaFile, certFile: tlsCertFile, keyFile: tlsKeyFile, serverName: tlsServerName };
}

/** In a cluster, only keys of one slot can be written in one transaction: what stands in the first braces decides about the slot. */
function withHashTag(prefix: string): string {
  if (/^[^{]*\{[^}]+\}/.test(prefix)) return prefix;
  if (prefix.startsWith('}')) throw badStore('the prefix of a cluster begins with a brace that closes');
  return `{${prefix}}`;
}

function describe({
  topology,
  nodes,
  masterName,
  database,
  tls,
}: Pick<RedisSettings, 'topology' | 'nodes' | 'masterName' | 'database'> & { readonly tls: boolean }): string {
  const scheme = `${tls ? 'rediss' : 'redis'}${topology === 'single' ? '' : `+${topology}`}`;
  const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const place = { single: `/${database}`, cluster: '', sentinel: `/${masterName}/${database}` }[topology];
  return `${scheme}://${hosts}${place}`;
}

const MAX_PEM_BYTES = 1024 * 1024;

export interface TlsSocketOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** @throws CacheError CACHE_BAD_STORE where a file cannot be read. */
export function readTls(
  { caFile, certFile, keyFile, serverName }: RedisTls,
  fs: FileSystem = realFs,
): TlsSocketOptions {
  return {
    ...(caFile === undefined ? {} : { ca: readPem(fs, caFile) }),
    ...(certFile === undefined ? {} : { cert: readPem(fs, certFile) }),
    ...(keyFile === undefined ? {} : { key: readPem(fs, keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** Links are followed: certificates are often behind one. */
function readPem(fs: FileSystem, file: string): Buffer {
  try {
    const descriptor = fs.openSync(file, FOLLOWING_READ);
    try {
      return readToEnd(fs, descriptor, 0, MAX_PEM_BYTES);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    throw badStore(`a file for TLS cannot be read: ${messageOf(error)}`);
  }
}
