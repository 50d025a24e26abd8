import type { AnalyzerModule } from './load-analyzer.js';
import { runHere } from './run-here.js';
import { runInThreads } from './run-in-threads.js';
import type { RunOptions, Task } from './task.js';

/** Starting threads and loading an analyzer in each costs more than this many tasks of a typical analyzer. */
const MOST_TASKS_WITHOUT_THREADS = 4;

/**
 * Runs `tasks`, sorted by path, and hands each result to `onResult`: analyzers given by a module in worker threads, others in this one.
 * A file is read once for all analyzers of this thread; those bytes are hashed and analyzed. Stops early, without an error, when `signal` is aborted.
 */
export async function runTasks<T extends Task>(tasks: readonly T[], options: RunOptions<T>): Promise<void> {
  const byModule = new Map<AnalyzerModule | undefined, T[]>();
  for (const task of tasks) {
    const module = options.analyzers.get(task.analyzerId)?.module;
    const list = byModule.get(module);
    if (list === undefined) byModule.set(module, [task]);
    else list.push(task);
  }
  const inThreads = [...byModule].filter((entry): entry is [AnalyzerModule, T[]] => {
    const [module, list] = entry;
    const isSmall = list.length <= MOST_TASKS_WITHOUT_THREADS && list.every(({ isSuspect }) => isSuspect !== true);
    return module !== undefined && !isSmall;
  });
  const threaded = new Set<T[]>(inThreads.map(([, list]) => list));
  const here = [...byModule.values()].filter((list) => !threaded.has(list)).flat();
  await Promise.all([
    runHere(here, options),
    ...inThreads.map(([module, list]) => runInThreads(module, list, options)),
  ]);
}
