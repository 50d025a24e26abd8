import type { CodebaseId, RecordId, ResultKey } from '../model/ids.js';
import type { Clock } from '../util/clock.js';
import { unwritable } from './changed-files.js';
import type { CodebaseCache } from './codebase-cache.js';
import { appendEpoch, coverage, type Selection } from './epochs.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  dependenciesKey,
  DEPENDENCIES_NAME,
  REDUCER_INPUTS_NAME,
  reducerInputsKey,
  FILE_HASHES_NAME,
  fileHashesKey,
  isTemporary,
  recordIdOf,
  recordKey,
  INPUT_CACHE_NAME,
  SCAN_CACHE_NAME,
  versionKey,
} from './layout.js';
import { listVersionIds } from './commit.js';
import { keyOfRecord } from '../plan/record-id.js';

export interface InvalidationReport {
  readonly codebaseId: string;
  /** Number of the entry that forbids older results from now on. */
  readonly epoch: number;
  /** Files of the last analysis that lost at least one result. */
  readonly files: number;
  /** Records that were removed, those of other states of the dependencies included. */
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
    const epoch = await appendEpoch(cache.documents, cache.id, { selection, known, now: new Date(clock.now()) });
    const records = await cache.listRecords();
    const covered = new Set<ResultKey>();
    let files = 0;
    for (const [path, current] of document?.entries() ?? []) {
      const hit = [...current].filter(([analyzer]) => covers(path, analyzer));
      if (hit.length > 0) files++;
      for (const [, id] of hit) covered.add(keyOfRecord(id));
    }
    const gone: RecordId[] = [];
    for (const [key, variants] of records) if (whole || covered.has(key)) gone.push(...variants);
    if (whole) await cache.documents.deleteMany(documentsOf(cache.id));
    const removed = await cache.documents.deleteMany(gone.map((id) => recordKey(cache.id, id)));
    return { codebaseId: cache.id, epoch, files, removed };
  } catch (error) {
    throw unwritable(error);
  }
}

/** Everything goes but the epochs, and they forbid it all: a run that began before must not bring its results back. */
export async function deleteCodebase(cache: CodebaseCache, clock: Clock): Promise<boolean> {
  try {
    const before = await cache.documents.list(cache.id);
    const isKept = before.some((name) => DOCUMENT_NAMES.has(name) || isRemovable(name));
    if (isKept) {
      const known = (await cache.openAnalysis())?.head.epoch ?? 0;
      await appendEpoch(cache.documents, cache.id, { selection: {}, known, now: new Date(clock.now()) });
    }
    const first = await cache.documents.deleteMany(documentsOf(cache.id));
    const removable = (await cache.documents.list(cache.id)).filter(isRemovable);
    const versions = await listVersionIds(cache.documents, cache.id);
    const rest = await cache.documents.deleteMany([
      ...removable.map((name) => `${cache.id}/${name}`),
      ...versions.map((version) => versionKey(cache.id, version)),
    ]);
    return first + rest > 0;
  } catch (error) {
    throw unwritable(error);
  }
}

/** `analysis.json` first: without it nothing refers to the others. */
const documentsOf = (id: CodebaseId): string[] => [
  analysisKey(id),
  fileHashesKey(id),
  dependenciesKey(id),
  reducerInputsKey(id),
];

const DOCUMENT_NAMES: ReadonlySet<string> = new Set([
  ANALYSIS_NAME,
  FILE_HASHES_NAME,
  DEPENDENCIES_NAME,
  REDUCER_INPUTS_NAME,
]);

const isRemovable = (name: string): boolean =>
  recordIdOf(name) !== undefined || isTemporary(name) || name === SCAN_CACHE_NAME || name === INPUT_CACHE_NAME;
