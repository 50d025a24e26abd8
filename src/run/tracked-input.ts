import path from 'node:path';
import type { AnalyzerShape, InputContext } from '../model/analyzer.js';
import { isSeen, type Dependency, type SeenDependency } from '../model/dependency.js';
import { messageOf } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import {
  hashOfVariable,
  observeFile,
  observeFolder,
  observePresence,
  resolvePath,
  type ObserveOptions,
} from '../scan/observe.js';
import { isDependencyPath } from '../util/dependency-path.js';
import type { DemandedResult } from './task.js';

export type AskResult = (analyzerId: string, path: SourcePath) => Promise<DemandedResult>;

/** Where the answers come from that are recorded. */
export interface InputSource extends ObserveOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A place that was asked for; `path` is undefined where no record can name it. */
interface Place {
  readonly path: string | undefined;
  readonly shown: string;
  readonly observe: ObserveOptions;
}

/** Answers one analysis, and records what it was told, each thing once. */
export class TrackedInput implements InputContext {
  readonly costs: Record<string, number> = {};
  uncacheableReason: string | undefined;
  readonly #source: InputSource;
  readonly #askResult: AskResult;
  /** Id of an analyzer whose answers hold for any path, so that nothing may be recorded. */
  readonly #pathIndependent: string | undefined;
  /** By what was asked; the order is that of first sight. */
  readonly #seen = new Map<string, Dependency>();
  /** By path: whether anything was there. */
  readonly #presence = new Map<string, boolean>();
  #hasEnded = false;
  /** Spent on waiting for other results, which is no work of this analysis. */
  waitedMs = 0;
  #waits = 0;
  #waitsSince = 0;

  constructor(analyzer: AnalyzerShape, source: InputSource, askResult: AskResult) {
    this.#source = source;
    this.#askResult = askResult;
    this.#pathIndependent = analyzer.pathIndependent === true ? analyzer.id : undefined;
  }

  get dependencies(): readonly Dependency[] {
    return [...this.#seen.values()];
  }

  /** From now on nothing more can be recorded. */
  end(): void {
    this.#hasEnded = true;
  }

  read(file: string): Uint8Array | undefined {
    const place = this.#place(file);
    const seen = this.#look(place, (dependency) => observeFile(dependency, place.observe));
    this.#recordAt(place, seen.kind, (name) =>
      seen.kind === 'absent'
        ? { kind: 'absent', path: name }
        : { kind: 'content', path: name, hash: seen.kind === 'file' ? seen.hash : null },
    );
    return seen.kind === 'file' ? seen.bytes : undefined;
  }

