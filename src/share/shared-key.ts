import type { Dependency } from '../model/dependency.js';
import { canonicalJson } from '../util/canonical-json.js';
import { sha256Hex } from '../util/hash.js';

/** Version of the format of shared records: part of every key and every signature. */
export const SHARED_FORMAT = 1;

const VARIANT_HEX_DIGITS = 16;
const SHA256_DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What a shared result is of. */
export interface SharedSubject {
  /** `sha256:…` over analyzer, its code and its options. */
  readonly fingerprint: string;
  /** Null where the answer does not depend on it. */
  readonly path: string | null;
  /** `sha256:…` of the content: a shorter hash could be made to collide on purpose. */
  readonly contentHash: string;
}

/**
 * Name of the results of one analyzer for one content, the same on every machine: 64 hex digits of SHA-256.
 * @throws TypeError where a hash is not `sha256:` + 64 hex digits.
 */
export function sharedKey({ fingerprint, path, contentHash }: SharedSubject): string {
  for (const hash of [fingerprint, contentHash])
    if (!SHA256_DIGEST.test(hash)) throw new TypeError(`Expected sha256: and 64 hex digits, found ${hash}`);
  return sha256Hex(canonicalJson([SHARED_FORMAT, fingerprint, path, contentHash]));
}

/** Name of one record among those of a key: 16 hex digits for each state of the dependencies; null where there are none. */
export function variantOf(dependencies: readonly Dependency[]): string | null {
  return dependencies.length === 0 ? null : sha256Hex(canonicalJson(dependencies)).slice(0, VARIANT_HEX_DIGITS);
}
