import { systemCode, type ErrorCode } from '../../model/errors.js';
import { Circuit } from '../tiered/circuit.js';
import type { DocumentCapabilities, DocumentStore, LoadLimits, ValueStat, WriteOptions } from './document-store.js';

/** One call that found no server is no accident: the driver has tried again within its own time limit. */
const FAILURES = 1;
/** Compared as text: whoever wrote the driver may have loaded the class of the error a second time. */
const UNREACHABLE: ErrorCode = 'CACHE_STORE_UNAVAILABLE';

/**
 * The documents of a store that is not asked for a while once it could not be reached: it would take its whole time limit for each of thousands of
 * records. What is asked meanwhile fails at once, with the same error.
 */
export class FailFastDocuments implements DocumentStore {
  readonly #documents: DocumentStore;
  readonly #circuit: Circuit;
  #failure: Error | undefined;

  constructor(documents: DocumentStore, circuit = new Circuit({ failures: FAILURES })) {
    this.#documents = documents;
    this.#circuit = circuit;
  }

  get description(): string {
    return this.#documents.description;
  }

  get capabilities(): DocumentCapabilities {
    return this.#documents.capabilities;
  }

  loadMany(keys: readonly string[], limits: LoadLimits): Promise<(Buffer | undefined | Error)[]> {
    return this.#ask(() => this.#documents.loadMany(keys, limits));
  }

  create(key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean> {
    return this.#ask(() => this.#documents.create(key, bytes, options));
  }

  createWhole(key: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean> {
    return this.#ask(() => this.#documents.createWhole(key, bytes, options));
  }

  replace(key: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    return this.#ask(() => this.#documents.replace(key, bytes, options));
  }

  copy(from: string, to: string, options: WriteOptions): Promise<void> {
    return this.#ask(() => this.#documents.copy(from, to, options));
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return this.#ask(() => this.#documents.deleteMany(keys));
  }

  list(folder: string): Promise<string[]> {
    return this.#ask(() => this.#documents.list(folder));
  }

  statMany(keys: readonly string[]): Promise<(ValueStat | undefined)[]> {
    return this.#ask(() => this.#documents.statMany(keys));
  }

  renew(key: string): Promise<void> {
    return this.#ask(() => this.#documents.renew(key));
  }

  listingStamp(folder: string): Promise<string | undefined> {
    return this.#ask(() => this.#documents.listingStamp(folder));
  }

  close(): Promise<void> {
    return this.#documents.close();
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#circuit.enter() && this.#failure !== undefined) throw this.#failure;
    try {
      const answer = await call();
      this.#circuit.succeeded();
      return answer;
    } catch (error) {
      if (error instanceof Error && systemCode(error) === UNREACHABLE) {
        this.#failure = error;
        this.#circuit.failed();
      } else this.#circuit.left();
      throw error;
    }
  }
}