  readText(file: string): string | undefined {
    const bytes = this.read(file);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  exists(file: string): boolean {
    const place = this.#place(file);
    const isThere = this.#look(place, (dependency) => observePresence(dependency, place.observe));
    this.#recordAt(place, isThere ? 'exists' : 'absent', (name) => ({
      kind: isThere ? 'exists' : 'absent',
      path: name,
    }));
    return isThere;
  }

  list(folder: string): readonly string[] | undefined {
    const place = this.#place(folder);
    const seen = this.#look(place, (dependency) => observeFolder(dependency, place.observe));
    this.#recordAt(place, seen === 'absent' ? seen : 'listing', (name) =>
      seen === 'absent'
        ? { kind: 'absent', path: name }
        : { kind: 'listing', path: name, hash: seen === 'other' ? null : seen.hash },
    );
    return typeof seen === 'string' ? undefined : seen.names;
  }

  env(name: string): string | undefined {
    this.#check();
    if (typeof name !== 'string') throw new TypeError(`Expected the name of a variable, found ${typeof name}`);
    const found: unknown = this.#source.environment[name];
    // An object answers to `constructor` as well.
    const value = typeof found === 'string' ? found : undefined;
    this.#record(`env ${name}`, { kind: 'env', name, hash: hashOfVariable(value) }, `the environment variable ${name}`);
    return value;
  }

  resultOf<Result = unknown>(analyzer: string, file: string): Promise<Result | undefined> {
    const answer = this.#resultOf(analyzer, file);
    // An analyzer that does not wait for it must not end the process of the host.
    answer.catch(() => undefined);
    return answer as Promise<Result | undefined>;
  }

  /** Takes in what somebody else saw in the same run, e.g. a graph that many answers share. Paths are those of dependencies already. */
  recordAll(dependencies: Iterable<Dependency>): void {
    this.#check();
    for (const dependency of dependencies) {
      if (dependency.kind === 'env')
        this.#record(`env ${dependency.name}`, dependency, `the environment variable ${dependency.name}`);
      else if (dependency.kind === 'closure')
        this.#record(`closure ${dependency.path}`, dependency, `what ${dependency.path} imports`);
      else if (dependency.kind === 'result')
        this.#record(`result ${dependency.analyzer} ${dependency.path}`, dependency, dependency.path);
      else this.#recordAt({ path: dependency.path }, dependency.kind, () => dependency);
    }
  }

  cost(cost: Readonly<Record<string, number>>): void {
    for (const [unit, amount] of Object.entries(cost)) {
      if (!Number.isFinite(amount) || amount < 0)
        throw new TypeError(`Expected cost.${unit} to be a number of at least 0`);
      const sum = (this.costs[unit] ?? 0) + amount;
      if (!Number.isFinite(sum)) throw new TypeError(`Expected the sum of cost.${unit} to be finite`);
      this.costs[unit] = sum;
    }
  }

  uncacheable(reason: string): void {
    this.uncacheableReason ??= reason;
  }

  async #resultOf(analyzer: string, file: string): Promise<JsonValue | undefined> {
    if (typeof analyzer !== 'string')
      return Promise.reject(new TypeError(`Expected the id of an analyzer, found ${typeof analyzer}`));
    const place = this.#place(file);
    // No result has a path that cannot be recorded; the place is noted as a problem already.
    if (place.path === undefined) return undefined;
    let answer: DemandedResult;
    this.#beginWaiting();
    try {
      answer = await this.#askResult(analyzer, place.path as SourcePath);
    } catch (error) {
      this.uncacheable(`it asked for the result of ${analyzer} for ${place.path}: ${messageOf(error)}`);
      throw error;
    } finally {
      this.#endWaiting();
    }
    this.#check();
    const dependency: Dependency = { kind: 'result', analyzer, path: place.path, hash: answer.hash };
    this.#record(`result ${analyzer} ${place.path}`, dependency, `the result of ${analyzer} for ${place.path}`);
    return answer.value;
  }

  #beginWaiting(): void {
    if (this.#waits++ === 0) this.#waitsSince = performance.now();
  }

  #endWaiting(): void {
    if (--this.#waits === 0) this.waitedMs += performance.now() - this.#waitsSince;
  }

  #check(): void {
    if (this.#pathIndependent !== undefined)
      throw new TypeError(
        `Expected ${this.#pathIndependent} to ask for nothing besides its file: it is pathIndependent, so that its answer is used for any path`,
      );
    if (this.#hasEnded)
      throw new Error('The analysis has ended: what it reads now would not be recorded. Wait for it before answering');
  }

  #place(file: string): Place {
    this.#check();
    const observe = this.#source;
    const resolved = resolvePath(observe.root, file);
    if ('path' in resolved && isDependencyPath(resolved.path))
      return { path: resolved.path, shown: resolved.path, observe };
    const absolute = path.resolve(observe.root, file);
    this.uncacheable('problem' in resolved ? resolved.problem : `${absolute} is not a path on every system`);
    return { path: undefined, shown: absolute, observe: { ...observe, root: absolute } };
  }

  #look<T>({ path: name = '.', shown }: Place, look: (name: string) => T): T {
    try {
      return look(name);
    } catch (error) {
      this.uncacheable(`${shown} could not be read: ${messageOf(error)}`);
      throw error;
    }
  }

  #recordAt({ path: name }: Pick<Place, 'path'>, kind: string, dependency: (name: string) => Dependency): void {
    if (name === undefined) return;
    // What is there and what is not cannot both be true of one path.
    const isAbsent = kind === 'absent';
    const presence = this.#presence.get(name);
    if (presence === undefined) this.#presence.set(name, !isAbsent);
    else if (presence === isAbsent) this.uncacheable(changed(name));
    const what = kind === 'file' || kind === 'other' ? 'content' : kind;
    this.#record(`${what} ${name}`, dependency(name), name);
  }

  #record(subject: string, dependency: Dependency, shown: string): void {
    const before = this.#seen.get(subject);
    if (before === undefined) this.#seen.set(subject, dependency);
    else if (hashOf(before) !== hashOf(dependency)) this.uncacheable(changed(shown));
  }
}

const hashOf = (dependency: Dependency): string | null | undefined =>
  'hash' in dependency ? dependency.hash : undefined;

const changed = (what: string): string => `${what} changed during the run`;

/** Why a result must not be kept although its analyzer is content: an input is no longer what was seen. Undefined where all are. */
export function changedInput(
  dependencies: readonly Dependency[],
  isCurrent: (dependency: SeenDependency) => boolean,
): string | undefined {
  for (const dependency of dependencies) {
    if (!isSeen(dependency) || isCurrent(dependency)) continue;
    if (dependency.kind === 'closure') return changed(`something that ${dependency.path} imports`);
    return changed(dependency.kind === 'env' ? `the environment variable ${dependency.name}` : dependency.path);
  }
  return undefined;
}
