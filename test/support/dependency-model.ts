/** A codebase of toy files and its runs, beside what each run must answer and may run at most. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { planCodebase, type AnalyzeOptions, type RunPlan } from '../../src/analyze-codebase.js';
import type { ChangeDetection } from '../../src/model/ids.js';
import type { PlannedTask } from '../../src/model/plan.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { analyzerModule } from '../../src/run/load-analyzer.js';
import type { AnalyzerSpec } from '../../src/session/load-analyzers.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { PLAIN_SETUP, toyAnalyzer, TOY_IDS, type Exports, type ToyId, type ToySetup } from './dependency-analyzers.js';
import { TOY_MODULE } from './dependency-module.js';
import {
  evaluateAll,
  expectedAnswers,
  Memory,
  signatureOf,
  taskOf,
  type Evaluated,
  type World,
} from './dependency-oracle.js';
import { canonicalLines, observe, type Observed } from './oracle.js';
import { shiftedFs, withoutFsync } from './shifted-fs.js';
import { ToyTree, type TreeState } from './dependency-tree.js';
import { dropFolder, filesBelow, temporaryCodebase } from './temporary.js';

const FILES = ['p.a', 'p.b', 'q.a', 'q.b', 'd/p.a', 'd/q.b', 'd/e/q.a', 'conf', 'd/conf', 'd/e/conf'] as const;
const LINES = [
  ...['import ./p', 'import ./q', 'import ./d/p', 'import ../p', 'import ./e/q', 'import ../q'],
  ...[
    'export f',
    'export g',
    'body 1',
    'body 2',
    'env TOY',
    'env TOYS',
    'shared x',
    'shared y',
    'list e',
    'list ../d',
    'has q.a',
    'has e',
    'has ../d/q.b',
  ],
  ...['ask p.a', 'ask q.b', 'ask ../p.a', 'fail', 'volatile'],
] as const;
/** One is where a file may be, one where a configuration may be, and one changes where others are found. */
const FOLDERS = ['d', 'd/e', 'p.a', 'd/conf', 'd/q.a', 'n'] as const;
const VARIABLES = ['TOY', 'TOYS'] as const;
const SHARED = ['x', 'y'] as const;
const LOSSES = [
  'scan-cache.bin',
  'dependencies.json',
  'analysis.json',
  'file_hashes.json',
  'record',
  'record',
] as const;

export type Command =
  | { readonly do: 'write'; readonly file: number; readonly lines: readonly number[] }
  | { readonly do: 'same-size'; readonly file: number; readonly mtimeBack: boolean }
  | { readonly do: 'delete' | 'touch' | 'make-folder' | 'remove-folder'; readonly file: number }
  | { readonly do: 'rename' | 'swap'; readonly file: number; readonly other: number }
  | { readonly do: 'variable' | 'shared'; readonly name: number; readonly value: number }
  | { readonly do: 'shout' | 'version' | 'toggle' | 'narrow'; readonly which: number }
  | { readonly do: 'invalidate'; readonly file: number | null; readonly analyzer: number | null }
  | { readonly do: 'lose'; readonly what: number; readonly which: number }
  | { readonly do: 'checkout'; readonly state: number }
  | { readonly do: 'move-folder' | 'other-detection' | 'nothing' };

export interface ModelOptions {
  /** Of the first run; a command changes it. */
  readonly changeDetection: ChangeDetection;
  /** Source files look an hour older, so that the stat shortcut is taken. */
  readonly shifted: boolean;
  /** One manager for all runs, as a long-lived process has; else each run opens its own. */
  readonly oneManager: boolean;
  /** The analyzers are given by their module. */
  readonly threads: boolean;
}

