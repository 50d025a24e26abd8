import { CacheError } from '../model/errors.js';
import type { VersionId } from '../model/ids.js';
import type { Clock } from '../util/clock.js';
import { listVersionIds } from './commit.js';
import type { AnalysisDocument } from './analysis-document.js';
import type { CodebaseCache } from './codebase-cache.js';
import { openVersion } from './history.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  epochsFolder,
  isTemporary,
  recordIdOf,
  recordName,
  versionKey,
  versionName,
  versionsFolder,
} from './layout.js';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface PruneLimits {
  /** Versions kept, the newest ones; default: all that are there. */
  readonly versions?: number;
  /** A record that nothing refers to is removed when it was last used longer ago; default 30. */
  readonly maxAgeDays?: number;
  /** While records take more, those that nothing refers to go too, least recently used first; default: no limit. */
  readonly maxSizeBytes?: number;
  /** Nothing younger is removed, as a run that is going on may be about to refer to it; default 24. */
  readonly graceHours?: number;
  /** Say what would be removed, and remove nothing. */
  readonly dryRun?: boolean;
}

export interface PruneReport {
  readonly dryRun: boolean;
  readonly removedRecords: number;
  readonly removedVersions: number;
  /** Left behind by a killed process. */
  readonly removedTemporaries: number;
  /** Of the records and temporary files. */
  readonly removedBytes: number;
  readonly keptRecords: number;
  readonly keptBytes: number;
}

interface Stored {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

/**
 * Clean-up, without a lock, in this order:
 * 1. versions beyond the limit are no longer kept;
 * 2. what `analysis.json` and the kept versions refer to stays: one of them that cannot be read stops everything;
 * 3. of the other records, those past `maxAgeDays` go, then the least recently used ones while the rest is over `maxSizeBytes`;
 * 4. nothing that was written or used within the grace period goes, as a run may be about to refer to it;
 * 5. temporary files past the grace period go.
 * @throws CacheError CACHE_PRUNE_STOPPED with `document`; TypeError for a limit that is none.
 */
export async function pruneCodebase(cache: CodebaseCache, limits: PruneLimits, clock: Clock): Promise<PruneReport> {
  const { versions = Infinity, maxAgeDays = 30, maxSizeBytes = Infinity, graceHours = 24, dryRun = false } = limits;
  assertLimits({ versions, maxAgeDays, maxSizeBytes, graceHours });
  const allVersions = await listVersionIds(cache.documents, cache.id);
  const dropped = allVersions.slice(versions);
  const referenced = await referencedNames(cache, allVersions.slice(0, versions));
  const graceBefore = clock.now() - (graceHours / 24) * DAY_MS;
  const { records, temporaries } = await listStored(cache);
  const removable = records
    .filter(({ key, modifiedAt }) => !referenced.has(key) && modifiedAt < graceBefore)
    .sort((a, b) => a.modifiedAt - b.modifiedAt);
  let total = sumBytes(records);
  const removed: Stored[] = [];
  for (const stored of removable) {
    if (stored.modifiedAt >= clock.now() - maxAgeDays * DAY_MS && total <= maxSizeBytes) continue;
    removed.push(stored);
    total -= stored.sizeBytes;
  }
  const oldTemporaries = temporaries.filter(({ modifiedAt }) => modifiedAt < graceBefore);
  if (!dryRun) {
    await cache.documents.deleteMany(dropped.map((version) => versionKey(cache.id, version)));
    await cache.documents.deleteMany([...removed, ...oldTemporaries].map(({ key }) => key));
  }
  return {
    dryRun,
    removedRecords: removed.length,
    removedVersions: dropped.length,
    removedTemporaries: oldTemporaries.length,
    removedBytes: sumBytes(removed) + sumBytes(oldTemporaries),
    keptRecords: records.length - removed.length,
    keptBytes: total,
  };
}

function assertLimits(limits: Required<Omit<PruneLimits, 'dryRun'>>): void {
  for (const [name, limit] of Object.entries(limits))
    if (typeof limit !== 'number' || !(limit >= 0))
      throw new TypeError(`Expected ${name} to be a number of at least 0, found ${String(limit)}`);
  const { versions } = limits;
  if (versions !== Infinity && !Number.isInteger(versions))
    throw new TypeError(`Expected versions to be a whole number, found ${versions}`);
}

const sumBytes = (stored: readonly Stored[]): number => stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

async function referencedNames(cache: CodebaseCache, versions: readonly VersionId[]): Promise<Set<string>> {
  const names = new Set<string>();
  const current = await cache.openAnalysis();
  const [exists] = await cache.documents.statMany([analysisKey(cache.id)]);
  if (current === undefined && exists !== undefined) throw stopped(cache, ANALYSIS_NAME);
  if (current !== undefined) addNames(cache, current, names);
  for (const version of versions) {
    const document = await openVersion(cache, version);
    if (document === undefined) throw stopped(cache, versionName(version));
    addNames(cache, document, names);
  }
  return names;
}

function addNames(cache: CodebaseCache, document: AnalysisDocument, names: Set<string>): void {
  for (const [, records] of document.entries())
    for (const id of records.values()) names.add(`${cache.id}/${recordName(id)}`);
}

function stopped(cache: CodebaseCache, document: string): CacheError {
  return new CacheError(
    'CACHE_PRUNE_STOPPED',
    `${document} of codebase "${cache.id}" cannot be read, so nobody knows what it needs; nothing was removed. Delete that file, then prune again.`,
    { codebaseId: cache.id, document },
  );
}

async function listStored(cache: CodebaseCache): Promise<{ records: Stored[]; temporaries: Stored[] }> {
  const records: Stored[] = [];
  const temporaries: Stored[] = [];
  for (const folder of [cache.id, versionsFolder(cache.id), epochsFolder(cache.id)]) {
    const names = (await cache.documents.list(folder)).filter(
      (name) => isTemporary(name) || recordIdOf(name) !== undefined,
    );
    const stats = await cache.documents.statMany(names.map((name) => `${folder}/${name}`));
    for (const [index, name] of names.entries()) {
      const stat = stats[index];
      if (stat === undefined) continue;
      const { sizeBytes, modifiedAt } = stat;
      (isTemporary(name) ? temporaries : records).push({ key: `${folder}/${name}`, sizeBytes, modifiedAt });
    }
  }
  return { records, temporaries };
}
