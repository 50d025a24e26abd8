/** What is asked of stores and of the shared cache, as plain objects: the bridge from the configuration to what opens stores. */
import type { Secret } from '../util/secret.js';

export const STORE_KINDS = ['memory', 'file', 'sqlite', 'redis', 'postgres', 'object', 'tiered'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

export const STORE_MODES = ['read', 'write', 'read-write'] as const;
export type StoreMode = (typeof STORE_MODES)[number];

interface CommonStoreConfig {
  /** Seconds. */
  readonly ttlDefault?: number;
  readonly codec?: 'json' | 'msgpack';
  readonly compression?: 'none' | 'gzip' | 'zstd';
  readonly prefix?: string;
  readonly timeoutMs?: number;
}

/** A store by its type, as those who open stores take it. Paths are absolute, and every `${DOCUMEE_...}` is replaced. */
export type StoreConfig =
  | (CommonStoreConfig & { readonly type: 'memory'; readonly maxBytes?: number; readonly maxEntries?: number })
  | (CommonStoreConfig & { readonly type: 'file'; readonly basePath: string })
  | (CommonStoreConfig & { readonly type: 'sqlite'; readonly path: string })
  | (CommonStoreConfig & { readonly type: 'redis'; readonly url: Secret })
  | (CommonStoreConfig & {
      readonly type: 'postgres';
      readonly url: Secret;
      readonly table?: string;
      readonly maxConnections?: number;
    })
  | (CommonStoreConfig & {
      readonly type: 'object';
      readonly url?: Secret;
      readonly provider?: 's3' | 'azure' | 'google';
      readonly bucket?: string;
      readonly container?: string;
      readonly endpoint?: string;
      readonly region?: string;
      readonly pathStyle?: boolean;
      readonly accessKeyId?: string;
      readonly secretAccessKey?: Secret;
      readonly sessionToken?: Secret;
      readonly account?: string;
      readonly accountKey?: Secret;
      readonly sasToken?: Secret;
      readonly connectionString?: Secret;
      readonly projectId?: string;
      readonly keyFile?: string;
    })
  | {
      readonly type: 'tiered';
      /** The fastest first. */
      readonly tiers: readonly TierConfig[];
      readonly write?: 'through' | 'back';
      /** What a run may lose to tiers that do not answer, in ms. */
      readonly budgetMs?: number;
      /** Seconds. */
      readonly ttlDefault?: number;
    };

export interface TierConfig {
  /** Text: a URL. */
  readonly store: string | StoreConfig;
  readonly mode?: StoreMode;
  readonly timeoutMs?: number;
}

/** The cache that machines share. */
export interface RemoteConfig {
  /** Text: a URL. */
  readonly store: string | StoreConfig;
  readonly mode: StoreMode;
  readonly scope?: string;
  readonly readScopes?: readonly string[];
  readonly signing?: { readonly privateKey?: Secret; readonly publicKeys?: readonly string[] };
  /** What a run may lose to a remote that does not answer, in ms. */
  readonly budgetMs: number;
  readonly leases: boolean;
}

/** Ready to be handed to the library. */
export interface StorageOptions {
  /** Text: a URL. Absent: files in the folder of the cache, as documented. */
  readonly store?: string | StoreConfig;
  readonly remote?: RemoteConfig;
}

export function isStoreKind(name: string): name is StoreKind {
  return STORE_KINDS.some((kind) => kind === name);
}
