import type { AnyAnalyzer, ResultEntry } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { RESERVED_NAMES, type AnalysisDocument, type CodebaseValues } from '../persistence/analysis-document.js';
import type { ReducerInputsDocument } from '../persistence/reducer-inputs-document.js';
import { own } from '../plan/analyzer-identity.js';
import { assertJson, canonicalJson } from '../util/canonical-json.js';
import type { ResultKeeper } from './keep-results.js';
import {
  changedValues,
  inputsOf,
  newReducerInputs,
  reducersOf,
  takeFrom,
  type NamedReducers,
  type TakenInputs,
} from './reduce-results.js';
import { resultChanges, type ResultChanges } from './result-changes.js';
import type { ResultReader } from './result-reader.js';
import type { Prepared, Session, SessionAnalyzer } from './session.js';

export interface Summary {
  readonly values: CodebaseValues;
  /** Names of the values that each analyzer gave, in their order. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Analyzers of which something threw: reported, and tried again in the next run. */
  readonly failed: ReadonlySet<string>;
  readonly reducerInputs: ReducerInputsDocument;
}

export interface SummarizeInput {
  readonly session: Session;
  readonly prepared: Prepared;
  readonly keeper: ResultKeeper;
  readonly reader: ResultReader;
}

/**
 * Values of the whole codebase. One that was made of the same results, or of the same parts of them, is taken from the committed analysis;
 * else results are loaded as far as they are needed. An analyzer that throws is reported and has no such value. Names are the analyzers'
 * own; where two give the same, the later analyzer by id wins.
 */
export async function summarizeAll(input: SummarizeInput): Promise<Summary> {
  return new Summarizer(input, await keptInputs(input)).summarize();
}

/** Undefined where they are lost, or nobody needs them. */
async function keptInputs({ session, prepared }: SummarizeInput): Promise<ReducerInputsDocument | undefined> {
  const { document } = prepared.previous;
  const needed = document !== undefined && session.analyzers.some(({ analyzer }) => reducersOf(analyzer).size > 0);
  return needed ? session.cache?.openReducerInputs(document) : undefined;
}

class Summarizer {
  readonly #session: Session;
  readonly #reader: ResultReader;
  readonly #document: AnalysisDocument | undefined;
  readonly #before: ReducerInputsDocument | undefined;
  readonly #changes: ResultChanges;
  readonly #failed = new Set<string>();
  #oldValues: CodebaseValues | undefined;

  constructor({ session, prepared, keeper, reader }: SummarizeInput, before: ReducerInputsDocument | undefined) {
    this.#session = session;
    this.#reader = reader;
    this.#document = prepared.previous.document;
    this.#before = before;
    this.#changes = resultChanges(session, prepared, keeper);
  }

