import { CacheError } from '../model/errors.js';
import { runTasks } from '../run/run-tasks.js';
import type { RunOptions, Task, TaskResult } from '../run/task.js';
import { ResultKeeper } from './keep-results.js';
import type { Decisions } from './look-up.js';
import type { Session } from './session.js';

type TakeHeld = RunOptions['takeHeld'];

/** Runs what was decided to run. @throws CacheError CACHE_ABORTED; what was finished is kept. */
export async function executePlan(session: Session, decisions: Decisions, takeHeld: TakeHeld): Promise<ResultKeeper> {
  const keeper = new ResultKeeper(session, decisions);
  await runInSession(session, decisions.toRun, (candidate, result) => keeper.take(candidate, result), takeHeld);
  throwIfAborted(session, keeper.kept.size);
  return keeper;
}

export async function runInSession<T extends Task>(
  session: Session,
  tasks: readonly T[],
  onResult: (task: T, result: TaskResult) => Promise<void>,
  takeHeld: TakeHeld = () => undefined,
): Promise<void> {
  const { fs, hasher, settings, signal } = session;
  const { root, maxFileBytes, concurrency } = settings;
  const analyzers = new Map(session.analyzers.map((analyzer) => [analyzer.analyzer.id, analyzer]));
  await runTasks(tasks, {
    fs,
    root,
    hasher,
    analyzers,
    maxFileBytes,
    concurrency,
    signal,
    onResult,
    takeHeld,
    pool: () => session.pool(),
  });
}

export function throwIfAborted(session: Session, finished: number): void {
  if (!session.signal.aborted) return;
  throw new CacheError(
    'CACHE_ABORTED',
    `The run was aborted; ${finished} finished results are kept. Run again to go on.`,
    {
      finished,
      cause: session.signal.reason,
    },
  );
}
