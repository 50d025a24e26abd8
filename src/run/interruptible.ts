/** What was almost done when the run was aborted may still finish; an analyzer that never answers is left behind. */
const GRACE_MS = 300;

/** Waits for answers no longer than a moment after `signal` was aborted. One listener, however many are waited for. */
export class Interruptible {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The answer; undefined where it was given up. */
  wait<T>(answer: T | Promise<T>): Promise<T | undefined> | T {
    if (!(answer instanceof Promise)) return answer;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(undefined);
      this.#waiting.add(giveUp);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(giveUp));
    });
  }

  /** Nothing is waited for any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#timer = setTimeout(() => {
      for (const giveUp of this.#waiting) giveUp();
    }, GRACE_MS);
  };
}
