import type { Dependency } from '../model/dependency.js';
import type { JsonValue } from '../model/json.js';
import { dependenciesText, MAX_RECORD_BYTES } from '../persistence/record.js';
import type { SharedRecord as RecordDocument } from '../schema/generated/shared-record.js';
import { parseDocument } from '../schema/parse-json.js';
import type { Validator } from '../schema/validate.js';
import { whyNotShared } from './shared-dependencies.js';
import { SHARED_FORMAT, variantOf, type SharedSubject } from './shared-key.js';
import { openSeal, sealSigned, type OpenedSeal, type SealSignature } from './signed-seal.js';
import type { RecordSigner, RecordVerifier, SignedFacts, Verdict } from './signing.js';

export const SHARED_RECORD_SCHEMA = 'urn:documee:schema:shared-record:1';

/** Larger records are refused before they are parsed. */
export const MAX_SHARED_RECORD_BYTES = MAX_RECORD_BYTES;

export type SharedRecord = RecordDocument & { readonly result: JsonValue };

/** What goes into a shared record. `resultText` is the result as pretty-printed JSON. */
export interface SharedDraft {
  /** Made by `sharedKey`. */
  readonly key: string;
  readonly path: string;
  readonly analyzer: { readonly id: string; readonly version: string; readonly fingerprint: string };
  /** `sha256:…` of the content. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  /** In the order in which they were read; all content hashes are `sha256:…`. */
  readonly dependencies: readonly Dependency[];
  /** `sha256:…` of what dependents compare; null: they compare all of it. */
  readonly surface: string | null;
  /** ISO 8601 in UTC. */
  readonly analyzedAt: string;
  readonly durationMs: number;
  readonly cost: Readonly<Record<string, number>>;
  readonly resultText: string;
}

/** Where the record is written to, and by what. */
export interface SharedOrigin {
  readonly scope: string;
  readonly tool: { readonly name: string; readonly version: string };
}

/**
 * The bytes of a shared record: text that a person can read, with digest and signature at its end.
 * @param signer undefined: the record is not signed.
 * @throws TypeError where the dependencies must not be shared; see `whyNotShared`.
 */
export function encodeSharedRecord(draft: SharedDraft & SharedOrigin, signer?: RecordSigner): Buffer {
  const problem = whyNotShared(draft.dependencies);
  if (problem !== undefined) throw new TypeError(`Expected a record that may be shared, but ${problem}`);
  const { key, scope, tool } = draft;
  const sign =
    signer === undefined
      ? undefined
      : (digest: string): SealSignature => ({
          keyId: signer.keyId,
          value: signer.sign({ key, digest, scope, toolVersion: tool.version }),
        });
  return sealSigned(textOf(draft), sign);
}

function textOf(draft: SharedDraft & SharedOrigin): string {
  const { analyzer, tool } = draft;
  const text = JSON.stringify;
  return `{
  "$schema": "${SHARED_RECORD_SCHEMA}",
  "formatVersion": ${SHARED_FORMAT},
  "key": ${text(draft.key)},
  "path": ${text(draft.path)},
  "analyzer": { "id": ${text(analyzer.id)}, "version": ${text(analyzer.version)}, "fingerprint": ${text(analyzer.fingerprint)} },
  "contentHash": ${text(draft.contentHash)},
  "sizeBytes": ${draft.sizeBytes},
  "dependencies": ${dependenciesText(draft.dependencies)},
  "surface": ${text(draft.surface)},
  "analyzedAt": ${text(draft.analyzedAt)},
  "durationMs": ${draft.durationMs},
  "cost": ${text(draft.cost)},
  "scope": ${text(draft.scope)},
  "tool": { "name": ${text(tool.name)}, "version": ${text(tool.version)} },
  "result": ${draft.resultText.replaceAll('\n', '\n  ')},
`;
}

/** What a record must say of itself to be taken. */
export interface SharedExpectation extends SharedSubject {
  /** Made by `sharedKey` from the rest. */
  readonly key: string;
  /** The one that the record was found in: a record counts in its own scope only. */
  readonly scope: string;
  /** Under which variant it was found; null: as the record without dependencies; undefined: not compared. */
  readonly variant?: string | null;
  readonly analyzerId: string;
  /** Compared if it is given. */
  readonly sizeBytes?: number;
}

/**
 * Why a record is not taken. `corrupt`: it does not prove itself or breaks a rule. `foreign`: it is of something else or was made for another
 * place. `unsigned`, `untrusted` (signed with another key) and `bad-signature` only where public keys are trusted.
 */
export const REFUSALS = ['corrupt', 'foreign', 'unsigned', 'untrusted', 'bad-signature'] as const;
export type Refusal = (typeof REFUSALS)[number];

export type DecodedShared = { readonly ok: true; readonly record: SharedRecord } | RefusedShared;

interface RefusedShared {
  readonly ok: false;
  readonly kind: Refusal;
  /** In one line. */
  readonly problem: string;
}

