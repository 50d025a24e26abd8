import { messageOf } from '../model/errors.js';
import type { ResultKey } from '../model/ids.js';
import { loadValidators, type Validators } from '../schema/validate.js';
import { TimeSlice } from '../util/clock.js';
import { checkSeal } from '../codec/sealed-json.js';
import { parseDocument } from '../schema/parse-json.js';
import { RECORD_FORMAT, resultKey } from '../plan/result-key.js';
import { ANALYSIS_FORMAT, MAX_ANALYSIS_BYTES, type AnalysisDocument } from './analysis-document.js';
import type { CodebaseCache, StoredRecord } from './codebase-cache.js';
import { listVersionIds } from './commit.js';
import { openVersion } from './history.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  FILE_HASHES_NAME,
  recordKey,
  recordName,
  versionKey,
  versionName,
} from './layout.js';
import { MAX_RECORD_BYTES, openRecord } from './record.js';

export interface DocumentProblem {
  /** Name below the codebase's folder. */
  readonly document: string;
  readonly problem: string;
}

export interface VerifyReport {
  /** Documents that were looked at. */
  readonly documents: number;
  readonly records: number;
  readonly problems: readonly DocumentProblem[];
  /** Bad documents that were removed, to be made anew by the next run. Those of a newer format are left to whoever understands them. */
  readonly repaired: number;
}

const BATCH = 128;

/** Every document of a codebase against its digest and schema, and what they say of each other. */
export async function verifyCodebase(cache: CodebaseCache, { repair }: { repair: boolean }): Promise<VerifyReport> {
  const problems: DocumentProblem[] = [];
  const bad: string[] = [];
  const analysis = await verifyAnalysis(cache, problems, bad);
  const versions = await verifyVersions(cache, problems, bad);
  const keys = await cache.listRecordKeys();
  await verifyRecords(cache, [...keys].sort(), problems, bad);
  for (const key of await missingKeys(cache, analysis, keys))
    problems.push({ document: recordName(key), problem: 'analysis.json refers to it, and it is missing' });
  const repaired = repair ? await cache.driver.deleteMany(bad) : 0;
  return { documents: keys.size + versions + (analysis === undefined ? 0 : 2), records: keys.size, problems, repaired };
}

async function verifyAnalysis(
  cache: CodebaseCache,
  problems: DocumentProblem[],
  bad: string[],
): Promise<AnalysisDocument | undefined> {
  const names = await cache.driver.list(cache.id);
  if (!names.includes(ANALYSIS_NAME)) return undefined;
  const analysis = await cache.openAnalysis();
  if (analysis === undefined) {
    await judgeAnalysis(cache, { document: ANALYSIS_NAME, key: analysisKey(cache.id) }, problems, bad);
    return undefined;
  }
  if ((await cache.openFileHashes(analysis)) === undefined) {
    problems.push({ document: FILE_HASHES_NAME, problem: 'it is not the one that analysis.json was committed with' });
  }
  return analysis;
}

async function verifyVersions(cache: CodebaseCache, problems: DocumentProblem[], bad: string[]): Promise<number> {
  const versions = await listVersionIds(cache.driver, cache.id);
  for (const version of versions) {
    if ((await openVersion(cache, version)) !== undefined) continue;
    const place = { document: versionName(version), key: versionKey(cache.id, version) };
    await judgeAnalysis(cache, place, problems, bad);
  }
  return versions.length;
}

/** For one that could not be opened. */
async function judgeAnalysis(
  cache: CodebaseCache,
  { document, key }: { document: string; key: string },
  problems: DocumentProblem[],
  bad: string[],
): Promise<void> {
  const [bytes] = await cache.driver.loadMany([key], { maxBytes: MAX_ANALYSIS_BYTES });
  const newer = newerFormat(bytes, ANALYSIS_FORMAT);
  problems.push({ document, problem: newer ?? 'its digest, its schema or its codebase is wrong' });
  if (newer === undefined) bad.push(key);
}

/** What is said of a document that a newer version of documee wrote, or undefined for any other. */
function newerFormat(bytes: Buffer | undefined | Error, known: number): string | undefined {
  if (!Buffer.isBuffer(bytes) || !checkSeal(bytes).ok) return undefined;
  const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES });
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return undefined;
  const format = (parsed.value as { readonly formatVersion?: unknown }).formatVersion;
  if (typeof format !== 'number' || !Number.isInteger(format) || format <= known) return undefined;
  return `its format is ${format}, which is newer than this version of documee`;
}

async function verifyRecords(
  cache: CodebaseCache,
  keys: readonly ResultKey[],
  problems: DocumentProblem[],
  bad: string[],
): Promise<void> {
  const validators = await loadValidators();
  const slice = new TimeSlice();
  for (let start = 0; start < keys.length; start += BATCH) {
    const batch = keys.slice(start, start + BATCH);
    const loaded = await cache.driver.loadMany(
      batch.map((key) => recordKey(cache.id, key)),
      {
        maxBytes: MAX_RECORD_BYTES,
      },
    );
    for (const [index, key] of batch.entries()) {
      const problem = recordProblem(loaded[index], key, validators);
      if (problem === undefined) continue;
      const newer = newerFormat(loaded[index], RECORD_FORMAT);
      problems.push({ document: recordName(key), problem: newer ?? problem });
      if (newer !== undefined) continue;
      bad.push(recordKey(cache.id, key));
    }
    if (slice.due()) await slice.yieldTurn();
  }
}

function recordProblem(bytes: Buffer | undefined | Error, key: ResultKey, validators: Validators): string | undefined {
  if (bytes === undefined) return undefined;
  if (bytes instanceof Error) return messageOf(bytes);
  const opened = openRecord(bytes, validators, { strict: true });
  if (!opened.ok) return opened.problem;
  return keyProblem(opened.record, key);
}

/** A record's key follows from what it says of itself. */
function keyProblem(record: StoredRecord, key: ResultKey): string | undefined {
  if (record.key !== key) return `it says that it is ${record.key}`;
  const { fingerprint } = record.analyzer;
  const fits = [record.path, null].some((path) => resultKey(fingerprint, path, record.contentHash) === key);
  return fits ? undefined : 'its key does not follow from its analyzer, path and content';
}

/** Records that the analysis needs; those that were invalidated since are rightly gone. */
async function missingKeys(
  cache: CodebaseCache,
  analysis: AnalysisDocument | undefined,
  present: ReadonlySet<ResultKey>,
): Promise<ResultKey[]> {
  const missing = new Set<ResultKey>();
  const invalidated = await cache.epochs.coverage();
  for (const [path, keys] of analysis?.entries() ?? []) {
    for (const [analyzer, key] of keys) {
      const isGone = !present.has(key) && invalidated.after(analysis?.head.epoch ?? 0, path, analyzer) === undefined;
      if (isGone) missing.add(key);
    }
  }
  return [...missing];
}
