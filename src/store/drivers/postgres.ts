import { CacheError } from '../../model/errors.js';
import { systemClock, type Clock } from '../../util/clock.js';
import { loadPackage } from '../../util/load-package.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoreDriver, StoreEntry, StoredStat } from '../driver.js';
import { firstOfEachKey, lastOfEachKey, uniqueKeys } from '../sql/in-key-order.js';
import { justAfter, prefixRange } from '../sql/key-range.js';
import { targetOf, type PostgresAddress, type PostgresTarget } from '../sql/postgres-address.js';
import { byteaArray, keyArray } from '../sql/postgres-arrays.js';
import { postgresFailure } from '../sql/postgres-errors.js';
import { PostgresPool, type Query, type SqlStatement } from '../sql/postgres-pool.js';
import { INLINE_BYTES, postgresStatements, type PostgresStatements } from '../sql/postgres-statements.js';
import { checkTables, makeTables, tableNames, type TableNames } from '../sql/postgres-tables.js';
import { storeError, type StoreAction } from '../store-error.js';

export interface PostgresDriverOptions extends PostgresAddress {
  /** Default `documee_store`; made where it is missing, like `<table>_lease` beside it. */
  readonly table?: string;
  /** Default: the first of the search path. It has to be there. */
  readonly schema?: string;
  /** How long the server may say nothing, in ms; default 5000. */
  readonly timeoutMs?: number;
  /** Default 4. */
  readonly maxConnections?: number;
  readonly clock?: Clock;
}

/** A quarter of what PostgreSQL takes in one piece: on the way, a value is there several times. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024;

/** Values of one statement, unless it is a single one. */
const STATEMENT_BYTES = 8 * 1024 * 1024;

const PAGE_KEYS = 1000;
const ROWS_PER_STEP = 5000;

/** Values in one table of a PostgreSQL server. */
export class PostgresDriver implements StoreDriver {
  readonly description: string;
  readonly leases: LeaseDriver = {
    acquireMany: (names, token, ttlMs) => this.#acquireLeases(names, token, ttlMs),
    releaseMany: (names, token) => this.#releaseLeases(names, token),
  };
  readonly #target: PostgresTarget;
  readonly #tables: TableNames;
  readonly #sql: PostgresStatements;
  readonly #timeoutMs: number;
  readonly #maxConnections: number;
  readonly #clock: Clock;
  #pool: PostgresPool | undefined;
  #writable = true;

  /** @throws CacheError CACHE_BAD_STORE for an address or a name that makes no sense. */
  constructor({
    table = 'documee_store',
    schema,
    timeoutMs = 5000,
    maxConnections = 4,
    clock = systemClock,
    ...address
  }: PostgresDriverOptions) {
    this.#target = targetOf(address);
    this.#tables = tableNames(table, schema);
    this.#sql = postgresStatements(this.#tables);
    this.#timeoutMs = timeoutMs;
    this.#maxConnections = maxConnections;
    this.#clock = clock;
    this.description = `${this.#target.description} (${schema === undefined ? '' : `${schema}.`}${table})`;
  }

  get capabilities(): StoreCapabilities {
    return {
      atomicBatch: true,
      atomicCreate: true,
      persistent: true,
      sweepsItself: false,
      shared: 'network',
      writable: this.#writable,
      leases: true,
      maxValueBytes: MAX_VALUE_BYTES,
      plainJson: false,
      maxBatch: 1000,
      maxConcurrency: this.#maxConnections,
    };
  }

