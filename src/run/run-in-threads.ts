import { setMaxListeners } from 'node:events';
import type { Analyzer } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';
import { analyzeOne } from './analyze-one.js';
import { Interruptible } from './interruptible.js';
import type { Outcome } from './outcome.js';
import { readTask, unreadResult, type GoodRead, type ReadFile } from './read-task.js';
import { handOver } from './run-here.js';
import type { Slot } from './slots.js';
import type { RunOptions, Task, ThreadedAnalyzer } from './task.js';
import type { WorkerPool } from './worker-pool.js';
import { BATCH_MS, NEEDS_CALLER, type ThreadAnswer } from './thread-protocol.js';

/** One message to a thread carries at most so many files or bytes: more would make the messages no cheaper. */
const BATCH_FILES = 32;
const BATCH_BYTES = 512 * 1024;

interface Item<T extends Task, R extends ReadFile = ReadFile> {
  readonly task: T;
  readonly read: R;
}

type ReadItem<T extends Task> = Item<T, GoodRead>;

/** Runs tasks of one analyzer in worker threads. Files are read and hashed here, so that every result is judged in one place. */
export async function runInThreads<T extends Task>(
  analyzer: ThreadedAnalyzer,
  tasks: readonly T[],
  options: RunOptions<T>,
): Promise<void> {
  const size = new BatchSize();
  const asker = new Asker(analyzer, await options.pool(), size, options);
  const source = batches(tasks, size, options);
  const slice = new TimeSlice();
  const takeBatches = async (): Promise<void> => {
    while (!options.signal.aborted) {
      if (slice.due()) await slice.yieldTurn();
      const next = source.next();
      if (next.done === true) return;
      await runBatch(asker, next.value, options);
    }
  };
  try {
    // One batch waits behind each running one, so that no thread is idle while the next files are read.
    await Promise.all(Array.from({ length: options.concurrency * 2 }, takeBatches));
  } finally {
    asker.close();
  }
}

/**
 * How many files go to a thread at once: one until the first answers are there, then as many as take about `BATCH_MS`. So the messages cost
 * little where files are quick; where they are slow, an aborted run loses few and a few files are shared by all threads.
 */
class BatchSize {
  #files = 0;
  #spentMs = 0;