export class DependencyModel {
  readonly #place = temporaryCodebase();
  readonly #tree = new ToyTree(this.#place.root, this.#place.folder);
  readonly #options: ModelOptions;
  readonly #fs: FileSystem;
  readonly #manager: Promise<PersistenceManager>;
  readonly #memory = new Memory();
  /** Signatures of results from before an invalidation, which must be computed again. */
  readonly #mustRun = new Set<string>();
  readonly #states: TreeState[] = [];
  readonly #variables = new Map<string, string>();
  #detection: ChangeDetection;
  #setup: ToySetup = PLAIN_SETUP;
  #ids: readonly ToyId[] = TOY_IDS;
  /** Tasks that ran, over all runs. */
  ran = 0;
  /** Tasks that were answered from the cache, over all runs. */
  reused = 0;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#detection = options.changeDetection;
    const base = withoutFsync();
    this.#fs = options.shifted ? shiftedFs(this.#place.root, undefined, base) : base;
    this.#manager = PersistenceManager.open({ basePath: this.#place.basePath, ports: { fs: withoutFsync(realFs) } });
    this.#tree.write('p.a', 'import ./d/p\nbody 1');
    this.#tree.write('q.b', 'export f\nbody 1');
    this.#tree.write('d/p.a', 'import ../q\nexport g\nenv TOY\nshared x');
    this.#tree.write('conf', 'body 1');
    // Fewer tasks than this would not be worth a thread.
    const many = options.threads ? ['1', '2', '3', '4', '5'] : [];
    for (const name of many) this.#tree.write(`n/${name}.a`, `import ../p\nexport f\nenv TOY\nbody ${name}`);
  }

  /** Does `command`, runs, and compares with the truth. */
  async step(command: Command): Promise<void> {
    await this.#apply(command);
    this.#nextTick();
    await this.#runAndCheck();
  }

  /** A last run, which must run nothing but what is never kept. */
  async finish(): Promise<void> {
    await this.#runAndCheck();
  }

  drop(): void {
    dropFolder(this.#place.folder);
  }

  async #apply(command: Command): Promise<void> {
    switch (command.do) {
      case 'write':
        this.#tree.write(pick(FILES, command.file), command.lines.map((line) => pick(LINES, line)).join('\n'));
        break;
      case 'same-size':
        this.#tree.editSameSize(this.#tree.existing(command.file), command.mtimeBack);
        break;
      case 'delete':
        this.#tree.remove(this.#tree.existing(command.file));
        break;
      case 'touch':
        this.#tree.touch(this.#tree.existing(command.file));
        break;
      case 'make-folder':
        this.#tree.makeFolder(pick(FOLDERS, command.file));
        break;
      case 'remove-folder':
        this.#tree.removeFolder(pick(FOLDERS, command.file));
        break;
      case 'move-folder':
        this.#tree.moveFolder();
        break;
      case 'rename':
        this.#tree.rename(this.#tree.existing(command.file), pick(FILES, command.other));
        break;
      case 'swap':
        this.#tree.swap(this.#tree.existing(command.file), this.#tree.existing(command.other));
        break;
      case 'variable':
        if (command.value === 0) this.#variables.delete(pick(VARIABLES, command.name));
        else this.#variables.set(pick(VARIABLES, command.name), String(command.value));
        break;
      case 'shared':
        this.#tree.editShared(pick(SHARED, command.name), command.value);
        break;
      case 'shout':
        this.#setup = { ...this.#setup, shout: command.which % 2 === 1 };
        break;
      case 'version':
        this.#setup = { ...this.#setup, version: String((command.which % 2) + 1) };
        break;
      case 'narrow':
        this.#setup = { ...this.#setup, narrow: command.which % 2 === 1 };
        break;
      case 'toggle':
        this.#toggle(pick(TOY_IDS, command.which));
        break;
      case 'invalidate':
        await this.#invalidate(command.file, command.analyzer);
        break;
      case 'lose':
        this.#lose(pick(LOSSES, command.what), command.which);
        break;
      case 'checkout':
        if (this.#states.length > 0) this.#tree.checkOut(pick(this.#states, command.state));
        break;
      case 'other-detection':
        this.#detection = this.#detection === 'stat' ? 'content' : 'stat';
        break;
      case 'nothing':
    }
  }

  /** With shifted time stamps two edits in one tick of the clock would look alike, which the racy window rules out in real life. */
  #nextTick(): void {
    if (!this.#options.shifted) return;
    const probe = path.join(this.#place.folder, 'probe');
    const stamp = (): bigint => {
      fs.writeFileSync(probe, 'x');
      return fs.statSync(probe, { bigint: true }).mtimeNs;
    };
    for (const start = stamp(); stamp() === start;);
  }

  // The cache.

  /** `checker` cannot be without `exports`. */
  #toggle(id: ToyId): void {
    const ids = new Set<ToyId>(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    if (id === 'exports' && !ids.has(id)) ids.delete('checker');
    if (ids.has('checker')) ids.add('exports');
    if (ids.size > 0) this.#ids = TOY_IDS.filter((one) => ids.has(one));
  }

  async #invalidate(file: number | null, analyzer: number | null): Promise<void> {
    const paths = file === null ? undefined : [pick(FILES, file)];
    const analyzers = analyzer === null ? undefined : [pick(TOY_IDS, analyzer)];
    await (await this.#manager).invalidate('toy', { paths, analyzers });
    const covered = this.#memory.forget(
      (entry) =>
        (paths === undefined || paths.includes(entry.path as never)) &&
        (analyzers === undefined || analyzers.includes(entry.analyzer.id as never)),
    );
    for (const entry of covered) this.#mustRun.add(signatureOf(entry));
  }

  #lose(what: (typeof LOSSES)[number], which: number): void {
    const files = filesBelow(this.#place.basePath);
    const lost =
      what === 'record'
        ? files.filter((name) => /file_[0-9a-f]{32}/.test(name))
        : files.filter((name) => path.basename(name) === what);
    if (lost.length === 0) return;
    const place = path.join(this.#place.basePath, pick(lost, which));
    if (what === 'record') {
      const record = JSON.parse(fs.readFileSync(place, 'utf8')) as { path: string; analyzer: { id: string } };
      this.#memory.forget((entry) => entry.path === record.path && entry.analyzer.id === record.analyzer.id);
    }
    fs.rmSync(place);
  }

  // The run.

  #world(): World {
    return {
      root: this.#place.root,
      environment: Object.fromEntries(this.#variables),
      analyzers: this.#ids.map((id) => toyAnalyzer(id, this.#setup)),
    };
  }

  #runOptions(calls: string[]): AnalyzeOptions {
    const { root, basePath } = this.#place;
    const changeDetection = this.#detection;
    const { threads } = this.#options;
    const analyzers = this.#ids.map((id): AnalyzerSpec => {
      // Those that ask for results of their own kind cannot run in threads.
      if (threads && id !== 'size') return analyzerModule(TOY_MODULE, { id, setup: { ...this.#setup } });
      const analyzer = toyAnalyzer(id, this.#setup);
      return {
        ...analyzer,
        analyze(file, context) {
          calls.push(`${id} ${file.path}`);
          return analyzer.analyze(file, context);
        },
      };
    });
    return {
      ...{ root, basePath, analyzers, changeDetection, gitignore: false, codebaseId: 'toy' },
      environment: Object.fromEntries(this.#variables),
      ports: { fs: this.#fs },
    };
  }

  async #runAndCheck(): Promise<void> {
    const world = this.#world();
    const all = await evaluateAll(world);
    const calls: string[] = [];
    const planned = this.#states.length % 3 === 1 ? await planCodebase(this.#runOptions([])) : undefined;
    const observed = await this.#run(calls);
    const { run } = observed;
    expect(await canonicalLines(run), 'results').to.deep.equal(expectedAnswers(all));
    await run.close();
    this.#checkCount(run.values()['exportCount'], all);
    this.#checkRan(observed, calls, world, all);
    if (planned !== undefined) this.#checkPlan(planned, observed);
    this.#states.push(this.#tree.state());
  }

  async #run(calls: string[]): Promise<Observed> {
    const options = this.#runOptions(calls);
    if (!this.#options.oneManager) return observe(options);
    const { basePath: _, ...rest } = options;
    return observe({ ...rest, manager: await this.#manager });
  }

  #checkCount(count: unknown, all: ReadonlyMap<string, Evaluated>): void {
    if (!this.#ids.includes('exports')) return;
    let expected = 0;
    for (const { analyzer, outcome } of all.values()) {
      if (analyzer.id === 'exports' && outcome.kind === 'answered')
        expected += (outcome.result as Exports).exports.length;
    }
    expect(count ?? 0, 'the value that is reduced from all exports').to.equal(expected);
  }

  /** What was foreseen happened, and nothing else. */
  #checkPlan(planned: RunPlan, { of }: Observed): void {
    const ran = new Set(ranIn(of));
    const foreseen = planned.tasks.filter(({ decision }) => decision === 'run');
    const name = ({ analyzer, path: place }: PlannedTask): string => `${analyzer} ${place}`;
    const certain = foreseen.filter(({ reason }) => reason.kind !== 'dependency-would-run').map(name);
    expect(surplus([...ran], foreseen.map(name)), 'ran and was not planned').to.deep.equal([]);
    expect(surplus(certain, [...ran]), 'was planned and did not run').to.deep.equal([]);
  }

  #checkRan({ run, of }: Observed, calls: readonly string[], world: World, all: ReadonlyMap<string, Evaluated>): void {
    const allowed: string[] = [];
    const required: string[] = [];
    for (const task of all.values()) {
      if (this.#memory.mayRun(task, world, all)) allowed.push(taskOf(task));
      if (this.#mustRun.delete(signatureOf(task))) required.push(taskOf(task));
    }
    const ran = ranIn(of);
    expect(surplus(ran, allowed), 'ran without need').to.deep.equal([]);
    expect(surplus(required, ran), 'invalidated, but did not run').to.deep.equal([]);
    if (!this.#options.threads) expect(surplus(calls, ran), 'ran and did not say so').to.deep.equal([]);
    for (const task of all.values()) this.#memory.learn(task);
    this.ran += ran.length;
    this.reused += run.totals.reused;
  }
}

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

const ranIn = (of: Observed['of']): string[] =>
  [...of('task-finished'), ...of('task-failed')]
    .map(({ analyzer, path: place }) => `${analyzer} ${place}`)
    .sort(byCodeUnit);

/** Items of `some` beyond those of `others`, counted. */
function surplus(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
