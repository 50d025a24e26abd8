import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.js';

/** Longest pause between two tries for a lock, in ms. */
const LONGEST_PAUSE_MS = 20;

/** How long one call waits for locks of others. The wait of SQLite itself would stand still with the whole process. */
export class Patience {
  readonly #endsAt: number;

  constructor(timeoutMs: number) {
    this.#endsAt = performance.now() + timeoutMs;
  }

  /** Does `work` again while it finds the lock taken and time is left; at least once. */
  async whileBusy<T>(work: () => T): Promise<T> {
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return work();
      } catch (error) {
        const leftMs = this.#endsAt - performance.now();
        if (!isBusy(error) || leftMs <= 0) throw error;
        // Not all at the same time: several processes may wait.
        await sleep(Math.min(leftMs, pauseMs * (0.5 + Math.random())));
      }
    }
  }
}
