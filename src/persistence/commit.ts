import type { Clock } from '../util/clock.js';
import crypto from 'node:crypto';
import { systemCode } from '../model/errors.js';
import type { CodebaseId, VersionId } from '../model/ids.js';
import type { StoreDriver } from '../store/driver.js';
import { AnalysisDocument, FileHashesDocument, type AnalysisHead, type CodebaseValues } from './analysis-document.js';
import { analysisKey, fileHashesKey, versionKey, versionIdOf, versionsFolder } from './layout.js';
import type { JsonLinesMap } from '../codec/json-lines-map.js';

export interface CommitInput {
  /** All of the head but what the commit itself decides. */
  readonly head: Omit<AnalysisHead, 'fileHashesDigest'>;
  readonly files: JsonLinesMap;
  readonly fileHashes: FileHashesDocument;
  readonly values: CodebaseValues;
}

/** Largest number of a version's last four hex digits, and the largest step from one to the next within a second. */
const MAX_SUFFIX = 0xffff;
const MAX_STEP = 64;

/**
 * Makes a version's name from the time and a number that is random, yet larger than that of `previous` within the same second: names
 * sort by time, and clean-up keeps the newest.
 */
export function newVersionId(clock: Clock, previous: VersionId | null): VersionId {
  const time = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const last = previous?.startsWith(`${time}-`) === true ? parseInt(previous.slice(time.length + 1), 16) : undefined;
  const suffix = last === undefined ? crypto.randomInt(MAX_SUFFIX >> 1) : last + crypto.randomInt(1, MAX_STEP);
  return `${time}-${Math.min(suffix, MAX_SUFFIX).toString(16).padStart(4, '0')}` as VersionId;
}

/**
 * Publishes a run, whose records are already kept. The order is the promise: a kill before the last step leaves the previous
 * analysis in force, and what was written so far is only not referred to yet. See the test 'invariant 6'.
 */
export async function commitAnalysis(
  driver: StoreDriver,
  id: CodebaseId,
  { head, files, fileHashes, values }: CommitInput,
  { durable, keepVersions }: { durable: boolean; keepVersions: number },
): Promise<AnalysisDocument> {
  const hashesBytes = fileHashes.encode();
  await driver.replace(fileHashesKey(id), hashesBytes, { durable });
  const document = AnalysisDocument.encode(
    { ...head, fileHashesDigest: FileHashesDocument.digestOf(hashesBytes) },
    files,
    values,
  );
  const version = versionKey(id, head.versionId);
  await driver.replace(version, document.bytes, { durable: true });
  // Last of all: this is the commit marker.
  await driver.copy(version, analysisKey(id), { durable: true });
  await dropOldVersions(driver, id, keepVersions);
  return document;
}

/** Version names sort by time. */
export async function listVersionIds(driver: StoreDriver, id: CodebaseId): Promise<VersionId[]> {
  const ids = (await driver.list(versionsFolder(id))).map(versionIdOf).filter((version) => version !== undefined);
  return ids.sort().reverse();
}

/** What cannot be removed now is removed by a later run: the analysis is committed already. */
async function dropOldVersions(driver: StoreDriver, id: CodebaseId, keepVersions: number): Promise<void> {
  try {
    const versions = await listVersionIds(driver, id);
    if (versions.length > keepVersions) {
      await driver.deleteMany(versions.slice(keepVersions).map((version) => versionKey(id, version)));
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
