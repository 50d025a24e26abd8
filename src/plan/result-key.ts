import type { ContentHash, Fingerprint, ResultKey } from '../model/ids.js';
import { sha256Hex } from '../util/hash.js';

/** Part of every key, so that records of two formats live side by side. */
export const RECORD_FORMAT = 1;
const KEY_HEX_DIGITS = 32;

/**
 * Name of the result of the analyzer with `fingerprint` for one content. `path` is null where the answer does not depend on it.
 * A JSON array keeps the parts apart: joined strings can be split in two ways.
 */
export function resultKey(fingerprint: Fingerprint, path: string | null, contentHash: ContentHash): ResultKey {
  return sha256Hex(JSON.stringify([RECORD_FORMAT, fingerprint, path, contentHash])).slice(
    0,
    KEY_HEX_DIGITS,
  ) as ResultKey;
}
