/**
 * What a backend implements: bytes by key with an absolute expiry, in batches, and an ordered listing. A driver checks nothing and knows
 * neither codecs, codebases nor analyzers: `Store` has checked keys, sizes and times before it is called. What differs between backends is in
 * `capabilities`.
 *
 * Keys are well-formed Unicode without NUL, 1 to 1,024 bytes of UTF-8, and mean themselves: a driver escapes whatever its backend cannot take.
 * Every call ends within the driver's own time limit. Whatever goes wrong is a `CacheError` made by `storeError`, without credentials.
 */
export interface StoreDriver {
  /** What the backend is, for messages, e.g. `redis://127.0.0.1:6379/0`: never with credentials. */
  readonly description: string;
  /** Known for certain once `open` is fulfilled. */
  readonly capabilities: StoreCapabilities;

  /** Connects, and makes or checks what the backend needs; called once, before anything else. */
  open(): Promise<void>;
  /**
   * One answer for each key, in order: undefined where there is no value or it has expired; an Error, which spoils no other, for one that is
   * there and cannot be read or has more than `maxBytes`. Rejects where nothing can be told at all. The buffers are the caller's own.
   */
  loadMany(keys: readonly string[], limits: { readonly maxBytes: number }): Promise<(Buffer | undefined | Error)[]>;
  /** Saves or replaces each; each by itself is whole or not there. Of a key that is given twice, the last counts. */
  saveMany(entries: readonly StoreEntry[]): Promise<void>;
  /**
   * Saves each whose key has no value, or an expired one; tells which were saved. Of several writers of a key exactly one is told true, where
   * `capabilities.atomicCreate`. Of a key that is given twice, the first counts.
   */
  createMany(entries: readonly StoreEntry[]): Promise<boolean[]>;
  /** Number of keys that had a value that had not expired. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** One answer for each key, in order, without loading values. */
  statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]>;
  /** Every key that begins with `prefix` and has a value that has not expired, ascending by UTF-8 bytes, page by page. */
  keys(prefix: string): AsyncIterable<readonly string[]>;
  /** Removes every key that begins with `prefix`; number of those that had a value that had not expired. */
  clear(prefix: string): Promise<number>;
  /** Applies all: at once or not at all where `capabilities.atomicBatch`, one after the other elsewhere. No key is in both lists. */
  commit(batch: StoreBatch): Promise<void>;
  /** Removes what has expired, where the backend does not do that by itself; number of values removed. */
  sweep(): Promise<number>;
  /** Only with `capabilities.leases`. */
  readonly leases?: LeaseDriver | undefined;
  /** Ends connections; once it is called, nothing else is. */
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** `commit` applies all or nothing, also where the process or the server is killed. */
  readonly atomicBatch: boolean;
  /** Exactly one of several writers creates a key, on whatever machines they are. */
  readonly atomicCreate: boolean;
  /** Values are still there after the process, or the server, was restarted. */
  readonly persistent: boolean;
  /** The backend removes expired values by itself. */
  readonly sweepsItself: boolean;
  /** Other processes and machines see the same values. */
  readonly shared: 'process' | 'machine' | 'network';
  /** False: it can only be read; writing is refused with CACHE_STORE_READ_ONLY. */
  readonly writable: boolean;
  readonly leases: boolean;
  /** Longest value in bytes. */
  readonly maxValueBytes: number;
  /** People open the values by hand: a JSON value that never expires is stored as JSON and nothing else. */
  readonly plainJson: boolean;
  /** How many keys one call may take; `Store` cuts longer lists. */
  readonly maxBatch: number;
  /** How many calls `Store` may have under way at once. */
  readonly maxConcurrency: number;
}

export interface StoreEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** In ms since the Unix epoch; undefined: never. In the future when the call is made. */
  readonly expiresAt: number | undefined;
}

export interface StoreBatch {
  readonly save: readonly StoreEntry[];
  readonly delete: readonly string[];
}

export interface StoredStat {
  readonly sizeBytes: number;
  /** When it was saved, in ms since the Unix epoch, by the clock of the backend or of the writer. */
  readonly savedAt: number;
}

/** Rights to do something once; they end by the clock of the backend, whoever holds them. */
export interface LeaseDriver {
  /** Takes each lease that nobody holds, for `ttlMs`; tells which were taken. One that is held with the same token is taken anew. */
  acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]>;
  /** Gives back those that are held with this token. */
  releaseMany(names: readonly string[], token: string): Promise<void>;
}
