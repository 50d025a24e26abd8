import { CacheError, messageOf, systemCode, type ErrorCode } from '../../model/errors.js';
import type { EventListener } from '../../model/event.js';
import type { Clock } from '../../util/clock.js';
import type { StoreBatch, StoreDriver, StoreEntry, StoredStat } from '../driver.js';
import type { Outbox, OutboxChange } from '../outbox.js';
import { Backlog, createOf, deleteOf, saveOf, type PendingChange } from './backlog.js';
import { problemOf, within, type Patience } from './patience.js';

export const TIER_MODES = ['read', 'write', 'read-write'] as const;
export type TierMode = (typeof TIER_MODES)[number];

/** What a call of a tier led to; `ok: false`: the others have to do without it. */
export type TierAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CacheError };

/** Longest call that nobody waits for, in ms. */
const BACKGROUND_LIMIT_MS = 30_000;
/** So many changes may wait in memory; then who writes more waits for the tier. */
const MAX_WRITE_BACK = 10_000;
/** So long nothing is sent in the background after that failed, in ms. */
const SEND_AGAIN_MS = 1_000;
/** Most bytes in one call that sends what is pending. */
const SEND_BYTES = 8 * 1024 * 1024;

/** They tell of what was asked, not of the health of the tier. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set([
  'CACHE_STORE_READ_ONLY',
  'CACHE_STORE_FULL',
  'CACHE_VALUE_TOO_LARGE',
  'CACHE_BAD_KEY',
]);
/** Nobody but the user can mend them: they end `open`. */
const FATAL: ReadonlySet<ErrorCode> = new Set(['CACHE_PACKAGE_MISSING', 'CACHE_BAD_STORE']);

export interface TierParts {
  readonly driver: StoreDriver;
  /** Makes a new one where opening failed; without it, the same is opened again. */
  readonly renew: (() => StoreDriver) | undefined;
  /** It is open already, and is not closed with the tiers. */
  readonly isOpen: boolean;
  readonly mode: TierMode;
  readonly patience: Patience;
  readonly openOutbox: (() => Outbox | undefined) | undefined;
  readonly clock: Clock;
  readonly onEvent: EventListener;
  readonly limitMs: number | undefined;
}

/** One store among several: each call of it costs a bounded time and never throws; the first trouble is told with one warning. */
export class Tier {
  readonly mode: TierMode;
  readonly patience: Patience;
  readonly #parts: TierParts;
  #driver: StoreDriver;
  #opening: Promise<void> | undefined;
  #isOpen: boolean;
  #isReadOnly = false;
  #warned = false;
  #backlog: Backlog = new Backlog(undefined);
  #hasBacklog = false;
  #sending: Promise<boolean> | undefined;
  #sendAgainAt = 0;

  constructor(parts: TierParts) {
    this.#parts = parts;
    this.mode = parts.mode;
    this.patience = parts.patience;
    this.#driver = parts.driver;
    this.#isOpen = parts.isOpen;
  }

  get driver(): StoreDriver {
    return this.#driver;
  }

  get description(): string {
    return this.#driver.description;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get reads(): boolean {
    return this.mode !== 'write';
  }

  get writes(): boolean {
    return this.mode !== 'read' && this.#driver.capabilities.writable;
  }

