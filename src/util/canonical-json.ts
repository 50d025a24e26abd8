import type { JsonValue } from '../model/json.js';

/** Deeper values are refused: nothing an analyzer answers is that deep, and hostile documents are. */
export const MAX_JSON_DEPTH = 200;

/**
 * `value` as JSON with keys sorted by code unit and no white space: equal values give equal text on every machine.
 * @throws TypeError where `value` is not JSON (a function, NaN, a cycle, more than 200 levels), naming the place.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '', 0);
}

function write(value: unknown, place: string, depth: number): string {
  if (depth > MAX_JSON_DEPTH)
    throw new TypeError(`Expected at most ${MAX_JSON_DEPTH} levels of JSON, at ${place.slice(0, 80)}`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new TypeError(`Expected a finite number at ${place || 'the top'}, found ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value))
    return `[${value.map((item, index) => write(item ?? null, `${place}[${index}]`, depth + 1)).join(',')}]`;
  if (typeof value !== 'object')
    throw new TypeError(`Expected a JSON value at ${place || 'the top'}, found ${typeof value}`);
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) parts.push(`${JSON.stringify(key)}:${write(member, `${place}.${key}`, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

/** A copy of `value` that is JSON, or a TypeError that names the first place that is not. Properties that are undefined are left out. */
export function toJsonValue(value: unknown): JsonValue {
  return JSON.parse(canonicalJson(value)) as JsonValue;
}

/**
 * Checks that `value` survives JSON unchanged, but for properties that are undefined.
 * @throws TypeError that names the first place that does not.
 */
export function assertJson(value: unknown, place = 'the result', depth = 0): asserts value is JsonValue {
  if (depth > MAX_JSON_DEPTH)
    throw new TypeError(`Expected at most ${MAX_JSON_DEPTH} levels of JSON, found more at ${place.slice(0, 80)}`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Expected JSON, found ${value} at ${place}`);
    return;
  }
  if (typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function')
    throw new TypeError(`Expected JSON, found an object that prints itself (toJSON) at ${place}`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertJson(item, `${place}[${index}]`, depth + 1));
    return;
  }
  if (typeof value !== 'object') throw new TypeError(`Expected JSON, found ${typeof value} at ${place}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (
    prototype !== null &&
    prototype !== Object.prototype &&
    'constructor' in value &&
    value.constructor !== Object &&
    !isForeignObject(value)
  ) {
    throw new TypeError(`Expected JSON, found an instance of ${value.constructor.name} at ${place}`);
  }
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) assertJson(member, `${place}.${key}`, depth + 1);
  }
}

/** A plain object of another realm, e.g. of a vm context. */
const isForeignObject = (value: object): boolean =>
  Object.prototype.toString.call(value) === '[object Object]' && value.constructor.name === 'Object';
