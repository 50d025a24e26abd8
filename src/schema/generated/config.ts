// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { JsonValue } from '../../model/json.js';

/**
 * A name from stores, a built-in store or a URL.
 */
export type StoreName = string;
/**
 * A store under a name of its own: type says what kind it is, and with that which keys it takes.
 *
 * This interface was referenced by `ConfigStores`'s JSON-Schema definition
 * via the `patternProperty` "^(?!(?:memory|file|sqlite|redis|postgres|object|tiered)$)[A-Za-z][A-Za-z0-9_-]{0,63}$".
 */
export type ConfigNamedStore = NamedStore;
export type Scope = string;

/**
 * Configuration of documee: .documee/config.yaml, documee.config.{yaml,yml,json} or package.json#documee. Paths and globs are relative to the codebase root.
 */
export interface Config {
  /**
   * For editors only: where this schema is.
   */
  readonly $schema?: string;
  /**
   * Id of the codebase in the cache. Default: the name in package.json, pyproject.toml, Cargo.toml or go.mod, else the repository name of git's origin, else that of the only codebase in a cache that lies in the root, else the folder name.
   */
  readonly codebase?: string;
  /**
   * Folder of the cache. ${DOCUMEE_...} is replaced by that environment variable; no other name is.
   */
  readonly basePath?: string;
  /**
   * What to run: built-in ids or module paths, each alone or with options.
   *
   * @minItems 1
   */
  readonly analyzers?: readonly (string | ConfigAnalyzer)[];
  /**
   * Globs of the files to take in; empty: all.
   */
  readonly include?: readonly string[];
  /**
   * Globs of the files to leave out; wins over include.
   */
  readonly exclude?: readonly string[];
  /**
   * Whether to leave out what .gitignore names.
   */
  readonly gitignore?: boolean;
  /**
   * stat: a file is read only where its stat changed or is too recent to be trusted. content: every file is read and hashed in every run. Default where CI is set: content.
   */
  readonly changeDetection?: 'stat' | 'content';
  /**
   * Hash that tells contents apart. sha256 also withstands files made to collide on purpose.
   */
  readonly contentHash?: 'xxh64' | 'sha256';
  /**
   * ordered: only the commit is flushed to disk; a power cut costs re-analysis at most. full: every result is flushed, too.
   */
  readonly durability?: 'ordered' | 'full';
  /**
   * How many analyses run at the same time. Default: the number of processor cores.
   */
  readonly concurrency?: number;
  readonly limits?: ConfigLimits;
  /**
   * Where results are kept: a name from stores, a built-in store (file, memory, sqlite) or a URL, e.g. sqlite:.documee/store.sqlite. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly store?: string;
  readonly stores?: ConfigStores;
  /**
   * Cache that machines share: a URL or a name from stores, alone or with how it is used. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly remote?: string | ConfigRemote;
}
/**
 * An analyzer with options.
 */
export interface ConfigAnalyzer {
  /**
   * A built-in id or the path of a module.
   */
  readonly use: string;
  /**
   * Options of the analyzer, any JSON. They are part of its fingerprint: another value is another result.
   */
  readonly options?: Readonly<Record<string, JsonValue>>;
}
/**
 * What the cache keeps.
 */
export interface ConfigLimits {
  /**
   * How many versions are kept, the newest first.
   */
  readonly versions?: number;
  /**
   * Age in days from which prune removes what no kept version uses. Default: 30.
   */
  readonly maxAgeDays?: number;
  /**
   * Size in bytes above which prune removes what no kept version uses, oldest first. Default: no limit.
   */
  readonly maxSizeBytes?: number;
}
/**
 * Stores by name. Under the name of a kind (memory, file, sqlite, redis, postgres, object, tiered) stands a store of that kind; any other name needs type.
 */
export interface ConfigStores {
  readonly memory?: ConfigMemoryStore;
  readonly file?: ConfigFileStore;
  readonly sqlite?: ConfigSqliteStore;
  readonly redis?: ConfigRedisStore;
  readonly postgres?: ConfigPostgresStore;
  readonly object?: ConfigObjectStore;
  readonly tiered?: ConfigTieredStore;
  readonly [k: string]:
    | ConfigNamedStore
    | ConfigMemoryStore
    | ConfigFileStore
    | ConfigSqliteStore
    | ConfigRedisStore
    | ConfigPostgresStore
    | ConfigObjectStore
    | ConfigTieredStore
    | undefined;
}
/**
 * The built-in store memory.
 */
export interface ConfigMemoryStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'memory';
  /**
   * Size of all values, in bytes, that is kept at most.
   */
  readonly maxBytes?: number;
  /**
   * How many values are kept at most.
   */
  readonly maxEntries?: number;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
}
/**
 * The built-in store file.
 */
