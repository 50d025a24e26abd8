import pLimit from 'p-limit';
import type { StoreBatch } from './driver.js';
import type { HeldEntry } from './held-value.js';
import { compareKeys, isInRanges, rangesOf } from './key-order.js';
import type { KeyAndValue, SaveOptions, StoreTransaction, StoreValue } from './key-value-store.js';
import type { StoreCore } from './store-core.js';

/** Keeps what is written until the end, and answers reads from it first. */
export class Transaction implements StoreTransaction {
  readonly #core: StoreCore;
  /** Undefined: deleted. */
  readonly #written = new Map<string, HeldEntry | undefined>();
  /** Calls take effect in their order, also where nobody waits for one before the next. */
  readonly #inOrder = pLimit(1);
  #ended = false;

  constructor(core: StoreCore) {
    this.#core = core;
  }

  async save(key: string, value: StoreValue, options?: SaveOptions): Promise<void> {
    await this.saveMany([[key, value]], options);
  }

  async saveMany(entries: Iterable<KeyAndValue>, options: SaveOptions = {}): Promise<void> {
    this.#assertRunning();
    const encoding = this.#core.encodeMany(entries, options, 'save');
    // It may fail before its turn comes, which is when somebody listens.
    encoding.catch(() => undefined);
    await this.#inOrder(async () => {
      for (const entry of await encoding) this.#written.set(entry.key, entry);
    });
  }

  async load(key: string): Promise<StoreValue | undefined> {
    const [value] = await this.loadMany([key]);
    return value;
  }

  async loadMany(keys: Iterable<string>): Promise<(StoreValue | undefined)[]> {
    const checked = this.#checkKeys(keys, 'load');
    return this.#inOrder(async () => {
      const others = checked.filter((key) => !this.#written.has(key));
      const loaded = new Map((await this.#core.loadMany(others)).map((value, index) => [others[index], value]));
      const load = async (key: string): Promise<StoreValue | undefined> =>
        this.#written.has(key) ? this.#loadWritten(key) : loaded.get(key);
      return Promise.all(checked.map(load));
    });
  }

  async exists(key: string): Promise<boolean> {
    const checked = this.#checkKeys([key], 'load');
    return this.#inOrder(async () => (await this.#existMany(checked))[0] === true);
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key])) === 1;
  }

  async deleteMany(keys: Iterable<string>): Promise<number> {
    const unique = [...new Set(this.#checkKeys(keys, 'delete'))];
    return this.#inOrder(async () => {
      const existed = await this.#existMany(unique);
      for (const key of unique) this.#written.set(key, undefined);
      return existed.filter(Boolean).length;
    });
  }

  async clear(prefix = ''): Promise<number> {
    this.#assertRunning();
    return this.#inOrder(async () => {
      let removed = 0;
      for await (const key of this.#keys(prefix)) {
        this.#written.set(key, undefined);
        removed++;
      }
      return removed;
    });
  }

  /** Lists what is there when it begins; what is written meanwhile may be in it or not. */
  async *keys(prefix = ''): AsyncGenerator<string, void, undefined> {
    this.#assertRunning();
    // Waits for the calls before it.
    await this.#inOrder(() => undefined);
    for await (const key of this.#keys(prefix)) {
      this.#assertRunning();
      yield key;
    }
  }

  /** Ends it when all calls have taken effect; answers what is to be applied. */
  async end(): Promise<StoreBatch> {
    await this.#inOrder(() => (this.#ended = true));
    const written = [...this.#written.keys()];
    return {
      save: written.map((key) => this.#liveEntry(key)).filter((entry) => entry !== undefined),
      delete: written.filter((key) => this.#liveEntry(key) === undefined),
    };
  }

  /** Ends it without waiting. */
  abandon(): void {
    this.#ended = true;
  }

  #assertRunning(): void {
    if (this.#ended) throw new TypeError('The transaction has ended: nothing can be done with it any more');
  }

  #checkKeys(keys: Iterable<string>, action: 'load' | 'delete'): string[] {
    this.#assertRunning();
    return this.#core.checkKeys(keys, action);
  }

  /** What was saved for `key`, unless it has expired since. */
  #liveEntry(key: string): HeldEntry | undefined {
    const entry = this.#written.get(key);
    const hasExpired = entry?.expiresAt !== undefined && entry.expiresAt <= this.#core.clock.now();
    return hasExpired ? undefined : entry;
  }

  async #loadWritten(key: string): Promise<StoreValue | undefined> {
    const entry = this.#liveEntry(key);
    return entry?.held?.value ?? this.#core.codec.decode(key, entry && Buffer.from(entry.bytes));
  }

  async #existMany(keys: readonly string[]): Promise<boolean[]> {
    const others = keys.filter((key) => !this.#written.has(key));
    const found = await this.#core.existMany(others);
    const existing = new Set(others.filter((_, index) => found[index] === true));
    return keys.map((key) => existing.has(key) || this.#liveEntry(key) !== undefined);
  }

  /** Merges what the store lists with what was written before the listing began. */
  async *#keys(prefix: string): AsyncGenerator<string, void, undefined> {
    const written = new Set(this.#written.keys());
    const ranges = rangesOf(prefix);
    const saved = [...written].filter((key) => isInRanges(key, ranges) && this.#liveEntry(key) !== undefined);
    saved.sort(compareKeys).reverse();
    for await (const key of this.#core.keys(prefix)) {
      for (let own = saved.at(-1); own !== undefined && compareKeys(own, key) < 0; own = saved.at(-1)) {
        saved.pop();
        yield own;
      }
      if (!written.has(key)) yield key;
    }
    yield* saved.reverse();
  }
}