  get backlog(): Backlog {
    if (!this.#hasBacklog) this.#openBacklog();
    return this.#backlog;
  }

  #openBacklog(): void {
    this.#hasBacklog = true;
    if (this.#parts.openOutbox === undefined || !this.writes) return;
    try {
      this.#backlog = new Backlog(this.#parts.openOutbox());
    } catch (error) {
      this.#warn(`what it does not acknowledge cannot be kept: ${messageOf(error)}`);
    }
  }

  /** @throws CacheError for what will not get better by waiting. */
  async open(): Promise<TierAnswer<void>> {
    const answer = await this.ask(() => Promise.resolve());
    if (!answer.ok && FATAL.has(answer.error.code)) throw answer.error;
    if (answer.ok && this.mode !== 'read' && !this.writes) this.#warn('it can only be read');
    return answer;
  }

  newRun(): void {
    this.patience.budget.renew();
    this.#isReadOnly = false;
    this.#sendAgainAt = 0;
    this.#warned = false;
  }

  /** Calls the driver, within the time that it may cost, when it is open and `after` has ended. */
  async ask<T>(
    call: (driver: StoreDriver) => Promise<T>,
    {
      background = false,
      after,
      onDone,
    }: {
      readonly onDone?: () => void;
      readonly background?: boolean;
      readonly after?: Promise<unknown> | undefined;
    } = {},
  ): Promise<TierAnswer<T>> {
    const limitMs = Math.min(this.#parts.limitMs ?? Infinity, background ? BACKGROUND_LIMIT_MS : Infinity);
    let isOver = false;
    const attempt = await this.patience.attempt(
      async () => {
        await this.#ensureOpen();
        await after;
        // Who gave this call up has told others since: it must not come late.
        if (isOver) throw this.#unavailable('It took too long.');
        return call(this.#driver);
      },
      { limitMs, background, tellsOfHealth: (error) => !(error instanceof CacheError && HARMLESS.has(error.code)) },
    );
    isOver = true;
    if (attempt.outcome === 'done') {
      onDone?.();
      this.#sendSoon();
      return { ok: true, value: attempt.value };
    }
    const error = attempt.outcome === 'failed' ? this.#coded(attempt.error) : this.#unavailable(problemOf(attempt));
    if (error.code === 'CACHE_STORE_READ_ONLY') this.#isReadOnly = true;
    if (error.code !== 'CACHE_VALUE_TOO_LARGE') this.#warn(error.message, error);
    return { ok: false, error };
  }

  /** One that hangs is not opened twice: the next call waits for it again. */
  async #ensureOpen(): Promise<void> {
    if (this.#isOpen) return;
    this.#opening ??= this.#driver.open();
    const opening = this.#opening;
    try {
      await opening;
      this.#isOpen = true;
    } catch (error) {
      if (this.#opening === opening) {
        this.#opening = undefined;
        this.#renew();
      }
      throw error;
    }
  }

  #renew(): void {
    if (this.#parts.renew === undefined) return;
    // What it opened before it failed must not keep the process alive; its first error is the one that is told.
    this.#driver.close().catch(() => undefined);
    this.#driver = this.#parts.renew();
  }

  /** Values by key, as the tier would answer if it knew all that is pending. */
  async load(
    keys: readonly string[],
    limits: { readonly maxBytes: number },
  ): Promise<TierAnswer<(Buffer | undefined | Error)[]>> {
    return this.#corrected<Buffer | undefined | Error>(
      keys,
      (driver, asked) => driver.loadMany(asked, limits),
      (change) => {
        const bytes = this.backlog.bytesOf(change);
        return bytes === undefined || bytes.length > limits.maxBytes ? undefined : Buffer.from(bytes);
      },
    );
  }

  async stat(keys: readonly string[]): Promise<TierAnswer<(StoredStat | undefined)[]>> {
    return this.#corrected<StoredStat | undefined>(
      keys,
      (driver, asked) => driver.statMany(asked),
      ({ sizeBytes, savedAt }) => ({ sizeBytes, savedAt }),
    );
  }

  async #corrected<T>(
    keys: readonly string[],
    askDriver: (driver: StoreDriver, keys: readonly string[]) => Promise<T[]>,
    ofPending: (change: PendingChange) => T,
  ): Promise<TierAnswer<(T | undefined)[]>> {
    const now = this.#parts.clock.now();
    const pending = this.backlog.size === 0 ? [] : keys.map((key) => this.backlog.find(key, now));
    // Whether a creation that is pending counts, the tier has to say.
    const asked = keys.filter((_, index) => pending[index] === undefined || isCreation(pending[index]));
    const answer = asked.length === 0 ? DONE_NOTHING : await this.ask((driver) => askDriver(driver, asked));
    if (!answer.ok && pending.every((change) => change === undefined)) return answer;
    const answers: readonly (T | undefined)[] = answer.ok ? answer.value : [];
    let next = 0;
    const value = keys.map((_, index) => {
      const change = pending[index];
      if (change === undefined) return answers[next++];
      if (change === 'cleared' || change.action === 'delete') return undefined;
      return (change.action === 'create' ? answers[next++] : undefined) ?? ofPending(change);
    });
    return { ok: true, value };
  }

