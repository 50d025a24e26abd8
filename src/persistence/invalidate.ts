import type { ResultKey } from '../model/ids.js';
import type { Clock } from '../util/clock.js';
import { unwritable } from './changed-files.js';
import type { CodebaseCache } from './codebase-cache.js';
import { appendEpoch, coverage, type Selection } from './epochs.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  FILE_HASHES_NAME,
  fileHashesKey,
  isTemporary,
  recordKey,
  resultKeyOf,
  SCAN_CACHE_NAME,
  versionKey,
} from './layout.js';
import { listVersionIds } from './commit.js';

export interface InvalidationReport {
  readonly codebaseId: string;
  /** Number of the entry that forbids older results from now on. */
  readonly epoch: number;
  /** Files of the last analysis that lost at least one result. */
  readonly files: number;
  /** Records that were removed. */
  readonly removed: number;
}

/** Forbids first, removes after: a run that goes on meanwhile cannot bring an old result back. */
export async function invalidateCodebase(
  cache: CodebaseCache,
  selection: Selection,
  clock: Clock,
): Promise<InvalidationReport> {
  const covers = coverage(selection);
  const whole = selection.paths === undefined && selection.analyzers === undefined;
  const document = await cache.openAnalysis();
  try {
    const known = document?.head.epoch ?? 0;
    const epoch = await appendEpoch(cache.driver, cache.id, { selection, known, now: new Date(clock.now()) });
    const covered = new Set<ResultKey>();
    let files = 0;
    for (const [path, keys] of document?.entries() ?? []) {
      const hit = [...keys].filter(([analyzer]) => covers(path, analyzer));
      if (hit.length > 0) files++;
      for (const [, key] of hit) covered.add(key);
    }
    const keys = whole ? await cache.listRecordKeys() : covered;
    if (whole) await cache.driver.deleteMany([analysisKey(cache.id), fileHashesKey(cache.id)]);
    const removed = await cache.driver.deleteMany([...keys].map((key) => recordKey(cache.id, key)));
    return { codebaseId: cache.id, epoch, files, removed };
  } catch (error) {
    throw unwritable(error);
  }
}

/** Everything goes but the epochs, and they forbid it all: a run that began before must not bring its results back. */
export async function deleteCodebase(cache: CodebaseCache, clock: Clock): Promise<boolean> {
  try {
    const before = await cache.driver.list(cache.id);
    const isKept = before.some((name) => name === ANALYSIS_NAME || name === FILE_HASHES_NAME || isRemovable(name));
    if (isKept) {
      const known = (await cache.openAnalysis())?.head.epoch ?? 0;
      await appendEpoch(cache.driver, cache.id, { selection: {}, known, now: new Date(clock.now()) });
    }
    // `analysis.json` first: without it nothing refers to the rest.
    const first = await cache.driver.deleteMany([analysisKey(cache.id), fileHashesKey(cache.id)]);
    const removable = (await cache.driver.list(cache.id)).filter(isRemovable);
    const versions = await listVersionIds(cache.driver, cache.id);
    const rest = await cache.driver.deleteMany([
      ...removable.map((name) => `${cache.id}/${name}`),
      ...versions.map((version) => versionKey(cache.id, version)),
    ]);
    return first + rest > 0;
  } catch (error) {
    throw unwritable(error);
  }
}

const isRemovable = (name: string): boolean =>
  resultKeyOf(name) !== undefined || isTemporary(name) || name === SCAN_CACHE_NAME;
