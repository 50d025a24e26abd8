import { CacheError } from '../model/errors.js';

export const ROUND_CAUSES = ['start', 'event', 'interval', 'loss', 'sleep', 'poll', 'root-back'] as const;
/**
 * What made a round begin: the first one; something happened in the tree; the timer for what events do not tell; events may have been lost; the
 * machine slept; there are no events, so it is looked every few seconds; the root was away.
 */
export type RoundCause = (typeof ROUND_CAUSES)[number];

export interface Triggered {
  readonly cause: RoundCause;
  /** Where something happened, relative to the root, in the order of the events; at most `MOST_PATHS`. */
  readonly paths: readonly string[];
}

const MOST_PATHS = 100;
/** Longest wait for changes to end, in ms. */
const MOST_WAIT_MS = 2000;

/** Collects what happens and says when it is time for a round: one at a time, and none for each event of a burst. */
export class RoundTrigger {
  readonly #debounceMs: number;
  readonly #paths = new Set<string>();
  #firstHintAt: number | undefined;
  #urgent: RoundCause | undefined;
  /** Rounds in a row that were followed by changes made while they ran. */
  #unrest = 0;
  #timer: NodeJS.Timeout | undefined;
  #wake: ((triggered: Triggered) => void) | undefined;

  constructor(debounceMs: number) {
    this.#debounceMs = debounceMs;
  }

  /** Something happened: a round begins when it is quiet again. */
  hint(path?: string): void {
    this.#firstHintAt ??= performance.now();
    if (path !== undefined && this.#paths.size < MOST_PATHS) this.#paths.add(path);
    this.#startTimer();
  }

  /** A round begins as soon as possible, whatever happened. */
  force(cause: RoundCause): void {
    this.#urgent ??= cause;
    this.#startTimer();
  }

  /**
   * What the next round is for. What is told between two calls counts for the next one.
   * @throws CacheError CACHE_ABORTED when `signal` is aborted.
   */
  async next(signal: AbortSignal): Promise<Triggered> {
    // An analyzer that changes the tree must not keep the machine busy for ever: such rounds get rarer.
    this.#unrest = this.#firstHintAt === undefined ? 0 : this.#unrest + 1;
    let abort: (() => void) | undefined;
    try {
      return await new Promise<Triggered>((resolve, reject) => {
        this.#wake = resolve;
        abort = (): void => reject(aborted());
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
        if (this.#isTold()) this.#startTimer();
      });
    } finally {
      this.#wake = undefined;
      clearTimeout(this.#timer);
      if (abort !== undefined) signal.removeEventListener('abort', abort);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #isTold(): boolean {
    return this.#urgent !== undefined || this.#firstHintAt !== undefined;
  }

  /** Only while somebody waits: what is told during a round is kept for the time after it. */
  #startTimer(): void {
    if (this.#wake === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fire(), this.#waitMs());
  }

  #waitMs(): number {
    if (this.#urgent !== undefined || this.#firstHintAt === undefined) return 0;
    const quietMs = Math.min(this.#debounceMs * 2 ** Math.max(0, this.#unrest - 1), MOST_WAIT_MS);
    return Math.max(0, Math.min(quietMs, this.#firstHintAt + MOST_WAIT_MS - performance.now()));
  }

  #fire(): void {
    const triggered: Triggered = { cause: this.#urgent ?? 'event', paths: [...this.#paths] };
    this.#urgent = undefined;
    this.#firstHintAt = undefined;
    this.#paths.clear();
    this.#wake?.(triggered);
    this.#wake = undefined;
  }
}

function aborted(): CacheError {
  return new CacheError('CACHE_ABORTED', 'Interrupted between two rounds; everything that was found is kept.');
}
