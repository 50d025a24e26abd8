import { monotonicClock, type MonotonicClock } from './monotonic-clock.js';

/** So many failures in a row open the circuit. */
const DEFAULT_FAILURES = 3;
/** For so long nothing is asked then, in ms. */
const DEFAULT_OPEN_MS = 30_000;

/**
 * Stops calls to what keeps failing. Closed: calls are made. Open, after `failures` of them in a row: none is, for `openMs`. Then one is let through;
 * its success closes the circuit, its failure opens it anew.
 */
export class Circuit {
  readonly #failures: number;
  readonly #openMs: number;
  readonly #clock: MonotonicClock;
  #failedInARow = 0;
  #openUntil: number | undefined;
  #onTrial = false;

  constructor({
    failures = DEFAULT_FAILURES,
    openMs = DEFAULT_OPEN_MS,
    clock = monotonicClock,
  }: { readonly failures?: number; readonly openMs?: number; readonly clock?: MonotonicClock } = {}) {
    this.#failures = failures;
    this.#openMs = openMs;
    this.#clock = clock;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openUntil === undefined) return 'closed';
    return this.#clock.nowMs() < this.#openUntil ? 'open' : 'half-open';
  }

  /** Whether `enter` would be answered with true. */
  get lets(): boolean {
    return this.state === 'closed' || (this.state === 'half-open' && !this.#onTrial);
  }

  /** Whether a call may be made now; who was told so calls `succeeded`, `failed` or `left` when it has ended. */
  enter(): boolean {
    if (!this.lets) return false;
    if (this.#openUntil !== undefined) this.#onTrial = true;
    return true;
  }

  /** True if that closed the circuit. */
  succeeded(): boolean {
    const wasOpen = this.#openUntil !== undefined;
    this.#failedInARow = 0;
    this.#openUntil = undefined;
    this.#onTrial = false;
    return wasOpen;
  }

  /** True if that opened the circuit, from closed. */
  failed(): boolean {
    const wasOpen = this.#openUntil !== undefined;
    this.#failedInARow++;
    this.#onTrial = false;
    if (!wasOpen && this.#failedInARow < this.#failures) return false;
    this.#openUntil = this.#clock.nowMs() + this.#openMs;
    return !wasOpen;
  }

  /** The call told nothing about what was called. */
  left(): void {
    this.#onTrial = false;
  }
}
