import { TimeSlice } from '../util/clock.js';
import { loadBounded, type SharedBackend } from './shared-backend.js';
import type { SharedSubject } from './shared-key.js';
import type { RecordPlace, SharedLayout } from './shared-layout.js';
import {
  decodeSharedRecord,
  decodeSharedRecordAside,
  type DecodedShared,
  type Refusal,
  type SharedExpectation,
  type SharedRecord,
  type SharedValidators,
} from './shared-record.js';
import type { RecordVerifier } from './signing.js';
import { decodeVariants } from './variants-document.js';

/** Which records are wanted. */
export interface SharedWanted extends SharedSubject {
  /** Made by `sharedKey` from the rest. */
  readonly key: string;
  readonly analyzerId: string;
  /** Compared if it is given. */
  readonly sizeBytes?: number;
}

/** What was found for one that is wanted. None is current until its dependencies have been looked at. */
export interface SharedLookUp {
  /** By scope in the order in which they are read, in each the one without dependencies first, then the newest. */
  readonly candidates: readonly SharedCandidate[];
  readonly refused: readonly SharedRefusal[];
}

export interface SharedCandidate {
  readonly scope: string;
  /** Null: it has no dependencies. */
  readonly variant: string | null;
  readonly record: SharedRecord;
}

export interface SharedRefusal {
  readonly scope: string;
  readonly variant: string | null;
  readonly kind: Refusal;
  /** In one line. */
  readonly problem: string;
}

/** What deciding about records from a store takes. */
export interface SharedReading {
  readonly backend: SharedBackend;
  readonly layout: SharedLayout;
  readonly verifier: RecordVerifier | undefined;
  readonly validators: SharedValidators;
}

interface Found {
  readonly want: number;
  readonly scope: string;
  readonly place: RecordPlace;
  readonly value: unknown;
}

/** How many look-ups go into one call. */
const BATCH = 250;

/** One answer for each, in order: at most two calls for each 250 of them. Rejects where the store does not answer. */
export async function findShared(
  reading: SharedReading,
  scopes: readonly string[],
  wanted: readonly SharedWanted[],
): Promise<SharedLookUp[]> {
  const answers: SharedLookUp[] = [];
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH);
    const found = await loadRecords(reading, scopes, batch);
    const decoded = batch.map(() => ({ candidates: [] as SharedCandidate[], refused: [] as SharedRefusal[] }));
    const results = await decodeFound(reading, batch, found);
    for (const [index, { want, scope, place }] of found.entries()) {
      const [result, answer] = [results[index], decoded[want]];
      if (result === undefined || answer === undefined) continue;
      const { variant } = place;
      if (result.ok) answer.candidates.push({ scope, variant, record: result.record });
      else answer.refused.push({ scope, variant, kind: result.kind, problem: result.problem });
    }
    for (const answer of decoded) answers.push(answer);
  }
  return answers;
}

/** One result for each, in order, undefined where nothing is stored. All their signatures are verified at the same time. */
async function decodeFound(
  { verifier, validators }: SharedReading,
  batch: readonly SharedWanted[],
  found: readonly Found[],
): Promise<(DecodedShared | undefined)[]> {
  const results: Promise<DecodedShared | undefined>[] = [];
  const slice = new TimeSlice();
  for (const { want, scope, place, value } of found) {
    const one = batch[want];
    const expected = one && { ...one, scope, variant: place.variant };
    if (expected === undefined || value === undefined) results.push(Promise.resolve(undefined));
    else if (value instanceof Uint8Array) results.push(decodeSharedRecordAside(value, expected, verifier, validators));
    else results.push(Promise.resolve(NOT_BYTES));
    if (slice.due()) await slice.yieldTurn();
  }
  return Promise.all(results);
}

/** Everything that is stored for the batch, by wanted record and scope; first the plain records with the names of variants, then those. */
async function loadRecords(
  { backend, layout }: SharedReading,
  scopes: readonly string[],
  batch: readonly SharedWanted[],
): Promise<Found[]> {
  const places = batch.flatMap(({ key }, want) => scopes.map((scope) => ({ want, scope, key })));
  const values = await loadBounded(
    backend,
    places.flatMap(({ scope, key }) => [
      layout.recordKey(scope, { key, variant: null }),
      layout.variantsKey(scope, key),
    ]),
  );
  const plain = places.map(({ want, scope, key }, index): Found => ({
    want,
    scope,
    place: { key, variant: null },
    value: values[2 * index],
  }));
  const named = places.flatMap(({ want, scope, key }, index) =>
    namesIn(values[2 * index + 1]).map((variant) => ({ want, scope, place: { key, variant } })),
  );
  if (named.length === 0) return plain;
  const variants = await loadBounded(
    backend,
    named.map(({ scope, place }) => layout.recordKey(scope, place)),
  );
  const all = [...plain, ...named.map((one, index): Found => ({ ...one, value: variants[index] }))];
  const order = new Map(scopes.map((scope, index) => [scope, index]));
  return all.sort((a, b) => a.want - b.want || (order.get(a.scope) ?? 0) - (order.get(b.scope) ?? 0));
}

export const namesIn = (value: unknown): readonly string[] =>
  value instanceof Uint8Array ? decodeVariants(value) : [];

/** A value of a store, whoever wrote it, as a record. */
export function decodeValue(
  value: unknown,
  expected: SharedExpectation,
  { verifier, validators }: Pick<SharedReading, 'verifier' | 'validators'>,
): DecodedShared {
  if (value instanceof Uint8Array) return decodeSharedRecord(value, expected, verifier, validators);
  return NOT_BYTES;
}

const NOT_BYTES: DecodedShared = { ok: false, kind: 'corrupt', problem: 'it is not stored as bytes' };