  async summarize(): Promise<Summary> {
    const taken = new Map<string, TakenInputs>();
    const summaries = new Map<string, CodebaseValues>();
    for (const one of this.#session.analyzers) {
      const { analyzer } = one;
      if (reducersOf(analyzer).size > 0) taken.set(analyzer.id, await this.#take(analyzer));
      if (analyzer.summarize !== undefined) summaries.set(analyzer.id, await this.#summary(one));
    }
    const { removed } = this.#changes;
    const reducerInputs = newReducerInputs(this.#before, [...taken.values()], removed, this.#hasOthers());
    const reduced = this.#reduce(taken, reducerInputs);
    const values: Record<string, JsonValue> = {};
    const names = new Map<string, readonly string[]>();
    for (const { analyzer } of this.#session.analyzers) {
      const given = { ...summaries.get(analyzer.id), ...reduced.get(analyzer.id) };
      Object.assign(values, given);
      if (Object.keys(given).length > 0) names.set(analyzer.id, Object.keys(given));
    }
    return { values, names, failed: this.#failed, reducerInputs };
  }

  async #take(analyzer: AnyAnalyzer): Promise<TakenInputs> {
    const reducers = reducersOf(analyzer);
    const changed = this.#hasGiven(analyzer.id, reducers) ? this.#changes.changed(analyzer.id) : undefined;
    const isWhole = changed === undefined || this.#before === undefined;
    const taken: TakenInputs = { analyzer: analyzer.id, selected: new Map(), isWhole, failures: new Map() };
    if (isWhole) {
      for await (const { path, result } of this.#reader.read({ analyzer: analyzer.id }))
        takeFrom(taken, reducers, path, result);
    } else {
      for (const path of changed) takeFrom(taken, reducers, path, await this.#resultOf(analyzer.id, path));
    }
    return taken;
  }

  /** Whether the committed analysis has all these values from that analyzer: an object may be given other reducers than before. */
  #hasGiven(analyzer: string, reducers: NamedReducers): boolean {
    const given = this.#valuesGiven(analyzer);
    return [...reducers.keys()].every((name) => given.includes(name)) && this.#hasOldValues(given);
  }

  /** Whether the committed analysis is of analyzers that are not part of this run. */
  #hasOthers(): boolean {
    const known = new Set(this.#session.analyzers.map(({ analyzer }) => analyzer.id));
    return Object.keys(this.#document?.head.analyzers ?? {}).some((id) => !known.has(id));
  }

  #valuesGiven(analyzer: string): readonly string[] {
    return own(this.#document?.head.analyzers ?? {}, analyzer)?.values ?? [];
  }

  #reduce(
    taken: ReadonlyMap<string, TakenInputs>,
    inputs: ReducerInputsDocument,
  ): ReadonlyMap<string, Record<string, JsonValue>> {
    const due = this.#session.analyzers.flatMap(({ analyzer }) => {
      const own = taken.get(analyzer.id);
      if (own === undefined) return [];
      const reducers = reducersOf(analyzer);
      return [{ own, reducers, names: changedValues(own, reducers, this.#before, this.#changes.removed) }];
    });
    const inputsFor = inputsOf(
      inputs,
      due.map(({ own, names }) => ({ analyzer: own.analyzer, names })),
    );
    return new Map(
      due.map(({ own, reducers, names }) => {
        const values: Record<string, JsonValue> = {};
        for (const [name, reducer] of reducers) {
          try {
            if (own.failures.has(name)) throw own.failures.get(name);
            const value = names.has(name) ? reducer.reduce(inputsFor(own.analyzer, name)) : this.#oldValue(name);
            assertJson(value, name);
            values[name] = value;
          } catch (error) {
            this.#fail(own.analyzer, error);
          }
        }
        return [own.analyzer, values] as const;
      }),
    );
  }

  async #summary({ analyzer, plan }: SessionAnalyzer): Promise<CodebaseValues> {
    if (!(await this.#mustSummarize(plan))) return this.#oldSummary(analyzer);
    const entries: ResultEntry[] = [];
    for await (const { path, result } of this.#reader.read({ analyzer: analyzer.id })) entries.push({ path, result });
    const values: Record<string, JsonValue> = {};
    try {
      for (const [name, value] of Object.entries(analyzer.summarize?.(entries) ?? {})) {
        assertJson(value, name);
        if (!RESERVED_NAMES.has(name)) values[name] = value;
      }
      return values;
    } catch (error) {
      this.#fail(analyzer.id, error);
      return {};
    }
  }

  /** Only if a result came, went, or is another: an edit may leave it as it was. */
  async #mustSummarize({ id, identity }: SessionAnalyzer['plan']): Promise<boolean> {
    const { cache } = this.#session;
    const changed = this.#changes.changed(id);
    const document = this.#document;
    if (changed === undefined || document === undefined || cache === undefined) return true;
    if (!this.#hasOldValues(this.#valuesGiven(id))) return true;
    const before = (path: string) => document.recordsOf(path)?.get(id);
    if (this.#changes.removed.some((path) => before(path) !== undefined || this.#wasAnswered(id, path))) return true;
    for (const path of changed) {
      const recordId = before(path);
      const now = await this.#resultOf(id, path);
      if (recordId === undefined) {
        // What had no record may have had an answer that was not kept.
        if (now !== undefined || this.#wasAnswered(id, path)) return true;
        continue;
      }
      const old = await cache.findRecord({
        ...{ id: recordId, analyzerId: id, fingerprint: identity.fingerprint, contentHash: undefined },
        ...{ requestedPath: path, path: identity.pathIndependent ? null : path },
      });
      if (now === undefined || old.outcome !== 'hit') return true;
      if (canonicalJson(old.record.result) !== canonicalJson(now)) return true;
    }
    return false;
  }

  #wasAnswered(analyzer: string, path: string): boolean {
    const { notKept = [] } = this.#document?.head ?? {};
    return notKept.some((one) => one.path === path && one.analyzer === analyzer && one.kind === 'uncacheable');
  }

  #oldSummary(analyzer: AnyAnalyzer): CodebaseValues {
    const reducers = reducersOf(analyzer);
    const names = this.#valuesGiven(analyzer.id).filter((name) => !reducers.has(name));
    return Object.fromEntries(names.map((name) => [name, this.#oldValue(name)]));
  }

  #oldValue(name: string): JsonValue {
    const value = this.#committedValues()[name];
    if (value === undefined) throw new TypeError(`Expected the committed analysis to have the value ${name}`);
    return value;
  }

  #hasOldValues(names: readonly string[]): boolean {
    return names.every((name) => Object.hasOwn(this.#committedValues(), name));
  }

  #committedValues(): CodebaseValues {
    return (this.#oldValues ??= this.#document?.values() ?? {});
  }

  async #resultOf(analyzer: string, path: SourcePath): Promise<JsonValue | undefined> {
    for await (const { result } of this.#reader.read({ analyzer, path })) return result;
    return undefined;
  }

  #fail(analyzer: string, error: unknown): void {
    this.#failed.add(analyzer);
    this.#session.warn(
      'CACHE_SUMMARY_FAILED',
      `Analyzer ${analyzer} could not summarize its results: ${messageOf(error)}`,
      error,
    );
  }
}
