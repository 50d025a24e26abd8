import type { BatchAnalyzer, BatchAnswer, BatchContext } from '../model/analyzer.js';
import type { SeenDependency } from '../model/dependency.js';
import { messageOf } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import { TimeSlice } from '../util/clock.js';
import { readStable } from '../util/read-stable.js';
import { threw, toOutcome } from './analyze-one.js';
import { Interruptible } from './interruptible.js';
import type { Outcome } from './outcome.js';
import { CHANGED_DURING_RUN } from './read-task.js';
import type { RunOptions, Task, TaskResult } from './task.js';
import { changedInput, TrackedInput } from './tracked-input.js';

/** Runs tasks of one analyzer, which are claimed already, in one call. Answers are judged and handed over as they come. */
export async function runMany<T extends Task>(
  analyzer: BatchAnalyzer,
  tasks: readonly T[],
  options: RunOptions<T>,
): Promise<void> {
  if (tasks.length === 0) return;
  options.together(tasks);
  const batch = new Batch(analyzer, tasks, options);
  const interruptible = Interruptible.open(options.signal);
  try {
    const end = await takeAnswers(batch, interruptible, options.signal);
    if (!options.signal.aborted) await batch.failRest(end);
  } finally {
    interruptible.close();
  }
}

/** What is left without an answer when this returns has failed as it says. */
async function takeAnswers<T extends Task>(
  batch: Batch<T>,
  interruptible: Interruptible,
  signal: AbortSignal,
): Promise<Outcome> {
  const slice = new TimeSlice();
  let answers: AsyncIterator<BatchAnswer> | undefined;
  try {
    answers = batch.start()[Symbol.asyncIterator]();
    for (;;) {
      const next = await interruptible.wait(answers.next());
      if (next === undefined || next.done === true) break;
      await batch.take(next.value);
      if (slice.due()) await slice.yieldTurn();
    }
  } catch (error) {
    return threw(error);
  }
  // Left behind: it may never end.
  if (signal.aborted) void answers.return?.().catch(() => undefined);
  return { ok: false, reason: 'analyzer-threw', message: 'the analyzer gave no answer for this file' };
}

class Batch<T extends Task> {
  readonly #analyzer: BatchAnalyzer;
  readonly #options: RunOptions<T>;
  readonly #unanswered: Map<SourcePath, T>;
  readonly #inputs = new Map<SourcePath, TrackedInput>();
  readonly #wave: Wave;
  readonly #size: number;
  #startedAt = 0;

  constructor(analyzer: BatchAnalyzer, tasks: readonly T[], options: RunOptions<T>) {
    this.#analyzer = analyzer;
    this.#options = options;
    this.#unanswered = new Map(tasks.map((task) => [task.path, task]));
    this.#wave = new Wave((dependency) => options.states.isStillCurrent(dependency));
    this.#size = tasks.length;
  }

  start(): AsyncIterable<BatchAnswer> {
    const { signal, root, files } = this.#options;
    const context: BatchContext = {
      ...{ signal, root },
      get files() {
        return files();
      },
      inputsOf: (path) => this.#inputsOf(path),
      recordImports: async (paths) => {
        const importsOf = await this.#options.followImports(paths);
        for (const path of paths) this.#inputsOf(path).recordAll([importsOf(path)]);
      },
    };
    this.#startedAt = performance.now();
    const asked = [...this.#unanswered.values()].map(({ path, contentHash }) => ({ path, contentHash }));
    return this.#analyzer.analyzeMany(asked, context);
  }

  /** The first answer for a file counts; one for a file that was not asked for does not. */
  async take(answer: BatchAnswer): Promise<void> {
    const task = this.#unanswered.get(answer.path);
    if (task === undefined) return;
    this.#unanswered.delete(answer.path);
    const inputs = this.#inputsOf(answer.path);
    inputs.end();
    await this.#options.onResult(task, this.#judge(task, this.#outcomeOf(answer, inputs)));
  }

  async failRest(outcome: Outcome): Promise<void> {
    for (const task of this.#unanswered.values()) await this.#options.onResult(task, this.#judge(task, outcome));
  }

  /** One that was not asked for is recorded nowhere. */
  #inputsOf(path: SourcePath): TrackedInput {
    let inputs = this.#inputs.get(path);
    if (inputs === undefined) {
      const task = this.#unanswered.get(path);
      inputs = new TrackedInput(this.#analyzer, this.#options, (analyzerId, file) =>
        task === undefined
          ? Promise.reject(new TypeError(`Expected one of the files that ${this.#analyzer.id} was asked about`))
          : this.#options.resultOf(task, analyzerId, file),
      );
      this.#inputs.set(path, inputs);
    }
    return inputs;
  }

  #outcomeOf(answer: BatchAnswer, inputs: TrackedInput): Outcome {
    if ('error' in answer) {
      const error: unknown = answer.error;
      return { ok: false, reason: 'analyzer-threw', message: typeof error === 'string' ? error : messageOf(error) };
    }
    const { durationMs } = answer;
    const isGiven = durationMs !== undefined && Number.isFinite(durationMs) && durationMs >= 0;
    const share = (performance.now() - this.#startedAt) / this.#size;
    return toOutcome(this.#analyzer, answer.result, inputs, isGiven ? durationMs : share);
  }

  /** The analyzer read the file, and what it recorded, by itself at some time until now: so all of it is looked at once more. */
  #judge(task: T, outcome: Outcome): TaskResult {
    const { contentHash } = task;
    if (!outcome.ok) return { outcome, contentHash, sizeBytes: 0 };
    const { fs, root, hasher, maxFileBytes } = this.#options;
    const read = readStable(fs, `${root}/${task.path}`, { maxBytes: maxFileBytes });
    const sizeBytes = read.ok ? read.bytes.length : 0;
    const uncacheable =
      read.ok && hasher.hash(read.bytes) === contentHash
        ? (outcome.uncacheable ?? changedInput(outcome.dependencies, (input) => this.#wave.isStillCurrent(input)))
        : CHANGED_DURING_RUN;
    return { outcome: { ...outcome, uncacheable }, contentHash, sizeBytes };
  }
}

/** Answers that come without a turn of the event loop between them share most of their inputs: each is looked at once. */
class Wave {
  readonly #look: (dependency: SeenDependency) => boolean;
  #known: Map<string, boolean> | undefined;

  constructor(look: (dependency: SeenDependency) => boolean) {
    this.#look = look;
  }

  isStillCurrent(dependency: SeenDependency): boolean {
    if (this.#known === undefined) {
      this.#known = new Map();
      setImmediate(() => (this.#known = undefined));
    }
    const name = JSON.stringify(dependency);
    let isCurrent = this.#known.get(name);
    if (isCurrent === undefined) this.#known.set(name, (isCurrent = this.#look(dependency)));
    return isCurrent;
  }
}