  async open(): Promise<void> {
    const pg = await loadPackage('pg', () => import('pg'), 'The PostgreSQL store');
    this.#pool = new PostgresPool(pg, this.#target.config, {
      timeoutMs: this.#timeoutMs,
      maxConnections: this.#maxConnections,
    });
    await this.#guarded('open', async (pool) => {
      const { exist, writable } = await pool.run((query) => checkTables(query, this.#tables), { idempotent: true });
      this.#writable = writable;
      if (!exist) await pool.transaction((query) => makeTables(query, this.#tables), { idempotent: true });
    });
  }

  async loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    const answers = new Array<Buffer | undefined | Error>(keys.length).fill(undefined);
    const now = this.#clock.now();
    const large: number[] = [];
    const rows = await this.#select('load', this.#sql.load, [keyArray(keys), now, Math.min(maxBytes, INLINE_BYTES)]);
    for (const [place, sizeBytes, bytes] of rows as [number, number, Buffer | null][]) {
      if (bytes !== null) answers[place - 1] = bytes;
      else if (sizeBytes > maxBytes) answers[place - 1] = this.#tooLarge(sizeBytes, maxBytes);
      else large.push(place - 1);
    }
    for (const place of large) answers[place] = await this.#loadLarge(keys[place] ?? '', now, maxBytes);
    return answers;
  }

  /** All its parts are of one value: a statement sees one state. */
  async #loadLarge(key: string, now: number, maxBytes: number): Promise<Buffer | undefined> {
    const limit = Math.min(maxBytes, MAX_VALUE_BYTES);
    const rows = await this.#select('load', this.#sql.loadParts, [Buffer.from(key), now, limit]);
    return rows.length === 0 ? undefined : Buffer.concat((rows as [Buffer][]).map(([part]) => part));
  }

  async statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    const answers = new Array<StoredStat | undefined>(keys.length).fill(undefined);
    const rows = await this.#select('load', this.#sql.stat, [keyArray(keys), this.#clock.now()]);
    for (const [place, sizeBytes, savedAt] of rows as [number, number, string][])
      answers[place - 1] = { sizeBytes, savedAt: Number(savedAt) };
    return answers;
  }

  async *keys(prefix: string): AsyncGenerator<readonly string[], void, undefined> {
    const { before, ...range } = prefixRange(prefix);
    for (let from = range.from; ;) {
      const rows = await this.#select('list', this.#sql.page, [from, before, this.#clock.now(), PAGE_KEYS]);
      const page = (rows as [Buffer][]).map(([key]) => key);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map((key) => key.toString());
      if (page.length < PAGE_KEYS) return;
      from = justAfter(last);
    }
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#guarded('save', (pool) => pool.run((query) => this.#save(query, entries), { idempotent: true }));
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    const created = new Set<string>();
    // Not done again where the connection was lost: it would find what it has made itself.
    await this.#guarded('create', (pool) =>
      pool.transaction(
        async (query) => {
          created.clear();
          for (const part of inParts(firstOfEachKey(entries)))
            for (const [key] of (await query(this.#sql.create, this.#rowsOf(part))) as [Buffer][])
              created.add(key.toString());
        },
        { idempotent: false },
      ),
    );
    // Of a key that is there twice, the first.
    return entries.map(({ key }) => created.delete(key));
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return this.#guarded('delete', (pool) => pool.run((query) => this.#delete(query, keys), { idempotent: false }));
  }

  async commit({ save, delete: removed }: StoreBatch): Promise<void> {
    await this.#guarded('commit', (pool) =>
      pool.transaction(
        async (query) => {
          if (removed.length > 0 && save.length > 0) {
            const keys = uniqueKeys([...removed, ...save.map(({ key }) => key)]);
            await query(this.#sql.takeTurn);
            await query(this.#sql.lock, [keyArray(keys)]);
          }
          if (removed.length > 0) await this.#delete(query, removed);
          await this.#save(query, save);
        },
        { idempotent: true },
      ),
    );
  }

  async clear(prefix: string): Promise<number> {
    const { before, ...range } = prefixRange(prefix);
    return this.#guarded('clear', (pool) =>
      pool.transaction(
        async (query) => {
          let live = 0;
          for (let from = range.from; ;) {
            const [row = []] = await query(this.#sql.clear, [from, before, this.#clock.now(), ROWS_PER_STEP]);
            const [removed, wereLive, last] = row as [string, string, Buffer | null];
            live += Number(wereLive);
            if (last === null || Number(removed) < ROWS_PER_STEP) return live;
            from = justAfter(last);
          }
        },
        { idempotent: false },
      ),
    );
  }

  async sweep(): Promise<number> {
    await this.#select('sweep', this.#sql.sweepLeases, []);
    for (let removed = 0; ;) {
      const [row = []] = await this.#select('sweep', this.#sql.sweep, [this.#clock.now(), ROWS_PER_STEP]);
      const count = Number(row[0]);
      removed += count;
      if (count < ROWS_PER_STEP) return removed;
    }
  }

  async #acquireLeases(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    const rows = await this.#select('lease', this.#sql.acquire, [keyArray(uniqueKeys(names)), token, ttlMs]);
    const taken = new Set((rows as [Buffer][]).map(([name]) => name.toString()));
    return names.map((name) => taken.has(name));
  }

  async #releaseLeases(names: readonly string[], token: string): Promise<void> {
    await this.#select('lease', this.#sql.release, [keyArray(uniqueKeys(names)), token]);
  }

  async close(): Promise<void> {
    if (this.#pool !== undefined) await this.#guarded('close', (pool) => pool.end());
    this.#pool = undefined;
  }

  async #save(query: Query, entries: readonly StoreEntry[]): Promise<void> {
    for (const part of inParts(lastOfEachKey(entries))) await query(this.#sql.save, this.#rowsOf(part));
  }

  #rowsOf(entries: readonly StoreEntry[]): unknown[] {
    return [
      keyArray(entries.map(({ key }) => key)),
      byteaArray(entries.map(({ bytes }) => bytes)),
      entries.map(({ expiresAt }) => expiresAt ?? null),
      this.#clock.now(),
    ];
  }

  /** Number of those that had not expired. */
  async #delete(query: Query, keys: readonly string[]): Promise<number> {
    const [row = []] = await query(this.#sql.remove, [keyArray(uniqueKeys(keys)), this.#clock.now()]);
    return Number(row[0]);
  }

  /** One statement that may be done twice. */
  async #select(action: StoreAction, statement: SqlStatement, values: readonly unknown[]): Promise<unknown[][]> {
    return this.#guarded(action, (pool) => pool.run((query) => query(statement, values), { idempotent: true }));
  }

  async #guarded<T>(action: StoreAction, work: (pool: PostgresPool) => Promise<T>): Promise<T> {
    const pool = this.#pool;
    if (pool === undefined) throw new TypeError(`The store ${this.description} is not open`);
    try {
      return await work(pool);
    } catch (cause) {
      if (cause instanceof CacheError) throw cause;
      const { secrets } = this.#target;
      throw storeError(postgresFailure(cause), { store: this.description, action, cause, secrets });
    }
  }

  #tooLarge(sizeBytes: number, maxBytes: number): CacheError {
    const problem = `a value has ${sizeBytes} bytes, of ${maxBytes} at most`;
    return storeError('too-large', { store: this.description, action: 'load', problem });
  }
}

/** Cut so that no statement carries too much. */
function* inParts(entries: readonly StoreEntry[]): Generator<StoreEntry[]> {
  let part: StoreEntry[] = [];
  let sizeBytes = 0;
  for (const entry of entries) {
    if (part.length > 0 && sizeBytes + entry.bytes.byteLength > STATEMENT_BYTES) {
      yield part;
      part = [];
      sizeBytes = 0;
    }
    part.push(entry);
    sizeBytes += entry.bytes.byteLength;
  }
  if (part.length > 0) yield part;
}