/** As much of `Validators` as is needed. */
export interface SharedValidators {
  readonly sharedRecord: Validator;
}

/**
 * A record from anywhere that proves itself, is the expected one and is vouched for, or why it is not taken. Never throws on bad input.
 * @param verifier undefined: no public keys are trusted, and signatures do not count.
 */
export function decodeSharedRecord(
  bytes: Uint8Array,
  expected: SharedExpectation,
  verifier: RecordVerifier | undefined,
  validators: SharedValidators,
): DecodedShared {
  const opened = openUnverified(bytes, verifier, validators);
  if (!opened.ok) return opened;
  const { record, seal } = opened;
  const verdict = seal.signature && verifier?.verify(factsOf(record, seal), seal.signature);
  return judge(opened, verifier && verdict, expected);
}

/** The same, with the signature verified on another thread. */
export async function decodeSharedRecordAside(
  bytes: Uint8Array,
  expected: SharedExpectation,
  verifier: RecordVerifier | undefined,
  validators: SharedValidators,
): Promise<DecodedShared> {
  const opened = openUnverified(bytes, verifier, validators);
  if (!opened.ok) return opened;
  const { record, seal } = opened;
  const verdict = seal.signature && (await verifier?.verifyAside(factsOf(record, seal), seal.signature));
  return judge(opened, verifier && verdict, expected);
}

interface Unverified {
  readonly ok: true;
  readonly record: SharedRecord;
  readonly seal: ProvenSeal;
}

type ProvenSeal = Extract<OpenedSeal, { ok: true }>;

/** All but the signature, and whether the record is the expected one. */
function openUnverified(
  bytes: Uint8Array,
  verifier: RecordVerifier | undefined,
  validators: SharedValidators,
): Unverified | RefusedShared {
  if (bytes.length > MAX_SHARED_RECORD_BYTES)
    return refused('corrupt', `it has more than ${MAX_SHARED_RECORD_BYTES} bytes`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const seal = openSeal(buffer);
  if (!seal.ok) return refused('corrupt', seal.problem);
  // Before anything is parsed: strangers do not reach the parser.
  const unsigned = verifier === undefined ? undefined : distrust(seal.signature, verifier);
  if (unsigned !== undefined) return unsigned;
  const parsed = parseDocument(buffer, { maxBytes: MAX_SHARED_RECORD_BYTES, strict: true });
  if (!parsed.ok) return refused('corrupt', parsed.problem);
  const problem = validators.sharedRecord(parsed.value);
  if (problem !== undefined) return refused('corrupt', problem);
  const record = parsed.value as unknown as SharedRecord;
  if (record.digest !== seal.digest) return refused('corrupt', 'it has two digests');
  const dependencyProblem = whyNotShared(record.dependencies);
  if (dependencyProblem !== undefined) return refused('corrupt', dependencyProblem);
  return { ok: true, record, seal };
}

/** @param verdict on the signature, null where there is none; undefined: no public keys are trusted. */
function judge(
  { record, seal }: Unverified,
  verdict: Verdict | null | undefined,
  expected: SharedExpectation,
): DecodedShared {
  if (verdict !== undefined && verdict !== 'good')
    return refused('bad-signature', `its signature is not by the key ${seal.signature?.keyId ?? ''} that it names`);
  const mismatch = mismatchWith(record, expected);
  return mismatch === undefined ? { ok: true, record } : refused('foreign', `it is of something else: ${mismatch}`);
}

const refused = (kind: Refusal, problem: string): RefusedShared => ({ ok: false, kind, problem });

function distrust(signature: SealSignature | null, verifier: RecordVerifier): RefusedShared | undefined {
  if (signature === null) return refused('unsigned', 'it is not signed');
  return verifier.trusts(signature.keyId)
    ? undefined
    : refused('untrusted', `the key ${signature.keyId} that it is signed with is not trusted`);
}

const factsOf = ({ key, scope, tool }: SharedRecord, { digest }: ProvenSeal): SignedFacts => ({
  ...{ key, digest, scope, toolVersion: tool.version },
});

function mismatchWith(record: SharedRecord, expected: SharedExpectation): string | undefined {
  if (record.key !== expected.key) return `key ${record.key}`;
  if (record.scope !== expected.scope) return `scope ${record.scope}`;
  if (record.analyzer.id !== expected.analyzerId) return `analyzer ${JSON.stringify(record.analyzer.id)}`;
  if (record.analyzer.fingerprint !== expected.fingerprint) return `fingerprint ${record.analyzer.fingerprint}`;
  if (expected.path !== null && record.path !== expected.path) return `path ${JSON.stringify(record.path)}`;
  if (record.contentHash !== expected.contentHash) return `content ${record.contentHash}`;
  if (expected.sizeBytes !== undefined && record.sizeBytes !== expected.sizeBytes)
    return `size ${record.sizeBytes} bytes`;
  return expected.variant === undefined || variantOf(record.dependencies) === expected.variant
    ? undefined
    : 'other dependencies';
}
