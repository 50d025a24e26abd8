import type { Clock } from '../../util/clock.js';
import type { LeaseDriver } from '../driver.js';

/** Leases within this process. */
export class MemoryLeases implements LeaseDriver {
  readonly #clock: Clock;
  readonly #leases = new Map<string, { readonly token: string; readonly endsAt: number }>();
  /** Leases that ended are removed when there are this many. */
  #sweepAt = 1024;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    const now = this.#clock.now();
    if (this.#leases.size >= this.#sweepAt) this.#sweep(now);
    const acquire = (name: string): boolean => {
      const lease = this.#leases.get(name);
      if (lease !== undefined && lease.token !== token && now < lease.endsAt) return false;
      this.#leases.set(name, { token, endsAt: now + ttlMs });
      return true;
    };
    return Promise.resolve(names.map(acquire));
  }

  releaseMany(names: readonly string[], token: string): Promise<void> {
    for (const name of names) if (this.#leases.get(name)?.token === token) this.#leases.delete(name);
    return Promise.resolve();
  }

  #sweep(now: number): void {
    for (const [name, { endsAt }] of this.#leases) if (now >= endsAt) this.#leases.delete(name);
    this.#sweepAt = Math.max(1024, this.#leases.size * 2);
  }
}
