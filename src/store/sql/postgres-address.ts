import type { PoolConfig } from 'pg';
import { revealed, type Secret } from '../../util/secret.js';
import { badStore } from '../store-config.js';

/** Where the server is. What is left out comes from the variables that libpq knows, `PGHOST`, `PGUSER` and so on. */
export interface PostgresAddress {
  /** `postgres://user:password@host:5432/database?sslmode=…`; the other fields are not looked at then. */
  readonly url?: string | Secret;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string | Secret;
  readonly database?: string;
  readonly ssl?: PoolConfig['ssl'];
}

export interface PostgresTarget {
  /** What the client takes. */
  readonly config: PoolConfig;
  /** Without credentials. */
  readonly description: string;
  readonly secrets: readonly string[];
}

/** @throws CacheError CACHE_BAD_STORE, which shows nothing of the address. */
export function targetOf(address: PostgresAddress): PostgresTarget {
  const { url, password, ...fields } = address;
  const ofEnvironment = process.env.PGPASSWORD ?? '';
  if (url === undefined) {
    const ownPassword = revealed(password);
    return {
      config: { ...fields, ...(ownPassword === undefined ? {} : { password: ownPassword }) },
      description: describe(fields),
      secrets: [ownPassword ?? '', ofEnvironment],
    };
  }
  const text = revealed(url);
  const { username, password: encoded, hostname, port, pathname } = parse(text);
  return {
    config: { connectionString: withStrictTls(text) },
    description: describe({ host: hostname, port: Number(port), database: decode(pathname.slice(1)) }),
    // The whole address too: a client may show it.
    secrets: [text, encoded, decode(encoded), ofEnvironment].filter((secret) => secret !== username),
  };
}

/**
 * Today the client means `verify-full` by all of these, and prints a warning that it will mean less one day: certificates are checked here, and
 * stay so. Whoever wants what libpq does says `uselibpqcompat=true`.
 */
function withStrictTls(url: string): string {
  const isLikeLibpq = /[?&]uselibpqcompat=true(?:&|$)/.test(url);
  return isLikeLibpq ? url : url.replace(/(?<=[?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, 'verify-full');
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (/^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  } catch {
    // Its error shows the address.
  }
  throw badStore('postgres', 'the address is to be like postgres://user:password@host:5432/database');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badStore('postgres', 'the address is not percent-encoded as it should be: write %25 for %');
  }
}

function describe({ host, port, database }: Pick<PostgresAddress, 'host' | 'port' | 'database'>): string {
  const { PGHOST = 'localhost', PGPORT = '5432', PGDATABASE = '' } = process.env;
  return `postgres://${filled(host) ?? PGHOST}:${port === undefined || port === 0 ? PGPORT : port}/${filled(database) ?? PGDATABASE}`;
}

const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
