/**
 * A codebase and what must be true of its runs, kept beside the real thing: which results a run may compute at most (precision), which
 * it must compute at least (invalidation), and what it must answer (correctness).
 */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { ChangeDetection } from '../../src/model/ids.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { CacheError } from '../../src/model/errors.js';
import { canonicalJson } from '../../src/util/canonical-json.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { damage, type Damage } from './damage.js';
import { Calls, canonicalLines, expectedLines, fresh, observe, PLAIN_TOYS, toyAnalyzers, type Toys } from './oracle.js';
import { shiftedFs, withoutFsync } from './shifted-fs.js';
import { dropFolder, filesBelow, temporaryCodebase } from './temporary.js';

export const PATHS = ['a.md', 'b.md', 'src/a.md', 'src/__proto__', '10', 'src/a "b".ts'] as const;
/** Two pairs of equal length; FAIL and VOLATILE set off the moody analyzer. */
export const CONTENTS = ['one two', 'one owt', 'three', 'threE', 'FAIL now', 'VOLATILE x', ''] as const;
const ALL_IDS = ['byte-sum', 'long-words', 'moody', 'word-count'] as const;

/** Analyzers that are asked about fewer files now and then. */
const NARROWED: ReadonlySet<string> = new Set(['long-words', 'moody']);

export type Command =
  | { readonly do: 'edit' | 'edit-mtime-back'; readonly file: number; readonly content: number }
  | { readonly do: 'delete' | 'touch' | 'revert'; readonly file: number }
  | { readonly do: 'rename' | 'swap'; readonly file: number; readonly other: number }
  | { readonly do: 'options'; readonly minimum: number }
  | { readonly do: 'version'; readonly version: number }
  | { readonly do: 'analyzers'; readonly mask: number }
  | { readonly do: 'include'; readonly narrow: boolean }
  | { readonly do: 'invalidate'; readonly paths: number | null; readonly analyzers: number | null }
  | { readonly do: 'damage'; readonly kind: Damage; readonly file: number; readonly where: number }
  | { readonly do: 'swap-cache-files' | 'old-copy-back'; readonly file: number; readonly other: number }
  | { readonly do: 'prune'; readonly versions: number }
  | { readonly do: 'concurrent' | 'force' | 'delete-analysis' | 'delete-cache' | 'nothing' };

export interface ModelOptions {
  readonly changeDetection: ChangeDetection;
  /** Source files look an hour older, so that the stat shortcut is taken. */
  readonly shifted: boolean;
  /** One manager for all runs, as a long-lived process has; else each run opens its own. */
  readonly oneManager: boolean;
}

export class Model {
  readonly #place = temporaryCodebase();
  readonly #files = new Map<string, string>();
  readonly #before = new Map<string, string>();
  readonly #options: ModelOptions;
  readonly #fs: FileSystem;
  readonly #calls = new Calls();
  readonly #manager: Promise<PersistenceManager>;
  readonly #oldCopies = new Map<string, Buffer>();
  /** Results that are kept for sure, by what they are the result of. */
  readonly #kept = new Set<string>();
  /** Results from before an invalidation, which must be computed again. */
  readonly #mustRun = new Set<string>();
  /** A result that is the same at every path, and a path for which it was invalidated. */
  readonly #staleAt = new Set<string>();
  #referenced: ReadonlySet<string> = new Set();
  #analysisSpoilt = false;
  #toys: Toys = PLAIN_TOYS;
  #ids: readonly string[] = ALL_IDS;
  #narrow = false;
  #force = false;
  #concurrent = false;
  /** Stat calls that were answered by the scan cache, over all runs. */
  unhashed = 0;

  constructor(options: ModelOptions) {
    this.#options = options;
    const base = withoutFsync();
    this.#fs = options.shifted ? shiftedFs(this.#place.root, undefined, base) : base;
    this.#manager = PersistenceManager.open({ basePath: this.#place.basePath, ports: { fs: withoutFsync(realFs) } });
    for (const [index, file] of PATHS.slice(0, 3).entries()) this.#write(file, CONTENTS[index] as string);
  }

  /** Does `command`, runs, and compares with the truth. */
  async step(command: Command): Promise<void> {
    await this.#apply(command);
    this.#nextTick();
    await this.#runAndCheck();
    this.#force = this.#concurrent = false;
  }

