import { systemCode } from '../model/errors.js';
import type { ResultKey, SourcePath } from '../model/ids.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import { wantedFrom } from '../persistence/loaded-analysis.js';
import { analysisKey, fileHashesKey, recordKey } from '../persistence/layout.js';
import type { DamagedRecord } from '../plan/make-plan.js';
import type { ValueStat } from '../store/driver.js';
import { TimeSlice } from '../util/clock.js';

/** Most records whose size and time are looked at in one run: a small codebase is checked whole, a large one in turns. */
const SPOT_CHECKS = 1500;
/** No record is shorter. */
const LEAST_RECORD_BYTES = 200;
const KEY = /"([0-9a-f]{32})"/g;

export interface DamageReport {
  readonly damaged: readonly DamagedRecord[];
  /** `file_hashes.json` is gone, or is no longer the one that was committed. */
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
  const listingStamp = await cache.driver.listingStamp(cache.id);
  const committed = await cache.driver.stat(analysisKey(cache.id));
  const suspicious = await suspiciousKeys(cache, document, committed);
  const hashesLost = await areHashesLost(cache, document, committed);
  const missing =
    listingStamp !== undefined && listingStamp === verifiedStamp ? [] : await missingKeys(cache, document);
  if (suspicious.size + missing.length === 0) return { damaged: [], hashesLost, listingStamp };
  const damaged = await confirm(cache, document, new Set(missing), suspicious);
  return { damaged, hashesLost, listingStamp };
}

function keysIn(text: string): ResultKey[] {
  return Array.from(text.matchAll(KEY), ([, key]) => key as ResultKey);
}

/** A path may look like a key, so what is missing by its looks is confirmed later. */
async function missingKeys(cache: CodebaseCache, document: AnalysisDocument): Promise<ResultKey[]> {
  const present = await cache.listRecordKeys();
  return keysIn(document.files.block.toString('latin1')).filter((key) => !present.has(key));
}

/** Records that were touched after the analysis was committed, or cannot be whole. */
async function suspiciousKeys(
  cache: CodebaseCache,
  document: AnalysisDocument,
  committed: ValueStat | undefined,
): Promise<Set<ResultKey>> {
  const suspicious = new Set<ResultKey>();
  if (committed === undefined) return suspicious;
  const slice = new TimeSlice();
  for (const key of sampleKeys(document)) {
    if (slice.due()) await slice.yieldTurn();
    const stat = await cache.driver.stat(recordKey(cache.id, key));
    if (stat === undefined || stat.sizeBytes < LEAST_RECORD_BYTES || stat.touchedAt > committed.modifiedAt)
      suspicious.add(key);
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
  const stat = await cache.driver.stat(fileHashesKey(cache.id));
  if (stat === undefined || stat.sizeBytes === 0) return true;
  return stat.touchedAt > committed.modifiedAt && (await cache.openFileHashes(document)) === undefined;
}

/** A stretch of about `SPOT_CHECKS` records that begins anywhere. */
function sampleKeys(document: AnalysisDocument): ResultKey[] {
  const { block } = document.files;
  const tasks = Object.values(document.head.analyzers).reduce((sum, { results }) => sum + results, 0);
  if (tasks <= SPOT_CHECKS) return keysIn(block.toString('latin1'));
  const stretch = Math.ceil((block.length / tasks) * SPOT_CHECKS);
  const start = Math.floor(Math.random() * (block.length - stretch));
  return keysIn(block.toString('latin1', start, start + stretch));
}

async function confirm(
  cache: CodebaseCache,
  document: AnalysisDocument,
  missing: ReadonlySet<ResultKey>,
  suspicious: ReadonlySet<ResultKey>,
): Promise<DamagedRecord[]> {
  const damaged: DamagedRecord[] = [];
  const opened: { path: SourcePath; analyzer: string; key: ResultKey }[] = [];
  for (const [path, keys] of document.entries()) {
    for (const [analyzer, key] of keys) {
      if (missing.has(key)) damaged.push({ path, analyzer, key, problem: undefined });
      else if (suspicious.has(key)) opened.push({ path, analyzer, key });
    }
  }
  const found = await cache.findRecords(
    opened.map(({ path, analyzer, key }) => wantedFrom(document, path, analyzer, key)),
  );
  for (const [index, task] of opened.entries()) {
    const lookUp = found[index];
    if (lookUp?.outcome === 'corrupt') damaged.push({ ...task, problem: lookUp.problem });
    else if (lookUp?.outcome === 'miss') damaged.push({ ...task, problem: undefined });
  }
  return damaged;
}