  get value(): number {
    if (this.#files === 0) return 1;
    return Math.min(BATCH_FILES, Math.max(1, Math.floor((BATCH_MS * this.#files) / this.#spentMs)));
  }

  /** Each batch counts as much as all before it: the first files of a thread are slow, and one that is slow by chance is soon forgotten. */
  learn(answers: readonly Outcome[]): void {
    if (answers.length === 0) return;
    this.#files = this.#files / 2 + answers.length;
    // How long failures took is not known, and they are not kept.
    this.#spentMs = answers.reduce((sum, answer) => sum + (answer.ok ? answer.durationMs : 0), this.#spentMs / 2);
  }

  cut<I>(items: readonly I[]): I[][] {
    const size = this.value;
    return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
      items.slice(index * size, (index + 1) * size),
    );
  }
}

function* batches<T extends Task>(
  tasks: readonly T[],
  size: BatchSize,
  options: RunOptions<T>,
): Generator<readonly Item<T>[], undefined> {
  let batch: Item<T>[] = [];
  let bytes = 0;
  for (const task of tasks) {
    if (!options.claim(task)) continue;
    const read = readTask(task, options);
    batch.push({ task, read });
    bytes += read.ok ? read.file.bytes.length : 0;
    if (batch.length < size.value && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
  return undefined;
}

async function runBatch<T extends Task>(
  asker: Asker<T>,
  batch: readonly Item<T>[],
  options: RunOptions<T>,
): Promise<void> {
  // First those that are over: others may wait for them.
  for (const { task, read } of batch) if (!read.ok) await options.onResult(task, unreadResult(task, read));
  await asker.run(batch.filter((item): item is ReadItem<T> => item.read.ok));
}

/**
 * Asks one analyzer in threads, or in this one once a thread has said that it cannot: its module is another analyzer there, or asks for
 * results that are not there yet.
 */
class Asker<T extends Task> {
  readonly #analyzer: ThreadedAnalyzer;
  readonly #pool: WorkerPool;
  readonly #size: BatchSize;
  readonly #options: RunOptions<T>;
  readonly #poolSignal: AbortSignal;
  readonly #uses: readonly string[];
  readonly #slice = new TimeSlice();
  readonly #interruptible: Interruptible;
  #asksHere = false;

  constructor(analyzer: ThreadedAnalyzer, pool: WorkerPool, size: BatchSize, options: RunOptions<T>) {
    this.#analyzer = analyzer;
    this.#pool = pool;
    this.#size = size;
    this.#options = options;
    // Every batch in the queue listens to it, and Node warns of more than ten.
    this.#poolSignal = AbortSignal.any([options.signal]);
    setMaxListeners(0, this.#poolSignal);
    this.#uses = sortUses(analyzer.analyzer, options).finished;
    this.#interruptible = Interruptible.open(options.signal);
  }

  close(): void {
    this.#interruptible.close();
  }

  /** Hands over each outcome; those that are missing were aborted. A thread that dies takes its batch along, so the files are tried alone. */
  async run(items: readonly ReadItem<T>[]): Promise<void> {
    if (items.length === 0) return;
    if (this.#asksHere) return this.#runHere(items);
    let answers: readonly ThreadAnswer[] | null;
    try {
      answers = await this.#askThread(items);
    } catch (error) {
      if (this.#options.signal.aborted) return;
      const [first, ...others] = items;
      if (first !== undefined && others.length === 0) await this.#handOver(first, died(error));
      // All at once, since one may wait for another.
      else await Promise.all(items.map((item) => this.run([item])));
      return;
    }
    const left: ReadItem<T>[] = [];
    const outcomes: [ReadItem<T>, Outcome][] = [];
    for (const [index, item] of items.entries()) {
      const answer = answers?.[index] ?? NEEDS_CALLER;
      if (answer === NEEDS_CALLER) this.#asksHere = true;
      if (typeof answer === 'string') left.push(item);
      else outcomes.push([item, answer]);
    }
    this.#size.learn(outcomes.map(([, outcome]) => outcome));
    for (const [item, outcome] of outcomes) await this.#handOver(item, outcome);
    // All at once, for any thread: nobody else will run them, and one may wait for another.
    await Promise.all(this.#size.cut(left).map((some) => this.run(some)));
  }

  #askThread(items: readonly ReadItem<T>[]): Promise<readonly ThreadAnswer[] | null> {
    const { resultOf } = this.#options;
    return this.#pool.analyze({
      ...{ analyzer: this.#analyzer, uses: this.#uses, signal: this.#poolSignal },
      files: items.map(({ read }) => read.file),
      answerDemand: (index, analyzerId, path) => resultOf((items[index] as ReadItem<T>).task, analyzerId, path),
    });
  }

  /** Whoever waits lends its slot: what it waits for may be one of these files. */
  async #runHere(items: readonly ReadItem<T>[]): Promise<void> {
    await Promise.all(
      items.map(async (item) => {
        const slot = await this.#options.slots.take();
        try {
          if (this.#slice.due()) await this.#slice.yieldTurn();
          if (!this.#options.signal.aborted) await this.#analyzeHere(item, slot);
        } finally {
          slot.end();
        }
      }),
    );
  }

  async #analyzeHere(item: ReadItem<T>, slot: Slot): Promise<void> {
    const { signal, resultOf } = this.#options;
    const answer = analyzeOne(this.#analyzer.analyzer, item.read.file, {
      ...{ source: this.#options, signal },
      askResult: (analyzerId, path) => slot.lendDuring(resultOf(item.task, analyzerId, path)),
    });
    const outcome = await this.#interruptible.wait(answer);
    if (outcome !== undefined) await this.#handOver(item, outcome);
  }

  #handOver({ task, read }: ReadItem<T>, outcome: Outcome): Promise<void> {
    return handOver(task, read, outcome, this.#options);
  }
}

const died = (error: unknown): Outcome => ({
  ...{ ok: false, reason: 'worker-died', message: `the worker thread ended: ${messageOf(error)}` },
});

/** Whether it is known to ask for results that are not there before it runs: a thread cannot give them. */
export const asksUnfinished = (analyzer: Analyzer, options: UseOptions): boolean =>
  sortUses(analyzer, options).unfinished.length > 0;

type UseOptions = Pick<RunOptions, 'analyzers' | 'usesOf'>;

/**
 * Analyzers that `analyzer` uses, by whether they have all run before it. Not those that use it in turn: they run at the same time, and a thread
 * that waits for what is queued behind it waits for ever.
 */
function sortUses(analyzer: Analyzer, options: UseOptions): Record<'finished' | 'unfinished', readonly string[]> {
  const usesOf = options.usesOf ?? ((id) => options.analyzers.get(id)?.analyzer.uses ?? []);
  const leadsBack = (start: string): boolean => {
    const reached = new Set([start]);
    for (const id of reached) for (const used of usesOf(id)) reached.add(used);
    return reached.has(analyzer.id);
  };
  const uses = usesOf(analyzer.id);
  return { finished: uses.filter((used) => !leadsBack(used)), unfinished: uses.filter(leadsBack) };
}
