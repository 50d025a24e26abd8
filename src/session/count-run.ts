import type { RunTotals } from '../model/event.js';
import { own } from '../plan/analyzer-identity.js';
import type { RecordId } from '../model/ids.js';
import type { Wanted } from '../persistence/codebase-cache.js';
import { wantedFrom } from '../persistence/loaded-analysis.js';
import type { ResultKeeper } from './keep-results.js';
import type { Prepared, Session } from './session.js';
import type { Candidate } from '../plan/make-plan.js';
import { minus, NOTHING, plus, shareOf, TallySum, type Tally } from './tally.js';

export interface AnalyzerTotals {
  readonly analyzed: number;
  readonly reused: number;
  readonly failed: number;
}

export interface KeptCount extends Tally {
  readonly results: number;
  /** One of its results has dependencies, or had once. */
  readonly recordsDependencies: boolean;
}

/** A run in numbers. */
export interface RunCount {
  readonly totals: RunTotals;
  readonly analyzers: Readonly<Record<string, AnalyzerTotals>>;
  /** What the reused results took when they were computed, in ms. */
  readonly savedMs: number;
  /** What the reused results cost when they were computed, by unit. */
  readonly savedCost: Readonly<Record<string, number>>;
  /** What the kept results of this run cost, by unit. */
  readonly cost: Readonly<Record<string, number>>;
  /** By analyzer: how many results are kept now, and what they took. */
  readonly kept: ReadonlyMap<string, KeptCount>;
}

export async function countRun(session: Session, prepared: Prepared, keeper: ResultKeeper): Promise<RunCount> {
  const { previous, plan, decisions, isOwn } = prepared;
  const decided = decisions.candidates().filter(isOwn);
  const dropped = await droppedTallies(session, prepared, decided);
  const candidates = countBy(decided, ({ analyzerId }) => analyzerId);
  const ran = countBy([...decisions.toRun].filter(isOwn), ({ analyzerId }) => analyzerId);
  const failed = countBy(keeper.failures.filter(isOwn), ({ analyzer }) => analyzer);
  const kept = countBy([...keeper.kept.keys()].filter(isOwn), ({ analyzerId }) => analyzerId);
  const keptTallies = tallies(keeper.kept);
  const foundTallies = tallies(decisions.found);
  const recording = new Set<string>();
  // Where nobody remembers, what is in the store tells.
  const isNew = session.analyzers.some(({ plan: { id } }) => analyzerBefore(prepared, id) === undefined);
  const mayRecord = isNew && (await prepared.listing.hasVariants());
  for (const records of [keeper.kept, decisions.found])
    for (const [{ analyzerId }, { dependencies }] of records) if (dependencies.length > 0) recording.add(analyzerId);
  const analyzers: Record<string, AnalyzerTotals> = {};
  const keptNow = new Map<string, KeptCount>();
  let saved = NOTHING;
  let spent = NOTHING;
  for (const { id } of session.analyzers.map((analyzer) => analyzer.plan)) {
    const tasks = plan.taskCounts.get(id) ?? 0;
    const reused = tasks - ran(id);
    const before = tasks === candidates(id) ? undefined : analyzerBefore(prepared, id);
    const unchanged = before === undefined ? NOTHING : minus(before, dropped.get(id) ?? NOTHING);
    const tally = plus(unchanged, foundTallies.get(id) ?? NOTHING);
    saved = plus(saved, tally);
    spent = plus(spent, keptTallies.get(id) ?? NOTHING);
    analyzers[id] = { analyzed: ran(id) - failed(id), reused, failed: failed(id) };
    const { durationMs, cost } = plus(tally, keptTallies.get(id) ?? NOTHING);
    const results = reused + kept(id);
    keptNow.set(id, {
      ...{ results, durationMs: round(durationMs), cost },
      recordsDependencies: (analyzerBefore(prepared, id)?.recordsDependencies ?? mayRecord) || recording.has(id),
    });
  }
  const total = (field: keyof AnalyzerTotals): number =>
    Object.values(analyzers).reduce((sum, entry) => sum + entry[field], 0);
  return {
    totals: {
      files: countFiles(prepared),
      analyzed: total('analyzed'),
      reused: total('reused'),
      removed: countRemoved(previous),
      failed: total('failed'),
      uncacheable: keeper.notKept.filter(({ kind }) => kind === 'uncacheable').length,
    },
    analyzers,
    savedMs: round(saved.durationMs),
    savedCost: saved.cost,
    cost: spent.cost,
    kept: keptNow,
  };
}

function countBy<T>(items: readonly T[], idOf: (item: T) => string): (id: string) => number {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(idOf(item), (counts.get(idOf(item)) ?? 0) + 1);
  return (id) => counts.get(id) ?? 0;
}

type AnalyzerBefore = KeptCount | undefined;

const analyzerBefore = ({ previous }: Prepared, id: string): AnalyzerBefore =>
  previous.document && own(previous.document.head.analyzers, id);

function averageOf(prepared: Prepared, id: string): Tally {
  const before = analyzerBefore(prepared, id);
  return before === undefined ? NOTHING : shareOf(before, before.results);
}

/** By analyzer. */
function tallies(records: ReadonlyMap<Candidate, Tally>): ReadonlyMap<string, Tally> {
  const sums = new Map<string, TallySum>();
  for (const [{ analyzerId }, record] of records) addTo(sums, analyzerId, record);
  return totalsOf(sums);
}

function addTo(sums: Map<string, TallySum>, analyzer: string, tally: Tally): void {
  let sum = sums.get(analyzer);
  if (sum === undefined) sums.set(analyzer, (sum = new TallySum()));
  sum.add(tally);
}

const totalsOf = (sums: ReadonlyMap<string, TallySum>): ReadonlyMap<string, Tally> =>
  new Map([...sums].map(([analyzer, sum]) => [analyzer, sum.total]));

/** More records than this are not opened only to count what they took. */
const MOST_DROPPED_READ = 2000;

/** By analyzer: what the results took that the last run had and this one has not; the average where a record is not readable. */
async function droppedTallies(
  { cache }: Session,
  prepared: Prepared,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, Tally>> {
  const { document, diff } = prepared.previous;
  const sums = new Map<string, TallySum>();
  if (document === undefined || cache === undefined) return new Map();
  const dropped: Wanted[] = [];
  const drop = (path: string, analyzer: string, id: RecordId | undefined): void => {
    if (id !== undefined) dropped.push(wantedFrom(document, path, analyzer, id));
  };
  for (const path of diff.removed)
    for (const [analyzer, id] of document.recordsOf(path) ?? []) drop(path, analyzer, id);
  for (const { path, analyzerId } of candidates) drop(path, analyzerId, document.recordsOf(path)?.get(analyzerId));
  const found = dropped.length > MOST_DROPPED_READ ? [] : await cache.findRecords(dropped);
  for (const [index, { analyzerId }] of dropped.entries()) {
    const lookUp = found[index];
    addTo(sums, analyzerId, lookUp?.outcome === 'hit' ? lookUp.record : averageOf(prepared, analyzerId));
  }
  return totalsOf(sums);
}

/** Source files that this run is about. */
export const countFiles = ({ scanned, isOwn }: Pick<Prepared, 'scanned' | 'isOwn'>): number =>
  scanned.files.paths.reduce((count, path) => (isOwn({ path: path }) ? count + 1 : count), 0);

/** Results whose file is gone. */
export function countRemoved({ document, diff }: Prepared['previous']): number {
  return diff.removed.reduce((sum, path) => sum + (document?.recordsOf(path)?.size ?? 0), 0);
}

const round = (ms: number): number => Math.round(ms * 100) / 100;
