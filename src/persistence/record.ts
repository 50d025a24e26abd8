import type { Dependency } from '../model/dependency.js';
import type { ContentHash, Fingerprint, RecordId, ResultKey } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { checkSeal, sealText } from '../codec/sealed-json.js';
import { keyOfRecord, recordId } from '../plan/record-id.js';
import { RECORD_FORMAT } from '../plan/result-key.js';
import { parseDocument } from '../schema/parse-json.js';
import type { ResultRecord } from '../schema/generated/result-record.js';
import type { Validators } from '../schema/validate.js';

export const RECORD_SCHEMA = 'urn:documee:schema:result-record:1';

/** Larger records are refused before they are parsed. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** What goes into a record. `resultText` is the result as pretty-printed JSON, since workers print their own. */
export interface RecordDraft {
  readonly key: ResultKey;
  readonly path: string;
  readonly analyzer: { readonly id: string; readonly version: string; readonly fingerprint: Fingerprint };
  readonly contentHash: ContentHash;
  readonly sizeBytes: number;
  readonly epoch: number;
  /** In the order in which they were read; they are part of the record's name. */
  readonly dependencies: readonly Dependency[];
  /** `sha256:…` of what dependents compare; null: they compare all of the result. */
  readonly surface: string | null;
  readonly analyzedAt: string;
  readonly durationMs: number;
  readonly cost: Readonly<Record<string, number>>;
  readonly resultText: string;
}

/** The bytes of a `file_<record id>.json`. */
export function encodeRecord(draft: RecordDraft): Buffer {
  const { id, version, fingerprint } = draft.analyzer;
  return sealText(`{
  "$schema": "${RECORD_SCHEMA}",
  "formatVersion": ${RECORD_FORMAT},
  "key": "${draft.key}",
  "path": ${JSON.stringify(draft.path)},
  "analyzer": { "id": ${JSON.stringify(id)}, "version": ${JSON.stringify(version)}, "fingerprint": "${fingerprint}" },
  "contentHash": "${draft.contentHash}",
  "sizeBytes": ${draft.sizeBytes},
  "epoch": ${draft.epoch},
  "dependencies": ${dependenciesText(draft.dependencies)},
  "surface": ${JSON.stringify(draft.surface)},
  "analyzedAt": "${draft.analyzedAt}",
  "durationMs": ${draft.durationMs},
  "cost": ${JSON.stringify(draft.cost)},
  "result": ${draft.resultText.replaceAll('\n', '\n  ')},
`);
}

/** JSON with one dependency a line, for a property of a document that a person reads. */
export function dependenciesText(dependencies: readonly Dependency[]): string {
  if (dependencies.length === 0) return '[]';
  return `[\n${dependencies.map((dependency) => `    ${JSON.stringify(dependency)}`).join(',\n')}\n  ]`;
}

/** Whether a reader would refuse the record for its size. */
export function isTooLarge(draft: RecordDraft): boolean {
  const length = draft.resultText.length + dependenciesText(draft.dependencies).length;
  if (length > MAX_RECORD_BYTES) return true;
  // A character takes at most three bytes, a newline with its indentation as well.
  return length > MAX_RECORD_BYTES / 4 && encodeRecord(draft).length > MAX_RECORD_BYTES;
}

/** What a record must say of itself to be taken. */
export interface Expectation {
  readonly id: RecordId;
  readonly analyzerId: string;
  readonly fingerprint: Fingerprint;
  /** Null where the result does not depend on the path. */
  readonly path: string | null;
  /** Undefined where only the committed analysis knows, whose key covers it. */
  readonly contentHash: ContentHash | undefined;
}

export type Decoded =
  | { readonly ok: true; readonly record: ResultRecord & { result: JsonValue } }
  | { readonly ok: false; readonly problem: string };

/** A record that proves itself and is the expected one, or what is wrong with it. */
export function decodeRecord(bytes: Buffer, expected: Expectation, validators: Validators): Decoded {
  const opened = openRecord(bytes, validators);
  if (!opened.ok) return opened;
  const mismatch = mismatchWith(opened.record, expected);
  return mismatch === undefined ? opened : { ok: false, problem: `it is the record of something else: ${mismatch}` };
}

/** A record that proves itself, whatever it is the record of. `strict` also refuses what only a hostile writer can produce. */
export function openRecord(bytes: Buffer, validators: Validators, { strict = false } = {}): Decoded {
  if (bytes.length > MAX_RECORD_BYTES) return { ok: false, problem: `it has more than ${MAX_RECORD_BYTES} bytes` };
  const seal = checkSeal(bytes);
  if (!seal.ok) return seal;
  const parsed = parseDocument(bytes, { maxBytes: MAX_RECORD_BYTES, strict });
  if (!parsed.ok) return parsed;
  const problem = validators.resultRecord(parsed.value);
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, record: parsed.value as unknown as ResultRecord & { result: JsonValue } };
}

function mismatchWith(record: ResultRecord, expected: Expectation): string | undefined {
  if (record.key !== keyOfRecord(expected.id)) return `key ${record.key}`;
  if (record.analyzer.id !== expected.analyzerId) return `analyzer ${record.analyzer.id}`;
  if (record.analyzer.fingerprint !== expected.fingerprint) return `fingerprint ${record.analyzer.fingerprint}`;
  if (expected.path !== null && record.path !== expected.path) return `path ${record.path}`;
  if (expected.contentHash !== undefined && record.contentHash !== expected.contentHash)
    return `content ${record.contentHash}`;
  return recordId(record.key, record.dependencies) === expected.id ? undefined : 'other dependencies';
}
