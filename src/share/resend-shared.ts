import { parseDocument } from '../schema/parse-json.js';
import { publishEncoded, type Encoded, type Published, type SharedWriting } from './publish-shared.js';
import { sharedKey, variantOf } from './shared-key.js';
import {
  decodeSharedRecord,
  MAX_SHARED_RECORD_BYTES,
  type SharedExpectation,
  type SharedRecord,
} from './shared-record.js';

/** A record as `encodeSharedRecord` made it, perhaps in an earlier process. */
export interface UnsentRecord {
  readonly bytes: Uint8Array;
  readonly replace: boolean;
}

/**
 * Sends records that were encoded, and signed, when they were computed. Nothing is signed here: what does not verify with this writer's own key, or was
 * made for another scope, is dropped. One outcome for each, in order.
 */
export async function resendShared(writing: SharedWriting, records: readonly UnsentRecord[]): Promise<Published[]> {
  const outcomes: Published[] = records.map(() => ({ outcome: 'not-shared', why: 'it does not prove itself' }));
  const encoded: { readonly at: number; readonly record: Encoded }[] = [];
  for (const [at, unsent] of records.entries()) {
    const record = reopen(writing, unsent);
    if (record !== undefined) encoded.push({ at, record });
  }
  const sent = await publishEncoded(
    writing,
    encoded.map(({ record }) => record),
  );
  for (const [index, { at }] of encoded.entries()) outcomes[at] = sent[index] as Published;
  return outcomes;
}

function reopen(writing: SharedWriting, { bytes, replace }: UnsentRecord): Encoded | undefined {
  const { layout, origin, signer, validators } = writing;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const parsed = parseDocument(buffer, { maxBytes: MAX_SHARED_RECORD_BYTES, strict: true });
  if (!parsed.ok || validators.sharedRecord(parsed.value) !== undefined) return undefined;
  const expected = expectationOf(parsed.value as unknown as SharedRecord, origin.scope);
  if (expected === undefined) return undefined;
  const decoded = decodeSharedRecord(bytes, expected, signer?.verifier, validators);
  if (!decoded.ok) return undefined;
  const { record } = decoded;
  const place = { key: record.key, variant: variantOf(record.dependencies) };
  const draft = { ...record, resultText: '', replace };
  return { draft, place, expected, name: layout.recordKey(origin.scope, place), bytes: buffer };
}

function expectationOf(record: SharedRecord, scope: string): SharedExpectation | undefined {
  const { key, contentHash, analyzer } = record;
  const { id: analyzerId, fingerprint } = analyzer;
  for (const path of [record.path, null])
    if (sharedKey({ fingerprint, path, contentHash }) === key)
      return { key, scope, analyzerId, fingerprint, path, contentHash };
  return undefined;
}
