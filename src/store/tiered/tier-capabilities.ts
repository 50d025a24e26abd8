import type { StoreCapabilities } from '../driver.js';
import type { Tier } from './tier.js';

/** Longest value where no tier may be written. */
const NOTHING_WRITTEN = 0;
const SHARED = ['process', 'machine', 'network'] as const;

/** What tiers can do together. What depends on one tier alone is that of the authority, the farthest one that may be written. */
export function capabilitiesOf(tiers: readonly Tier[]): StoreCapabilities {
  const all = tiers.map(({ driver }) => driver.capabilities);
  const written = tiers.filter(({ writes }) => writes).map(({ driver }) => driver.capabilities);
  const kept = written.filter(({ persistent }) => persistent);
  const outside = written.filter(({ shared }) => shared !== 'process');
  const authority = written.at(-1);
  return {
    // Two stores cannot be changed in one step.
    atomicBatch: written.length === 1 && authority?.atomicBatch === true,
    // Where one cannot be reached, the next one decides.
    atomicCreate: written.length === 1 && authority?.atomicCreate === true,
    persistent: kept.length > 0,
    sweepsItself: written.every(({ sweepsItself }) => sweepsItself),
    shared: SHARED.findLast((reach) => all.some(({ shared }) => shared === reach)) ?? 'process',
    writable: written.length > 0,
    leases: tiers.some(({ driver }) => driver.capabilities.leases),
    maxValueBytes: authority?.maxValueBytes ?? NOTHING_WRITTEN,
    // Everywhere the same bytes: only where all outside of this process are for people, they go without an envelope and its checksum.
    plainJson: outside.length > 0 && outside.every(({ plainJson }) => plainJson),
    maxBatch: Math.min(...all.map(({ maxBatch }) => maxBatch)),
    maxConcurrency: Math.min(...all.map(({ maxConcurrency }) => maxConcurrency)),
  };
}
