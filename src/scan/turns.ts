import { CacheError } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';

/** Where a long loop gives way to the rest of the process: others get their turn, progress is told, an abort is seen. */
export class Turns {
  readonly #slice = new TimeSlice();
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((done: number, total: number | undefined) => void) | undefined;

  constructor(
    signal: AbortSignal | undefined,
    onProgress: ((done: number, total: number | undefined) => void) | undefined,
  ) {
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  due(): boolean {
    return this.#slice.due();
  }

  /** @throws CacheError CACHE_ABORTED. */
  async take(done: number, total?: number): Promise<void> {
    this.#onProgress?.(done, total);
    await this.#slice.yieldTurn();
    this.check();
  }

  /** @throws CacheError CACHE_ABORTED. */
  check(): void {
    if (this.#signal?.aborted === true)
      throw new CacheError('CACHE_ABORTED', 'The scan was aborted.', { cause: this.#signal.reason });
  }
}
