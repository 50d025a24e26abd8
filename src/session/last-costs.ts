import type { RecordId } from '../model/ids.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import { wantedFrom } from '../persistence/loaded-analysis.js';
import { own } from '../plan/analyzer-identity.js';
import { taskName } from '../plan/make-plan.js';
import type { Session } from './session.js';
import { shareOf, TallySum } from './tally.js';

/** What running some tasks is expected to take, from what they took before. */
export interface Estimate {
  readonly durationMs: number;
  /** By unit, e.g. tokens or usd. */
  readonly cost: Readonly<Record<string, number>>;
  /** Tasks whose own last run is known. */
  readonly known: number;
  /** Tasks that are taken to cost what their analyzer's results cost on average. */
  readonly assumed: number;
  /** Tasks of analyzers that never ran: they are in no sum. */
  readonly unknown: number;
}

export interface NamedTask {
  readonly path: string;
  readonly analyzerId: string;
}

/** What one task took when it last ran; undefined where nobody knows. */
export interface LastCost {
  readonly durationMs: number;
  readonly cost: Readonly<Record<string, number>>;
  /** It is the average of its analyzer. */
  readonly isAssumed: boolean;
}

/** More records than this are not opened; the others count with the average. */
const MOST_OPENED = 5000;

/** What each task took when it last ran, by `taskName`. */
export async function lastCosts(
  { cache }: Session,
  document: AnalysisDocument | undefined,
  tasks: readonly NamedTask[],
): Promise<ReadonlyMap<string, LastCost>> {
  const costs = new Map<string, LastCost>();
  if (document === undefined || cache === undefined) return costs;
  const kept: { task: NamedTask; id: RecordId }[] = [];
  for (const task of tasks) {
    const before = own(document.head.analyzers, task.analyzerId);
    if (before === undefined || before.results === 0) continue;
    const { durationMs, cost } = shareOf(before, before.results);
    costs.set(taskName(task.path, task.analyzerId), { durationMs, cost, isAssumed: true });
    const id = kept.length < MOST_OPENED ? document.recordsOf(task.path)?.get(task.analyzerId) : undefined;
    if (id !== undefined) kept.push({ task, id });
  }
  const found = await cache.findRecords(
    kept.map(({ task, id }) => wantedFrom(document, task.path, task.analyzerId, id)),
  );
  for (const [index, { task }] of kept.entries()) {
    const lookUp = found[index];
    if (lookUp?.outcome !== 'hit') continue;
    const { durationMs, cost } = lookUp.record;
    costs.set(taskName(task.path, task.analyzerId), { durationMs, cost, isAssumed: false });
  }
  return costs;
}

export function estimateOf(tasks: readonly NamedTask[], costs: ReadonlyMap<string, LastCost>): Estimate {
  const sum = new TallySum();
  let [known, assumed, unknown] = [0, 0, 0];
  for (const { path, analyzerId } of tasks) {
    const last = costs.get(taskName(path, analyzerId));
    if (last === undefined) unknown++;
    else if (last.isAssumed) assumed++;
    else known++;
    if (last !== undefined) sum.add(last);
  }
  const { durationMs, cost } = sum.total;
  return { durationMs: Math.round(durationMs * 100) / 100, cost, known, assumed, unknown };
}
