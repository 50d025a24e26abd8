import { monotonicClock, type MonotonicClock } from './monotonic-clock.js';

/** What may be lost to a store that does not serve well, in ms for each run. */
export const DEFAULT_BUDGET_MS = 2_000;
/** A call that succeeds within this time costs nothing: a store that is well may be asked thousands of times in one run. */
export const DEFAULT_FREE_MS = 250;

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The time that may be lost in total. A failed call is charged in full, one that succeeded for what it took beyond `freeMs`; calls that were under
 * way at the same time are charged once, as nobody waits twice. `leftMs`, the time limit of a new call, counts the calls under way as if they
 * failed: so no mixture of calls can hold up a run for longer than `totalMs`.
 */
export class Budget {
  readonly totalMs: number;
  readonly #freeMs: number;
  readonly #clock: MonotonicClock;
  /** Disjoint, ascending. */
  #charged: Span[] = [];
  readonly #underWay = new Set<{ readonly start: number }>();

  constructor({
    totalMs = DEFAULT_BUDGET_MS,
    freeMs = DEFAULT_FREE_MS,
    clock = monotonicClock,
  }: { readonly totalMs?: number; readonly freeMs?: number; readonly clock?: MonotonicClock } = {}) {
    this.totalMs = totalMs;
    this.#freeMs = freeMs;
    this.#clock = clock;
  }

  /** What is left for a call that begins now, in ms; 0: none may be made. */
  get leftMs(): number {
    const now = this.#clock.nowMs();
    const oldest = Math.min(now, ...Array.from(this.#underWay, ({ start }) => start));
    return Math.max(0, this.totalMs - lengthOf(withSpan(this.#charged, { start: oldest, end: now })));
  }

  /** What was lost so far, in ms. */
  get spentMs(): number {
    return lengthOf(this.#charged);
  }

  /** Call it when a call begins; what it answers is called once, when that call has ended. */
  begin(): (outcome: 'succeeded' | 'failed') => void {
    const call = { start: this.#clock.nowMs() };
    this.#underWay.add(call);
    return (outcome) => {
      if (!this.#underWay.delete(call)) return;
      const start = call.start + (outcome === 'succeeded' ? this.#freeMs : 0);
      const end = this.#clock.nowMs();
      if (end > start) this.#charged = withSpan(this.#charged, { start, end });
    };
  }

  /** A new run begins: all is there again. */
  renew(): void {
    this.#charged = [];
  }
}

/** `spans` and one more that ends last; those that it touches become one with it. */
function withSpan(spans: readonly Span[], { start, end }: Span): Span[] {
  const before = spans.filter((span) => span.end < start);
  const first = spans[before.length];
  return [...before, { start: Math.min(start, first?.start ?? start), end }];
}

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { start, end }) => sum + end - start, 0);
