import { systemCode } from '../model/errors.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import { wantedFrom } from '../persistence/loaded-analysis.js';
import { analysisKey, dependenciesKey, fileHashesKey, recordKey } from '../persistence/layout.js';
import { rebuildDependencies } from '../persistence/rebuild-dependencies.js';
import type { DamagedRecord } from '../plan/make-plan.js';
import { keyOfRecord } from '../plan/record-id.js';
import type { ValueStat } from '../store/documents/document-store.js';
import { TimeSlice } from '../util/clock.js';

/** Most records whose size and time are looked at in one run: a small codebase is checked whole, a large one in turns. */
const SPOT_CHECKS = 1500;
const STAT_BATCH = 128;
/** No record is shorter. */
const LEAST_RECORD_BYTES = 200;
const RECORD_ID = /"([0-9a-f]{32}(?:-[0-9a-f]{8})?)"/g;

export interface DamageReport {
  readonly damaged: readonly DamagedRecord[];
  /** `file_hashes.json` or `dependencies.json` is gone, or is no longer the one that was committed. */
  readonly hashesLost: boolean;
  /** Stamp of the folder in which every record that is not in `damaged` was there. */
  readonly listingStamp: string | undefined;
}

/**
 * Records of the last analysis that are gone, or that look edited since it was committed and prove bad when they are opened. What this overlooks
 * is found when the record is served: every record proves itself then. A folder that cannot be read now shows no damage.
 * @param verifiedStamp listing stamp under which all were there.
 */
export async function findDamage(
  cache: CodebaseCache,
  document: AnalysisDocument,
  verifiedStamp: string | undefined,
): Promise<DamageReport> {
  try {
    return await lookForDamage(cache, document, verifiedStamp);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { damaged: [], hashesLost: false, listingStamp: undefined };
  }
}

async function lookForDamage(
  cache: CodebaseCache,
  document: AnalysisDocument,
  verifiedStamp: string | undefined,
): Promise<DamageReport> {
  const listingStamp = await cache.documents.listingStamp(cache.id);
  const [committed] = await cache.documents.statMany([analysisKey(cache.id)]);
  const suspicious = await suspiciousRecords(cache, document, committed);
  const dependenciesLost = await areDependenciesLost(cache, document, committed);
  const hashesLost = (await areHashesLost(cache, document, committed)) || dependenciesLost;
  const unknown = dependenciesLost ? await withoutKnownDependencies(cache, document) : [];
  const missing =
    listingStamp !== undefined && listingStamp === verifiedStamp ? [] : await missingRecords(cache, document);
  if (suspicious.size + missing.length === 0) return { damaged: unknown, hashesLost, listingStamp };
  const damaged = await confirm(cache, document, new Set(missing), suspicious);
  return { damaged: [...unknown, ...damaged], hashesLost, listingStamp };
}

function recordsIn(text: string): RecordId[] {
  return Array.from(text.matchAll(RECORD_ID), ([, id]) => id as RecordId);
}

/** A path may look like a record's name, so what is missing by its looks is confirmed later. */
async function missingRecords(cache: CodebaseCache, document: AnalysisDocument): Promise<RecordId[]> {
  const present = new Set([...(await cache.listRecords()).values()].flat());
  return recordsIn(document.files.block.toString('latin1')).filter((id) => !present.has(id));
}

/** Records that were touched after the analysis was committed, or cannot be whole. */
async function suspiciousRecords(
  cache: CodebaseCache,
  document: AnalysisDocument,
  committed: ValueStat | undefined,
): Promise<Set<RecordId>> {
  const suspicious = new Set<RecordId>();
  if (committed === undefined || !cache.documents.capabilities.editable) return suspicious;
  const slice = new TimeSlice();
  const sample = sampleRecords(document);
  for (let start = 0; start < sample.length; start += STAT_BATCH) {
    if (slice.due()) await slice.yieldTurn();
    const ids = sample.slice(start, start + STAT_BATCH);
    const stats = await cache.documents.statMany(ids.map((id) => recordKey(cache.id, id)));
    for (const [index, id] of ids.entries()) {
      const stat = stats[index];
      if (stat === undefined || stat.sizeBytes < LEAST_RECORD_BYTES || stat.touchedAt > committed.modifiedAt)
        suspicious.add(id);
    }
  }
  return suspicious;
}

