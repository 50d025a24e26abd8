import type { Clock } from '../util/clock.js';
import { sha256Digest } from '../util/hash.js';
import crypto from 'node:crypto';
import { systemCode } from '../model/errors.js';
import type { CodebaseId, VersionId } from '../model/ids.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { AnalysisDocument, type AnalysisHead, type CodebaseValues } from './analysis-document.js';
import type { DependenciesDocument } from './dependencies-document.js';
import type { FileHashesDocument } from './file-hashes-document.js';
import {
  analysisKey,
  dependenciesKey,
  fileHashesKey,
  reducerInputsKey,
  versionKey,
  versionIdOf,
  versionsFolder,
} from './layout.js';
import { ReducerInputsDocument } from './reducer-inputs-document.js';
import type { JsonLinesMap } from '../codec/json-lines-map.js';

/** All of the head but what the commit itself decides. */
export type NewHead = Omit<AnalysisHead, 'fileHashesDigest' | 'dependenciesDigest' | 'reducersDigest'>;

export interface CommitInput {
  readonly head: NewHead;
  readonly files: JsonLinesMap;
  readonly fileHashes: FileHashesDocument;
  /** What the current results depend on; nothing is written where it is empty. */
  readonly dependencies: DependenciesDocument;
  /** What `values` are made of, where reducers made them; nothing is written where there is none. */
  readonly reducerInputs?: ReducerInputsDocument;
  readonly values: CodebaseValues;
  /** Of `presence.ts`; default: nothing. */
  readonly presence?: JsonLinesMap;
}

/** Largest number of a version's last four hex digits, and the largest step from one to the next within a second. */
const MAX_SUFFIX = 0xffff;
const MAX_STEP = 64;

/**
 * Makes a version's name from the time and a random number. It sorts after `previous` even where the clock went backwards: names sort by
 * time, and clean-up keeps the newest.
 */
export function newVersionId(clock: Clock, previous: VersionId | null): VersionId {
  const time = formatTime(clock.now());
  const isLater = previous === null || time > previous.slice(0, time.length);
  return isLater ? formatVersionId(time, crypto.randomInt(MAX_SUFFIX >> 1)) : versionIdAfter(previous);
}

/** A name that sorts closely after `id`. After the last second of the calendar there is none, and any other does. */
function versionIdAfter(id: VersionId): VersionId {
  const [time = '', last = ''] = id.split('-');
  const suffix = parseInt(last, 16) + crypto.randomInt(1, MAX_STEP);
  if (suffix <= MAX_SUFFIX) return formatVersionId(time, suffix);
  const next = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) + 1000;
  return formatVersionId(next <= LAST_SECOND ? formatTime(next) : time, crypto.randomInt(MAX_STEP));
}

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59);

const formatTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

const formatVersionId = (time: string, suffix: number): VersionId =>
  `${time}-${suffix.toString(16).padStart(4, '0')}` as VersionId;

/**
 * Publishes a run, whose records are already kept. The order is the promise: a kill before the last step leaves the previous
 * analysis in force, and what was written so far is only not referred to yet. See the test 'invariant 6'.
 */
export async function commitAnalysis(
  documents: DocumentStore,
  id: CodebaseId,
  { head, files, fileHashes, dependencies, reducerInputs = ReducerInputsDocument.empty, values, presence }: CommitInput,
  { durable, keepVersions }: { durable: boolean; keepVersions: number },
): Promise<AnalysisDocument> {
  const fileHashesDigest = await write(documents, fileHashesKey(id), fileHashes.encode(), durable);
  const dependenciesDigest = await writeBeside(documents, dependenciesKey(id), dependencies, durable);
  const reducersDigest = await writeBeside(documents, reducerInputsKey(id), reducerInputs, durable);
  const digests = { fileHashesDigest, dependenciesDigest, reducersDigest };
  const encode = (versionId: VersionId): AnalysisDocument =>
    AnalysisDocument.encode({ ...head, versionId, ...digests }, files, values, presence);
  const kept = await listIfReadable(documents, id);
  const document = await createVersion(documents, id, laterThan(kept[0], head.versionId), encode);
  const { versionId } = document.head;
  // Last of all: this is the commit marker.
  await documents.copy(versionKey(id, versionId), analysisKey(id), { durable: true });
  // The version just written always stays, wherever it sorts.
  await dropOutdated(documents, async () => {
    const outdated = kept.slice(keepVersions - 1).map((version) => versionKey(id, version));
    const unused = [
      ...(dependenciesDigest === null ? [dependenciesKey(id)] : []),
      ...(reducersDigest === null ? [reducerInputsKey(id)] : []),
    ];
    const stats = await documents.statMany(unused);
    return [...outdated, ...unused.filter((_, index) => stats[index] !== undefined)];
  });
  return document;
}

/** Answers the digest for the head, or null where there is nothing to write. */
async function writeBeside(
  documents: DocumentStore,
  key: string,
  document: { readonly isEmpty: boolean; encode(): Buffer },
  durable: boolean,
): Promise<string | null> {
  return document.isEmpty ? null : write(documents, key, document.encode(), durable);
}

async function write(documents: DocumentStore, key: string, bytes: Buffer, durable: boolean): Promise<string> {
  await documents.replace(key, bytes, { durable });
  return sha256Digest(bytes);
}

/** `previous` may be gone, and its versions are still there: after an invalidation of everything, for example. */
const laterThan = (newest: VersionId | undefined, wanted: VersionId): VersionId =>
  newest === undefined || wanted > newest ? wanted : versionIdAfter(newest);

/** Keeps a version under `wanted`, or under a later name where another run took that one meanwhile. */
async function createVersion(
  documents: DocumentStore,
  id: CodebaseId,
  wanted: VersionId,
  encode: (versionId: VersionId) => AnalysisDocument,
): Promise<AnalysisDocument> {
  for (let versionId = wanted; ; versionId = versionIdAfter(versionId)) {
    const document = encode(versionId);
    if (await documents.createWhole(versionKey(id, versionId), document.bytes, { durable: true })) return document;
  }
}

/** Version names sort by time. */
export async function listVersionIds(documents: DocumentStore, id: CodebaseId): Promise<VersionId[]> {
  const ids = (await documents.list(versionsFolder(id))).map(versionIdOf).filter((version) => version !== undefined);
  return ids.sort().reverse();
}

async function listIfReadable(documents: DocumentStore, id: CodebaseId): Promise<VersionId[]> {
  try {
    return await listVersionIds(documents, id);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

/** What cannot be removed now is removed by a later run: the analysis is committed already. */
async function dropOutdated(documents: DocumentStore, listKeys: () => Promise<readonly string[]>): Promise<void> {
  try {
    const keys = await listKeys();
    if (keys.length > 0) await documents.deleteMany(keys);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
