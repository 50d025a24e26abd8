import path from 'node:path';
import { readHeader } from '../../codec/envelope.js';
import { isExpired } from '../../codec/expiry.js';
import type { CacheError } from '../../model/errors.js';
import type { EventListener } from '../../model/event.js';
import { systemClock, type Clock } from '../../util/clock.js';
import type { FileSystem } from '../../util/fs.js';
import { sha256Hex } from '../../util/hash.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoreDriver, StoreEntry, StoredStat } from '../driver.js';
import { Outbox, type OutboxChange, type OutboxLimits } from '../outbox.js';
import { storeError, type StoreAction } from '../store-error.js';
import { clearOf, deleteOf, saveOf } from './backlog.js';
import { Budget, DEFAULT_BUDGET_MS, DEFAULT_FREE_MS } from './budget.js';
import { Circuit } from './circuit.js';
import { createInTiers } from './create-in-tiers.js';
import type { MonotonicClock } from './monotonic-clock.js';
import { Patience } from './patience.js';
import { defaultOutboxFolder } from './private-folder.js';
import { capabilitiesOf } from './tier-capabilities.js';
import { Tier, type TierAnswer, type TierMode } from './tier.js';
import { keysOfTiers } from './tier-keys.js';
import { WriteGuard } from './write-guard.js';

export interface TierOptions {
  /** One that nobody has opened; a function makes a new one where opening failed. It is closed with the tiers. */
  readonly driver?: StoreDriver | (() => StoreDriver);
  /** In its place: a store that is open. It stays open. */
  readonly store?: { readonly driver: StoreDriver };
  /** Default `read-write`. */
  readonly mode?: TierMode | undefined;
  /** Longest call, in ms. Default: what is left of the budget. */
  readonly timeoutMs?: number | undefined;
}

export interface TieredOptions {
  /** `back`: a write ends when the first tier has it, and the others are told in the background, at the latest by `flush` and `close`. */
  readonly write?: 'through' | 'back' | undefined;
  /** What one tier on the network that is down or slow may cost in total, in ms: for the life of the store, or until `newRun`. Default 2000. */
  readonly budgetMs?: number | undefined;
  /** How long a tier is left alone that failed three times in a row, in ms. Default 30000. */
  readonly openCircuitMs?: number | undefined;
  /**
   * Absolute; in it, uploads wait that a tier on the network did not acknowledge, in a folder for each tier. `false`: they are lost. Default: in the caches
   * of the user.
   */
  readonly outboxFolder?: string | false | undefined;
  readonly outboxLimits?: Partial<OutboxLimits> | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly fs?: FileSystem | undefined;
  readonly clock?: Clock | undefined;
  readonly monotonicClock?: MonotonicClock | undefined;
  readonly onEvent?: EventListener | undefined;
}

/**
 * Several stores as one, the nearest first. What is loaded from a farther one is put into the nearer ones, with its expiry; what is saved goes to all
 * that may be written. A tier that is down, slow or read-only costs a bounded time and one warning (CACHE_REMOTE_DEGRADED): an operation fails only
 * if no tier could do it.
 *
 * What `createMany` creates is decided by the farthest tier that may be written and can be reached; those behind it get it later, unless they have a
 * value by then. So while a tier is away, two machines may both create a key: `capabilities.atomicCreate` only where one tier alone is written, and a
 * batch is atomic only there too, as several stores cannot be changed in one step. Leases are those of the farthest tier that has them.
 *
 * What another machine changes in a farther tier is seen when the nearer ones have lost it: give values that change a time to live.
 */
export class TieredDriver implements StoreDriver {
  readonly description: string;
  readonly #tiers: readonly Tier[];
  readonly #options: TieredOptions;
  readonly #guard = new WriteGuard();
  readonly #promotions = new Set<Promise<unknown>>();

