/** Names of everything we persist. Nothing else in src spells them, so that the layout can change here alone. */
import type { CodebaseId, RecordId, VersionId } from '../model/ids.js';
import { TEMPORARY_NAME } from '../util/fs.js';

export const ANALYSIS_NAME = 'analysis.json';
export const FILE_HASHES_NAME = 'file_hashes.json';
export const DEPENDENCIES_NAME = 'dependencies.json';
export const REDUCER_INPUTS_NAME = 'reducer_inputs.json';
const VERSIONS = 'versions';
const EPOCHS = 'epochs';
const RECORD_NAME = /^file_([0-9a-f]{32}(?:-[0-9a-f]{8})?)\.json$/;
const EPOCH_NAME = /^([1-9][0-9]*)\.json$/;
const VERSION_NAME = /^([0-9]{8}T[0-9]{6}Z-[0-9a-f]{4})\.json$/;

/** Highest number of an invalidation. A higher one was made by hand or by somebody hostile, and would leave no number after it. */
export const MAX_EPOCH = 1e12;

export const analysisKey = (id: CodebaseId): string => `${id}/${ANALYSIS_NAME}`;
export const fileHashesKey = (id: CodebaseId): string => `${id}/${FILE_HASHES_NAME}`;
export const dependenciesKey = (id: CodebaseId): string => `${id}/${DEPENDENCIES_NAME}`;
export const reducerInputsKey = (id: CodebaseId): string => `${id}/${REDUCER_INPUTS_NAME}`;
export const recordKey = (id: CodebaseId, record: RecordId): string => `${id}/${recordName(record)}`;
export const recordName = (record: RecordId): string => matching(RECORD_NAME, `file_${record}.json`);
export const versionsFolder = (id: CodebaseId): string => `${id}/${VERSIONS}`;
/** How a version is called in messages. */
export const versionName = (version: VersionId): string => `${VERSIONS}/${matching(VERSION_NAME, `${version}.json`)}`;
export const versionKey = (id: CodebaseId, version: VersionId): string => `${id}/${versionName(version)}`;
export const epochsFolder = (id: CodebaseId): string => `${id}/${EPOCHS}`;
export const epochKey = (id: CodebaseId, number: number): string =>
  `${id}/${EPOCHS}/${matching(EPOCH_NAME, `${number}.json`)}`;

/** Keys come from documents: one that is no key must never become a path. */
function matching(pattern: RegExp, name: string): string {
  if (pattern.test(name)) return name;
  throw new TypeError(`Expected the name of a kept document, found ${JSON.stringify(name)}`);
}

/** Files of this machine, in the codebase's own folder; lost without harm. */
export const SCAN_CACHE_NAME = 'scan-cache.bin';
export const INPUT_CACHE_NAME = 'input-cache.bin';
export const STAMP_NAME = 'clock-stamp';
export const RUN_LOG_NAME = 'runs.ndjson';

export const recordIdOf = (name: string): RecordId | undefined => RECORD_NAME.exec(name)?.[1] as RecordId | undefined;
export const versionIdOf = (name: string): VersionId | undefined =>
  VERSION_NAME.exec(name)?.[1] as VersionId | undefined;
export const isTemporary = (name: string): boolean => TEMPORARY_NAME.test(name);

/** Above `MAX_EPOCH`, perhaps infinite, for an entry that documee did not make. */
export function epochNumberOf(name: string): number | undefined {
  const digits = EPOCH_NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
