/**
 * What a store can be told, as one table: the fields of a configuration and the parameters of an address are read from it, so that both know the same
 * ones and answer an unknown one in the same way.
 */
import { CODECS } from '../codec/envelope.js';
import type { TierMode } from './tiered/tier.js';
import type { FileFormat } from './file-store.js';
import { COMPRESSIONS, type CompressionName } from '../codec/compression.js';
import { CacheError } from '../model/errors.js';
import { Secret } from '../util/secret.js';
import { didYouMean } from '../util/suggest.js';

/** What every store can be told. */
export interface CommonStoreConfig {
  /** Seconds for which a value lives that is saved without a time of its own; none: for ever. */
  readonly ttlDefault?: number;
  readonly codec?: 'json' | 'msgpack';
  readonly compression?: CompressionName;
  /** Both in one word, as files end: `json`, `json.gz`, `msgpack.zst`. */
  readonly format?: FileFormat;
  /** Longest time that one call may take, in ms. */
  readonly timeoutMs?: number;
}

export interface MemoryStoreConfig extends CommonStoreConfig {
  readonly type: 'memory';
  readonly maxBytes?: number;
  readonly maxEntries?: number;
}

export interface FileStoreConfig extends CommonStoreConfig {
  readonly type: 'file';
  /** Relative to the root. */
  readonly basePath: string;
}

export interface SqliteStoreConfig extends CommonStoreConfig {
  readonly type: 'sqlite';
  /** Relative to the root. */
  readonly path: string;
}

/** A text that is not to be shown. Once a configuration was checked, it is a `Secret`. */
export type SecretText = Secret | string;

export interface RedisStoreConfig extends CommonStoreConfig {
  readonly type: 'redis';
  /** `redis`, `rediss` (TLS), `redis+cluster` or `redis+sentinel`; it may hold credentials. */
  readonly url: SecretText;
  /** What every key on the server begins with. */
  readonly prefix?: string;
}

export interface PostgresStoreConfig extends CommonStoreConfig {
  readonly type: 'postgres';
  /** As libpq takes it; it may hold credentials. */
  readonly url: SecretText;
  readonly table?: string;
  readonly schema?: string;
  readonly maxConnections?: number;
}

interface ObjectConfig extends CommonStoreConfig {
  /** What the name of every object begins with. */
  readonly prefix?: string;
  /** Address of the service, where it is not the provider's own. */
  readonly endpoint?: string;
}

export interface S3StoreConfig extends ObjectConfig {
  readonly type: 's3';
  readonly bucket: string;
  readonly region?: string;
  readonly pathStyle?: boolean;
  /** Without it and the secret key, the chain of the AWS SDK is asked (variables, profiles, roles). */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: SecretText;
  readonly sessionToken?: SecretText;
}

export interface AzureStoreConfig extends ObjectConfig {
  readonly type: 'azure';
  readonly container: string;
  /** Without it, `AZURE_STORAGE_CONNECTION_STRING` or `AZURE_STORAGE_ACCOUNT` names it. */
  readonly account?: string;
  readonly accountKey?: SecretText;
  readonly sasToken?: SecretText;
  readonly connectionString?: SecretText;
}

export interface GoogleStoreConfig extends ObjectConfig {
  readonly type: 'google';
  readonly bucket: string;
  readonly projectId?: string;
  /** Path of a JSON key; without it, the default credentials of the machine are used. */
  readonly keyFile?: string;
}

export type SingleStoreConfig =
  | MemoryStoreConfig
  | FileStoreConfig
  | SqliteStoreConfig
  | RedisStoreConfig
  | PostgresStoreConfig
  | S3StoreConfig
  | AzureStoreConfig
  | GoogleStoreConfig;

export type StoreType = SingleStoreConfig['type'];

/** By hand, as an address is read before it is known which driver is needed, and the names are in that of files. */
const FILE_FORMATS = [
  'json',
  'json.gz',
  'json.zst',
  'msgpack',
  'msgpack.gz',
  'msgpack.zst',
] as const satisfies readonly FileFormat[];

/** `objects`: what names of objects begin with. */
type FieldKind = 'text' | 'objects' | 'secret' | 'positive' | 'count' | 'flag' | readonly string[];

