import { TimeSlice } from '../util/clock.js';
import { decodeValue, namesIn, type SharedReading } from './find-shared.js';
import { whyNotShared } from './shared-dependencies.js';
import { sharedKey, variantOf } from './shared-key.js';
import type { RecordPlace } from './shared-layout.js';
import {
  decodeSharedRecord,
  encodeSharedRecord,
  MAX_SHARED_RECORD_BYTES,
  type SharedDraft,
  type SharedExpectation,
  type SharedOrigin,
  type SharedRecord,
} from './shared-record.js';
import type { RecordSigner } from './signing.js';
import { encodeVariants, withVariants } from './variants-document.js';

/** A result that this process computed itself: nothing else may be signed. */
export interface PublishDraft extends SharedDraft {
  /** Also where a good record is there already, because it was invalidated or is known to be wrong. */
  readonly replace?: boolean;
}

export type Published =
  | { readonly outcome: 'published' }
  /** Over one that does not verify, or on purpose. */
  | { readonly outcome: 'replaced' }
  /** Somebody else's: the first write wins. */
  | { readonly outcome: 'present'; readonly record: SharedRecord }
  | { readonly outcome: 'too-large' }
  /** Why, in one line; readers would refuse it. */
  | { readonly outcome: 'not-shared'; readonly why: string };

export interface SharedWriting extends SharedReading {
  readonly origin: SharedOrigin;
  readonly signer: RecordSigner | undefined;
  /** Time to live in seconds; undefined: what the store gives. */
  readonly ttl: number | undefined;
}

