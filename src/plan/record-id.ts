import type { Dependency } from '../model/dependency.js';
import type { RecordId, ResultKey } from '../model/ids.js';
import { canonicalJson } from '../util/canonical-json.js';
import { sha256Hex } from '../util/hash.js';

const KEY_HEX_DIGITS = 32;
const SUFFIX_HEX_DIGITS = 8;

/** Name of one record under `key`: each state of the dependencies has its own, in the order in which they were read. */
export function recordId(key: ResultKey, dependencies: readonly Dependency[]): RecordId {
  if (dependencies.length === 0) return key as string as RecordId;
  return `${key}-${sha256Hex(canonicalJson(dependencies)).slice(0, SUFFIX_HEX_DIGITS)}` as RecordId;
}

/** Key of the results among which the record is one. */
export const keyOfRecord = (id: RecordId): ResultKey => id.slice(0, KEY_HEX_DIGITS) as ResultKey;

export const hasDependencies = (id: RecordId): boolean => id.length > KEY_HEX_DIGITS;