export interface ConfigFileStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'file';
  /**
   * Folder of the files. Default: basePath of the configuration. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly basePath?: string;
  /**
   * How values are written down: json can be opened by people, msgpack is smaller. Default: json.
   */
  readonly format?: 'json' | 'msgpack';
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
}
/**
 * The built-in store sqlite.
 */
export interface ConfigSqliteStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'sqlite';
  /**
   * File of the database. Default: .documee/store.sqlite. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly path?: string;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
  /**
   * Time in milliseconds after which one call of the store fails. Default: 5000.
   */
  readonly timeoutMs?: number;
  /**
   * How values are written down. Default: json.
   */
  readonly codec?: 'json' | 'msgpack';
  /**
   * How values are compressed. Default: none.
   */
  readonly compression?: 'none' | 'gzip' | 'zstd';
}
/**
 * The store redis.
 */
export interface ConfigRedisStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'redis';
  /**
   * Address, e.g. redis://user:password@host:6379/0; rediss:// for TLS. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly url: string;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
  /**
   * Time in milliseconds after which one call of the store fails. Default: 5000.
   */
  readonly timeoutMs?: number;
  /**
   * What every key in the server begins with.
   */
  readonly prefix?: string;
  /**
   * How values are written down. Default: json.
   */
  readonly codec?: 'json' | 'msgpack';
  /**
   * How values are compressed. Default: none.
   */
  readonly compression?: 'none' | 'gzip' | 'zstd';
}
/**
 * The store postgres.
 */
export interface ConfigPostgresStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'postgres';
  /**
   * Address, e.g. postgres://user:password@host:5432/database; what is not in it comes from PG* of the environment. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly url: string;
  /**
   * Name of the table; it is made where it is missing.
   */
  readonly table?: string;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
  /**
   * Time in milliseconds after which one call of the store fails. Default: 5000.
   */
  readonly timeoutMs?: number;
  /**
   * How values are written down. Default: json.
   */
  readonly codec?: 'json' | 'msgpack';
  /**
   * How values are compressed. Default: none.
   */
  readonly compression?: 'none' | 'gzip' | 'zstd';
  /**
   * Connections that are open at the same time at most.
   */
  readonly maxConnections?: number;
}
/**
 * The store object.
 */
export interface ConfigObjectStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'object';
  /**
   * Address: s3://bucket/prefix, azure://container/prefix or gs://bucket/prefix. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly url?: string;
  /**
   * Whose storage it is, where there is no url.
   */
  readonly provider?: 's3' | 'azure' | 'google';
  /**
   * Bucket, of s3 and google.
   */
  readonly bucket?: string;
  /**
   * Container, of azure.
   */
  readonly container?: string;
  /**
   * What every object name begins with.
   */
  readonly prefix?: string;
  /**
   * Address of the service, where it is not the provider's own. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly endpoint?: string;
  /**
   * Region of the bucket, of s3.
   */
  readonly region?: string;
  /**
   * Whether the bucket stands in the path of an address instead of the host name, of s3.
   */
  readonly pathStyle?: boolean;
  /**
   * Id of the access key, of s3. Default: what the SDK finds. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly accessKeyId?: string;
  /**
   * Secret of the access key, of s3. Default: what the SDK finds. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly secretAccessKey?: string;
  /**
   * Token that goes with a temporary access key, of s3. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly sessionToken?: string;
  /**
   * Connection string of the account, of azure. Default: AZURE_STORAGE_CONNECTION_STRING. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly connectionString?: string;
  /**
   * Name of the account, of azure. Default: AZURE_STORAGE_ACCOUNT.
   */
  readonly account?: string;
  /**
   * Key of the account, of azure. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly accountKey?: string;
  /**
   * Shared access signature, of azure. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly sasToken?: string;
  /**
   * Project, of google. Default: what the SDK finds.
   */
  readonly projectId?: string;
  /**
   * File with the credentials of a service account, of google. Default: what the SDK finds. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly keyFile?: string;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
  /**
   * Time in milliseconds after which one call of the store fails. Default: 5000.
   */
  readonly timeoutMs?: number;
  /**
   * How values are written down. Default: json.
   */
  readonly codec?: 'json' | 'msgpack';
  /**
   * How values are compressed. Default: none.
   */
  readonly compression?: 'none' | 'gzip' | 'zstd';
}
/**
 * The store tiered.
 */