interface Field {
  readonly kind: FieldKind;
  /** Another name for it in an address; null: it cannot stand there. */
  readonly parameter?: string | null;
  readonly required?: true;
  /** Of a number. */
  readonly least?: number;
}

/** As in a configuration file: the same as `s3`, `azure` or `google`, or what an address says. */
export interface ObjectStoreConfig
  extends
    ObjectConfig,
    Partial<Omit<S3StoreConfig, 'type'>>,
    Partial<Omit<AzureStoreConfig, 'type'>>,
    Partial<Omit<GoogleStoreConfig, 'type'>> {
  readonly type: 'object';
  readonly url?: SecretText;
  readonly provider?: 's3' | 'azure' | 'google';
  readonly accountName?: string;
}

export interface TieredStoreConfig {
  readonly type: 'tiered';
  /** The nearest first. */
  readonly tiers: readonly (string | StoreConfig | TierConfig)[];
  readonly write?: 'through' | 'back';
  readonly budgetMs?: number;
  readonly ttlDefault?: number;
  readonly codec?: 'json' | 'msgpack';
  readonly compression?: CompressionName;
  /** Where uploads wait that were not acknowledged; default: the caches of the user. Relative to the root. */
  readonly outboxFolder?: string;
}

export interface TierConfig {
  readonly store: string | StoreConfig;
  readonly mode?: TierMode;
  readonly timeoutMs?: number;
}

export type StoreConfig = SingleStoreConfig | ObjectStoreConfig | TieredStoreConfig;

const COMMON_FIELDS: Readonly<Record<string, Field>> = {
  ttlDefault: { kind: 'positive', parameter: 'ttl' },
  codec: { kind: CODECS.filter((name) => name !== 'bytes') },
  format: { kind: FILE_FORMATS },
  compression: { kind: COMPRESSIONS },
  timeoutMs: { kind: 'count', parameter: 'timeout' },
};

/** Below, not even an empty value fits beside what belongs to it: see `MemoryDriver`. */
const LEAST_MEMORY_BYTES = 1024;

const FIELDS: Readonly<Record<StoreType, Readonly<Record<string, Field>>>> = {
  memory: { maxBytes: { kind: 'count', least: LEAST_MEMORY_BYTES }, maxEntries: { kind: 'count' } },
  file: { basePath: { kind: 'text', parameter: null, required: true } },
  sqlite: { path: { kind: 'text', parameter: null, required: true } },
  redis: { url: { kind: 'secret', parameter: null, required: true }, prefix: { kind: 'text' } },
  postgres: {
    url: { kind: 'secret', parameter: null, required: true },
    table: { kind: 'text' },
    schema: { kind: 'text' },
    maxConnections: { kind: 'count' },
  },
  s3: {
    bucket: { kind: 'text', parameter: null, required: true },
    prefix: { kind: 'objects' },
    endpoint: { kind: 'text' },
    region: { kind: 'text' },
    pathStyle: { kind: 'flag' },
    accessKeyId: { kind: 'text', parameter: null },
    secretAccessKey: { kind: 'secret', parameter: null },
    sessionToken: { kind: 'secret' },
  },
  azure: {
    container: { kind: 'text', parameter: null, required: true },
    prefix: { kind: 'objects' },
    account: { kind: 'text' },
    accountKey: { kind: 'secret' },
    sasToken: { kind: 'secret' },
    connectionString: { kind: 'secret', parameter: null },
    endpoint: { kind: 'text' },
  },
  google: {
    bucket: { kind: 'text', parameter: null, required: true },
    prefix: { kind: 'objects' },
    endpoint: { kind: 'text' },
    projectId: { kind: 'text' },
    keyFile: { kind: 'text' },
  },
};

export const STORE_TYPES = Object.keys(FIELDS) as StoreType[];

const fieldsOf = (type: StoreType): Readonly<Record<string, Field>> => ({ ...COMMON_FIELDS, ...FIELDS[type] });

/** Field by parameter of an address. */
export function parametersOf(type: StoreType): Map<string, { readonly field: string; readonly isSecret: boolean }> {
  const parameters = new Map<string, { field: string; isSecret: boolean }>();
  for (const [field, { kind, parameter = field }] of Object.entries(fieldsOf(type))) {
    if (parameter === null) continue;
    const meaning = { field, isSecret: kind === 'secret' };
    parameters.set(parameter, meaning).set(field, meaning);
  }
  return parameters;
}

