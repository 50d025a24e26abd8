import type { RunTotals } from '../model/event.js';
import { own } from '../plan/analyzer-identity.js';
import type { ResultKey } from '../model/ids.js';
import type { Wanted } from '../persistence/codebase-cache.js';
import { wantedFrom } from '../persistence/loaded-analysis.js';
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
  /** What the reused results took when they were computed, in ms. */
  readonly savedMs: number;
  /** By analyzer: how many results are kept now, and what they took, in ms. */
  readonly kept: ReadonlyMap<string, { readonly results: number; readonly durationMs: number }>;
}

export async function countRun(session: Session, prepared: Prepared, keeper: ResultKeeper): Promise<RunCount> {
  const droppedMs = await droppedDurations(session, prepared);
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
    const unchangedMs = tasks === candidates(id) ? 0 : Math.max(0, previousMs(prepared, id) - (droppedMs.get(id) ?? 0));
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

type AnalyzerBefore = { readonly results: number; readonly durationMs: number } | undefined;

const analyzerBefore = ({ previous }: Prepared, id: string): AnalyzerBefore =>
  previous.document && own(previous.document.head.analyzers, id);

const previousMs = (prepared: Prepared, id: string): number => analyzerBefore(prepared, id)?.durationMs ?? 0;

function averageMs(prepared: Prepared, id: string): number {
  const before = analyzerBefore(prepared, id);
  return before === undefined || before.results === 0 ? 0 : before.durationMs / before.results;
}

/** More records than this are not opened only to count what they took. */
const MOST_DROPPED_READ = 2000;

/** By analyzer: what the results took that the last run had and this one has not, in ms; by the average where a record is not readable. */
async function droppedDurations({ cache }: Session, prepared: Prepared): Promise<ReadonlyMap<string, number>> {
  const { document, diff } = prepared.previous;
  const sums = new Map<string, number>();
  if (document === undefined || cache === undefined) return sums;
  const dropped: Wanted[] = [];
  const drop = (path: string, analyzer: string, key: ResultKey | undefined): void => {
    if (key !== undefined) dropped.push(wantedFrom(document, path, analyzer, key));
  };
  for (const path of diff.removed) for (const [analyzer, key] of document.keysOf(path) ?? []) drop(path, analyzer, key);
  for (const { path, analyzerId } of prepared.plan.candidates)
    drop(path, analyzerId, document.keysOf(path)?.get(analyzerId));
  const found = dropped.length > MOST_DROPPED_READ ? [] : await cache.findRecords(dropped);
  for (const [index, { analyzerId }] of dropped.entries()) {
    const lookUp = found[index];
    const durationMs = lookUp?.outcome === 'hit' ? lookUp.record.durationMs : averageMs(prepared, analyzerId);
    sums.set(analyzerId, (sums.get(analyzerId) ?? 0) + durationMs);
  }
  return sums;
}

/** Results whose file is gone. */
export function countRemoved({ document, diff }: Prepared['previous']): number {
  return diff.removed.reduce((sum, path) => sum + (document?.keysOf(path)?.size ?? 0), 0);
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
