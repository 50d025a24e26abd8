/** A codebase of toy files and its runs, beside what each run must answer and may run at most. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { ChangeDetection } from '../../src/model/ids.js';
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
  | { readonly do: 'move-folder' | 'nothing' };

export interface ModelOptions {
  readonly changeDetection: ChangeDetection;
  /** Source files look an hour older, so that the stat shortcut is taken. */
  readonly shifted: boolean;
  /** One manager for all runs, as a long-lived process has; else each run opens its own. */
  readonly oneManager: boolean;
  /** The analyzers are given by their module. */
  readonly threads: boolean;
}

type TreeState = ReadonlyMap<string, string>;

export class DependencyModel {
  readonly #place = temporaryCodebase();
  readonly #options: ModelOptions;
  readonly #fs: FileSystem;
  readonly #manager: Promise<PersistenceManager>;
  readonly #memory = new Memory();
  /** Signatures of results from before an invalidation, which must be computed again. */
  readonly #mustRun = new Set<string>();
  readonly #states: TreeState[] = [];
  readonly #variables = new Map<string, string>();
  #setup: ToySetup = PLAIN_SETUP;
  #ids: readonly ToyId[] = TOY_IDS;
  /** Tasks that ran, over all runs. */
  ran = 0;
  /** Tasks that were answered from the cache, over all runs. */
  reused = 0;

