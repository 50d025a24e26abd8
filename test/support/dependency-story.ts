/** One codebase and its runs, told step by step: what is asserted is what ran, and every answer is compared with one from scratch. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { explainPath, planCodebase, type AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import type { TaskFailure } from '../../src/model/event.js';
import type { Reason } from '../../src/model/plan.js';
import { contentHasher, sha256Hex } from '../../src/util/hash.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { PLAIN_SETUP, toyAnalyzer, type ToyId, type ToySetup } from './dependency-analyzers.js';
import { evaluateAll, expectedAnswers, Memory, taskOf } from './dependency-oracle.js';
import { canonicalLines, observe, type Observed } from './oracle.js';
import { temporaryCodebase, writeTree, type Tree } from './temporary.js';

export class Story {
  readonly root: string;
  readonly #basePath: string;
  readonly #analyzers: readonly (ToyId | Analyzer)[];
  readonly #memory = new Memory();
  /** Of the toy analyzers; a step of a story may be another set-up. */
  setup: ToySetup = PLAIN_SETUP;
  /** Variables that the analyzers can ask for. */
  readonly environment: Record<string, string> = {};
  /** Of the last run. */
  last: Observed | undefined;

  /** @param analyzers toys by their id, or any others that include no more than `.a` and `.b` files. */
  constructor(analyzers: readonly (ToyId | Analyzer)[], files: Tree) {
    const { root, basePath } = temporaryCodebase(files);
    this.root = root;
    this.#basePath = basePath;
    this.#analyzers = analyzers;
  }

  /** Writes files, and takes away those that are null. Paths may begin with `../`. */
  edit(files: Readonly<Record<string, string | null>>): void {
    for (const [name, text] of Object.entries(files)) {
      if (text === null) fs.rmSync(path.join(this.root, name), { recursive: true });
      else writeTree(this.root, { [name]: text });
    }
  }

  rename(from: string, to: string): void {
    fs.mkdirSync(path.dirname(path.join(this.root, to)), { recursive: true });
    fs.renameSync(path.join(this.root, from), path.join(this.root, to));
  }

  options(): AnalyzeOptions {
    return {
      ...{ root: this.root, basePath: this.#basePath, codebaseId: 'toy', changeDetection: 'content' },
      analyzers: this.#made(),
      environment: { ...this.environment },
    };
  }

  /** What ran, as `<analyzer> <path>`, sorted. The answers are those of a run from scratch, whatever ran. */
  async run(): Promise<string[]> {
    const observed = await observe(this.options());
    this.last = observed;
    const world = { root: this.root, environment: this.environment, analyzers: this.#made() };
    const scratch = await evaluateAll(world);
    expect(await canonicalLines(observed.run), 'as from scratch').to.deep.equal(expectedAnswers(scratch));
    const ran = [...observed.of('task-finished'), ...observed.of('task-failed')]
      .map((event) => `${event.analyzer} ${event.path}`)
      .sort(byCodeUnit);
    const allowed = [...scratch.values()].filter((task) => this.#memory.mayRun(task, world, scratch)).map(taskOf);
    expect(
      ran.filter((task) => !allowed.includes(task)),
      'ran without need',
    ).to.deep.equal([]);
    for (const task of scratch.values()) this.#memory.learn(task);
    return ran;
  }

  /** Why a task of the last run ran. */
  reason(task: string): Reason | undefined {
    return this.last?.of('task-finished').find((event) => `${event.analyzer} ${event.path}` === task)?.reason;
  }

  failures(): readonly TaskFailure[] {
    return this.last?.run.failures ?? [];
  }

  /** Why a task will run, or not, as `explain` says it; `plan` must say the same. */
  async explain(task: string): Promise<Reason | undefined> {
    const [analyzer, file] = task.split(' ') as [string, string];
    const explained = (await explainPath(this.options(), file)).tasks.find((one) => one.analyzer === analyzer);
    const planned = (await planCodebase(this.options())).tasks.find(
      (one) => one.analyzer === analyzer && one.path === file,
    );
    expect(explained?.reason, 'explain and plan agree').to.deep.equal(planned?.reason);
    return explained?.reason;
  }

  #made(): Analyzer[] {
    return this.#analyzers.map((one) => (typeof one === 'string' ? toyAnalyzer(one, this.setup) : one));
  }
}

/** The content hash of a text, as reasons name it. */
export async function hashOf(text: string): Promise<string> {
  return (await contentHasher('xxh64')).hash(Buffer.from(text));
}

/** The digest of a variable's value, as reasons name it. */
export const digestOf = (value: string): string => `sha256:${sha256Hex(value)}`;
