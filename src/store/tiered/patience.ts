/**
 * How long a store that is down or slow may hold up a run. `Budget` bounds the time in total, `Circuit` stops asking one that keeps failing,
 * `Patience` makes a call under both. Times are in ms of a clock that only moves forward.
 */
import { CacheError, messageOf } from '../../model/errors.js';
import { Budget } from './budget.js';
import { Circuit } from './circuit.js';
import { monotonicClock, type MonotonicClock } from './monotonic-clock.js';

export type Attempt<T> =
  | { readonly outcome: 'done'; readonly value: T; readonly closedCircuit: boolean }
  | { readonly outcome: 'failed'; readonly error: unknown; readonly openedCircuit: boolean }
  /** No call was made. */
  | { readonly outcome: 'refused'; readonly why: 'circuit-open' | 'budget-spent' };

/** Calls under a budget and a circuit. */
export class Patience {
  readonly budget: Budget;
  readonly circuit: Circuit;
  readonly #clock: MonotonicClock;

  /** @param clock what time limits are counted with. */
  constructor({
    budget = new Budget(),
    circuit = new Circuit(),
    clock = monotonicClock,
  }: { readonly budget?: Budget; readonly circuit?: Circuit; readonly clock?: MonotonicClock } = {}) {
    this.budget = budget;
    this.circuit = circuit;
    this.#clock = clock;
  }

  /** Whether a call would be made now. */
  get lets(): boolean {
    return this.circuit.lets && this.budget.leftMs >= 1;
  }

  /**
   * Calls `work` and waits for it as long as the budget and `limitMs` allow; never rejects. What answers later is ignored.
   * @param tellsOfHealth whether an error means that what was called is not well (default: all do); one that does not, as of a value that is too
   * large, costs what it took and leaves the circuit alone.
   * @param background nobody waits for this call: only `limitMs` and the circuit bound it, and the budget is not charged.
   */
  async attempt<T>(
    work: () => Promise<T>,
    {
      limitMs = Infinity,
      tellsOfHealth = () => true,
      background = false,
    }: {
      readonly limitMs?: number;
      readonly tellsOfHealth?: (error: unknown) => boolean;
      readonly background?: boolean;
    } = {},
  ): Promise<Attempt<T>> {
    const allowedMs = Math.min(limitMs, background ? Infinity : this.budget.leftMs);
    if (allowedMs < 1) return { outcome: 'refused', why: 'budget-spent' };
    if (!this.circuit.enter()) return { outcome: 'refused', why: 'circuit-open' };
    const end = background ? () => undefined : this.budget.begin();
    try {
      const value = await within(allowedMs, work, this.#clock);
      end('succeeded');
      return { outcome: 'done', value, closedCircuit: this.circuit.succeeded() };
    } catch (error) {
      const unwell = tellsOfHealth(error);
      end('failed');
      if (!unwell) this.circuit.left();
      return { outcome: 'failed', error, openedCircuit: unwell && this.circuit.failed() };
    }
  }
}

/** The longest time that a timer of Node can wait; longer ones would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What `work` answers within `limitMs`.
 * @throws CacheError CACHE_STORE_UNAVAILABLE where it takes longer; it is not stopped, and what it answers then is ignored.
 */
export async function within<T>(limitMs: number, work: () => Promise<T>, clock = monotonicClock): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const endsAt = clock.nowMs() + limitMs;
  const tooLate = new Promise<never>((_, reject) => {
    if (limitMs > LONGEST_TIMER_MS) return;
    const wait = (ms: number): void => {
      timer = setTimeout(() => {
        const leftMs = endsAt - clock.nowMs();
        // A timer does not know that the clock may stand still.
        if (leftMs >= 1) {
          wait(leftMs);
          return;
        }
        const waitedMs = Math.round(limitMs);
        reject(new CacheError('CACHE_STORE_UNAVAILABLE', `There was no answer within ${waitedMs} ms.`, { waitedMs }));
      }, ms);
    };
    wait(limitMs);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why an attempt did not succeed, in one line. */
export function problemOf(attempt: Exclude<Attempt<unknown>, { outcome: 'done' }>): string {
  if (attempt.outcome === 'failed') return messageOf(attempt.error);
  return attempt.why === 'circuit-open'
    ? 'It failed several times in a row and is not asked for a while.'
    : 'The time that may be lost to it was used up.';
}
