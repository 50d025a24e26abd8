import type { Store } from '../store.js';
import type { DocumentEntry } from '../store-documents.js';
import type { DocumentCapabilities, DocumentStore, LoadLimits, ValueStat, WriteOptions } from './document-store.js';
import { storeError } from '../store-error.js';
import { Coalescer } from './coalescer.js';

export interface StoreDocumentsOptions {
  /** Where this machine keeps what never leaves it; default: nowhere, and every run hashes every file. */
  readonly localFolder?: DocumentCapabilities['localFolder'];
}

/** Named documents in any store, under the same names as in files. What a power cut leaves is the store's own business. */
export class StoreDocuments implements DocumentStore {
  readonly description: string;
  readonly capabilities: DocumentCapabilities;
  readonly #store: Store;
  readonly #creations: Coalescer<DocumentEntry, boolean>;

  constructor(store: Store, { localFolder }: StoreDocumentsOptions = {}) {
    this.#store = store;
    this.description = store.description;
    const { maxConcurrency, maxBatch } = store.capabilities;
    this.capabilities = {
      editable: false,
      maxConcurrency: maxConcurrency * Math.min(maxBatch, BATCH),
      ttlSeconds: store.ttlDefault,
      listingStamp: false,
      localFolder,
    };
    this.#creations = new Coalescer((entries) => store.createDocuments(entries), BATCH);
  }

  loadMany(keys: readonly string[], { maxBytes }: LoadLimits): Promise<(Buffer | undefined | Error)[]> {
    return this.#store.loadDocuments(keys, maxBytes);
  }

  /** Those that are created at the same time go in one batch: a round trip for each would make a first run slow. */
  create(key: string, bytes: Uint8Array, { lasts = false }: WriteOptions): Promise<boolean> {
    return this.#creations.add({ key, json: bytes, lasts });
  }

  createWhole(key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean> {
    return this.create(key, bytes, options);
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    await this.#store.saveDocuments([{ key, json: bytes }]);
  }

  async copy(from: string, to: string): Promise<void> {
    await this.replace(to, await this.#require(from));
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.#store.deleteMany(keys);
  }

  async list(folder: string): Promise<string[]> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const names = new Set<string>();
    for await (const key of this.#store.keys(prefix)) {
      const end = key.indexOf('/', prefix.length);
      names.add(end === -1 ? key.slice(prefix.length) : key.slice(prefix.length, end));
    }
    return [...names];
  }

  async statMany(keys: readonly string[]): Promise<(ValueStat | undefined)[]> {
    const { driver, capabilities } = this.#store;
    const stats: (ValueStat | undefined)[] = [];
    for (let at = 0; at < keys.length; at += capabilities.maxBatch)
      for (const stat of await driver.statMany(keys.slice(at, at + capabilities.maxBatch)))
        stats.push(stat && { sizeBytes: stat.sizeBytes, modifiedAt: stat.savedAt, touchedAt: stat.savedAt });
    return stats;
  }

  /** A value gets its age, and its time to live, by being saved. */
  async renew(key: string): Promise<void> {
    await this.replace(key, await this.#require(key));
  }

  listingStamp(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    await this.#creations.idle();
    await this.#store.close();
  }

  async #require(key: string): Promise<Buffer> {
    const [bytes] = await this.#store.loadDocuments([key], Infinity);
    if (Buffer.isBuffer(bytes)) return bytes;
    if (bytes !== undefined) throw bytes;
    // It has expired or was removed since somebody saw it: nobody's mistake.
    throw storeError('failed', { store: this.description, action: 'load', problem: `${key} is not there any more` });
  }
}

const BATCH = 128;
