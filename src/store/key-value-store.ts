import type { StoredValue } from '../codec/value.js';
import type { StoreCapabilities } from './driver.js';

/** What a store keeps: a JSON value, or bytes. Values that are loaded are not to be changed: some stores give out the same one again. */
export type StoreValue = StoredValue;

export interface SaveOptions {
  /** Time to live in seconds; `Infinity`: it never expires. Default: `ttlDefault` of the store. */
  readonly ttl?: number | undefined;
}

export type KeyAndValue = readonly [key: string, value: StoreValue];

/** What can be done with values, in a transaction as well as outside. */
export interface ValueAccess {
  /** Saves or replaces. */
  save(key: string, value: StoreValue, options?: SaveOptions): Promise<void>;
  /** Undefined where there is no value, it has expired, or it cannot be read (which is told to `onEvent`). */
  load(key: string): Promise<StoreValue | undefined>;
  /** Whether there was a value. */
  delete(key: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /**
   * Keys that have a value, ascending by the bytes of their UTF-8. A prefix ends at a boundary: `ab` means `ab` itself and what begins with
   * `ab/` or `ab:`, never `abc`; one that ends in `/` or `:`, or is empty, is taken as it is.
   */
  keys(prefix?: string): AsyncGenerator<string, void, undefined>;
  /** Each by itself is whole or not there. Of a key that is given twice, the last counts. */
  saveMany(entries: Iterable<KeyAndValue>, options?: SaveOptions): Promise<void>;
  /** One answer for each key, in order. */
  loadMany(keys: Iterable<string>): Promise<(StoreValue | undefined)[]>;
  /** Number of keys that had a value. */
  deleteMany(keys: Iterable<string>): Promise<number>;
  /** Removes what `keys(prefix)` lists; number of values removed. */
  clear(prefix?: string): Promise<number>;
}

/** What `transaction` hands out: it sees its own writes, and nobody else does until all of them are applied. */
export type StoreTransaction = ValueAccess;

/**
 * A checked store of values by key: `Store` itself, and a namespace in one. Keys are well-formed text without NUL.
 * Methods reject with a CacheError that names the store and the action, or with a TypeError for what no caller should do.
 */
export interface KeyValueStore extends ValueAccess, AsyncDisposable {
  /** For messages; without credentials. */
  readonly description: string;
  readonly capabilities: StoreCapabilities;
  /** Longest key, in bytes of UTF-8. */
  readonly maxKeyBytes: number;
  /** Saves each whose key has no value; tells which were saved. Of a key that is given twice, the first counts. */
  createMany(entries: Iterable<KeyAndValue>, options?: SaveOptions): Promise<boolean[]>;
  /** Removes what has expired, where the backend does not do that by itself; number of values removed. */
  sweep(): Promise<number>;
  /**
   * Runs `fn` and then applies all that it wrote: at once where `capabilities.atomicBatch`, and not at all where it throws. Transactions of one
   * store run one after the other; one inside another is a TypeError. What it read may have been changed by another handle or process meanwhile:
   * it does not fail then. Rejects with a TypeError where the store is closed before `fn` has ended.
   */
  transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** The same store, with all keys under `prefix/`. Closing the view leaves the store open. */
  namespace(prefix: string): KeyValueStore;
  close(): Promise<void>;
}
