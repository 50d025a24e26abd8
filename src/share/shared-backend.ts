import type { LeaseDriver } from '../store/driver.js';

/**
 * As much of a `Store` as sharing needs. Whatever it answers was perhaps written by somebody hostile, so values are unknown. Calls reject where
 * the store does not answer; one value that cannot be read counts as absent.
 */
export interface SharedBackend {
  /** For messages; without credentials. */
  readonly description: string;
  /** One answer for each key, in order. */
  loadMany(keys: readonly string[]): Promise<readonly unknown[]>;
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
