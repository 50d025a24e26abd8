import type { PlannedTask } from '../model/plan.js';
import { listTasks, type Plan } from '../plan/make-plan.js';
import { countFiles, countRemoved } from './count-run.js';
import type { Prepared } from './session.js';

/** What a run does, or would do. */
export interface RunPlan {
  readonly totals: {
    readonly files: number;
    readonly run: number;
    /** How many of those run only if another result comes out otherwise; none after a run. */
    readonly possible: number;
    readonly reuse: number;
    /** Results that would be dropped, as their file is no longer a source file. */
    readonly removed: number;
  };
  /** Every task, sorted by path, then analyzer; listed when it is first asked for. */
  readonly tasks: readonly PlannedTask[];
}

export function planOf({ scanned, previous, plan, analyzers, decisions, isOwn }: Prepared): RunPlan {
  let tasks: readonly PlannedTask[] | undefined;
  const toRun = [...decisions.toRun].filter(isOwn);
  const run = toRun.length;
  const possible = toRun.filter(
    (candidate) => decisions.decided.get(candidate)?.reason.kind === 'dependency-would-run',
  ).length;
  const files = countFiles({ scanned, isOwn });
  return {
    totals: { files, run, possible, reuse: taskCount(plan) - run, removed: countRemoved(previous) },
    get tasks() {
      return (tasks ??= listTasks(scanned.files, analyzers, decisions.candidates().filter(isOwn), decisions.decided));
    },
  };
}

/** Of all analyzers. */
export const taskCount = ({ taskCounts }: Plan): number =>
  [...taskCounts.values()].reduce((sum, count) => sum + count, 0);