  constructor(options: ModelOptions) {
    this.#options = options;
    const base = withoutFsync();
    this.#fs = options.shifted ? shiftedFs(this.#place.root, undefined, base) : base;
    this.#manager = PersistenceManager.open({ basePath: this.#place.basePath, ports: { fs: withoutFsync(realFs) } });
    this.#write('p.a', 'import ./d/p\nbody 1');
    this.#write('q.b', 'export f\nbody 1');
    this.#write('d/p.a', 'import ../q\nexport g\nenv TOY\nshared x');
    this.#write('conf', 'body 1');
    // Fewer tasks than this would not be worth a thread.
    const many = options.threads ? ['1', '2', '3', '4', '5'] : [];
    for (const name of many) this.#write(`n/${name}.a`, `import ../p\nexport f\nenv TOY\nbody ${name}`);
    fs.mkdirSync(path.join(this.#place.folder, 'shared'));
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
        this.#write(pick(FILES, command.file), command.lines.map((line) => pick(LINES, line)).join('\n'));
        break;
      case 'same-size':
        this.#editSameSize(this.#existing(command.file), command.mtimeBack);
        break;
      case 'delete':
        fs.rmSync(this.#absolute(this.#existing(command.file)), { force: true });
        break;
      case 'touch':
        fs.utimesSync(this.#absolute(this.#existing(command.file)), new Date(), new Date());
        break;
      case 'make-folder':
        this.#makeFolder(pick(FOLDERS, command.file));
        break;
      case 'remove-folder':
        this.#removeFolder(pick(FOLDERS, command.file));
        break;
      case 'move-folder':
        this.#moveFolder();
        break;
      case 'rename':
        this.#rename(this.#existing(command.file), pick(FILES, command.other));
        break;
      case 'swap':
        this.#swap(this.#existing(command.file), this.#existing(command.other));
        break;
      case 'variable':
        if (command.value === 0) this.#variables.delete(pick(VARIABLES, command.name));
        else this.#variables.set(pick(VARIABLES, command.name), String(command.value));
        break;
      case 'shared':
        this.#editShared(pick(SHARED, command.name), command.value);
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
        this.#checkOut(command.state);
        break;
      case 'nothing':
    }
  }

  // The tree.

  #absolute(file: string): string {
    return path.join(this.#place.root, file);
  }

  /** One of the files that are there; the first is never missing for long. */
  #existing(index: number): string {
    const files = filesBelow(this.#place.root);
    if (files.length === 0) this.#write('p.a', '');
    return pick(files.length === 0 ? ['p.a'] : files, index);
  }

  #write(file: string, text: string): void {
    const place = this.#absolute(file);
    if (fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return;
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text);
  }

  #editSameSize(file: string, mtimeBack: boolean): void {
    const place = this.#absolute(file);
    const { atime, mtime } = fs.statSync(place);
    const text = fs.readFileSync(place, 'utf8');
    const twins: Readonly<Record<string, string>> = {
      'export f': 'export g',
      'export g': 'export f',
      'body 1': 'body 2',
      'body 2': 'body 1',
    };
    fs.writeFileSync(
      place,
      text.replace(/export [fg]|body [12]/, (line) => twins[line] as string),
    );
    if (mtimeBack) fs.utimesSync(place, atime, mtime);
  }

  #makeFolder(folder: string): void {
    if (!fs.existsSync(this.#absolute(folder))) fs.mkdirSync(this.#absolute(folder), { recursive: true });
  }

  #removeFolder(folder: string): void {
    if (fs.statSync(this.#absolute(folder), { throwIfNoEntry: false })?.isDirectory() !== true) return;
    fs.rmSync(this.#absolute(folder), { recursive: true });
  }

  /** There, or back. */
  #moveFolder(): void {
    for (const [from, to] of [
      ['d', 'n'],
      ['n', 'd'],
    ] as const) {
      if (!fs.existsSync(this.#absolute(from)) || fs.existsSync(this.#absolute(to))) continue;
      fs.renameSync(this.#absolute(from), this.#absolute(to));
      return;
    }
  }

  #rename(from: string, to: string): void {
    if (from === to || fs.statSync(this.#absolute(to), { throwIfNoEntry: false })?.isDirectory() === true) return;
    fs.mkdirSync(path.dirname(this.#absolute(to)), { recursive: true });
    fs.renameSync(this.#absolute(from), this.#absolute(to));
  }

  #swap(one: string, other: string): void {
    if (one === other) return;
    const aside = path.join(this.#place.folder, 'aside');
    fs.renameSync(this.#absolute(one), aside);
    fs.renameSync(this.#absolute(other), this.#absolute(one));
    fs.renameSync(aside, this.#absolute(other));
  }

  #editShared(name: string, value: number): void {
    const place = path.join(this.#place.folder, 'shared', name);
    if (value === 0) fs.rmSync(place, { force: true });
    else fs.writeFileSync(place, `body ${value}`);
  }

  #state(): TreeState {
    const files = filesBelow(this.#place.root);
    return new Map(files.map((file) => [file, fs.readFileSync(this.#absolute(file), 'utf8')]));
  }

  /** Back to how the files were after an earlier step; files that are the same are not written. */
  #checkOut(index: number): void {
    if (this.#states.length === 0) return;
    const wanted = pick(this.#states, index);
    const now = this.#state();
    for (const file of now.keys()) if (!wanted.has(file)) fs.rmSync(this.#absolute(file));
    for (const [file, text] of wanted) {
      if (now.get(file) === text) continue;
      this.#removeFolder(file);
      this.#write(file, text);
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
    const { changeDetection, threads } = this.#options;
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
      ...{ root, basePath, analyzers, changeDetection, gitignore: false },
      environment: Object.fromEntries(this.#variables),
      ports: { fs: this.#fs },
    };
  }

  async #runAndCheck(): Promise<void> {
    const world = this.#world();
    const all = await evaluateAll(world);
    const calls: string[] = [];
    const observed = await this.#run(calls);
    const { run } = observed;
    expect(await canonicalLines(run), 'results').to.deep.equal(expectedAnswers(all));
    await run.close();
    this.#checkCount(run.values()['exportCount'], all);
    this.#checkRan(observed, calls, world, all);
    this.#states.push(this.#state());
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

  #checkRan({ run, of }: Observed, calls: readonly string[], world: World, all: ReadonlyMap<string, Evaluated>): void {
    const said = [...of('task-finished'), ...of('task-failed')].map(
      ({ analyzer, path: place }) => `${analyzer} ${place}`,
    );
    const allowed: string[] = [];
    const required: string[] = [];
    for (const task of all.values()) {
      if (this.#memory.mayRun(task, world, all)) allowed.push(taskOf(task));
      if (this.#mustRun.delete(signatureOf(task))) required.push(taskOf(task));
    }
    const ran = said.sort(byCodeUnit);
    expect(surplus(ran, allowed), 'ran without need').to.deep.equal([]);
    expect(surplus(required, ran), 'invalidated, but did not run').to.deep.equal([]);
    if (!this.#options.threads) expect(surplus(calls, ran), 'ran and did not say so').to.deep.equal([]);
    for (const task of all.values()) this.#memory.learn(task);
    this.ran += ran.length;
    this.reused += run.totals.reused;
  }
}

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** Items of `some` beyond those of `others`, counted. */
function surplus(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
