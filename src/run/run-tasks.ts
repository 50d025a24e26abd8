import { isBatchAnalyzer, type BatchAnalyzer } from '../model/analyzer.js';
import { runHere } from './run-here.js';
import { asksUnfinished, runInThreads } from './run-in-threads.js';
import { runMany } from './run-many.js';
import type { RunAnalyzer, RunOptions, Task, ThreadedAnalyzer } from './task.js';

export { runOne } from './run-here.js';

/** Starting threads and loading an analyzer in each costs more than this many tasks of a typical analyzer. */
const MOST_TASKS_WITHOUT_THREADS = 4;

/**
 * Runs `tasks`, sorted by path, and hands each result to `onResult`: analyzers given by a module in worker threads, others in this one.
 * A file is read once for all analyzers of this thread; those bytes are hashed and analyzed. Analyzers of many files at once read by themselves.
 * Tasks that somebody else has claimed are left out. Stops early, without an error, when `signal` is aborted.
 */
export async function runTasks<T extends Task>(tasks: readonly T[], options: RunOptions<T>): Promise<void> {
  const byAnalyzer = new Map<RunAnalyzer | undefined, T[]>();
  for (const task of tasks) {
    const analyzer = options.analyzers.get(task.analyzerId);
    // Those that run here, a file at a time, stay in one list, in order.
    const listed = analyzer !== undefined && (isThreaded(analyzer) || isBatch(analyzer)) ? analyzer : undefined;
    const list = byAnalyzer.get(listed);
    if (list === undefined) byAnalyzer.set(listed, [task]);
    else list.push(task);
  }
  const elsewhere: (() => Promise<void>)[] = [];
  const here: T[][] = [];
  for (const [analyzer, list] of byAnalyzer) {
    if (analyzer !== undefined && isBatch(analyzer))
      elsewhere.push(() => runMany(analyzer.analyzer, list.filter(options.claim), options));
    else if (analyzer === undefined || !isThreaded(analyzer)) here.push(list);
    else {
      const [inThreads, inThisThread] = splitThreaded(analyzer, list, options);
      here.push(inThisThread);
      if (inThreads.length > 0) elsewhere.push(() => runInThreads(analyzer, inThreads, options));
    }
  }
  await Promise.all([runHere(here.flat(), options), ...elsewhere.map((run) => run())]);
}

/** Those for threads, and those for this one. */
function splitThreaded<T extends Task>(
  { analyzer }: ThreadedAnalyzer,
  tasks: readonly T[],
  options: RunOptions<T>,
): [T[], T[]] {
  const isSmall = tasks.length <= MOST_TASKS_WITHOUT_THREADS && tasks.every(({ isSuspect }) => isSuspect !== true);
  if (isSmall) return [[], [...tasks]];
  if (!asksUnfinished(analyzer, options)) return [[...tasks], []];
  // Sent back by the threads, each of them would be analyzed twice.
  return [tasks.filter(({ isSuspect }) => isSuspect === true), tasks.filter(({ isSuspect }) => isSuspect !== true)];
}

const isThreaded = (analyzer: RunAnalyzer): analyzer is ThreadedAnalyzer =>
  analyzer.module !== undefined && !isBatch(analyzer);

const isBatch = (analyzer: RunAnalyzer): analyzer is RunAnalyzer & { readonly analyzer: BatchAnalyzer } =>
  isBatchAnalyzer(analyzer.analyzer);
