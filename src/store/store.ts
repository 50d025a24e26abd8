import { MAX_KEY_BYTES } from './check-key.js';
import type { StoreCapabilities, StoreDriver, StoreEntry } from './driver.js';
import type { KeyAndValue, KeyValueStore, SaveOptions, StoreTransaction, StoreValue } from './key-value-store.js';
import { rangesOf } from './key-order.js';
import { NamespacedStore } from './namespaced.js';
import type { CodecOptions } from './store-codec.js';
import { StoreCore } from './store-core.js';
import { encodeDocuments, loadDocuments, type DocumentAccess, type DocumentEntry } from './store-documents.js';
import { TransactionQueue } from './transaction-queue.js';
import type { TOO_LARGE } from './too-large.js';
import { Transaction } from './transaction.js';

export type { KeyAndValue, KeyValueStore, SaveOptions, StoreTransaction, StoreValue } from './key-value-store.js';

/** How a store writes, and what it tells of. */
export type StoreOptions = CodecOptions;

/**
 * Values by key over any backend. It checks keys, values, sizes and times before the driver sees them, encodes and decodes, and never gives out
 * a value that has expired or is damaged.
 */
export class Store implements KeyValueStore, DocumentAccess {
  readonly driver: StoreDriver;
  readonly description: string;
  readonly maxKeyBytes = MAX_KEY_BYTES;
  readonly #core: StoreCore;
  readonly #transactions = new TransactionQueue();

  private constructor(driver: StoreDriver, core: StoreCore) {
    this.driver = driver;
    this.description = driver.description;
    this.#core = core;
  }

  /**
   * Opens `driver` and the store over it; the store closes the driver.
   * @throws CacheError as the driver does; CACHE_PACKAGE_MISSING for a codec that is not installed; CACHE_BAD_STORE for a compression that this
   * Node does not have. TypeError for options that make no sense.
   */
  static async open(driver: StoreDriver, options: StoreOptions = {}): Promise<Store> {
    return new Store(driver, await StoreCore.open(driver, options));
  }

  get capabilities(): StoreCapabilities {
    return this.driver.capabilities;
  }

  get ttlDefault(): number | undefined {
    return this.#core.codec.ttlDefault;
  }

  async save(key: string, value: StoreValue, options: SaveOptions = {}): Promise<void> {
    const entries = await this.#core.encodeMany([[key, value]], options, 'save');
    await this.#core.calls.run('save', (driver) => driver.saveMany(entries));
  }

  async load(key: string): Promise<StoreValue | undefined> {
    this.#core.checkKeys([key], 'load');
    const held = this.#core.heldValue(key);
    if (held !== undefined) return held;
    const [value] = await this.#core.loadMany([key]);
    return value;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key])) > 0;
  }

  async exists(key: string): Promise<boolean> {
    const [exists] = await this.#core.existMany(this.#core.checkKeys([key], 'load'));
    return exists === true;
  }

  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    yield* this.#core.keys(prefix);
  }

  async saveMany(entries: Iterable<KeyAndValue>, options: SaveOptions = {}): Promise<void> {
    await this.#saveAll(await this.#core.encodeMany(entries, options, 'save'));
  }

  async createMany(entries: Iterable<KeyAndValue>, options: SaveOptions = {}): Promise<boolean[]> {
    return this.#createAll(await this.#core.encodeMany(entries, options, 'create'));
  }

  async loadMany(keys: Iterable<string>): Promise<(StoreValue | undefined)[]> {
    return this.#core.loadMany(this.#core.checkKeys(keys, 'load'));
  }

  /** Like `loadMany`, for values that strangers may have written: one with more than `maxBytes`, as it is stored or decoded, is not loaded. */
  async loadSmall(keys: Iterable<string>, maxBytes: number): Promise<(StoreValue | undefined | typeof TOO_LARGE)[]> {
    return this.#core.loadSmall(this.#core.checkKeys(keys, 'load'), maxBytes);
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    const unique = [...new Set(this.#core.checkKeys(keys, 'delete'))];
    return sum(await this.#core.calls.runBatches('delete', unique, (driver, batch) => driver.deleteMany(batch)));
  }

  async clear(prefix = ''): Promise<number> {
    this.#core.checkPrefix(prefix, 'clear');
    const { key, prefixes } = rangesOf(prefix);
    const { calls } = this.#core;
    const removed = [key === undefined ? 0 : await calls.run('clear', (driver) => driver.deleteMany([key]))];
    for (const range of prefixes) removed.push(await calls.run('clear', (driver) => driver.clear(range)));
    return sum(removed);
  }

  sweep(): Promise<number> {
    return this.#core.calls.run('sweep', (driver) => driver.sweep());
  }

  async transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    this.#core.calls.assertOpen();
    return this.#transactions.run(async () => {
      // It may have been closed while this one waited for its turn.
      this.#core.calls.assertOpen();
      const transaction = new Transaction(this.#core);
      try {
        const result = await this.#core.calls.whileOpen(fn(transaction));
        await this.#core.commit(await transaction.end());
        return result;
      } finally {
        transaction.abandon();
      }
    });
  }

  namespace(prefix: string): NamespacedStore {
    return new NamespacedStore(this, prefix);
  }

  loadDocuments(keys: readonly string[], maxBytes: number): Promise<(Buffer | undefined | Error)[]> {
    return loadDocuments(this.#core, keys, maxBytes);
  }

  async saveDocuments(entries: readonly DocumentEntry[]): Promise<void> {
    await this.#saveAll(await encodeDocuments(this.#core, entries, 'save'));
  }

  async createDocuments(entries: readonly DocumentEntry[]): Promise<boolean[]> {
    return this.#createAll(await encodeDocuments(this.#core, entries, 'create'));
  }

  close(): Promise<void> {
    return this.#core.calls.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Batches run side by side, so that no key may be in two of them. */
  async #saveAll(entries: readonly StoreEntry[]): Promise<void> {
    const lastOfKey = [...new Map(entries.map((entry) => [entry.key, entry])).values()];
    await this.#core.calls.runBatches('save', lastOfKey, (driver, batch) => driver.saveMany(batch));
  }

  async #createAll(entries: readonly StoreEntry[]): Promise<boolean[]> {
    const firstOfKey = new Map<string, StoreEntry>();
    for (const entry of entries) if (!firstOfKey.has(entry.key)) firstOfKey.set(entry.key, entry);
    const unique = [...firstOfKey.values()];
    const answers = await this.#core.calls.runBatches('create', unique, (driver, batch) => driver.createMany(batch));
    const created = new Set(answers.flat().flatMap((isNew, index) => (isNew ? [unique[index]] : [])));
    return entries.map((entry) => created.has(entry));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