/** By the same signs as for records; the file itself is read only where they tell nothing. */
async function areHashesLost(
  cache: CodebaseCache,
  document: AnalysisDocument,
  committed: ValueStat | undefined,
): Promise<boolean> {
  if (committed === undefined) return false;
  const [stat] = await cache.documents.statMany([fileHashesKey(cache.id)]);
  if (stat === undefined || stat.sizeBytes === 0) return true;
  return stat.touchedAt > committed.modifiedAt && (await cache.openFileHashes(document)) === undefined;
}

/** An analysis that is new to this machine is believed later on only if its dependencies were checked as well. */
async function areDependenciesLost(
  cache: CodebaseCache,
  document: AnalysisDocument,
  committed: ValueStat | undefined,
): Promise<boolean> {
  if (document.head.dependenciesDigest === null) return false;
  const [stat] = document.isKnown ? await cache.documents.statMany([dependenciesKey(cache.id)]) : [];
  const looksGood =
    stat !== undefined && stat.sizeBytes > 0 && committed !== undefined && stat.touchedAt <= committed.modifiedAt;
  return !looksGood && (await cache.openDependencies(document)) === undefined;
}

/** Results whose dependencies nobody can tell any more: they must not count as unchanged. */
async function withoutKnownDependencies(cache: CodebaseCache, document: AnalysisDocument): Promise<DamagedRecord[]> {
  const { lost } = await rebuildDependencies(cache, document);
  return lost.map(({ path, analyzer, id, problem }) => ({ path, analyzer, key: keyOfRecord(id), problem }));
}

/** A stretch of about `SPOT_CHECKS` records that begins anywhere. */
function sampleRecords(document: AnalysisDocument): RecordId[] {
  const { block } = document.files;
  const tasks = Object.values(document.head.analyzers).reduce((sum, { results }) => sum + results, 0);
  if (tasks <= SPOT_CHECKS) return recordsIn(block.toString('latin1'));
  const stretch = Math.ceil((block.length / tasks) * SPOT_CHECKS);
  const start = Math.floor(Math.random() * (block.length - stretch));
  return recordsIn(block.toString('latin1', start, start + stretch));
}

async function confirm(
  cache: CodebaseCache,
  document: AnalysisDocument,
  missing: ReadonlySet<RecordId>,
  suspicious: ReadonlySet<RecordId>,
): Promise<DamagedRecord[]> {
  const { ttlSeconds } = cache.documents.capabilities;
  const damaged: DamagedRecord[] = [];
  const opened: { path: SourcePath; analyzer: string; id: RecordId }[] = [];
  for (const [path, records] of document.entries()) {
    for (const [analyzer, id] of records) {
      if (missing.has(id)) damaged.push({ path, analyzer, key: keyOfRecord(id), problem: undefined, ttlSeconds });
      else if (suspicious.has(id)) opened.push({ path, analyzer, id });
    }
  }
  const found = await cache.findRecords(
    opened.map(({ path, analyzer, id }) => wantedFrom(document, path, analyzer, id)),
  );
  for (const [index, { path, analyzer, id }] of opened.entries()) {
    const lookUp = found[index];
    const task = { path, analyzer, key: keyOfRecord(id) };
    if (lookUp?.outcome === 'corrupt') damaged.push({ ...task, problem: lookUp.problem });
    else if (lookUp?.outcome === 'miss') damaged.push({ ...task, problem: undefined });
  }
  return damaged;
}