  /** Saves what is small enough; of what is too large, at least nothing older stays. */
  async save(entries: readonly StoreEntry[]): Promise<TierAnswer<void>> {
    const { maxValueBytes } = this.#driver.capabilities;
    const fitting = entries.filter(({ bytes }) => bytes.length <= maxValueBytes);
    if (fitting.length === entries.length)
      return this.#write(entries.map(saveOf), (driver) => driver.saveMany(entries));
    const tooLarge = entries.filter(({ bytes }) => bytes.length > maxValueBytes).map(({ key }) => key);
    const changes = [...fitting.map(saveOf), ...tooLarge.map(deleteOf)];
    return this.#write(changes, async (driver) => {
      await driver.deleteMany(tooLarge);
      if (fitting.length > 0) await driver.saveMany(fitting);
    });
  }

  async create(entries: readonly StoreEntry[]): Promise<TierAnswer<boolean[]>> {
    const now = this.#parts.clock.now();
    // What is pending decides too, and only the tier can tell what comes of it.
    if (entries.some(({ key }) => this.backlog.find(key, now) !== undefined)) await this.send();
    if (entries.some(({ key }) => this.backlog.find(key, now) !== undefined))
      return { ok: false, error: this.#unavailable('It has not been told yet what was saved before.') };
    return this.#write(entries.map(createOf), (driver) => driver.createMany(entries));
  }

  /** Whether what is pending will leave it with a value of `key`. */
  isPromised(key: string): boolean {
    const change = this.backlog.find(key, this.#parts.clock.now());
    return typeof change === 'object' && change.action !== 'delete';
  }

  /** A farther tier has created `entries`: whatever this one has of these keys is older. */
  async saveCreated(entries: readonly StoreEntry[]): Promise<void> {
    const answer = await this.save(entries);
    if (!answer.ok) this.keepForLater(entries.map(saveOf));
  }

  /** A nearer tier has created `entries`, as this one could not be asked: it gets them later, unless it has a value by then. */
  keepCreated(entries: readonly StoreEntry[]): void {
    const now = this.#parts.clock.now();
    const changes = entries
      // What was saved meanwhile is newer.
      .filter(({ key }) => !this.isPromised(key))
      // What it was to delete before is not what it keeps.
      .map((entry) => (this.backlog.find(entry.key, now) === undefined ? createOf(entry) : saveOf(entry)));
    this.keepForLater(changes);
  }

  async delete(keys: readonly string[]): Promise<TierAnswer<number>> {
    return this.#write(keys.map(deleteOf), (driver) => driver.deleteMany(keys));
  }

  async commit(batch: StoreBatch): Promise<TierAnswer<void>> {
    const { maxValueBytes } = this.#driver.capabilities;
    const save = batch.save.filter(({ bytes }) => bytes.length <= maxValueBytes);
    const tooLarge = batch.save.filter(({ bytes }) => bytes.length > maxValueBytes).map(({ key }) => key);
    const fitting = { save, delete: [...batch.delete, ...tooLarge] };
    return this.#write([...save.map(saveOf), ...fitting.delete.map(deleteOf)], (driver) => driver.commit(fitting));
  }

  async clear(prefix: string): Promise<TierAnswer<number>> {
    const onDone = (): void => {
      this.backlog.overtake(this.backlog.startingWith(prefix).map(({ key }) => key));
      for (const clear of this.backlog.clears.filter((pending) => pending.prefix.startsWith(prefix)))
        this.backlog.settleClear(clear);
    };
    return this.ask((driver) => driver.clear(prefix), { after: this.#sending, onDone });
  }

  async #write<T>(changes: readonly OutboxChange[], call: (driver: StoreDriver) => Promise<T>): Promise<TierAnswer<T>> {
    // What is being sent is older than this.
    // Before anything that waits is sent: it would come after what is newer.
    const onDone = (): void => this.backlog.overtake(changes.map(({ key }) => key));
    return this.ask(call, { after: this.#sending, onDone });
  }

  /**
   * The tier could not be told of `changes`, and others were: they are sent later where there is an outbox. Where there is none, what it has of these
   * keys is not believed, and removed when that is possible.
   */
  keepForLater(changes: readonly OutboxChange[]): void {
    if (changes.length === 0) return;
    if (this.backlog.isDurable && !this.#isReadOnly) {
      try {
        this.backlog.add(changes, 'outbox');
        return;
      } catch (error) {
        this.#warn(`what it does not acknowledge cannot be kept: ${messageOf(error)}`);
      }
    }
    // What it has of a key that was to be created, it may keep.
    const doubted = changes.filter(({ action }) => action !== 'create');
    if (doubted.length > 0) this.backlog.add(doubted.map(doubtOf), 'memory');
  }

  /** Takes `changes` to be told to the tier in the background. */
  async writeBack(changes: readonly OutboxChange[]): Promise<void> {
    this.backlog.add(changes, 'memory');
    this.#sendSoon();
    if (this.backlog.size > MAX_WRITE_BACK) await this.send();
  }

  /** Sends what is pending until nothing is, or something fails; whether nothing is left. */
  async send({ background = false } = {}): Promise<boolean> {
    for (;;) {
      if (this.#sending !== undefined && !(await this.#waitFor(this.#sending, background))) return false;
      if (this.backlog.size === 0) return true;
      if (this.#isReadOnly || !this.writes) return false;
      this.#sending = this.#sendSome(background);
      const isSent = await this.#sending;
      this.#sending = undefined;
      if (isSent) continue;
      this.#sendAgainAt = performance.now() + SEND_AGAIN_MS;
      this.#keepWhatIsLeft();
      return false;
    }
  }

  /** Whether what is being sent was sent; no longer than the budget allows, if somebody waits. */
  async #waitFor(sending: Promise<boolean>, background: boolean): Promise<boolean> {
    if (background) return sending;
    const end = this.patience.budget.begin();
    try {
      const isSent = await within(Math.max(1, this.patience.budget.leftMs), () => sending);
      end('succeeded');
      return isSent;
    } catch {
      // Only `within` rejects: it took too long.
      end('failed');
      return false;
    }
  }

  #sendSoon(): void {
    if (this.#sending !== undefined || this.backlog.size === 0 || this.#isReadOnly || !this.writes) return;
    if (performance.now() < this.#sendAgainAt) return;
    if (this.patience.circuit.lets) void this.send({ background: true });
  }

  /** One call for each kind of change; a clear comes first, as what was saved before it is not pending any more. */
  async #sendSome(background: boolean): Promise<boolean> {
    const { backlog } = this;
    const [clear] = backlog.clears;
    if (clear !== undefined) {
      const answer = await this.ask((driver) => driver.clear(clear.prefix), { background });
      if (answer.ok) backlog.settleClear(clear);
      return answer.ok;
    }
    const changes = backlog.first(this.#driver.capabilities.maxBatch, SEND_BYTES);
    const now = this.#parts.clock.now();
    const entriesOf = (action: 'save' | 'create'): StoreEntry[] =>
      changes.flatMap((change) => {
        if (change.action !== action || (change.expiresAt ?? Infinity) <= now) return [];
        const bytes = backlog.bytesOf(change);
        return bytes === undefined ? [] : [{ key: change.key, bytes, expiresAt: change.expiresAt }];
      });
    const [saves, creations] = [entriesOf('save'), entriesOf('create')];
    const deletions = changes.filter(({ action }) => action === 'delete').map(({ key }) => key);
    const answer = await this.ask(
      async (driver) => {
        if (deletions.length > 0) await driver.deleteMany(deletions);
        if (saves.length > 0) await driver.saveMany(saves);
        if (creations.length > 0) await driver.createMany(creations);
      },
      { background },
    );
    if (answer.ok || answer.error.code === 'CACHE_VALUE_TOO_LARGE')
      for (const change of changes) backlog.settle(change);
    return answer.ok;
  }

  /** Sends what it can; what is left goes to the outbox. Then the driver is closed, unless somebody else opened it. */
  async close(): Promise<void> {
    if (this.writes && this.backlog.size > 0) {
      if (!(await this.send())) this.#keepWhatIsLeft();
      if (this.backlog.isLosing) this.#warn('what was saved last could not be sent, and there is no outbox');
    }
    if (this.#parts.isOpen || this.#opening === undefined) return;
    try {
      await within(Math.max(100, this.patience.budget.leftMs), () => this.#driver.close());
    } catch (error) {
      this.#warn(this.#coded(error).message);
    }
  }

  #keepWhatIsLeft(): void {
    try {
      this.backlog.makeDurable();
    } catch (error) {
      this.#warn(`what it does not acknowledge cannot be kept: ${messageOf(error)}`);
    }
  }

  #unavailable(problem: string): CacheError {
    const { description } = this;
    return new CacheError('CACHE_STORE_UNAVAILABLE', `The store ${description} was not asked. ${problem}`, {
      store: description,
    });
  }

  /** Nobody knows what the message of an error says that no driver made: it is not shown. */
  #coded(error: unknown): CacheError {
    if (error instanceof CacheError) return error;
    const { description } = this;
    const kind = systemCode(error) ?? (error instanceof Error ? error.name : typeof error);
    return new CacheError('CACHE_STORE_FAILED', `The store ${description} failed (${kind}).`, { store: description });
  }

  #warn(problem: string, cause?: CacheError): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#parts.onEvent({
      type: 'warning',
      code: 'CACHE_REMOTE_DEGRADED',
      message: `The tier ${this.description} is used only in part, or not at all: ${problem}`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

const DONE_NOTHING = { ok: true, value: [] } as const;

const isCreation = (change: PendingChange | 'cleared' | undefined): boolean =>
  typeof change === 'object' && change.action === 'create';

/** What stands for a change whose value is nowhere. */
const doubtOf = (change: OutboxChange): OutboxChange => (change.action === 'clear' ? change : deleteOf(change.key));