  /** @throws TypeError for tiers that make no sense. */
  constructor(tiers: readonly TierOptions[], options: TieredOptions = {}) {
    if (tiers.length === 0) throw new TypeError('Expected at least one tier');
    this.#options = options;
    this.#tiers = tiers.map((tier) => newTier(tier, options));
    if (!this.#tiers.some(({ reads }) => reads)) throw new TypeError('Expected at least one tier that is read');
    this.description = `tiers(${this.#tiers.map(({ description }) => description).join(', ')})`;
  }

  get capabilities(): StoreCapabilities {
    return capabilitiesOf(this.#tiers);
  }

  get leases(): LeaseDriver | undefined {
    const tier = this.#tiers.findLast((one) => one.driver.leases !== undefined);
    if (tier === undefined) return undefined;
    const leasesOf = (driver: StoreDriver): LeaseDriver => driver.leases ?? fail();
    const fail = (): never => {
      throw storeError('unavailable', { store: tier.description, action: 'lease', problem: 'it has no leases now' });
    };
    return {
      acquireMany: async (names, token, ttlMs) =>
        valueOf(await tier.ask((driver) => leasesOf(driver).acquireMany(names, token, ttlMs))),
      releaseMany: async (names, token) =>
        valueOf(await tier.ask((driver) => leasesOf(driver).releaseMany(names, token))),
    };
  }

  async open(): Promise<void> {
    const answers = await Promise.all(this.#tiers.map((tier) => tier.open()));
    if (!answers.some(({ ok }) => ok)) this.#throwFirst(answers, 'open');
  }

  /** A new run begins: every tier may cost its time again, and is warned of again. */
  newRun(): void {
    for (const tier of this.#tiers) tier.newRun();
  }

  /** Sends all that tiers have still to be told; whether nothing is left. */
  async flush(): Promise<boolean> {
    const sent = await Promise.all(this.#tiers.filter(({ writes }) => writes).map((tier) => tier.send()));
    return sent.every((isSent) => isSent);
  }

  async loadMany(
    keys: readonly string[],
    limits: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    const load = this.#guard.startLoad();
    const values = new Map<string, Buffer | Error>();
    const answers: TierAnswer<unknown>[] = [];
    const distinct = Array.from(new Set(keys));
    /** Nearer tiers that were asked, and what they said of the keys that they do not have. */
    const nearer: { tier: Tier; lacks: Map<string, 'absent' | 'damaged'> }[] = [];
    try {
      for (const tier of this.#tiers.filter(({ reads }) => reads)) {
        const asked = distinct.filter((key) => !Buffer.isBuffer(values.get(key)));
        if (asked.length === 0) break;
        const answer = await tier.load(asked, limits);
        answers.push(answer);
        if (!answer.ok) continue;
        const found: StoreEntry[] = [];
        const lacks = new Map<string, 'absent' | 'damaged'>();
        asked.forEach((key, index) => {
          const value = answer.value[index];
          if (Buffer.isBuffer(value)) {
            const entry = this.#entryOf(key, value);
            if (entry !== undefined) found.push(entry);
            values.set(key, value);
          } else lacks.set(key, value === undefined ? 'absent' : 'damaged');
          if (value instanceof Error && !values.has(key)) values.set(key, value);
        });
        const toPromote = found.filter(({ key }) => load.mayPromote(key));
        if (toPromote.length > 0 && nearer.length > 0) await this.#promote(toPromote, nearer);
        nearer.push({ tier, lacks });
      }
    } finally {
      load.end();
    }
    if (answers.length > 0 && !answers.some(({ ok }) => ok)) this.#throwFirst(answers, 'load');
    return ownBuffers(keys.map((key) => values.get(key)));
  }

  /** Undefined for what has expired meanwhile. */
  #entryOf(key: string, bytes: Buffer): StoreEntry | undefined {
    const header = readHeader(bytes);
    const { clock = systemClock } = this.#options;
    const lifetime = { savedAt: header?.savedAt, expiresAt: header?.expiresAt };
    return isExpired(lifetime, clock.now()) ? undefined : { key, bytes, expiresAt: header?.expiresAt };
  }

  /** Creates, so that what another process saves at this moment is not replaced by what was there before; replaces only what is damaged. */
  async #promote(
    entries: readonly StoreEntry[],
    nearer: readonly { readonly tier: Tier; readonly lacks: ReadonlyMap<string, 'absent' | 'damaged'> }[],
  ): Promise<void> {
    const promoting = Promise.all(
      nearer
        .filter(({ tier }) => tier.writes && tier.patience.lets)
        .map(async ({ tier, lacks }) => {
          const { maxValueBytes } = tier.driver.capabilities;
          const small = entries.filter(({ bytes }) => bytes.length <= maxValueBytes);
          const absent = small.filter(({ key }) => lacks.get(key) === 'absent');
          const damaged = small.filter(({ key }) => lacks.get(key) === 'damaged');
          if (absent.length > 0) await tier.ask((driver) => driver.createMany(absent));
          if (damaged.length > 0) await tier.ask((driver) => driver.saveMany(damaged));
        }),
    );
    this.#promotions.add(promoting);
    try {
      await promoting;
    } finally {
      this.#promotions.delete(promoting);
    }
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    const last = lastOfEachKey(entries);
    await this.#writeAll('save', last.map(saveOf), (tier) => tier.save(last));
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const distinct = Array.from(new Set(keys));
    // One tier may have what another has lost: only for a single key, the numbers of the tiers tell how many there were in all.
    const counted = distinct.length > 1 ? (await this.statMany(distinct)).filter((stat) => stat !== undefined) : [];
    const counts = await this.#writeAll('delete', distinct.map(deleteOf), (tier) => tier.delete(distinct));
    return Math.max(counted.length, ...counts);
  }

  async commit(batch: StoreBatch): Promise<void> {
    const changes = [...batch.save.map(saveOf), ...batch.delete.map(deleteOf)];
    await this.#writeAll('commit', changes, (tier) => tier.commit(batch));
  }

  async clear(prefix: string): Promise<number> {
    let counted = 0;
    if (this.#writable.length > 1) for await (const page of this.keys(prefix)) counted += page.length;
    const counts = await this.#writeAll('clear', [clearOf(prefix)], (tier) => tier.clear(prefix));
    return Math.max(counted, ...counts);
  }

  /** Tells all tiers that are written, or the first one and the others later; those that could not be told while others were, get it later. */
  async #writeAll<T>(
    action: StoreAction,
    changes: readonly OutboxChange[],
    call: (tier: Tier) => Promise<TierAnswer<T>>,
  ): Promise<T[]> {
    const tiers = this.#assertWritable(action);
    const keys = action === 'clear' ? 'all' : changes.map(({ key }) => key);
    return this.#write(keys, async () => {
      const [first, ...others] = this.#options.write === 'back' ? tiers : [];
      if (first !== undefined) {
        const answer = await call(first);
        if (answer.ok) {
          await Promise.all(others.map((tier) => tier.writeBack(changes)));
          return [answer.value];
        }
      }
      const answers = await Promise.all(tiers.map(call));
      if (!answers.some(({ ok }) => ok)) this.#throwFirst(answers, action);
      tiers.forEach((tier, index) => {
        if (answers[index]?.ok === false) tier.keepForLater(changes);
      });
      return answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    });
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    const tiers = this.#assertWritable('create');
    const keys = entries.map(({ key }) => key);
    const { created, errors } = await this.#write(keys, () => createInTiers(tiers, entries));
    return created.map((isCreated) => isCreated ?? this.#throwError(errors, 'create'));
  }

  /** Promotions that are under way carry older values: they end first. */
  async #write<T>(keys: readonly string[] | 'all', write: () => Promise<T>): Promise<T> {
    return this.#guard.during(keys, async () => {
      if (this.#promotions.size > 0) await Promise.all(this.#promotions);
      return write();
    });
  }

