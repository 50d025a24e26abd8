import { setImmediate as nextTurn } from 'node:timers/promises';

/** Where the time comes from, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Longest stretch of synchronous work before other work of the host process gets its turn, in ms. */
const SLICE_MS = 12;

/** Cuts long synchronous loops into slices. Call `due()` often, and `await yieldTurn()` when it says so. */
export class TimeSlice {
  #endsAt = performance.now() + SLICE_MS;

  due(): boolean {
    return performance.now() >= this.#endsAt;
  }

  async yieldTurn(): Promise<void> {
    await nextTurn();
    this.#endsAt = performance.now() + SLICE_MS;
  }
}
