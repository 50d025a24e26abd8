/**
 * The stores by their names: `await SqliteStore.open({ path })`. Each is `openStore` with a type; what it needs is loaded when one is opened.
 */
import { openStore, prepareTier, type OpenStoreOptions, type TierChoice } from './open-store.js';
import type {
  FileStoreConfig,
  MemoryStoreConfig,
  ObjectStoreConfig,
  PostgresStoreConfig,
  RedisStoreConfig,
  SqliteStoreConfig,
  StoreConfig,
} from './store-config.js';
import { Store, type StoreOptions } from './store.js';
import { TieredDriver, type TieredOptions } from './tiered/tiered-driver.js';

/** The configuration of one type, and the surroundings that every store may be given. */
type NamedOptions<Config extends StoreConfig> = Omit<Config, 'type'> & OpenStoreOptions;

interface NamedStore<Config extends StoreConfig> {
  /** @throws CacheError as `openStore`. */
  open(options: NamedOptions<Config>): Promise<Store>;
}

function named<Config extends StoreConfig>(type: Config['type']): NamedStore<Config> {
  return {
    open: ({ root, clock, onEvent, environment, fs, ...config }) =>
      // The type says which configuration it is; `openStore` checks the rest.
      openStore({ type, ...config } as unknown as StoreConfig, { root, clock, onEvent, environment, fs }),
  };
}

const memory = named<MemoryStoreConfig>('memory');

/** Values in this process, the least recently used dropped first. */
export const MemoryStore = {
  open: (options: NamedOptions<MemoryStoreConfig> = {}): Promise<Store> => memory.open(options),
};
/** Files below a folder, which people can open. */
export const FileStore = named<FileStoreConfig>('file');
/** One file of SQLite; needs the package `@photostructure/sqlite`. */
export const SqliteStore = named<SqliteStoreConfig>('sqlite');
/** Redis or Valkey; needs the package `@redis/client`. */
export const RedisStore = named<RedisStoreConfig>('redis');
/** One table of PostgreSQL; needs the package `pg`. */
export const PostgresStore = named<PostgresStoreConfig>('postgres');
/** A bucket of S3, Azure Blob or Google Cloud Storage; needs the package of the provider. */
export const ObjectStore = named<ObjectStoreConfig>('object');

/** How tiers work together, and how values are written. `outboxFolder` is absolute. */
export type TieredStoreOptions = TieredOptions & StoreOptions & Pick<OpenStoreOptions, 'root'>;

/** Of `Store`, and what only tiers have. */
export interface OpenedTiers {
  readonly store: Store;
  /** A new run begins: every tier may cost its time again, and is warned of again. */
  newRun(): void;
  /** Sends all that tiers have still to be told; whether nothing is left. */
  flush(): Promise<boolean>;
}

/** Stores in order of nearness, as one. */
export const TieredStore = {
  /**
   * Tiers are addresses, configurations, or stores that are open and stay open.
   * @throws CacheError as `openStore`: only where none of the tiers can be opened, or one makes no sense.
   */
  async open(tiers: readonly TierChoice[], options: TieredStoreOptions = {}): Promise<Store> {
    return (await TieredStore.openTiers(tiers, options)).store;
  },

  /** The same, with what only tiers can do. */
  async openTiers(tiers: readonly TierChoice[], options: TieredStoreOptions = {}): Promise<OpenedTiers> {
    const driver = new TieredDriver(await Promise.all(tiers.map((tier) => prepareTier(tier, options))), options);
    const store = await Store.open(driver, options);
    return { store, newRun: () => driver.newRun(), flush: () => driver.flush() };
  },
};
