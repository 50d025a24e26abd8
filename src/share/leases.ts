import crypto from 'node:crypto';
import type { LeaseDriver } from '../store/driver.js';

export interface LeaseOptions {
  /** How long a lease lasts that is not renewed, in ms; default 10,000. It is renewed three times as often. */
  readonly ttlMs?: number;
}

export const DEFAULT_LEASE_MS = 10_000;
const RENEWALS_PER_TTL = 3;
/** How many leases one call takes. */
const BATCH = 500;

/**
 * Rights to make results, so that of several machines one makes each. They are advice: one that is lost costs one more analysis. All are held
 * with one random token and renewed until they are released.
 */
export class LeaseHolder {
  readonly ttlMs: number;
  readonly #driver: LeaseDriver;
  readonly #nameOf: (key: string) => string;
  readonly #token = crypto.randomBytes(16).toString('hex');
  /** Until when each is held for certain, by the monotonic clock of this process. */
  readonly #heldUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  /** Calls go one after the other: a renewal that overtook a release would take the lease back. */
  #last: Promise<unknown> = Promise.resolve();
  #isRenewing = false;
  #isClosed = false;

  constructor(driver: LeaseDriver, nameOf: (key: string) => string, { ttlMs = DEFAULT_LEASE_MS }: LeaseOptions = {}) {
    if (!Number.isSafeInteger(ttlMs) || ttlMs < 1) throw new TypeError(`Expected ttlMs of at least 1, found ${ttlMs}`);
    this.ttlMs = ttlMs;
    this.#driver = driver;
    this.#nameOf = nameOf;
  }

  /**
   * Takes each lease that nobody else holds; tells which are held now, in order.
   * Rejects where the store does not answer; what this call took by then is given back, or ends by itself.
   */
  async acquire(keys: readonly string[]): Promise<boolean[]> {
    if (this.#isClosed) throw new TypeError('Expected a lease holder that is not closed');
    return this.#inTurn(async () => {
      const answers: boolean[] = [];
      const before = new Set(this.#heldUntil.keys());
      try {
        for (const batch of batchesOf(keys)) for (const taken of await this.#take(batch)) answers.push(taken);
      } catch (error) {
        await this.#giveBack(keys.filter((key, index) => answers[index] === true && !before.has(key))).catch(
          () => undefined,
        );
        throw error;
      }
      if (this.#heldUntil.size > 0) this.#startRenewing();
      return answers;
    });
  }

  /** Whether the lease is held for certain at this moment. */
  isHeld(key: string): boolean {
    const until = this.#heldUntil.get(key);
    return until !== undefined && performance.now() < until;
  }

  /** Gives back those that are held. Rejects where the store does not answer; they are not renewed in any case. */
  async release(keys: readonly string[]): Promise<void> {
    await this.#inTurn(() => this.#giveBack(keys));
  }

  /** Renews them no longer: they end by themselves. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#heldUntil.delete(key);
    if (this.#heldUntil.size === 0) this.#stopRenewing();
  }

  /** Gives all back and takes no more. Never rejects: what cannot be given back ends by itself. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.release([...this.#heldUntil.keys()]).catch(() => undefined);
    // Those of a call that was under way.
    await this.release([...this.#heldUntil.keys()]).catch(() => undefined);
    this.#stopRenewing();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #take(keys: readonly string[]): Promise<boolean[]> {
    // Counted from before the call: the store counts from later on.
    const until = performance.now() + this.ttlMs;
    const answers = await this.#driver.acquireMany(
      keys.map((key) => this.#nameOf(key)),
      this.#token,
      this.ttlMs,
    );
    for (const [index, key] of keys.entries()) {
      if (answers[index] === true) this.#heldUntil.set(key, until);
      else this.#heldUntil.delete(key);
    }
    return keys.map((_, index) => answers[index] === true);
  }

  async #giveBack(keys: readonly string[]): Promise<void> {
    const held = keys.filter((key) => this.#heldUntil.delete(key));
    if (this.#heldUntil.size === 0) this.#stopRenewing();
    for (const batch of batchesOf(held))
      await this.#driver.releaseMany(
        batch.map((key) => this.#nameOf(key)),
        this.#token,
      );
  }

  #startRenewing(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#renew(), Math.max(1, Math.floor(this.ttlMs / RENEWALS_PER_TTL)));
    // A process that is done must not live on for its leases.
    this.#timer.unref();
  }

  #stopRenewing(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      await this.#inTurn(async () => {
        for (const batch of batchesOf([...this.#heldUntil.keys()])) await this.#take(batch);
      });
    } catch {
      // The next renewal may come through; until then `isHeld` goes by the last that did.
    } finally {
      this.#isRenewing = false;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function* batchesOf(keys: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < keys.length; at += BATCH) yield keys.slice(at, at + BATCH);
}