  async statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    const stats = new Map<string, StoredStat>();
    const answers: TierAnswer<unknown>[] = [];
    for (const tier of this.#tiers.filter(({ reads }) => reads)) {
      const asked = keys.filter((key) => !stats.has(key));
      if (asked.length === 0) break;
      const answer = await tier.stat(asked);
      answers.push(answer);
      if (!answer.ok) continue;
      asked.forEach((key, index) => {
        const stat = answer.value[index];
        if (stat !== undefined) stats.set(key, stat);
      });
    }
    if (answers.length > 0 && !answers.some(({ ok }) => ok)) this.#throwFirst(answers, 'load');
    return keys.map((key) => stats.get(key));
  }

  keys(prefix: string): AsyncIterable<readonly string[]> {
    const { clock = systemClock } = this.#options;
    return keysOfTiers(
      this.#tiers.filter(({ reads }) => reads),
      prefix,
      clock,
    );
  }

  async sweep(): Promise<number> {
    const tiers = this.#writable.filter(({ driver }) => !driver.capabilities.sweepsItself);
    const answers = await Promise.all(tiers.map((tier) => tier.ask((driver) => driver.sweep())));
    if (tiers.length > 0 && !answers.some(({ ok }) => ok)) this.#throwFirst(answers, 'sweep');
    // The same value has expired in all that have it.
    return Math.max(0, ...answers.map((answer) => (answer.ok ? answer.value : 0)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#promotions);
    await Promise.all(this.#tiers.map((tier) => tier.close()));
  }

  get #writable(): Tier[] {
    return this.#tiers.filter(({ writes }) => writes);
  }

  #assertWritable(action: StoreAction): Tier[] {
    const tiers = this.#writable;
    if (tiers.length > 0) return tiers;
    throw storeError('read-only', { store: this.description, action, problem: 'none of its tiers may be written' });
  }

  #throwFirst(answers: readonly TierAnswer<unknown>[], action: StoreAction): never {
    this.#throwError(
      answers.flatMap((answer) => (answer.ok ? [] : [answer.error])),
      action,
    );
  }

  #throwError([first]: readonly CacheError[], action: StoreAction): never {
    if (first !== undefined) throw first;
    throw storeError('unavailable', { store: this.description, action, problem: 'no tier was asked' });
  }
}

