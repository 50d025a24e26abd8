/** Reducers: what a value needs is kept for each file, so that one edited file of many costs one selection. */
import type { AnyAnalyzer, Reducer, ReducerEntry } from '../model/analyzer.js';
import type { SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { RESERVED_NAMES } from '../persistence/analysis-document.js';
import { ReducerInputsDocument, type FileInputs, type Selected } from '../persistence/reducer-inputs-document.js';
import { assertJson } from '../util/canonical-json.js';
import { byCodeUnit } from '../util/paths.js';

/** What the reducers of one analyzer took in this run. */
export interface TakenInputs {
  readonly analyzer: string;
  /** By file; an empty map where there is nothing, e.g. as there is no result. */
  readonly selected: Map<SourcePath, Selected>;
  /** All files were looked at; else the others are as before. */
  readonly isWhole: boolean;
  /** By the name of the value: what `select` threw. */
  readonly failures: Map<string, unknown>;
}

export type NamedReducers = ReadonlyMap<string, Reducer>;

/** By the name of the value. */
export function reducersOf({ reducers = {} }: AnyAnalyzer): NamedReducers {
  return new Map(Object.entries(reducers).filter(([name]) => !RESERVED_NAMES.has(name)));
}

/** Asks every reducer what it needs of one result; undefined: there is none. */
export function takeFrom(
  taken: TakenInputs,
  reducers: NamedReducers,
  path: SourcePath,
  result: JsonValue | undefined,
): void {
  const selected = new Map<string, JsonValue>();
  taken.selected.set(path, selected);
  if (result === undefined) return;
  for (const [name, reducer] of reducers) {
    if (taken.failures.has(name)) continue;
    try {
      const input = reducer.select(result, path);
      if (input === undefined) continue;
      assertJson(input, `what reducer ${name} takes from ${path}`);
      selected.set(name, input);
    } catch (error) {
      taken.failures.set(name, error);
    }
  }
}

/** The inputs after this run. @param before undefined where everything was taken anew; @param hasOthers it has inputs of analyzers that are not part of this run. */
export function newReducerInputs(
  before: ReducerInputsDocument | undefined,
  taken: readonly TakenInputs[],
  removed: readonly SourcePath[],
  hasOthers: boolean,
): ReducerInputsDocument {
  const isPatch = before !== undefined && taken.every(({ isWhole }) => !isWhole) && !hasOthers;
  const lines = new Map<string, FileInputs>(isPatch ? [] : keptLines(before, taken));
  for (const path of removed) lines.set(path, new Map());
  for (const { analyzer, selected } of taken) {
    for (const [path, inputs] of selected)
      lines.set(path, new Map(lines.get(path) ?? (isPatch ? before.of(path) : [])).set(analyzer, inputs));
  }
  if (isPatch) return before.patch(lines);
  return ReducerInputsDocument.fromEntries([...lines].sort(([a], [b]) => byCodeUnit(a, b)));
}

/** Lines of `before` without the analyzers that were taken anew, or are not part of this run. */
function* keptLines(
  before: ReducerInputsDocument | undefined,
  taken: readonly TakenInputs[],
): Generator<readonly [string, FileInputs]> {
  const staying = new Set(taken.filter(({ isWhole }) => !isWhole).map(({ analyzer }) => analyzer));
  if (before === undefined || staying.size === 0) return;
  for (const [path, inputs] of before.entries())
    yield [path, new Map([...inputs].filter(([analyzer]) => staying.has(analyzer)))];
}

/** Names of the values whose inputs are others than before. */
export function changedValues(
  { analyzer, selected, isWhole }: TakenInputs,
  reducers: NamedReducers,
  before: ReducerInputsDocument | undefined,
  removed: readonly SourcePath[],
): Set<string> {
  if (isWhole || before === undefined) return new Set(reducers.keys());
  const changed = new Set<string>();
  for (const path of removed) for (const name of before.of(path).get(analyzer)?.keys() ?? []) changed.add(name);
  for (const [path, inputs] of selected) {
    const old = before.of(path).get(analyzer);
    for (const name of reducers.keys())
      if (JSON.stringify(old?.get(name)) !== JSON.stringify(inputs.get(name))) changed.add(name);
  }
  return changed;
}

/** The inputs of some values, read in one go. */
export function inputsOf(
  document: ReducerInputsDocument,
  wanted: readonly { readonly analyzer: string; readonly names: ReadonlySet<string> }[],
): (analyzer: string, name: string) => readonly ReducerEntry[] {
  const lists = new Map<string, Map<string, ReducerEntry[]>>(
    wanted.map(({ analyzer, names }) => [analyzer, new Map([...names].map((name) => [name, []]))]),
  );
  const isAny = wanted.some(({ names }) => names.size > 0);
  for (const [path, inputs] of isAny ? document.entries() : []) {
    for (const [analyzer, selected] of inputs) {
      const list = lists.get(analyzer);
      if (list !== undefined) for (const [name, input] of selected) list.get(name)?.push({ path, input });
    }
  }
  return (analyzer, name) => lists.get(analyzer)?.get(name) ?? [];
}
