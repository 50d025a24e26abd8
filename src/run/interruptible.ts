/** What was almost done when the run was aborted may still finish; an analyzer that never answers is left behind. */
const GRACE_MS = 300;

const opened = new WeakMap<AbortSignal, Interruptible>();

/** Waits for answers no longer than a moment after `signal` was aborted. One listener, however many are waited for. */
export class Interruptible {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #users = 0;

  /** To be closed by everybody who opened it. */
  static open(signal: AbortSignal): Interruptible {
    const interruptible = opened.get(signal) ?? new Interruptible(signal);
    opened.set(signal, interruptible);
    interruptible.#users++;
    return interruptible;
  }

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The answer; undefined where it was given up. */
  wait<T>(answer: T | Promise<T>): Promise<T | undefined> | T {
    if (!(answer instanceof Promise)) return answer;
    return new Promise((resolve, reject) => {
      if (this.#isOver) resolve(undefined);
      const giveUp = (): void => resolve(undefined);
      this.#waiting.add(giveUp);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(giveUp));
    });
  }

  /** When the last has closed it, nothing is waited for any more. */
  close(): void {
    if (--this.#users > 0) return;
    opened.delete(this.#signal);
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      for (const giveUp of this.#waiting) giveUp();
    }, GRACE_MS);
  };
}
