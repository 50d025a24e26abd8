/**
 * What is written goes in the order of the keys and has each key once. Two writers that lock the same rows in the same order cannot wait for each
 * other, and one statement of SQL cannot write a row twice.
 */
import type { StoreEntry } from '../driver.js';
import { compareKeys } from '../key-order.js';

/** Of a key that is there twice, the last. */
export function lastOfEachKey(entries: readonly StoreEntry[]): StoreEntry[] {
  return sorted(new Map(entries.map((entry) => [entry.key, entry])));
}

/** Of a key that is there twice, the first. */
export function firstOfEachKey(entries: readonly StoreEntry[]): StoreEntry[] {
  return sorted(new Map(entries.toReversed().map((entry) => [entry.key, entry])));
}

export function uniqueKeys(keys: readonly string[]): string[] {
  return Array.from(new Set(keys)).sort(compareKeys);
}

function sorted(entryByKey: ReadonlyMap<string, StoreEntry>): StoreEntry[] {
  return Array.from(entryByKey.values()).sort((a, b) => compareKeys(a.key, b.key));
}
