import type { CacheError } from '../../model/errors.js';
import type { StoreEntry } from '../driver.js';
import type { Tier } from './tier.js';

export interface Creation {
  /** Whether each entry was created, in order; undefined where no tier could decide it. */
  readonly created: readonly (boolean | undefined)[];
  /** Of the tiers that could not decide, the farthest first. */
  readonly errors: readonly CacheError[];
}

/**
 * Creates `entries` in `tiers`, the nearest first. Each entry is decided by the farthest tier that can be asked now: the tiers before it save what it
 * created, those behind it are told later, and keep what they have. What one of these has still to be told counts as a value that it has.
 */
export async function createInTiers(tiers: readonly Tier[], entries: readonly StoreEntry[]): Promise<Creation> {
  const created: (boolean | undefined)[] = entries.map(() => undefined);
  const errors: CacheError[] = [];
  const farther: Tier[] = [];
  for (const [position, tier] of [...tiers.entries()].reverse()) {
    const { maxValueBytes } = tier.driver.capabilities;
    const asked = entries.flatMap((entry, index) =>
      created[index] === undefined && entry.bytes.length <= maxValueBytes ? [{ entry, index }] : [],
    );
    if (asked.length === 0) continue;
    const answer = await tier.create(asked.map(({ entry }) => entry));
    if (!answer.ok) {
      for (const { entry, index } of asked) if (tier.isPromised(entry.key)) created[index] = false;
      errors.push(answer.error);
      farther.push(tier);
      continue;
    }
    asked.forEach(({ index }, place) => (created[index] = answer.value[place] === true));
    const winners = asked.filter(({ index }) => created[index] === true).map(({ entry }) => entry);
    if (winners.length === 0) continue;
    for (const one of farther) one.keepCreated(winners);
    await Promise.all(tiers.slice(0, position).map((one) => one.saveCreated(winners)));
  }
  return { created, errors };
}
