import type { JsonValue } from '../../../model/json.js';

export type JsonObject = { readonly [key: string]: JsonValue };
export type JsonList = readonly JsonValue[];

export const isList = (value: JsonValue | undefined): value is JsonList => Array.isArray(value);
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);

/** The member, or undefined; what an object inherits is no member. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export const objectOr = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});
export const listOr = (value: JsonValue | undefined): JsonList => (isList(value) ? value : []);
export const textOr = <Other>(value: JsonValue | undefined, other: Other): string | Other =>
  typeof value === 'string' ? value : other;
export const numberOr = <Other>(value: JsonValue | undefined, other: Other): number | Other =>
  typeof value === 'number' ? value : other;

/** A copy without the members `names`. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Names and indexes that lead into a document. */
export type JsonPath = readonly string[];

/** `/a/b` as a JSON pointer (RFC 6901), anything else as names with dots between them; '' is the document itself. */
export function parseJsonPath(text: string): JsonPath {
  if (text === '') return [];
  if (!text.startsWith('/')) return text.split('.');
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function valueAt(value: JsonValue, path: JsonPath): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of path) {
    if (isList(found)) found = /^(0|[1-9]\d*)$/.test(step) ? found[Number(step)] : undefined;
    else found = member(found, step);
  }
  return found;
}

/** A copy of `value` in which `path`, which is there, leads to `replacement`. Names keep their order. */
export function withValueAt(value: JsonValue, path: JsonPath, replacement: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (isList(value))
    return value.map((item, at) => (String(at) === step ? withValueAt(item, rest, replacement) : item));
  const inner = member(value, step);
  if (!isObject(value) || inner === undefined) return value;
  // A computed name makes an own property, even where it is `__proto__`.
  return { ...value, [step]: withValueAt(inner, rest, replacement) };
}
