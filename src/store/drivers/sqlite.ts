import path from 'node:path';
import { CacheError } from '../../model/errors.js';
import { systemClock, type Clock } from '../../util/clock.js';
import { realFs, type FileSystem } from '../../util/fs.js';
import { loadPackage } from '../../util/load-package.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoreDriver, StoreEntry, StoredStat } from '../driver.js';
import { firstOfEachKey, lastOfEachKey, uniqueKeys } from '../sql/in-key-order.js';
import { justAfter, prefixRange } from '../sql/key-range.js';
import { SqliteConnections } from '../sql/sqlite-connections.js';
import { sqliteFailure } from '../sql/sqlite-errors.js';
import { prepareFile } from '../sql/sqlite-file.js';
import type { Reads, Writes } from '../sql/sqlite-statements.js';
import type { Slices } from '../sql/slices.js';
import { storeError, type StoreAction } from '../store-error.js';

export interface SqliteDriverOptions {
  /** The file; it and its folder are made where they are missing. */
  readonly path: string;
  /** Longest wait for locks of other processes, in ms; default 5000. */
  readonly timeoutMs?: number;
  /** Nothing is written, and the file has to be there. A file that cannot be written is only read, whatever this says. */
  readonly readOnly?: boolean;
  readonly clock?: Clock;
  readonly fs?: FileSystem;
}

/** Larger ones are copied several times in memory. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024;

/** Keys of one page of a listing, and rows of one step of `clear` and `sweep`: a few ms of work. */
const PAGE_KEYS = 1000;

/** Values in one file of SQLite, for all processes of a machine. */
export class SqliteDriver implements StoreDriver {
  readonly description: string;
  readonly leases: LeaseDriver = {
    acquireMany: (names, token, ttlMs) => this.#acquireLeases(names, token, ttlMs),
    releaseMany: (names, token) => this.#releaseLeases(names, token),
  };
  readonly #file: string;
  readonly #timeoutMs: number;
  readonly #readOnly: boolean;
  readonly #clock: Clock;
  readonly #fs: FileSystem;
  #connections: SqliteConnections | undefined;
  #writable: boolean;

  constructor({
    path: file,
    timeoutMs = 5000,
    readOnly = false,
    clock = systemClock,
    fs = realFs,
  }: SqliteDriverOptions) {
    this.#file = path.resolve(file);
    this.#timeoutMs = timeoutMs;
    this.#readOnly = readOnly;
    this.#writable = !readOnly;
    this.#clock = clock;
    this.#fs = fs;
    this.description = `sqlite:${file}`;
  }

  get capabilities(): StoreCapabilities {
    return {
      atomicBatch: true,
      atomicCreate: true,
      persistent: true,
      sweepsItself: false,
      shared: 'machine',
      writable: this.#writable,
      leases: true,
      maxValueBytes: MAX_VALUE_BYTES,
      plainJson: false,
      maxBatch: 1000,
      maxConcurrency: 2,
    };
  }

  async open(): Promise<void> {
    const sqlite = await loadPackage(
      '@photostructure/sqlite',
      () => import('@photostructure/sqlite'),
      'The SQLite store',
    );
    await this.#guarded('open', async () => {
      const writable = prepareFile(this.#fs, this.#file, { readOnly: this.#readOnly });
      const connecting = { sqlite, fs: this.#fs, file: this.#file, writable, timeoutMs: this.#timeoutMs };
      this.#connections = await SqliteConnections.open(connecting);
      this.#writable = writable;
    });
  }