  /** A last run that must run nothing more, and one in an empty cache, which must answer the same. */
  async finish(): Promise<void> {
    await this.#runAndCheck();
    const { run } = await observe(this.#runOptions());
    this.#calls.take();
    expect(await canonicalLines(run)).to.deep.equal(this.#expected());
    const scratch = await fresh(this.#runOptions());
    this.#calls.take();
    expect(scratch.split('\n').filter((line) => line.includes(' | '))).to.deep.equal(this.#expected());
  }

  drop(): void {
    dropFolder(this.#place.folder);
  }

  async #apply(command: Command): Promise<void> {
    switch (command.do) {
      case 'edit': {
        this.#write(pick(PATHS, command.file), pick(CONTENTS, command.content));
        return;
      }
      case 'edit-mtime-back': {
        this.#editWithMtimeBack(pick(PATHS, command.file), pick(CONTENTS, command.content));
        return;
      }
      case 'delete': {
        this.#remove(this.#existing(command.file));
        return;
      }
      case 'touch': {
        this.#touch(this.#existing(command.file));
        return;
      }
      case 'revert': {
        this.#revert(this.#existing(command.file));
        return;
      }
      case 'rename': {
        this.#rename(this.#existing(command.file), pick(PATHS, command.other));
        return;
      }
      case 'swap': {
        this.#swap(this.#existing(command.file), this.#existing(command.other));
        return;
      }
      case 'options':
        this.#toys = { ...this.#toys, minimum: command.minimum };
        return;
      case 'version':
        this.#toys = { ...this.#toys, version: String(command.version) };
        return;
      case 'analyzers':
        this.#ids = ALL_IDS.filter((_, index) => (command.mask & (1 << index)) !== 0);
        return;
      case 'include':
        this.#narrow = command.narrow;
        return;
      case 'invalidate':
        return this.#invalidate(command.paths, command.analyzers);
      case 'damage': {
        this.#damage(command);
        return;
      }
      case 'swap-cache-files': {
        this.#swapCacheFiles(command.file, command.other);
        return;
      }
      case 'old-copy-back': {
        this.#putOldCopyBack(command.file);
        return;
      }
      case 'prune':
        return this.#prune(command.versions);
      case 'delete-analysis':
        await (await this.#manager).deleteAnalysis('toy');
        {
          this.#forgetEverything();
          return;
        }
      case 'delete-cache':
        fs.rmSync(this.#place.basePath, { recursive: true, force: true });
        this.#mustRun.clear();
        {
          this.#forgetEverything();
          return;
        }
      case 'force':
        this.#force = true;
        return;
      case 'concurrent':
        this.#concurrent = true;
        return;
      case 'nothing':
    }
  }

  // The tree.

  #absolute(file: string): string {
    return path.join(this.#place.root, file);
  }

  #existing(index: number): string | undefined {
    const files = [...this.#files.keys()].sort(byCodeUnit);
    return files.length === 0 ? undefined : pick(files, index);
  }

  #write(file: string, content: string): void {
    const before = this.#files.get(file);
    if (before !== undefined) this.#before.set(file, before);
    fs.mkdirSync(path.dirname(this.#absolute(file)), { recursive: true });
    fs.writeFileSync(this.#absolute(file), content);
    this.#files.set(file, content);
  }

  #editWithMtimeBack(file: string, content: string): void {
    const stat = fs.statSync(this.#absolute(file), { throwIfNoEntry: false });
    this.#write(file, content);
    if (stat !== undefined) fs.utimesSync(this.#absolute(file), stat.atime, stat.mtime);
  }

  #remove(file: string | undefined): void {
    if (file === undefined) return;
    fs.rmSync(this.#absolute(file));
    this.#before.set(file, this.#files.get(file) as string);
    this.#files.delete(file);
  }

  #touch(file: string | undefined): void {
    if (file !== undefined) fs.utimesSync(this.#absolute(file), new Date(), new Date());
  }

  #revert(file: string | undefined): void {
    const before = file === undefined ? undefined : this.#before.get(file);
    if (file !== undefined && before !== undefined) this.#write(file, before);
  }

  #rename(from: string | undefined, to: string): void {
    if (from === undefined || from === to) return;
    fs.mkdirSync(path.dirname(this.#absolute(to)), { recursive: true });
    fs.renameSync(this.#absolute(from), this.#absolute(to));
    this.#files.set(to, this.#files.get(from) as string);
    this.#files.delete(from);
  }

  #swap(one: string | undefined, other: string | undefined): void {
    if (one === undefined || other === undefined || one === other) return;
    const aside = path.join(this.#place.folder, 'aside');
    fs.renameSync(this.#absolute(one), aside);
    fs.renameSync(this.#absolute(other), this.#absolute(one));
    fs.renameSync(aside, this.#absolute(other));
    const content = this.#files.get(one) as string;
    this.#files.set(one, this.#files.get(other) as string);
    this.#files.set(other, content);
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

  #cacheFiles(): string[] {
    return filesBelow(this.#place.basePath).filter((name) => !name.startsWith('.') && name !== 'CACHEDIR.TAG');
  }

  #cacheFile(index: number): string | undefined {
    const names = this.#cacheFiles();
    return names.length === 0 ? undefined : path.join(this.#place.basePath, pick(names, index));
  }

  #damage({ file, kind, where }: Extract<Command, { do: 'damage' }>): void {
    const place = this.#cacheFile(file);
    if (place === undefined) return;
    this.#spoil(place);
    damage(place, kind, where);
  }

  #swapCacheFiles(one: number, other: number): void {
    const [a, b] = [this.#cacheFile(one), this.#cacheFile(other)];
    if (a === undefined || b === undefined || a === b) return;
    this.#spoil(a);
    this.#spoil(b);
    const aside = path.join(this.#place.folder, 'aside');
    fs.renameSync(a, aside);
    fs.renameSync(b, a);
    fs.renameSync(aside, b);
  }

  #putOldCopyBack(index: number): void {
    const place = this.#cacheFile(index);
    const old = place === undefined ? undefined : this.#oldCopies.get(place);
    if (place === undefined || old === undefined) return;
    this.#spoil(place);
    fs.rmSync(place, { recursive: true, force: true });
    fs.writeFileSync(place, old);
  }

  /** What is in this file is not kept for sure any more. */
  #spoil(place: string): void {
    const name = path.basename(place);
    if (path.basename(path.dirname(place)) === 'epochs') {
      // An entry that is unreadable covers everything; one that is gone covers nothing.
      this.#mustRun.clear();
      this.#forgetEverything();
      return;
    }
    if (name === 'analysis.json') this.#analysisSpoilt = true;
    if (!name.startsWith('file_') || name === 'file_hashes.json') return;
    const record = readRecord(place);
    if (record === undefined) return;
    for (const result of this.#kept) if (result.startsWith(record)) this.#kept.delete(result);
  }

  #forgetEverything(): void {
    this.#kept.clear();
    this.#referenced = new Set();
  }

  async #invalidate(pathIndex: number | null, analyzerIndex: number | null): Promise<void> {
    const paths = pathIndex === null ? undefined : [pick(PATHS, pathIndex)];
    const analyzers = analyzerIndex === null ? undefined : [pick(ALL_IDS, analyzerIndex)];
    await (await this.#manager).invalidate('toy', { paths, analyzers });
    for (const result of [...this.#kept]) {
      const { analyzer, file } = JSON.parse(result.slice(result.indexOf('\n'))) as {
        analyzer: string;
        file: string | null;
      };
      const covered =
        ((analyzers as readonly string[] | undefined)?.includes(analyzer) ?? true) &&
        (file === null || (paths?.includes(file as never) ?? true));
      if (!covered) continue;
      if (file === null && paths !== undefined) for (const stale of paths) this.#staleAt.add(stale + result);
      this.#kept.delete(result);
      if (file !== null || paths === undefined) this.#mustRun.add(result);
    }
  }

  async #prune(versions: number): Promise<void> {
    try {
      await (await this.#manager).prune('toy', { versions, graceHours: 0, maxAgeDays: 0 });
    } catch (error) {
      if (error instanceof CacheError && error.code === 'CACHE_PRUNE_STOPPED') return;
      throw error;
    }
    const present = new Set(
      this.#cacheFiles().flatMap((name) => readRecord(path.join(this.#place.basePath, name)) ?? []),
    );
    for (const result of this.#kept) {
      if (this.#referenced.has(result) && !this.#analysisSpoilt) continue;
      if (!present.has(result.slice(0, result.indexOf('\n')))) this.#kept.delete(result);
    }
  }

  // The run.

  #runOptions(): AnalyzeOptions {
    const analyzers = toyAnalyzers(this.#calls, this.#toys)
      .filter(({ id }) => this.#ids.includes(id))
      .map((analyzer) =>
        this.#narrow && NARROWED.has(analyzer.id) ? { ...analyzer, include: ['**/*.md'] } : analyzer,
      );
    const { changeDetection } = this.#options;
    const { root, basePath } = this.#place;
    return {
      ...{ root, basePath, analyzers, changeDetection, gitignore: false, force: this.#force },
      ports: { fs: this.#fs },
    };
  }

  #asks(id: string, file: string): boolean {
    return !this.#narrow || !NARROWED.has(id) || file.endsWith('.md');
  }

  #expected(): string[] {
    const lines = this.#ids.flatMap((id) => {
      const files = new Map([...this.#files].filter(([file]) => this.#asks(id, file)));
      return expectedLines(files, this.#toys, [id]);
    });
    return lines.sort(byCodeUnit);
  }

  async #runAndCheck(): Promise<void> {
    const options = this.#runOptions();
    const { basePath: _, ...rest } = options;
    const manager = await this.#manager;
    const runOnce = () => observe(this.#options.oneManager ? { ...rest, manager } : options);
    const observed = await (this.#concurrent ? Promise.all([runOnce(), runOnce()]) : Promise.all([runOnce()]));
    const called = this.#calls.take();
    for (const { run } of observed) expect(await canonicalLines(run), 'results').to.deep.equal(this.#expected());
    this.#checkCalls(called, [...called, ...this.#calls.take()], observed.length);
    for (const { of } of observed)
      this.unhashed += of('scan-finished').filter(({ files, hashed }) => files > 0 && hashed === 0).length;
    this.#remember();
  }

  /** @param called during the run. @param calledInAll including what was computed when results were served. */
  #checkCalls(called: readonly string[], calledInAll: readonly string[], runs: number): void {
    const allowed: string[] = [];
    const required: string[] = [];
    const kept = new Set<string>();
    for (const [file, content] of this.#files) {
      for (const id of this.#ids.filter((each) => this.#asks(each, file))) {
        const result = this.#resultOf(id, file, content);
        const moodyFile = id === 'moody' && /FAIL|VOLATILE/.test(content);
        const mustRun = this.#force || moodyFile || (id !== 'byte-sum' && this.#mustRun.has(result));
        if (mustRun) required.push(`${id} ${file}`);
        if (mustRun || !this.#kept.has(result) || this.#staleAt.delete(file + result)) allowed.push(`${id} ${file}`);
        if (!moodyFile) kept.add(result);
      }
    }
    expect(surplus(calledInAll, Array<string[]>(runs).fill(allowed).flat()), 'ran without need').to.deep.equal([]);
    expect(surplus(required, called), 'did not run').to.deep.equal([]);
    for (const result of kept) {
      this.#kept.add(result);
      this.#mustRun.delete(result);
    }
    this.#referenced = kept;
    this.#analysisSpoilt = false;
  }

  /** All that the answer follows from: a part that can be read off a record, a newline, and the rest. */
  #resultOf(analyzer: string, file: string, content: string): string {
    const place = analyzer === 'byte-sum' ? null : file;
    const shaping = { 'word-count': this.#toys.version, 'long-words': this.#toys.minimum }[analyzer] ?? null;
    const answer = expectedLines(new Map([[file, content]]), this.#toys, [analyzer])[0]
      ?.split(' | ')
      .slice(1)
      .join(' | ');
    return `${analyzer} ${place ?? '-'} ${answer ?? ''}\n${JSON.stringify({ analyzer, file: place, content, shaping })}`;
  }

  #remember(): void {
    for (const name of this.#cacheFiles()) {
      const place = path.join(this.#place.basePath, name);
      if (fs.lstatSync(place).isFile() && !this.#oldCopies.has(place))
        this.#oldCopies.set(place, fs.readFileSync(place));
    }
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

/** Whose result is in a record file, as `Model` writes it; undefined where it cannot be read, as then it was spoilt before. */
function readRecord(place: string): string | undefined {
  try {
    const record = JSON.parse(fs.lstatSync(place).isFile() ? fs.readFileSync(place, 'utf8') : '') as {
      analyzer: { id: string };
      path: string;
      result: unknown;
    };
    const { id } = record.analyzer;
    return `${id} ${id === 'byte-sum' ? '-' : record.path} ${id} | ${canonicalJson(record.result)}`;
  } catch {
    return undefined;
  }
}
