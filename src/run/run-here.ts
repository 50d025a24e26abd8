import pLimit from 'p-limit';
import { TimeSlice } from '../util/clock.js';
import { isBatchAnalyzer, type Analyzer, type SourceFile } from '../model/analyzer.js';
import { analyzeOne } from './analyze-one.js';
import { Interruptible } from './interruptible.js';
import type { Outcome } from './outcome.js';
import { judge, readTask, unreadResult, type GoodRead, type ReadFile } from './read-task.js';
import { runMany } from './run-many.js';
import type { Slot } from './slots.js';
import type { RunAnalyzer, RunOptions, Task } from './task.js';

/**
 * Runs tasks, sorted by path, in this thread. As long as analyzers answer at once they need no queue; from the first promise on, files go
 * through one, so that `concurrency` of them wait at the same time.
 */
export async function runHere<T extends Task>(tasks: readonly T[], options: RunOptions<T>): Promise<void> {
  const slice = new TimeSlice();
  const files = groupByPath(tasks);
  const interruptible = Interruptible.open(options.signal);
  const runFile = async (group: readonly T[]): Promise<boolean> => {
    const slot = await options.slots.take();
    try {
      if (slice.due()) await slice.yieldTurn();
      return !options.signal.aborted && (await runGroup(group, options, interruptible, slot));
    } finally {
      slot.end();
    }
  };
  try {
    let done = 0;
    for (let waits = false; done < files.length && !waits; done++) waits = await runFile(files[done] as readonly T[]);
    await pLimit(options.concurrency).map(files.slice(done), runFile);
  } finally {
    interruptible.close();
  }
}

function groupByPath<T extends Task>(tasks: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (const task of tasks) {
    const group = groups.at(-1);
    if (group?.[0]?.path === task.path) group.push(task);
    else groups.push([task]);
  }
  return groups;
}

/** All analyzers of one file; whether one of them answered with a promise. */
async function runGroup<T extends Task>(
  group: readonly T[],
  options: RunOptions<T>,
  interruptible: Interruptible,
  slot: Slot,
): Promise<boolean> {
  let read: ReadFile | undefined;
  let waited = false;
  for (const task of group) {
    if (!options.claim(task)) continue;
    read ??= readTask(task, options);
    if (!read.ok) {
      await options.onResult(task, unreadResult(task, read));
      continue;
    }
    // What one analyzer writes into the bytes is not for the next to see.
    const answer = ask(task, group.length > 1 ? read.file.copy() : read.file, options, slot);
    waited ||= answer instanceof Promise;
    const outcome = answer instanceof Promise ? await interruptible.wait(answer) : answer;
    if (outcome === undefined) break;
    await handOver(task, read, outcome, options);
  }
  return waited;
}

/** Whoever waits lends its slot: what it waits for needs one. */
function ask<T extends Task>(
  task: T,
  file: SourceFile,
  options: RunOptions<T>,
  slot: Slot,
): Outcome | Promise<Outcome> {
  const { analyzer } = options.analyzers.get(task.analyzerId) as RunAnalyzer;
  return analyzeOne(analyzer as Analyzer, file, {
    source: options,
    signal: options.signal,
    askResult: (analyzerId, path) => slot.lendDuring(options.resultOf(task, analyzerId, path)),
  });
}

/** An analyzer that was told to stop fails for no fault of its own. */
export async function handOver<T extends Task>(
  task: T,
  read: GoodRead,
  outcome: Outcome,
  options: RunOptions<T>,
): Promise<void> {
  if (!options.signal.aborted || outcome.ok) await options.onResult(task, judge(task, read, outcome, options));
}

/** Runs one task, which is claimed already, in this thread, as soon as a slot is free: somebody waits for its result. */
export async function runOne<T extends Task>(task: T, options: RunOptions<T>): Promise<void> {
  const slot = await options.slots.take({ first: true });
  try {
    if (!options.signal.aborted) await runInSlot(task, options, slot);
  } finally {
    slot.end();
  }
}

async function runInSlot<T extends Task>(task: T, options: RunOptions<T>, slot: Slot): Promise<void> {
  const { analyzer } = options.analyzers.get(task.analyzerId) as RunAnalyzer;
  if (isBatchAnalyzer(analyzer)) {
    const { resultOf } = options;
    return runMany(analyzer, [task], {
      ...options,
      resultOf: (asker, analyzerId, path) => slot.lendDuring(resultOf(asker, analyzerId, path)),
    });
  }
  const read = readTask(task, options);
  if (!read.ok) return options.onResult(task, unreadResult(task, read));
  const interruptible = Interruptible.open(options.signal);
  try {
    const outcome = await interruptible.wait(ask(task, read.file, options, slot));
    if (outcome !== undefined) await handOver(task, read, outcome, options);
  } finally {
    interruptible.close();
  }
}
