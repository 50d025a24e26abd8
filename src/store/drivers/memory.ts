import { setImmediate as nextTurn } from 'node:timers/promises';
import { isExpired } from '../../codec/expiry.js';
import { systemClock, type Clock } from '../../util/clock.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoreDriver, StoredStat } from '../driver.js';
import type { HeldEntry, HeldValue, HoldsValues } from '../held-value.js';
import { compareKeys } from '../key-order.js';
import { storeError } from '../store-error.js';
import { Store, type StoreOptions } from '../store.js';
import { LruMap } from './lru-map.js';
import { MemoryLeases } from './memory-leases.js';

export interface MemoryOptions {
  /** Memory for values, in bytes, estimated; the values that were not used for longest are dropped. Default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /** Number of values. Default 1,000,000. */
  readonly maxEntries?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A store in this process: for tests, and as the first tier before a slower one. */
export function openMemoryStore({
  maxBytes,
  maxEntries,
  ...options
}: MemoryOptions & StoreOptions = {}): Promise<Store> {
  return Store.open(new MemoryDriver({ maxBytes, maxEntries, clock: options.clock }), options);
}

interface Kept {
  readonly bytes: Buffer;
  readonly expiresAt: number | undefined;
  readonly savedAt: number;
  readonly held: HeldValue | undefined;
  readonly costBytes: number;
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_MAX_ENTRIES = 1_000_000;
/** Of a map's entry, a buffer and what belongs to them, measured. */
const ENTRY_BYTES = 400;
/** A decoded value has about twice the size of its JSON text. */
const HELD_RATIO = 2;
const PAGE_KEYS = 1000;

/** Values in the memory of this process, the least recently used ones dropped where there are too many. */
export class MemoryDriver implements StoreDriver, HoldsValues {
  readonly description = 'memory:';
  readonly capabilities: StoreCapabilities;
  readonly leases: LeaseDriver;
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #clock: Clock;
  readonly #kept = new LruMap<Kept>();
  #costBytes = 0;

  /** @throws TypeError for a bound that is no number above 0. */
  constructor({
    maxBytes = DEFAULT_MAX_BYTES,
    maxEntries = DEFAULT_MAX_ENTRIES,
    clock = systemClock,
  }: MemoryOptions = {}) {
    if (!(maxBytes > ENTRY_BYTES)) throw new TypeError(`Expected maxBytes to be more than ${ENTRY_BYTES}`);
    if (!(maxEntries >= 1)) throw new TypeError('Expected maxEntries to be at least 1');
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    this.#clock = clock;
    this.leases = new MemoryLeases(clock);
    this.capabilities = {
      atomicBatch: true,
      atomicCreate: true,
      persistent: false,
      sweepsItself: false,
      shared: 'process',
      writable: true,
      leases: true,
      maxValueBytes: Math.floor(maxBytes - ENTRY_BYTES),
      plainJson: false,
      maxBatch: 100_000,
      maxConcurrency: 64,
    };
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  heldValue(key: string): HeldValue | undefined {
    const held = this.#kept.use(key)?.held;
    return held === undefined || isExpired(held, this.#clock.now()) ? undefined : held;
  }

  loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    const load = (key: string): Buffer | undefined | Error => {
      const bytes = this.#live(key)?.bytes;
      if (bytes === undefined || bytes.length <= maxBytes) return bytes && Buffer.from(bytes);
      const problem = `a value has ${bytes.length} bytes, more than ${maxBytes}`;
      return storeError('too-large', { store: this.description, action: 'load', problem });
    };
    return Promise.resolve(keys.map(load));
  }

  saveMany(entries: readonly HeldEntry[]): Promise<void> {
    for (const entry of entries) this.#keep(entry);
    return Promise.resolve();
  }

  createMany(entries: readonly HeldEntry[]): Promise<boolean[]> {
    const create = (entry: HeldEntry): boolean => {
      if (this.#live(entry.key) !== undefined) return false;
      this.#keep(entry);
      return true;
    };
    return Promise.resolve(entries.map(create));
  }

  deleteMany(keys: readonly string[]): Promise<number> {
    return Promise.resolve(keys.filter((key) => this.#live(key) !== undefined && this.#drop(key)).length);
  }

  statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    const stat = (key: string): StoredStat | undefined => {
      const kept = this.#live(key);
      return kept && { sizeBytes: kept.bytes.length, savedAt: kept.savedAt };
    };
    return Promise.resolve(keys.map(stat));
  }

  async *keys(prefix: string): AsyncIterable<readonly string[]> {
    const listed = [...this.#kept.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
    for (let at = 0; at < listed.length; at += PAGE_KEYS) {
      if (at > 0) await nextTurn();
      yield listed.slice(at, at + PAGE_KEYS).filter((key) => this.#live(key) !== undefined);
    }
  }

  clear(prefix: string): Promise<number> {
    return this.deleteMany([...this.#kept.keys()].filter((key) => key.startsWith(prefix)));
  }

  commit({ save, delete: deleted }: StoreBatch): Promise<void> {
    for (const key of deleted) this.#drop(key);
    for (const entry of save) this.#keep(entry);
    return Promise.resolve();
  }

  sweep(): Promise<number> {
    const before = this.#kept.size;
    for (const key of [...this.#kept.keys()]) this.#live(key);
    return Promise.resolve(before - this.#kept.size);
  }

  close(): Promise<void> {
    for (const key of [...this.#kept.keys()]) this.#drop(key);
    return Promise.resolve();
  }

  /** A value that has not expired; one that has is dropped. Does not count as use. */
  #live(key: string): Kept | undefined {
    const kept = this.#kept.peek(key);
    if (kept === undefined || !isExpired(kept, this.#clock.now())) return kept;
    this.#drop(key);
    return undefined;
  }

  #drop(key: string): boolean {
    const dropped = this.#kept.delete(key);
    if (dropped !== undefined) this.#costBytes -= dropped.costBytes;
    return dropped !== undefined;
  }

  #keep({ key, bytes, expiresAt, held }: HeldEntry): void {
    this.#drop(key);
    const ownBytes = bytes.length + 2 * key.length + ENTRY_BYTES;
    const heldBytes = held === undefined ? 0 : bytes.length * HELD_RATIO;
    // One value must not push out all others only to be decoded faster.
    const isHeld = ownBytes + heldBytes <= this.#maxBytes / 2;
    const costBytes = ownBytes + (isHeld ? heldBytes : 0);
    const savedAt = this.#clock.now();
    this.#kept.set(key, { bytes: Buffer.from(bytes), expiresAt, savedAt, held: isHeld ? held : undefined, costBytes });
    this.#costBytes += costBytes;
    this.#evict();
  }

  #evict(): void {
    while (this.#costBytes > this.#maxBytes || this.#kept.size > this.#maxEntries) {
      const oldest = this.#kept.oldestKey();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }
}
