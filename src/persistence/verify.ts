import { messageOf } from '../model/errors.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import { loadValidators, type Validators } from '../schema/validate.js';
import { TimeSlice } from '../util/clock.js';
import { sha256Digest } from '../util/hash.js';
import { checkSeal } from '../codec/sealed-json.js';
import { parseDocument } from '../schema/parse-json.js';
import { keyOfRecord, recordId } from '../plan/record-id.js';
import { RECORD_FORMAT, resultKey } from '../plan/result-key.js';
import { ANALYSIS_FORMAT, MAX_ANALYSIS_BYTES, type AnalysisDocument } from './analysis-document.js';
import type { CodebaseCache, StoredRecord } from './codebase-cache.js';
import { listVersionIds } from './commit.js';
import { DependenciesDocument, type FileDependencies } from './dependencies-document.js';
import { openVersion } from './history.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  DEPENDENCIES_NAME,
  REDUCER_INPUTS_NAME,
  dependenciesKey,
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
  const records = new Set([...(await cache.listRecords()).values()].flat());
  const dependencies = analysis && (await verifyDependencies(cache, analysis, problems, bad));
  await verifyRecords(cache, [...records].sort(), problems, bad);
  for (const id of await missingRecords(cache, analysis, records))
    problems.push({ document: recordName(id), problem: 'analysis.json refers to it, and it is missing' });
  const repaired = repair ? await cache.documents.deleteMany(bad) : 0;
  const documents = records.size + versions + (analysis === undefined ? 0 : 2) + (dependencies === undefined ? 0 : 1);
  return { documents, records: records.size, problems, repaired };
}

async function verifyAnalysis(
  cache: CodebaseCache,
  problems: DocumentProblem[],
  bad: string[],
): Promise<AnalysisDocument | undefined> {
  const names = await cache.documents.list(cache.id);
  if (!names.includes(ANALYSIS_NAME)) return undefined;
  const analysis = await cache.openAnalysis();
  if (analysis === undefined) {
    await judgeAnalysis(cache, { document: ANALYSIS_NAME, key: analysisKey(cache.id) }, problems, bad);
    return undefined;
  }
  if ((await cache.openFileHashes(analysis)) === undefined) {
    problems.push({ document: FILE_HASHES_NAME, problem: 'it is not the one that analysis.json was committed with' });
  }
  // The next run that needs it takes it from the results.
  if ((await cache.openReducerInputs(analysis)) === undefined) {
    const problem =
      'it is not the one that analysis.json was committed with, or its layout is not that of this version';
    problems.push({ document: REDUCER_INPUTS_NAME, problem });
  }
  return analysis;
}

/** Each line against the names of the records, which follow from what they depend on. Answers nothing where there is no such document. */
async function verifyDependencies(
  cache: CodebaseCache,
  analysis: AnalysisDocument,
  problems: DocumentProblem[],
  bad: string[],
): Promise<DependenciesDocument | undefined> {
  if (analysis.head.dependenciesDigest === null) return undefined;
  const [bytes] = await cache.documents.loadMany([dependenciesKey(cache.id)], { maxBytes: MAX_ANALYSIS_BYTES });
  const isCommitted = Buffer.isBuffer(bytes) && sha256Digest(bytes) === analysis.head.dependenciesDigest;
  const document = isCommitted ? DependenciesDocument.parse(bytes) : undefined;
  const problem = isCommitted
    ? document === undefined
      ? 'its layout is not that of this version'
      : lineProblem(document, analysis)
    : 'it is not the one that analysis.json was committed with';
  if (problem === undefined) return document;
  problems.push({ document: DEPENDENCIES_NAME, problem });
  // The next run that needs it takes it from the records.
  if (Buffer.isBuffer(bytes)) bad.push(dependenciesKey(cache.id));
  return document;
}

/** What is said of a task must be what its record is named after, for each task and for no other. */
function lineProblem(document: DependenciesDocument, analysis: AnalysisDocument): string | undefined {
  const said = document.entries();
  let line = said.next();
  for (const [path, records] of analysis.entries()) {
    const isHere = line.done !== true && line.value[0] === path;
    const byAnalyzer: FileDependencies = isHere ? (line.value as [SourcePath, FileDependencies])[1] : new Map();
    if (isHere) line = said.next();
    for (const [analyzer, id] of records)
      if (recordId(keyOfRecord(id), byAnalyzer.get(analyzer) ?? []) !== id)
        return `what it says of ${analyzer} for ${path} is not what the record depends on`;
    for (const analyzer of byAnalyzer.keys())
      if (!records.has(analyzer)) return `there is no result of ${analyzer} for ${path}`;
  }
  return line.done === true ? undefined : `there is no source file ${line.value[0]}`;
}

async function verifyVersions(cache: CodebaseCache, problems: DocumentProblem[], bad: string[]): Promise<number> {
  const versions = await listVersionIds(cache.documents, cache.id);
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
  const [bytes] = await cache.documents.loadMany([key], { maxBytes: MAX_ANALYSIS_BYTES });
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
  ids: readonly RecordId[],
  problems: DocumentProblem[],
  bad: string[],
): Promise<void> {
  const validators = await loadValidators();
  const slice = new TimeSlice();
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const loaded = await cache.documents.loadMany(
      batch.map((id) => recordKey(cache.id, id)),
      {
        maxBytes: MAX_RECORD_BYTES,
      },
    );
    for (const [index, id] of batch.entries()) {
      const problem = recordProblem(loaded[index], id, validators);
      if (problem === undefined) continue;
      const newer = newerFormat(loaded[index], RECORD_FORMAT);
      problems.push({ document: recordName(id), problem: newer ?? problem });
      if (newer !== undefined) continue;
      bad.push(recordKey(cache.id, id));
    }
    if (slice.due()) await slice.yieldTurn();
  }
}

function recordProblem(bytes: Buffer | undefined | Error, id: RecordId, validators: Validators): string | undefined {
  if (bytes === undefined) return undefined;
  if (bytes instanceof Error) return messageOf(bytes);
  const opened = openRecord(bytes, validators, { strict: true });
  if (!opened.ok) return opened.problem;
  return nameProblem(opened.record, id);
}

/** A record's name follows from what it says of itself. */
function nameProblem(record: StoredRecord, id: RecordId): string | undefined {
  const { key } = record;
  if (key !== keyOfRecord(id)) return `it says that it is ${key}`;
  if (recordId(key, record.dependencies) !== id) return 'its name does not follow from its dependencies';
  const { fingerprint } = record.analyzer;
  const fits = [record.path, null].some((path) => resultKey(fingerprint, path, record.contentHash) === key);
  return fits ? undefined : 'its key does not follow from its analyzer, path and content';
}

/** Records that the analysis needs; those that were invalidated since are rightly gone. */
async function missingRecords(
  cache: CodebaseCache,
  analysis: AnalysisDocument | undefined,
  present: ReadonlySet<RecordId>,
): Promise<RecordId[]> {
  const missing = new Set<RecordId>();
  const invalidated = await cache.epochs.coverage();
  for (const [path, records] of analysis?.entries() ?? []) {
    for (const [analyzer, id] of records) {
      const isGone = !present.has(id) && invalidated.after(analysis?.head.epoch ?? 0, path, analyzer) === undefined;
      if (isGone) missing.add(id);
    }
  }
  return [...missing];
}
