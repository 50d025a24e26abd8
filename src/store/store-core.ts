import { MAX_HEADER_BYTES, readHeader } from '../codec/envelope.js';
import { CacheError } from '../model/errors.js';
import type { Clock } from '../util/clock.js';
import { checkKey, checkPrefix } from './check-key.js';
import { DriverCalls } from './driver-calls.js';
import type { StoreBatch, StoreDriver } from './driver.js';
import { isExpired } from '../codec/expiry.js';
import { holdsValues, type HeldEntry, type HoldsValues } from './held-value.js';
import { rangesOf } from './key-order.js';
import type { KeyAndValue, SaveOptions, StoreValue } from './key-value-store.js';
import { StoreCodec, type CodecOptions } from './store-codec.js';
import type { StoreAction } from './store-error.js';
import { TOO_LARGE } from './too-large.js';

/** What a store and a transaction in it have in common: checked keys, encoded values, and the calls of the driver. */
export class StoreCore {
  readonly description: string;
  readonly calls: DriverCalls;
  readonly codec: StoreCodec;
  readonly clock: Clock;
  readonly #holder: HoldsValues | undefined;

  private constructor(driver: StoreDriver, calls: DriverCalls, codec: StoreCodec) {
    this.description = driver.description;
    this.calls = calls;
    this.codec = codec;
    this.clock = codec.clock;
    this.#holder = holdsValues(driver) ? driver : undefined;
  }

  static async open(driver: StoreDriver, options: CodecOptions): Promise<StoreCore> {
    const codec = await StoreCodec.open(driver, options);
    // Only now: what a driver can is known once it is open.
    return new StoreCore(driver, await DriverCalls.open(driver), codec);
  }

  /** @throws CacheError CACHE_BAD_KEY; TypeError for what is no text, or a store that is closed. */
  checkKeys(keys: Iterable<string>, action: StoreAction): string[] {
    this.calls.assertOpen();
    const checked: string[] = [];
    for (const key of keys) {
      checkKey(key, { store: this.description, action });
      checked.push(key);
    }
    return checked;
  }

  checkPrefix(prefix: string, action: StoreAction): void {
    this.calls.assertOpen();
    checkPrefix(prefix, { store: this.description, action });
  }

  /** Checks everything before anything is written. */
  async encodeMany(entries: Iterable<KeyAndValue>, options: SaveOptions, action: StoreAction): Promise<HeldEntry[]> {
    this.calls.assertOpen();
    const expiresAt = this.codec.expiryOf(options);
    const listed = [...entries];
    for (const [key] of listed) checkKey(key, { store: this.description, action });
    return Promise.all(listed.map((entry) => this.codec.encode(entry, expiresAt, action)));
  }

  /** The value of a key that the driver holds as it is, without waiting. */
  heldValue(key: string): StoreValue | undefined {
    const held = this.#holder?.heldValue(key);
    return held === undefined || isExpired(held, this.clock.now()) ? undefined : held.value;
  }

  async loadMany(keys: readonly string[]): Promise<(StoreValue | undefined)[]> {
    if (this.#holder === undefined) return this.#loadStored(keys);
    const values = keys.map((key) => this.heldValue(key));
    const others = keys.filter((_, index) => values[index] === undefined);
    const loaded = await this.#loadStored(others);
    let next = 0;
    return values.map((value) => (value === undefined ? loaded[next++] : value));
  }

  async #loadStored(keys: readonly string[]): Promise<(StoreValue | undefined)[]> {
    const maxBytes = this.codec.maxStoredBytes;
    const answers = await this.calls.runBatches('load', keys, (driver, batch) => driver.loadMany(batch, { maxBytes }));
    return Promise.all(answers.flat().map((answer, index) => this.codec.decode(keys[index] as string, answer)));
  }

  /** Like `loadMany`, but a value that has more than `maxBytes`, as it is stored or decoded, is not taken into memory: TOO_LARGE. */
  async loadSmall(keys: readonly string[], maxBytes: number): Promise<(StoreValue | undefined | typeof TOO_LARGE)[]> {
    const limits = { maxBytes: Math.min(maxBytes + MAX_HEADER_BYTES, this.codec.maxStoredBytes) };
    const answers = await this.calls.runBatches('load', keys, (driver, batch) => driver.loadMany(batch, limits));
    return Promise.all(
      answers.flat().map(async (answer, index) => {
        const rawBytes = Buffer.isBuffer(answer) ? (readHeader(answer)?.rawBytes ?? answer.length) : 0;
        const isTooLarge = answer instanceof CacheError && answer.code === 'CACHE_VALUE_TOO_LARGE';
        return isTooLarge || rawBytes > maxBytes ? TOO_LARGE : this.codec.decode(keys[index] as string, answer);
      }),
    );
  }

  /** Whether each key has a value, in order. */
  async existMany(keys: readonly string[]): Promise<boolean[]> {
    const answers = await this.calls.runBatches('load', keys, (driver, batch) => driver.statMany(batch));
    return answers.flat().map((stat) => stat !== undefined);
  }

  /** See `ValueAccess.keys`. */
  async *keys(prefix: string): AsyncGenerator<string, void, undefined> {
    this.checkPrefix(prefix, 'list');
    const { key, prefixes } = rangesOf(prefix);
    if (key !== undefined && (await this.existMany([key]))[0] === true) yield key;
    for (const range of prefixes) for await (const page of this.calls.pages(range)) yield* page;
  }

  async commit(batch: StoreBatch): Promise<void> {
    if (batch.save.length + batch.delete.length > 0) await this.calls.run('commit', (driver) => driver.commit(batch));
  }
}
