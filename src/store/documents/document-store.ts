/**
 * Named documents in folders, as `persistence` writes them: bytes by key, nothing more. Keys are relative POSIX paths (`shop/file_0f….json`) that
 * `persistence/layout.ts` made; a document store knows no codebases and no analyzers.
 */
export interface DocumentStore {
  /** What the backend is, for messages: never with credentials. */
  readonly description: string;
  readonly capabilities: DocumentCapabilities;

  /**
   * One answer for each key, in order: undefined where there is no value; an Error, which spoils no other, for one that is there and cannot
   * be read or has more than `maxBytes`.
   */
  loadMany(keys: readonly string[], limits: LoadLimits): Promise<(Buffer | undefined | Error)[]>;
  /** Saves a value that proves itself (a digest) unless the key exists; false where it does. A kill may leave a part of it. */
  create(key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean>;
  /** The same in one step: a kill leaves all of it or nothing. */
  createWhole(key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean>;
  /** Saves or replaces in one step. */
  replace(key: string, bytes: Uint8Array, options: WriteOptions): Promise<void>;
  /** Makes `to` hold what `from` holds, in one step. */
  copy(from: string, to: string, options: WriteOptions): Promise<void>;
  /** Number of keys that existed. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** Names of the values and folders directly below `folder` (`shop`, `shop/versions`), in any order. */
  list(folder: string): Promise<string[]>;
  /** Size and age of each value, in order; undefined where there is none or it is not a plain value. */
  statMany(keys: readonly string[]): Promise<(ValueStat | undefined)[]>;
  /** Marks a value as used now. */
  renew(key: string): Promise<void>;
  /**
   * Something that differs whenever a name directly below `folder` may have come or gone; undefined where that cannot be told.
   * Only with `capabilities.listingStamp`.
   */
  listingStamp(folder: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface DocumentCapabilities {
  /** People and other programs can get at single values, so that they are looked at for signs of damage; elsewhere reading one tells. */
  readonly editable: boolean;
  /** How many calls may be under way at once; 1 where a second one would only wait for the first. */
  readonly maxConcurrency: number;
  /** After so many seconds a value is gone; undefined: never. */
  readonly ttlSeconds: number | undefined;
  readonly listingStamp: boolean;
  /**
   * Folder of this machine for what never leaves it, e.g. the scan cache, beside the values of `folder`. Undefined where it does not
   * exist and is not to be created.
   */
  readonly localFolder: ((folder: string, create: boolean) => Promise<string | undefined>) | undefined;
}

export interface LoadLimits {
  readonly maxBytes: number;
}

export interface WriteOptions {
  /** Survives a power cut once the promise is fulfilled. */
  readonly durable: boolean;
  /** It stays, also where values of this store expire. */
  readonly lasts?: boolean;
}

export interface ValueStat {
  readonly sizeBytes: number;
  /** When it was last written or renewed, in ms since the Unix epoch, by the clock of the store. */
  readonly modifiedAt: number;
  /** When anything about it last changed, in ms since the Unix epoch, by the clock of the store. */
  readonly touchedAt: number;
}
