/** What a run must answer and what it may run at most, found out from the tree alone: no cache, no plan, nothing of the code under test. */
import fs from 'node:fs';
import path from 'node:path';
import type { AnalysisContext, Analyzer, SourceFile } from '../../src/model/analyzer.js';
import type { ContentHash, SourcePath } from '../../src/model/ids.js';
import { canonicalJson } from '../../src/util/canonical-json.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { isAsked, isToyFile } from './dependency-analyzers.js';

/** Everything that an answer can depend on. */
export interface World {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly analyzers: readonly Analyzer[];
}

/** One question that an analyzer asked, with what it saw. */
export interface Observation {
  readonly kind: 'read' | 'exists' | 'list' | 'env' | 'result';
  /** Path, name of a variable, or `<analyzer> <path>`. */
  readonly about: string;
  readonly seen: string;
}

/** One task of a run without a cache. */
export interface Evaluated {
  readonly analyzer: Analyzer;
  readonly path: string;
  readonly content: string;
  readonly observations: readonly Observation[];
  readonly outcome:
    | { readonly kind: 'answered'; readonly result: unknown; readonly isKept: boolean }
    | { readonly kind: 'failed'; readonly message: string };
}

export const taskOf = ({ analyzer, path: place }: Evaluated): string => `${analyzer.id} ${place}`;

/** Every task of `world`, by `taskOf`. */
export async function evaluateAll(world: World): Promise<ReadonlyMap<string, Evaluated>> {
  return new Evaluation(world).all();
}

class Evaluation {
  readonly #world: World;
  readonly #done = new Map<string, Evaluated>();

  constructor(world: World) {
    this.#world = world;
  }