function newTier({ driver, store, mode = 'read-write', timeoutMs }: TierOptions, options: TieredOptions): Tier {
  const { budgetMs = DEFAULT_BUDGET_MS, openCircuitMs, monotonicClock, clock = systemClock } = options;
  const given = driver ?? store?.driver;
  if (given === undefined) throw new TypeError('Expected a tier to have a driver or a store');
  const first = typeof given === 'function' ? given() : given;
  const isOnNetwork = first.capabilities.shared === 'network';
  // What is on this machine and slow is so for reasons that leaving it out does not mend.
  const freeMs = isOnNetwork ? DEFAULT_FREE_MS : Infinity;
  const ticking = monotonicClock === undefined ? {} : { clock: monotonicClock };
  const totalMs = isOnNetwork ? budgetMs : Infinity;
  const budget = new Budget({ totalMs, freeMs, ...ticking });
  const circuit = new Circuit({ ...(openCircuitMs === undefined ? {} : { openMs: openCircuitMs }), ...ticking });
  const onEvent = options.onEvent ?? (() => undefined);
  return new Tier({
    driver: first,
    renew: typeof given === 'function' ? given : undefined,
    isOpen: store !== undefined,
    mode,
    patience: new Patience({ budget, circuit }),
    openOutbox: isOnNetwork ? () => openOutbox(first.description, options) : undefined,
    clock,
    onEvent,
    limitMs: timeoutMs,
  });
}

function openOutbox(description: string, options: TieredOptions): Outbox | undefined {
  const { outboxFolder, outboxLimits, environment, fs, clock, onEvent } = options;
  if (outboxFolder === false) return undefined;
  const folder =
    outboxFolder === undefined
      ? defaultOutboxFolder(description, environment)
      : path.join(outboxFolder, sha256Hex(description));
  return Outbox.open({
    folder,
    ...(fs === undefined ? {} : { fs }),
    ...(outboxLimits === undefined ? {} : { limits: outboxLimits }),
    ...(clock === undefined ? {} : { clock }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}

function valueOf<T>(answer: TierAnswer<T>): T {
  if (!answer.ok) throw answer.error;
  return answer.value;
}

/** Tiers that take one change of each key only are told the last one. */
function lastOfEachKey(entries: readonly StoreEntry[]): readonly StoreEntry[] {
  const last = new Map(entries.map((entry) => [entry.key, entry]));
  return last.size === entries.length ? entries : Array.from(last.values());
}

/** Buffers are the caller's own, also those of a key that is given twice. */
function ownBuffers(values: readonly (Buffer | Error | undefined)[]): (Buffer | Error | undefined)[] {
  const given = new Set<Buffer>();
  return values.map((value) => {
    if (!Buffer.isBuffer(value)) return value;
    if (given.has(value)) return Buffer.from(value);
    given.add(value);
    return value;
  });
}
