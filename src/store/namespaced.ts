import { checkKey, checkPrefix } from './check-key.js';
import type { StoreCapabilities } from './driver.js';
import type {
  KeyAndValue,
  KeyValueStore,
  SaveOptions,
  StoreTransaction,
  StoreValue,
  ValueAccess,
} from './key-value-store.js';
import type { DocumentAccess, DocumentEntry } from './store-documents.js';
import type { StoreAction } from './store-error.js';

/** How keys of a view become keys of what it is a view of. */
interface Naming {
  readonly prefix: string;
  readonly description: string;
  readonly maxKeyBytes: number;
  /** @throws TypeError where the view is closed. */
  readonly assertOpen: () => void;
}

/** Values whose keys begin with a prefix, by the rest of their keys. */
class NamespacedValues implements ValueAccess {
  readonly #values: ValueAccess;
  readonly #naming: Naming;

  constructor(values: ValueAccess, naming: Naming) {
    this.#values = values;
    this.#naming = naming;
  }

  async save(key: string, value: StoreValue, options?: SaveOptions): Promise<void> {
    await this.#values.save(this.fullKey(key, 'save'), value, options);
  }

  async load(key: string): Promise<StoreValue | undefined> {
    return this.#values.load(this.fullKey(key, 'load'));
  }

  async delete(key: string): Promise<boolean> {
    return this.#values.delete(this.fullKey(key, 'delete'));
  }

  async exists(key: string): Promise<boolean> {
    return this.#values.exists(this.fullKey(key, 'load'));
  }

  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    const { length } = this.#naming.prefix;
    for await (const key of this.#values.keys(this.#fullPrefix(prefix, 'list'))) {
      this.#naming.assertOpen();
      // The store itself may have a value under the bare prefix, which no key of the view can name.
      if (key.length > length) yield key.slice(length);
    }
  }

  async saveMany(entries: Iterable<KeyAndValue>, options?: SaveOptions): Promise<void> {
    await this.#values.saveMany(this.fullEntries(entries, 'save'), options);
  }

  async loadMany(keys: Iterable<string>): Promise<(StoreValue | undefined)[]> {
    return this.#values.loadMany(this.fullKeys(keys, 'load'));
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    return this.#values.deleteMany(this.fullKeys(keys, 'delete'));
  }

  async clear(prefix = ''): Promise<number> {
    return this.#values.clear(this.#fullPrefix(prefix, 'clear'));
  }

  protected fullKey(key: string, action: StoreAction): string {
    const { prefix, description: store, maxKeyBytes, assertOpen } = this.#naming;
    assertOpen();
    checkKey(key, { store, action, maxKeyBytes });
    return prefix + key;
  }

  protected fullKeys(keys: Iterable<string>, action: StoreAction): string[] {
    this.#naming.assertOpen();
    return Array.from(keys, (key) => this.fullKey(key, action));
  }

  protected fullEntries(entries: Iterable<KeyAndValue>, action: StoreAction): KeyAndValue[] {
    this.#naming.assertOpen();
    return Array.from(entries, ([key, value]) => [this.fullKey(key, action), value] as const);
  }

  #fullPrefix(prefix: string, action: StoreAction): string {
    const { prefix: own, description: store, maxKeyBytes, assertOpen } = this.#naming;
    assertOpen();
    checkPrefix(prefix, { store, action, maxKeyBytes });
    return own + prefix;
  }
}

/** A part of a store that is used like a store of its own: it sees and touches nothing outside its prefix. */
export class NamespacedStore extends NamespacedValues implements KeyValueStore, DocumentAccess {
  readonly description: string;
  readonly prefix: string;
  readonly maxKeyBytes: number;
  readonly #store: KeyValueStore & DocumentAccess;
  readonly #naming: Naming;
  readonly #state: { closed: boolean };

  /** @throws CacheError CACHE_BAD_KEY for a prefix that cannot be the beginning of a key. */
  constructor(store: KeyValueStore & DocumentAccess, name: string) {
    checkKey(name, { store: store.description, action: 'open', maxKeyBytes: store.maxKeyBytes - 2 });
    const prefix = name.endsWith('/') || name.endsWith(':') ? name : `${name}/`;
    const description = `${store.description} (namespace ${prefix})`;
    const maxKeyBytes = store.maxKeyBytes - Buffer.byteLength(prefix);
    const state = { closed: false };
    const assertOpen = (): void => {
      if (state.closed) throw new TypeError(`The store ${description} is closed`);
    };
    const naming = { prefix, description, maxKeyBytes, assertOpen };
    super(store, naming);
    this.#store = store;
    this.#naming = naming;
    this.#state = state;
    this.prefix = prefix;
    this.description = description;
    this.maxKeyBytes = maxKeyBytes;
  }

  get capabilities(): StoreCapabilities {
    return this.#store.capabilities;
  }

  get ttlDefault(): number | undefined {
    return this.#store.ttlDefault;
  }

  async createMany(entries: Iterable<KeyAndValue>, options?: SaveOptions): Promise<boolean[]> {
    return this.#store.createMany(this.fullEntries(entries, 'create'), options);
  }

  /** Sweeps the whole store: backends know no namespaces. */
  async sweep(): Promise<number> {
    this.#naming.assertOpen();
    return this.#store.sweep();
  }

  async transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    this.#naming.assertOpen();
    return this.#store.transaction(async (tx) => {
      const result = await fn(new NamespacedValues(tx, this.#naming));
      this.#naming.assertOpen();
      return result;
    });
  }

  namespace(prefix: string): NamespacedStore {
    this.#naming.assertOpen();
    return new NamespacedStore(this, prefix);
  }

  async loadDocuments(keys: readonly string[], maxBytes: number): Promise<(Buffer | undefined | Error)[]> {
    return this.#store.loadDocuments(this.fullKeys(keys, 'load'), maxBytes);
  }

  async saveDocuments(entries: readonly DocumentEntry[]): Promise<void> {
    await this.#store.saveDocuments(entries.map((entry) => ({ ...entry, key: this.fullKey(entry.key, 'save') })));
  }

  async createDocuments(entries: readonly DocumentEntry[]): Promise<boolean[]> {
    return this.#store.createDocuments(entries.map((entry) => ({ ...entry, key: this.fullKey(entry.key, 'create') })));
  }

  /** Ends the view; the store stays open. */
  close(): Promise<void> {
    this.#state.closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
