import type { RunTotals } from '../model/event.js';
import type { LocalState } from './local-state.js';

/** One run of this machine; the unchanged ones leave no other trace. */
export interface RunLogEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly versionId: string | null;
  readonly totals: RunTotals;
  readonly durationMs: number;
  readonly savedMs: number;
  /** By unit; lines of older versions have none. */
  readonly savedCost?: Readonly<Record<string, number>>;
  readonly cost?: Readonly<Record<string, number>>;
  /** How many tasks were decided for each reason; unchanged ones are not among them. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What the run log adds up to. */
export interface RunStatistics {
  readonly runs: number;
  /** Of the oldest run that is counted; null before the first. */
  readonly since: string | null;
  readonly analyzed: number;
  readonly reused: number;
  readonly failed: number;
  /** reused / (reused + analyzed); null before the first task. */
  readonly hitRate: number | null;
  readonly durationMs: number;
  readonly savedMs: number;
  /** By unit, e.g. tokens or usd: what was not spent again, and what was. */
  readonly savedCost: Readonly<Record<string, number>>;
  readonly cost: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

export function summarizeRuns(local: LocalState | undefined): RunStatistics {
  const entries = (local?.readRuns() ?? []).filter(isEntry);
  const sum = (value: (entry: RunLogEntry) => number): number =>
    entries.reduce((total, entry) => total + value(entry), 0);
  const analyzed = sum(({ totals }) => totals.analyzed);
  const reused = sum(({ totals }) => totals.reused);
  const reasons = new Map<string, number>();
  for (const entry of entries) {
    for (const [kind, count] of Object.entries(entry.reasons)) reasons.set(kind, (reasons.get(kind) ?? 0) + count);
  }
  return {
    runs: entries.length,
    since: entries[0]?.at ?? null,
    analyzed,
    reused,
    failed: sum(({ totals }) => totals.failed),
    hitRate: analyzed + reused === 0 ? null : reused / (analyzed + reused),
    durationMs: Math.round(sum(({ durationMs }) => durationMs)),
    savedMs: Math.round(sum(({ savedMs }) => savedMs)),
    savedCost: sumCosts(entries.map(({ savedCost }) => savedCost)),
    cost: sumCosts(entries.map(({ cost }) => cost)),
    reasons: Object.fromEntries(reasons),
  };
}

function sumCosts(costs: readonly (Readonly<Record<string, number>> | undefined)[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const cost of costs)
    for (const [unit, amount] of Object.entries(cost ?? {}))
      if (Number.isFinite(amount)) sums.set(unit, (sums.get(unit) ?? 0) + amount);
  // Sums of decimal fractions drift.
  return Object.fromEntries([...sums].map(([unit, sum]) => [unit, Math.round(sum * 1e9) / 1e9]));
}

/** The log is a convenience: a line of another shape is left out. */
function isEntry(value: unknown): value is RunLogEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { at, totals, durationMs, savedMs, reasons } = value as Partial<Record<keyof RunLogEntry, unknown>>;
  const isFigures = (figures: unknown): figures is Record<string, number> =>
    typeof figures === 'object' &&
    figures !== null &&
    Object.values(figures).every((figure) => typeof figure === 'number');
  return (
    typeof at === 'string' &&
    typeof durationMs === 'number' &&
    typeof savedMs === 'number' &&
    isFigures(totals) &&
    isFigures(reasons)
  );
}
