import { MAX_LEVELS } from '../schema/scan-json.js';

/** What a stored value may cost to decode: checked before memory is taken for it. Writers keep to the same limits. */
export interface DecodeLimits {
  /** Longest decoded payload, in bytes. */
  readonly maxBytes: number;
  /** How many times longer than its compressed form a payload may be. */
  readonly maxRatio: number;
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = { maxBytes: 64 * 1024 * 1024, maxRatio: 200 };

/** Levels of nesting in a value, in every codec: those of JSON documents. */
export const MAX_DEPTH = MAX_LEVELS;

/**
 * The default limits with those that are given.
 * @throws TypeError for one that is not a number from 1 on.
 */
export function decodeLimits(given: Partial<DecodeLimits> = {}): DecodeLimits {
  const limits = { ...DEFAULT_DECODE_LIMITS };
  for (const name of ['maxBytes', 'maxRatio'] as const) {
    const limit = given[name];
    if (limit === undefined) continue;
    if (typeof limit !== 'number' || !(limit >= 1)) throw new TypeError(`Expected limits.${name} to be at least 1`);
    limits[name] = limit;
  }
  return limits;
}