export function isStoreType(type: unknown): type is StoreType {
  return typeof type === 'string' && Object.hasOwn(FIELDS, type);
}

/**
 * The configuration in `given`, whose values may be text, as in an address.
 * @throws CacheError CACHE_BAD_STORE for a field that is unknown, missing or makes no sense; it shows no value.
 */
export function checkStoreConfig(type: StoreType, given: Readonly<Record<string, unknown>>): SingleStoreConfig {
  const fields = fieldsOf(type);
  const config: Record<string, unknown> = { type };
  for (const [name, value] of Object.entries(given)) {
    if (name === 'type' || value === undefined) continue;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) throw unknownOption(type, name, Object.keys(fields));
    config[name] = checked(type, name, field, value);
  }
  if (typeof config.format === 'string') splitFormat(type, config, config.format);
  for (const [name, { required }] of Object.entries(fields))
    if (required === true && config[name] === undefined) throw badStore(type, `"${name}" is missing`);
  // Every field was checked against the table, which says the same as the types.
  return config as unknown as SingleStoreConfig;
}

/** `json.gz` is a codec and a compression. */
function splitFormat(type: StoreType, config: Record<string, unknown>, format: string): void {
  const [codec, ending] = format.split('.');
  const compression = ending === undefined ? 'none' : ending === 'gz' ? 'gzip' : 'zstd';
  if ((config.codec ?? codec) !== codec || (config.compression ?? compression) !== compression)
    throw badStore(type, '"format" says something else than "codec" or "compression"');
  delete config.format;
  Object.assign(config, { codec, compression });
}

function checked(type: StoreType, name: string, { kind, least = 0 }: Field, value: unknown): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
      throw badStore(type, `"${name}" is to be a text that is not empty`);
    case 'objects':
      if (typeof value === 'string' && isObjectPrefix(value)) return value;
      throw badStore(
        type,
        `"${name}" is to be the beginning of object names, without "//", "." and ".." between slashes`,
      );
    case 'secret':
      if (Secret.isSecret(value)) return value;
      if (typeof value === 'string' && value !== '') return new Secret(value);
      throw badStore(type, `"${name}" is to be a text that is not empty`);
    case 'flag':
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw badStore(type, `"${name}" is to be true or false`);
    case 'positive':
    case 'count': {
      const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
      const isGood = typeof number === 'number' && number > 0 && number <= Number.MAX_SAFE_INTEGER;
      if (isGood && number >= least && (kind === 'positive' || Number.isInteger(number))) return number;
      const range = least > 0 ? `from ${least} on` : 'above 0';
      throw badStore(type, `"${name}" is to be a ${kind === 'count' ? 'whole ' : ''}number ${range}`);
    }
    default: {
      const choice = kind.find((one) => one === value);
      if (choice !== undefined) return choice;
      const hint = typeof value === 'string' ? didYouMean(value, kind) : '';
      throw badStore(type, `"${name}" is to be one of ${kind.join(', ')}${hint}`);
    }
  }
}

/** Servers, libraries and proxies normalize paths, and would look in another bucket then. Slashes around it do not count. */
function isObjectPrefix(prefix: string): boolean {
  const segments = prefix.replace(/^\/|\/$/g, '').split('/');
  return !/\p{Cc}/u.test(prefix) && segments.every((segment) => !['', '.', '..'].includes(segment));
}

/** @param store its type or scheme. */
export function badStore(store: string, problem: string): CacheError {
  return new CacheError('CACHE_BAD_STORE', `The store ${store} makes no sense: ${problem}.`, { store, problem });
}

/** Names only what looks like a name: a slip in an address can put a part of a password there. */
export function unknownOption(store: string, name: string, known: readonly string[]): CacheError {
  const isName = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(name);
  const hint = didYouMean(name, known);
  const shown = isName && hint !== '' ? `"${name}"${hint}` : 'that is not known';
  return badStore(store, `there is an option ${shown}; known are ${Array.from(known).sort().join(', ')}`);
}
