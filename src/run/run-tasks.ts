import { runHere } from './run-here.js';
import { runInThreads } from './run-in-threads.js';
import type { RunAnalyzer, RunOptions, Task, ThreadedAnalyzer } from './task.js';

/** Starting threads and loading an analyzer in each costs more than this many tasks of a typical analyzer. */
const MOST_TASKS_WITHOUT_THREADS = 4;

/**
 * Runs `tasks`, sorted by path, and hands each result to `onResult`: analyzers given by a module in worker threads, others in this one.
 * A file is read once for all analyzers of this thread; those bytes are hashed and analyzed. Stops early, without an error, when `signal` is aborted.
 */
export async function runTasks<T extends Task>(tasks: readonly T[], options: RunOptions<T>): Promise<void> {
  const byAnalyzer = new Map<RunAnalyzer | undefined, T[]>();
  for (const task of tasks) {
    const analyzer = options.analyzers.get(task.analyzerId);
    // Those without a module stay in one list, in order.
    const listed = analyzer?.module === undefined ? undefined : analyzer;
    const list = byAnalyzer.get(listed);
    if (list === undefined) byAnalyzer.set(listed, [task]);
    else list.push(task);
  }
  const inThreads: [ThreadedAnalyzer, T[]][] = [];
  const here: T[][] = [];
  for (const [analyzer, list] of byAnalyzer) {
    const isSmall = list.length <= MOST_TASKS_WITHOUT_THREADS && list.every(({ isSuspect }) => isSuspect !== true);
    if (analyzer === undefined || isSmall || !isThreaded(analyzer)) here.push(list);
    else inThreads.push([analyzer, list]);
  }
  await Promise.all([
    runHere(here.flat(), options),
    ...inThreads.map(([analyzer, list]) => runInThreads(analyzer, list, options)),
  ]);
}

const isThreaded = (analyzer: RunAnalyzer): analyzer is ThreadedAnalyzer => analyzer.module !== undefined;
