import type { LeaseDriver } from '../store/driver.js';
import { TOO_LARGE } from '../store/too-large.js';

/**
 * As much of a `Store` as sharing needs. Whatever it answers was perhaps written by somebody hostile, so values are unknown. Calls reject where
 * the store does not answer; one value that cannot be read counts as absent.
 */
export interface SharedBackend {
  /** For messages; without credentials. */
  readonly description: string;
  /** One answer for each key, in order. */
  loadMany(keys: readonly string[]): Promise<readonly unknown[]>;
  /** The same, with `TOO_LARGE` in the place of each that has more than `maxBytes`, as it is stored or decoded. Without it, values may fill the memory. */
  loadSmall?(keys: readonly string[], maxBytes: number): Promise<readonly unknown[]>;
  /** @param options.ttl time to live in seconds. */
  saveMany(entries: Iterable<readonly [string, Uint8Array]>, options?: { readonly ttl?: number }): Promise<void>;
  /** True for each that had no value and has this one now. */
  createMany(
    entries: Iterable<readonly [string, Uint8Array]>,
    options?: { readonly ttl?: number },
  ): Promise<readonly boolean[]>;
  /** Number of keys that had a value. */
  deleteMany(keys: readonly string[]): Promise<number>;
  readonly driver?: { readonly leases?: LeaseDriver };
}

/** Larger records are loaded after the others, a few at a time. */
const SMALL_BYTES = 64 * 1024;
/** Of larger ones no more is loaded in one call: what is left out counts as absent, and is analyzed. */
const LARGE_TOTAL_BYTES = 128 * 1024 * 1024;
const LARGE_AT_ONCE = 4;

/** One answer for each key, in order. However much somebody has put there, what is in memory at once is bounded. */
export async function loadBounded(backend: SharedBackend, keys: readonly string[]): Promise<unknown[]> {
  if (backend.loadSmall === undefined) return [...(await backend.loadMany(keys))];
  const values = [...(await backend.loadSmall(keys, SMALL_BYTES))];
  const large = [...values.keys()].filter((index) => values[index] === TOO_LARGE);
  let left = LARGE_TOTAL_BYTES;
  for (let at = 0; at < large.length; at += LARGE_AT_ONCE) {
    const some = large.slice(at, at + LARGE_AT_ONCE);
    const loaded = left > 0 ? await backend.loadMany(some.map((index) => keys[index] as string)) : [];
    for (const [place, index] of some.entries()) {
      const value = loaded[place];
      values[index] = value;
      if (value instanceof Uint8Array) left -= value.length;
    }
  }
  return values;
}
