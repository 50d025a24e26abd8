import { messageOf } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';
import type { AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import { readTask, resultOf, unreadResult, type GoodRead, type ReadFile } from './read-task.js';
import type { RunOptions, Task } from './task.js';
import type { WorkerPool } from './worker-pool.js';

/** One message to a thread carries so many files or bytes, so that the messages themselves cost little. */
const BATCH_FILES = 32;
const BATCH_BYTES = 512 * 1024;

interface Item<T extends Task, R extends ReadFile = ReadFile> {
  readonly task: T;
  readonly read: R;
}

/** Runs tasks of one analyzer in worker threads. Files are read and hashed here, so that every result is judged in one place. */
export async function runInThreads<T extends Task>(
  module: AnalyzerModule,
  tasks: readonly T[],
  options: RunOptions<T>,
): Promise<void> {
  const pool = await options.pool();
  const source = batches(tasks, options);
  const slice = new TimeSlice();
  const takeBatches = async (): Promise<void> => {
    while (!options.signal.aborted) {
      if (slice.due()) await slice.yieldTurn();
      const next = source.next();
      if (next.done === true) return;
      await runBatch(pool, module, next.value, options);
    }
  };
  // One batch waits behind each running one, so that no thread is idle while the next files are read.
  await Promise.all(Array.from({ length: options.concurrency * 2 }, takeBatches));
}

function* batches<T extends Task>(
  tasks: readonly T[],
  options: RunOptions<T>,
): Generator<readonly Item<T>[], undefined> {
  let batch: Item<T>[] = [];
  let bytes = 0;
  for (const task of tasks) {
    const read = readTask(task, options);
    batch.push({ task, read });
    bytes += read.ok ? read.file.bytes.length : 0;
    if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
  return undefined;
}

async function runBatch<T extends Task>(
  pool: WorkerPool,
  module: AnalyzerModule,
  batch: readonly Item<T>[],
  options: RunOptions<T>,
): Promise<void> {
  const readable = batch.filter((item): item is Item<T, GoodRead> => item.read.ok);
  const outcomes = await analyzeInThread(pool, module, readable, options.signal);
  for (const { task, read } of batch) if (!read.ok) await options.onResult(task, unreadResult(task, read));
  for (const [index, { task, read }] of readable.entries()) {
    const outcome = outcomes?.[index];
    if (outcome !== undefined) await options.onResult(task, resultOf(task, read, outcome, options));
  }
}

/** Outcomes in order; undefined where the run was aborted. A thread that dies takes its batch along, so the files are tried one by one. */
async function analyzeInThread(
  pool: WorkerPool,
  module: AnalyzerModule,
  items: readonly { readonly read: GoodRead }[],
  signal: AbortSignal,
): Promise<readonly Outcome[] | undefined> {
  if (items.length === 0) return [];
  const files = items.map(({ read }) => read.file);
  try {
    return await pool.analyze(module, files, signal);
  } catch (error) {
    if (isAborted(signal)) return undefined;
    if (items.length === 1)
      return [{ ok: false, reason: 'worker-died', message: `the worker thread ended: ${messageOf(error)}` }];
  }
  const outcomes: Outcome[] = [];
  for (const item of items) outcomes.push(...((await analyzeInThread(pool, module, [item], signal)) ?? []));
  return isAborted(signal) ? undefined : outcomes;
}

/** Asked anew each time: the type of a signal does not tell that it changes. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