  async all(): Promise<ReadonlyMap<string, Evaluated>> {
    for (const place of toyFiles(this.#world.root)) {
      for (const { id } of this.#world.analyzers) await this.#evaluate(id, place, []);
    }
    return this.#done;
  }

  /** @param waiting the tasks that wait for this one; one that waits for itself never ends, so that it fails, with all that wait. */
  async #evaluate(id: string, place: string, waiting: readonly string[]): Promise<Evaluated | undefined> {
    const analyzer = this.#world.analyzers.find((one) => one.id === id);
    if (analyzer === undefined || !isAsked(analyzer, place)) return undefined;
    const content = readRegular(path.join(this.#world.root, place));
    if (content === undefined) return undefined;
    const task = `${id} ${place}`;
    const known = this.#done.get(task);
    if (known !== undefined) return known;
    if (waiting.includes(task)) throw new Error(`cycle: ${[...waiting, task].join(' -> ')}`);
    const observations: Observation[] = [];
    let isKept = true;
    const context = this.#context(observations, [...waiting, task], () => (isKept = false));
    let outcome: Evaluated['outcome'];
    try {
      const result: unknown = await analyzer.analyze(sourceFile(place, content), context);
      outcome = { kind: 'answered', result, isKept };
    } catch (error) {
      outcome = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
    const evaluated = { analyzer, path: place, content, observations, outcome };
    this.#done.set(task, evaluated);
    return evaluated;
  }

  #context(observations: Observation[], waiting: readonly string[], notKept: () => void): AnalysisContext {
    const look = (kind: Exclude<Observation['kind'], 'result'>, about: string): string => {
      const seen = lookAt(this.#world, kind, about);
      // Whether a record can name such a place is not for the oracle to say.
      if (path.isAbsolute(about)) notKept();
      observations.push({ kind, about, seen });
      return seen;
    };
    const readText = (place: string): string | undefined => valueIn(look('read', place));
    return {
      readText,
      read: (place) => {
        const text = readText(place);
        return text === undefined ? undefined : Buffer.from(text);
      },
      exists: (place) => look('exists', place) === 'yes',
      list: (folder) => valueIn(look('list', folder))?.split('/').filter(Boolean),
      env: (name) => valueIn(look('env', name)),
      resultOf: async <Result>(id: string, place: string): Promise<Result | undefined> => {
        const other = await this.#evaluate(id, place, waiting);
        if (other?.outcome.kind === 'failed') throw new Error(`${id} ${place} failed: ${other.outcome.message}`);
        observations.push({ kind: 'result', about: `${id} ${place}`, seen: surfaceOf(other) });
        return other?.outcome.result as Result | undefined;
      },
      cost: () => undefined,
      uncacheable: notKept,
      signal: new AbortController().signal,
    };
  }
}

/** What dependents see of a result; `none` where there is none. */
function surfaceOf(evaluated: Evaluated | undefined): string {
  if (evaluated === undefined) return 'none';
  const { analyzer, outcome } = evaluated;
  if (outcome.kind === 'failed') return 'failed';
  return `=${canonicalJson(analyzer.surface === undefined ? outcome.result : analyzer.surface(outcome.result))}`;
}

const valueIn = (seen: string): string | undefined => (seen.startsWith('=') ? seen.slice(1) : undefined);

/** What was seen in a world: nothing changes while its tasks are evaluated. */
const seenIn = new WeakMap<World, Map<string, string>>();

function lookAt(world: World, kind: Exclude<Observation['kind'], 'result'>, about: string): string {
  const known = seenIn.get(world) ?? new Map<string, string>();
  seenIn.set(world, known);
  const key = `${kind} ${about}`;
  const seen = known.get(key) ?? lookNow(world, kind, about);
  known.set(key, seen);
  return seen;
}

function lookNow({ root, environment }: World, kind: Exclude<Observation['kind'], 'result'>, about: string): string {
  if (kind === 'env') return environment[about] === undefined ? 'unset' : `=${environment[about]}`;
  const place = path.resolve(root, about);
  if (!fs.existsSync(place)) return kind === 'exists' ? 'no' : 'absent';
  if (kind === 'exists') return 'yes';
  if (kind === 'read') return fs.statSync(place).isFile() ? `=${fs.readFileSync(place, 'utf8')}` : 'no file';
  return fs.statSync(place).isDirectory() ? `=${fs.readdirSync(place).sort(byCodeUnit).join('/')}` : 'no folder';
}

function readRegular(place: string): string | undefined {
  return fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true ? fs.readFileSync(place, 'utf8') : undefined;
}

function toyFiles(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isToyFile(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort(byCodeUnit);
}

const sourceFile = (place: string, content: string): SourceFile => ({
  path: place as SourcePath,
  bytes: Buffer.from(content),
  contentHash: '' as ContentHash,
  text: () => content,
});

/** Everything that was ever computed and is kept for sure, as plain lists of what was seen. */
export class Memory {
  readonly #entries = new Map<string, Evaluated[]>();

  /** Whether no entry for the same analyzer, path and content saw what would be seen now. */
  mayRun(now: Evaluated, world: World, all: ReadonlyMap<string, Evaluated>): boolean {
    if (now.outcome.kind === 'failed' || !now.outcome.isKept) return true;
    return !this.#of(now).some((entry) => holds(entry, world, all));
  }

  learn(now: Evaluated): void {
    if (now.outcome.kind === 'failed' || !now.outcome.isKept) return;
    const entries = this.#of(now);
    if (!entries.some((entry) => signatureOf(entry) === signatureOf(now))) entries.push(now);
    this.#entries.set(keyOf(now), entries);
  }

  /** @returns what is forgotten. */
  forget(isForgotten: (entry: Evaluated) => boolean): Evaluated[] {
    const forgotten: Evaluated[] = [];
    for (const [key, entries] of this.#entries) {
      forgotten.push(...entries.filter(isForgotten));
      this.#entries.set(
        key,
        entries.filter((entry) => !isForgotten(entry)),
      );
    }
    return forgotten;
  }

  #of(now: Evaluated): Evaluated[] {
    return this.#entries.get(keyOf(now)) ?? [];
  }
}

function holds(entry: Evaluated, world: World, all: ReadonlyMap<string, Evaluated>): boolean {
  return entry.observations.every(({ kind, about, seen }) =>
    kind === 'result' ? surfaceOf(all.get(about)) === seen : lookAt(world, kind, about) === seen,
  );
}

const keyOf = ({ analyzer: { id, version, options }, path: place, content }: Evaluated): string =>
  JSON.stringify([id, version, options ?? null, place, content]);

/** Tells two entries apart. */
export const signatureOf = (entry: Evaluated): string => JSON.stringify([keyOf(entry), entry.observations]);

/** What a run must answer, one line each, in the form of `canonicalLines`. */
export function expectedAnswers(all: ReadonlyMap<string, Evaluated>): string[] {
  return [...all.values()]
    .map(({ analyzer, path: place, outcome }) =>
      outcome.kind === 'failed'
        ? `${place} | ${analyzer.id} | failed`
        : `${place} | ${analyzer.id} | ${canonicalJson(outcome.result)}`,
    )
    .sort(byCodeUnit);
}
