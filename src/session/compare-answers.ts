/** Where two answers of one analyzer for one file differ. Values in, values out. */
import type { Dependency } from '../model/dependency.js';
import type { JsonValue } from '../model/json.js';
import { canonicalJson } from '../util/canonical-json.js';

/** What an analysis came to, as a record has it. */
export interface Answer {
  readonly result: JsonValue;
  readonly surface: string | null;
  readonly dependencies: readonly Dependency[];
}

export interface AnswerDifference {
  /** JSON pointer into the record: `/result/…`, `/surface`, `/dependencies/…`; `/dependencies/-` for one that the first answer lacks. */
  readonly pointer: string;
  /** Canonical JSON of what is there, cut where it is long; null where there is nothing. */
  readonly old: string | null;
  readonly new: string | null;
}

/** The first difference, or undefined. In which order an answer saw its dependencies makes none. */
export function firstDifference(a: Answer, b: Answer): AnswerDifference | undefined {
  return (
    valueDifference(a.result, b.result, '/result') ??
    valueDifference(a.surface, b.surface, '/surface') ??
    dependencyDifference(a.dependencies, b.dependencies)
  );
}

function valueDifference(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  pointer: string,
): AnswerDifference | undefined {
  const [old, fresh] = [textOf(a), textOf(b)];
  if (old === fresh) return undefined;
  if (isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const name of namesOf(a, b)) {
      const inner = valueDifference(member(a, name), member(b, name), `${pointer}/${escaped(name)}`);
      if (inner !== undefined) return inner;
    }
  }
  return { pointer, old: cut(old), new: cut(fresh) };
}

function dependencyDifference(a: readonly Dependency[], b: readonly Dependency[]): AnswerDifference | undefined {
  const [before, after] = [a, b].map((list) => list.map((one) => canonicalJson(one))) as [string[], string[]];
  const gone = before.findIndex((text) => !after.includes(text));
  const come = after.find((text) => !before.includes(text));
  if (gone >= 0) return { pointer: `/dependencies/${gone}`, old: cut(before[gone] ?? null), new: cut(come ?? null) };
  return come === undefined ? undefined : { pointer: '/dependencies/-', old: null, new: cut(come) };
}

type Branch = readonly JsonValue[] | { readonly [name: string]: JsonValue };

const isBranch = (value: JsonValue | undefined): value is Branch => typeof value === 'object' && value !== null;

/** Items in their order, properties in that of canonical JSON. */
function namesOf(a: Branch, b: Branch): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Array.isArray(a) ? names : names.sort();
}

const member = (branch: Branch, name: string): JsonValue | undefined =>
  Object.hasOwn(branch, name) ? (branch as Readonly<Record<string, JsonValue>>)[name] : undefined;

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const textOf = (value: JsonValue | undefined): string | null => (value === undefined ? null : canonicalJson(value));

/** Longest text of a value that is shown, in characters. */
const MOST_SHOWN = 200;

const cut = (text: string | null): string | null =>
  text !== null && text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
