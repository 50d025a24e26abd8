import { messageOf } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';
import { analyzeOne } from './analyze-one.js';
import { Interruptible } from './interruptible.js';
import type { Outcome } from './outcome.js';
import { readTask, resultOf, unreadResult, type GoodRead, type ReadFile } from './read-task.js';
import type { RunOptions, Task, ThreadedAnalyzer } from './task.js';
import type { HashedFile } from './source-file.js';
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
  analyzer: ThreadedAnalyzer,
  tasks: readonly T[],
  options: RunOptions<T>,
): Promise<void> {
  const pool = await options.pool();
  const asker = new Asker(analyzer, pool, options.signal);
  const source = batches(tasks, options);
  const slice = new TimeSlice();
  const takeBatches = async (): Promise<void> => {
    while (!options.signal.aborted) {
      if (slice.due()) await slice.yieldTurn();
      const next = source.next();
      if (next.done === true) return;
      await runBatch(asker, next.value, options);
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
  asker: Asker,
  batch: readonly Item<T>[],
  options: RunOptions<T>,
): Promise<void> {
  const readable = batch.filter((item): item is Item<T, GoodRead> => item.read.ok);
  const outcomes = await asker.ask(readable.map(({ read }) => read.file));
  for (const { task, read } of batch) if (!read.ok) await options.onResult(task, unreadResult(task, read));
  for (const [index, { task, read }] of readable.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined) await options.onResult(task, resultOf(task, read, outcome, options));
  }
}

/** Asks one analyzer in threads, or in this one once a thread has said that its module is another analyzer there. */
class Asker {
  readonly #analyzer: ThreadedAnalyzer;
  readonly #pool: WorkerPool;
  readonly #signal: AbortSignal;
  #isAnotherInThreads = false;

  constructor(analyzer: ThreadedAnalyzer, pool: WorkerPool, signal: AbortSignal) {
    this.#analyzer = analyzer;
    this.#pool = pool;
    this.#signal = signal;
  }

  /** Outcomes in order; those that are missing were aborted. A thread that dies takes its batch along, so the files are tried one by one. */
  async ask(files: readonly HashedFile[]): Promise<readonly Outcome[]> {
    if (files.length === 0) return [];
    try {
      const outcomes = this.#isAnotherInThreads ? null : await this.#pool.analyze(this.#analyzer, files, this.#signal);
      if (outcomes !== null) return outcomes;
    } catch (error) {
      if (this.#signal.aborted) return [];
      if (files.length === 1)
        return [{ ok: false, reason: 'worker-died', message: `the worker thread ended: ${messageOf(error)}` }];
      const outcomes: Outcome[] = [];
      for (const file of files) outcomes.push(...(await this.ask([file])));
      return outcomes;
    }
    this.#isAnotherInThreads = true;
    return this.#askHere(files);
  }

  async #askHere(files: readonly HashedFile[]): Promise<readonly Outcome[]> {
    const interruptible = new Interruptible(this.#signal);
    const slice = new TimeSlice();
    const outcomes: Outcome[] = [];
    try {
      for (const file of files) {
        if (slice.due()) await slice.yieldTurn();
        if (this.#signal.aborted) break;
        const outcome = await interruptible.wait(analyzeOne(this.#analyzer.analyzer, file, this.#signal));
        if (outcome === undefined) break;
        outcomes.push(outcome);
      }
    } finally {
      interruptible.close();
    }
    return outcomes;
  }
}