export interface ConfigTieredStore {
  /**
   * What kind of store this is; may be left out under the name of the kind.
   */
  readonly type?: 'tiered';
  /**
   * The stores in the order in which they are asked: names from stores, built-in ones or URLs, each alone or with a mode.
   *
   * @minItems 1
   * @maxItems 16
   */
  readonly tiers: readonly (StoreName | ConfigTier)[];
  /**
   * through: a value is saved in every tier before the call ends. back: in the first at once, in the others later. Default: through.
   */
  readonly write?: 'through' | 'back';
  /**
   * Time of a whole run, in milliseconds, that may be lost to tiers that do not answer. Default: 2000.
   */
  readonly budgetMs?: number;
  /**
   * Seconds that a value lives where its writer says nothing. Default: for ever.
   */
  readonly ttlDefault?: number;
}
/**
 * A tier with a mode.
 */
export interface ConfigTier {
  /**
   * A name from stores, a built-in store or a URL.
   */
  readonly store: string;
  /**
   * What the tier is used for. Default: read-write.
   */
  readonly mode?: 'read' | 'write' | 'read-write';
  /**
   * Time in milliseconds after which one call of the tier fails.
   */
  readonly timeoutMs?: number;
}
export interface NamedStore {
  /**
   * What kind of store this is.
   */
  readonly type: 'memory' | 'file' | 'sqlite' | 'redis' | 'postgres' | 'object' | 'tiered';
  readonly [k: string]: unknown;
}
/**
 * The shared cache, in parts.
 */
export interface ConfigRemote {
  /**
   * Address of the store that machines share, e.g. redis://host:6379/0. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly url?: string;
  /**
   * Name from stores, in place of url.
   */
  readonly store?: string;
  /**
   * read: results are only taken from it. write: they are only sent to it. Default: read where no signing key is given and either CI is set or public keys are given; else read-write.
   */
  readonly mode?: 'read' | 'write' | 'read-write';
  /**
   * Name under which results are sent, and with readScopes looked for: one for each circle of people who trust each other.
   */
  readonly scope?: string;
  /**
   * Further names under which results are looked for.
   *
   * @maxItems 32
   */
  readonly readScopes?: readonly Scope[];
  readonly signing?: ConfigSigning;
  /**
   * Time of a whole run, in milliseconds, that may be lost to a remote that does not answer.
   */
  readonly budgetMs?: number;
  /**
   * Whether machines that miss the same result at once agree on one that makes it, where the store can do that.
   */
  readonly leases?: boolean;
}
/**
 * Signatures of shared results: with a public key, only what verifies is taken.
 */
export interface ConfigSigning {
  /**
   * Ed25519 key that signs what is sent: PEM, base64 of it, or the path of a file. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly privateKey?: string;
  /**
   * File with that key, in place of privateKey. ${DOCUMEE_...} is replaced by that environment variable.
   */
  readonly privateKeyFile?: string;
  /**
   * Public keys of those whose results are taken, as keys new prints them. Without any, signatures are not asked for.
   *
   * @minItems 1
   * @maxItems 64
   */
  readonly publicKeys?: readonly string[];
}
