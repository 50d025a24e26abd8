/** What a number of kept results took together. */
export interface Tally {
  /** In ms. */
  readonly durationMs: number;
  /** Sums by unit, e.g. tokens or usd. */
  readonly cost: Readonly<Record<string, number>>;
}

export const NOTHING: Tally = { durationMs: 0, cost: {} };

export const plus = (a: Tally, b: Tally): Tally => combine(a, b, 1);

/** Never below nothing: what was taken away may have been estimated. */
export const minus = (a: Tally, b: Tally): Tally => combine(a, b, -1);

function combine(a: Tally, b: Tally, sign: 1 | -1): Tally {
  const cost = Object.fromEntries(
    [...new Set([...Object.keys(a.cost), ...Object.keys(b.cost)])]
      .sort()
      .map((unit) => [unit, rounded((a.cost[unit] ?? 0) + sign * (b.cost[unit] ?? 0))] as const)
      .filter(([, sum]) => sum > 0),
  );
  return {
    durationMs: Math.max(0, a.durationMs + sign * b.durationMs),
    cost,
  };
}

/** Sums of decimal fractions drift. */
const rounded = (sum: number): number => Math.max(0, Math.round(sum * 1e9) / 1e9);

/** Adds up many, without a new sum for each. */
export class TallySum {
  #durationMs = 0;
  readonly #cost = new Map<string, number>();

  add({ durationMs, cost }: Tally): void {
    this.#durationMs += durationMs;
    for (const unit in cost) this.#cost.set(unit, (this.#cost.get(unit) ?? 0) + (cost[unit] ?? 0));
  }

  get total(): Tally {
    return plus(NOTHING, { durationMs: this.#durationMs, cost: Object.fromEntries(this.#cost) });
  }
}

/** The share of one in `count`. */
export function shareOf({ durationMs, cost }: Tally, count: number): Tally {
  if (count === 0) return NOTHING;
  return {
    durationMs: durationMs / count,
    cost: Object.fromEntries(Object.entries(cost).map(([unit, sum]) => [unit, sum / count])),
  };
}