  async loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    const now = this.#clock.now();
    return this.#readEach('load', keys, (key, { load }) => {
      try {
        const row = load(key, maxBytes, now);
        if (row === undefined) return undefined;
        return (
          row.bytes ??
          storeError('too-large', {
            store: this.description,
            action: 'load',
            problem: `a value has ${row.sizeBytes} bytes, of ${maxBytes} at most`,
          })
        );
      } catch (error) {
        if (sqliteFailure(error) !== 'corrupt') throw error;
        return this.#coded('load', error);
      }
    });
  }

  async statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    const now = this.#clock.now();
    return this.#readEach('load', keys, (key, { stat }) => stat(key, now));
  }

  async *keys(prefix: string): AsyncGenerator<readonly string[], void, undefined> {
    const { before, ...range } = prefixRange(prefix);
    let from = range.from;
    for (;;) {
      const start = from;
      const page = await this.#read('list', ({ page }) => page(start, before, this.#clock.now(), PAGE_KEYS));
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map((key) => key.toString());
      if (page.length < PAGE_KEYS) return;
      from = justAfter(last);
    }
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#write('save', (writes, slices) => this.#saveEach(writes, slices, entries));
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    return this.#write('create', async ({ create }, slices) => {
      const now = this.#clock.now();
      const created = new Set<StoreEntry>();
      await slices.each(firstOfEachKey(entries), (entry) => {
        if (create(entry, now)) created.add(entry);
      });
      return entries.map((entry) => created.has(entry));
    });
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return this.#write('delete', (writes, slices) => this.#deleteEach(writes, slices, keys));
  }

  async commit(batch: StoreBatch): Promise<void> {
    await this.#write('commit', async (writes, slices) => {
      await this.#deleteEach(writes, slices, batch.delete);
      await this.#saveEach(writes, slices, batch.save);
    });
  }

  async clear(prefix: string): Promise<number> {
    const { from, before } = prefixRange(prefix);
    return this.#write('clear', async ({ clear }, slices) => {
      const now = this.#clock.now();
      for (let live = 0; ;) {
        const removed = clear(from, before, now, PAGE_KEYS);
        live += removed.live;
        if (removed.all < PAGE_KEYS) return live;
        await slices.yieldIfDue();
      }
    });
  }

  async sweep(): Promise<number> {
    const now = this.#clock.now();
    await this.#write('sweep', ({ sweepLeases }) => sweepLeases(now));
    for (let removed = 0; ;) {
      // A transaction for each step: others are to get in between.
      const count = await this.#write('sweep', ({ sweep }) => sweep(now, PAGE_KEYS));
      removed += count;
      if (count < PAGE_KEYS) return removed;
    }
  }

  async #acquireLeases(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    return this.#write('lease', ({ acquire }, slices) => {
      const now = this.#clock.now();
      return slices.each(names, (name) => acquire(Buffer.from(name), token, now, now + ttlMs));
    });
  }

  async #releaseLeases(names: readonly string[], token: string): Promise<void> {
    await this.#write('lease', ({ release }, slices) =>
      slices.each(names, (name) => release(Buffer.from(name), token)),
    );
  }

  async close(): Promise<void> {
    const connections = this.#connections;
    this.#connections = undefined;
    if (connections !== undefined) await this.#guarded('close', () => connections.close());
  }

  async #saveEach({ save }: Writes, slices: Slices, entries: readonly StoreEntry[]): Promise<void> {
    const now = this.#clock.now();
    await slices.each(lastOfEachKey(entries), (entry) => save(entry, now));
  }

  /** Number of those that had not expired. */
  async #deleteEach({ remove }: Writes, slices: Slices, keys: readonly string[]): Promise<number> {
    const now = this.#clock.now();
    const wereLive = await slices.each(uniqueKeys(keys), (key) => remove(Buffer.from(key), now));
    return wereLive.filter(Boolean).length;
  }

  async #readEach<T>(
    action: StoreAction,
    keys: readonly string[],
    readOne: (key: Buffer, reads: Reads) => T,
  ): Promise<T[]> {
    const connections = this.#opened();
    return this.#guarded(action, () => connections.readEach(keys, readOne));
  }

  async #read<T>(action: StoreAction, work: (reads: Reads) => T): Promise<T> {
    const connections = this.#opened();
    return this.#guarded(action, () => connections.read(work));
  }

  async #write<T>(action: StoreAction, work: (writes: Writes, slices: Slices) => T | Promise<T>): Promise<T> {
    const connections = this.#opened();
    return this.#guarded(action, () => connections.write(work));
  }

  #opened(): SqliteConnections {
    if (this.#connections === undefined) throw new TypeError(`The store ${this.description} is not open`);
    return this.#connections;
  }

  async #guarded<T>(action: StoreAction, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CacheError || error instanceof TypeError) throw error;
      throw this.#coded(action, error);
    }
  }

  #coded(action: StoreAction, cause: unknown): CacheError {
    return storeError(sqliteFailure(cause), { store: this.description, action, cause });
  }
}
