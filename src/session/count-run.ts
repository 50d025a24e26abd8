import type { RunTotals } from '../model/event.js';
import { own } from '../plan/analyzer-identity.js';
import type { ResultKeeper } from './keep-results.js';
import type { Prepared, Session } from './session.js';

export interface AnalyzerTotals {
  readonly analyzed: number;
  readonly reused: number;
  readonly failed: number;
}

/** A run in numbers. */
export interface RunCount {
  readonly totals: RunTotals;
  readonly analyzers: Readonly<Record<string, AnalyzerTotals>>;
  /** What the reused results took when they were computed, in ms; unchanged ones by the average of their analyzer. */
  readonly savedMs: number;
  /** By analyzer: how many results are kept now, and what they took, in ms. */
  readonly kept: ReadonlyMap<string, { readonly results: number; readonly durationMs: number }>;
}

export function countRun(session: Session, prepared: Prepared, keeper: ResultKeeper): RunCount {
  const { previous, plan, decisions, scanned } = prepared;
  const candidates = countBy(plan.candidates, ({ analyzer }) => analyzer.id);
  const ran = countBy(decisions.toRun, ({ analyzer }) => analyzer.id);
  const failed = countBy(keeper.failures, ({ analyzer }) => analyzer);
  const kept = countBy([...keeper.kept], ({ analyzerId }) => analyzerId);
  const analyzers: Record<string, AnalyzerTotals> = {};
  const keptNow = new Map<string, { results: number; durationMs: number }>();
  let savedMs = 0;
  for (const { id } of session.analyzers.map((analyzer) => analyzer.plan)) {
    const tasks = plan.taskCounts.get(id) ?? 0;
    const reused = tasks - ran(id);
    const unchangedMs = (tasks - candidates(id)) * averageMs(prepared, id);
    const reusedMs = unchangedMs + (decisions.foundDurationMs.get(id) ?? 0);
    savedMs += reusedMs;
    analyzers[id] = { analyzed: ran(id) - failed(id), reused, failed: failed(id) };
    keptNow.set(id, { results: reused + kept(id), durationMs: round(reusedMs + (keeper.durationMs.get(id) ?? 0)) });
  }
  const total = (field: keyof AnalyzerTotals): number =>
    Object.values(analyzers).reduce((sum, entry) => sum + entry[field], 0);
  return {
    totals: {
      files: scanned.files.paths.length,
      analyzed: total('analyzed'),
      reused: total('reused'),
      removed: countRemoved(previous),
      failed: total('failed'),
      uncacheable: keeper.notKept.filter(({ kind }) => kind === 'uncacheable').length,
    },
    analyzers,
    savedMs: round(savedMs),
    kept: keptNow,
  };
}

function countBy<T>(items: readonly T[], idOf: (item: T) => string): (id: string) => number {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(idOf(item), (counts.get(idOf(item)) ?? 0) + 1);
  return (id) => counts.get(id) ?? 0;
}

function averageMs({ previous }: Prepared, id: string): number {
  const before = previous.document && own(previous.document.head.analyzers, id);
  return before === undefined || before.results === 0 ? 0 : before.durationMs / before.results;
}

/** Results whose file is gone. */
function countRemoved({ document, diff }: Prepared['previous']): number {
  return diff.removed.reduce((sum, path) => sum + (document?.keysOf(path)?.size ?? 0), 0);
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