/** A record that is ready to be written. */
export interface Encoded {
  readonly draft: PublishDraft;
  readonly place: RecordPlace;
  readonly expected: SharedExpectation;
  /** Key in the store. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** One call takes at most so many records, and so many bytes unless one record alone has more. */
const MAX_BATCH = 250;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** One outcome for each draft, in order. Rejects where the store does not answer; what was written by then stays. */
export async function publishShared(writing: SharedWriting, drafts: readonly PublishDraft[]): Promise<Published[]> {
  const outcomes: Published[] = [];
  const slice = new TimeSlice();
  let batch: { readonly at: number; readonly encoded: Encoded }[] = [];
  let batchBytes = 0;
  const flush = async (): Promise<void> => {
    const written = await publishEncoded(
      writing,
      batch.map(({ encoded }) => encoded),
    );
    for (const [index, { at }] of batch.entries()) outcomes[at] = written[index] as Published;
    batch = [];
    batchBytes = 0;
  };
  for (const [at, draft] of drafts.entries()) {
    const encoded = encodeDraft(writing, draft);
    if ('outcome' in encoded) {
      outcomes[at] = encoded;
      continue;
    }
    if (batch.length === MAX_BATCH || (batch.length > 0 && batchBytes + encoded.bytes.length > MAX_BATCH_BYTES))
      await flush();
    batch.push({ at, encoded });
    batchBytes += encoded.bytes.length;
    if (slice.due()) await slice.yieldTurn();
  }
  if (batch.length > 0) await flush();
  return outcomes;
}

/** The record, or why it is not written. @param check false: whoever sends it checks it as a reader would. */
export function encodeDraft(
  { layout, origin, signer, validators }: SharedWriting,
  draft: PublishDraft,
  { check = true } = {},
): Encoded | Published {
  const why = whyNotShared(draft.dependencies);
  if (why !== undefined) return { outcome: 'not-shared', why };
  if (draft.resultText.length > MAX_SHARED_RECORD_BYTES) return { outcome: 'too-large' };
  const bytes = encodeSharedRecord({ ...draft, ...origin }, signer);
  if (bytes.length > MAX_SHARED_RECORD_BYTES) return { outcome: 'too-large' };
  const place = { key: draft.key, variant: variantOf(draft.dependencies) };
  const expected = expectationOf(draft, origin.scope, place);
  if (check) {
    // What readers refuse would be computed and sent again by every run. The signature is our own.
    const decoded = decodeSharedRecord(bytes, expected, undefined, validators);
    if (!decoded.ok) return { outcome: 'not-shared', why: decoded.problem };
  }
  return { draft, place, expected, name: layout.recordKey(origin.scope, place), bytes };
}

/** The key tells whether the record is for one path. @throws TypeError where it is not the key of this draft. */
function expectationOf(draft: SharedDraft, scope: string, { key, variant }: RecordPlace): SharedExpectation {
  const { contentHash, sizeBytes, analyzer } = draft;
  const { id: analyzerId, fingerprint } = analyzer;
  for (const path of [draft.path, null]) {
    if (sharedKey({ fingerprint, path, contentHash }) === key)
      return { key, scope, variant, analyzerId, fingerprint, path, contentHash, sizeBytes };
  }
  throw new TypeError(`Expected the shared key of ${draft.path}, found ${key}`);
}

/** Records first, their names after: a name without a record is a miss, a record without a name is found by the next writer. */
export async function publishEncoded(writing: SharedWriting, batch: readonly Encoded[]): Promise<Published[]> {
  const byName = new Map<string, Encoded>();
  for (const encoded of batch) {
    const known = byName.get(encoded.name);
    if (known === undefined || (encoded.draft.replace === true && known.draft.replace !== true))
      byName.set(encoded.name, encoded);
  }
  const records = [...byName.values()];
  const outcomes = await writeRecords(writing, records);
  await nameVariants(writing, records);
  return batch.map(({ name }) => outcomes.get(name) as Published);
}

async function writeRecords(writing: SharedWriting, records: readonly Encoded[]): Promise<Map<string, Published>> {
  const { backend, ttl } = writing;
  const outcomes = new Map<string, Published>();
  const options = ttl === undefined ? {} : { ttl };
  const toCreate = records.filter(({ draft }) => draft.replace !== true);
  const created = toCreate.length === 0 ? [] : await backend.createMany(toCreate.map(entryOf), options);
  for (const [index, { name }] of toCreate.entries())
    if (created[index] === true) outcomes.set(name, { outcome: 'published' });

  const taken = toCreate.filter((_, index) => created[index] !== true);
  const there = taken.length === 0 ? [] : await backend.loadMany(taken.map(({ name }) => name));
  const toReplace = records.filter(({ draft }) => draft.replace === true);
  for (const [index, encoded] of taken.entries()) {
    const value = there[index];
    const decoded = value === undefined ? undefined : decodeValue(value, encoded.expected, writing);
    if (decoded?.ok === true) outcomes.set(encoded.name, { outcome: 'present', record: decoded.record });
    else toReplace.push(encoded);
  }
  if (toReplace.length > 0) await backend.saveMany(toReplace.map(entryOf), options);
  for (const { name } of toReplace) outcomes.set(name, { outcome: 'replaced' });
  return outcomes;
}

const entryOf = ({ name, bytes }: Encoded): readonly [string, Uint8Array] => [name, bytes];

/** Two writers at once may lose each other's name: whoever finds the record later names it again. */
async function nameVariants(writing: SharedWriting, records: readonly Encoded[]): Promise<void> {
  const { backend, layout, origin, ttl } = writing;
  const added = new Map<string, string[]>();
  for (const { place } of records) {
    if (place.variant === null) continue;
    const names = added.get(place.key);
    // Newest first, and the last of a batch is its newest.
    if (names === undefined) added.set(place.key, [place.variant]);
    else names.unshift(place.variant);
  }
  if (added.size === 0) return;
  const keys = [...added.keys()];
  const documents = await backend.loadMany(keys.map((key) => layout.variantsKey(origin.scope, key)));
  const entries: (readonly [string, Uint8Array])[] = [];
  const dropped: string[] = [];
  for (const [index, key] of keys.entries()) {
    const known = namesIn(documents[index]);
    const missing = (added.get(key) ?? []).filter((variant) => !known.includes(variant));
    if (missing.length === 0) continue;
    const next = withVariants(known, missing);
    entries.push([layout.variantsKey(origin.scope, key), encodeVariants(next.variants)]);
    for (const variant of next.dropped) dropped.push(layout.recordKey(origin.scope, { key, variant }));
  }
  if (entries.length > 0) await backend.saveMany(entries, ttl === undefined ? {} : { ttl });
  if (dropped.length > 0) await backend.deleteMany(dropped);
}
