import type { Lifetime } from '../codec/expiry.js';
import type { JsonValue } from '../model/json.js';
import type { StoreDriver, StoreEntry } from './driver.js';

/** A JSON value as it was saved, deeply frozen: everybody may have the same one. */
export interface HeldValue extends Lifetime {
  readonly value: JsonValue;
}

/** What `Store` gives to a driver that holds values: the bytes mean the same. */
export interface HeldEntry extends StoreEntry {
  readonly held?: HeldValue | undefined;
}

/** A driver in this very process, which can give out values without decoding them again. */
export interface HoldsValues {
  /** Undefined where it does not hold the value; its bytes may be there all the same. */
  heldValue(key: string): HeldValue | undefined;
}

export function holdsValues(driver: StoreDriver): driver is StoreDriver & HoldsValues {
  return 'heldValue' in driver && typeof driver.heldValue === 'function';
}

/** A frozen copy of a JSON value, as JSON would give it back: without members that are undefined, and without negative zero. */
export function frozenCopy(value: JsonValue): JsonValue {
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return Object.freeze(Array.from(value, (item: JsonValue | undefined) => frozenCopy(item ?? null)));
  const copy: Record<string, JsonValue> = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    if (name === '__proto__') Object.defineProperty(copy, name, { value: frozenCopy(member), enumerable: true });
    else copy[name] = frozenCopy(member);
  }
  return Object.freeze(copy);
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);
