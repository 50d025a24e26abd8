import { MAX_JSON_DEPTH, assertJson } from '../util/canonical-json.js';
import type { StoreValue } from './key-value-store.js';

/**
 * Checks that a value can be stored.
 * @throws TypeError that names the first place that is no JSON.
 */
export function checkValue(value: StoreValue): void {
  // Naming places costs more than all the rest of saving: only for values that look wrong.
  if (!(value instanceof Uint8Array) && !isSurelyJson(value, 0)) assertJson(value, 'the value');
}

/** False for all that is wrong, and for some that is odd and right. */
function isSurelyJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > MAX_JSON_DEPTH || 'toJSON' in value) return false;
  if (Array.isArray(value)) return value.every((item) => isSurelyJson(item, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined && !isSurelyJson(member, depth + 1)) return false;
  }
  return true;
}
