import { systemCode } from '../model/errors.js';
import { isInput } from '../model/dependency.js';
import type { RecordId, ResultKey } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Reason } from '../model/plan.js';
import { own } from '../plan/analyzer-identity.js';
import type { Candidate } from '../plan/make-plan.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { CodebaseCache, RecordLookUp, StoredRecord, Wanted } from '../persistence/codebase-cache.js';
import { resultDigest } from '../run/analyze-one.js';
import type { InputStates } from '../scan/input-states.js';
import { TimeSlice } from '../util/clock.js';
import { Decisions, type KnownRecord } from './decisions.js';
import type { Session } from './session.js';

/** Fewer candidates are looked up one by one; for more, one listing of the folder tells which are there at all. */
const LISTING_PAYS_FROM = 64;
const BATCH = 256;
/** A record that nothing refers to and that is found again must not be pruned soon. */
const RENEW_AFTER_MS = 12 * 60 * 60 * 1000;

export interface LookUp {
  readonly decisions: Decisions;
  /** Candidates with records that hold if other results are still the same: to be decided when those are. */
  readonly undecided: ReadonlyMap<Candidate, readonly KnownRecord[]>;
}

export interface LookUpInput {
  readonly candidates: readonly Candidate[];
  readonly session: Session;
  readonly states: InputStates;
  readonly previous: AnalysisDocument | undefined;
  /** Whether others may ask for results of this analyzer. */
  readonly isUsed: (analyzer: string) => boolean;
  readonly listing: RecordListing;
}

/** The records in the store by key, listed once for a run: what comes after that is of this run. */
export class RecordListing {
  readonly #cache: CodebaseCache | undefined;
  #listed: Promise<ReadonlyMap<ResultKey, readonly RecordId[]> | undefined> | undefined;

  constructor(cache: CodebaseCache | undefined) {
    this.#cache = cache;
  }

  /** Undefined where the folder cannot be listed: then each record is asked for by the name it has without dependencies. */
  all(): Promise<ReadonlyMap<ResultKey, readonly RecordId[]> | undefined> {
    return (this.#listed ??= this.#list());
  }

  async #list(): Promise<ReadonlyMap<ResultKey, readonly RecordId[]> | undefined> {
    try {
      return await this.#cache?.listRecords();
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return undefined;
    }
  }
}

/** Looks for a kept record of every candidate whose inputs are those of now; the others run. */
export async function lookUpCandidates(input: LookUpInput): Promise<LookUp> {
  const { candidates, session, states } = input;
  const { cache } = session;
  const decisions = new Decisions();
  const undecided = new Map<Candidate, readonly KnownRecord[]>();
  const present = needsListing(input) ? await input.listing.all() : undefined;
  const idsOf = ({ key, reason }: Candidate): readonly RecordId[] => {
    if (cache === undefined || reason.kind === 'forced') return [];
    return present === undefined ? [key as string as RecordId] : (present.get(key) ?? []);
  };
  const slice = new TimeSlice();
  for (let start = 0; start < candidates.length; start += BATCH) {
    const batch = candidates.slice(start, start + BATCH).map((candidate) => ({ candidate, ids: idsOf(candidate) }));
    const wanted = batch.flatMap(({ candidate, ids }) => ids.map((id) => wantedOf(candidate, id)));
    const answers = cache === undefined ? [] : await cache.findRecords(wanted);
    let next = 0;
    for (const { candidate, ids } of batch) {
      const found = ids.map((id): [RecordId, RecordLookUp] => [id, answers[next++] ?? { outcome: 'miss' }]);
      const known = found.flatMap(([id, answer]) =>
        answer.outcome === 'hit' ? [knownOf(id, answer.record, input.isUsed(candidate.analyzerId))] : [],
      );
      const holding = known.filter(({ dependencies }) =>
        dependencies.every((one) => !isInput(one) || states.isCurrent(one)),
      );
      const certain = holding.find(({ dependencies }) => dependencies.every(isInput));
      if (certain !== undefined) decisions.reuse(candidate, certain);
      else if (holding.length > 0) undecided.set(candidate, holding);
      else {
        const bad = found
          .map(([, answer]) => answer)
          .filter(({ outcome }) => outcome === 'stale' || outcome === 'corrupt');
        if (candidate.reason.kind === 'forced' || bad.length > 0) decisions.replace(candidate);
        decisions.run(candidate, reasonOf(candidate, bad[0]));
      }
    }
    if (slice.due()) await slice.yieldTurn();
  }
  return { decisions, undecided };
}

/** The names of records with dependencies cannot be computed, so they have to be listed. */
function needsListing({ candidates, previous }: LookUpInput): boolean {
  if (candidates.length >= LISTING_PAYS_FROM) return true;
  return candidates.some(({ analyzerId }) => {
    const before = previous && own(previous.head.analyzers, analyzerId);
    return before === undefined || before.withDependencies > 0;
  });
}

export function knownOf(id: RecordId, record: StoredRecord, isUsed: boolean): KnownRecord {
  const { dependencies, durationMs, cost } = record;
  return { id, dependencies, durationMs, cost, surface: isUsed ? surfaceOf(record) : undefined };
}

/** What dependents compare of a record. */
export const surfaceOf = ({ surface, result }: { surface: string | null; result: JsonValue }): string =>
  surface ?? resultDigest(result);

function reasonOf(candidate: Candidate, bad: RecordLookUp | undefined): Reason {
  if (bad?.outcome === 'stale') return { kind: 'invalidated', epoch: bad.epoch };
  if (bad?.outcome === 'corrupt') return { kind: 'record-corrupt', key: candidate.key, problem: bad.problem };
  return candidate.reason;
}

export const wantedOf = ({ path, analyzer, contentHash }: Candidate, id: RecordId): Wanted => ({
  id,
  analyzerId: analyzer.id,
  fingerprint: analyzer.identity.fingerprint,
  path: analyzer.identity.pathIndependent ? null : path,
  contentHash,
  requestedPath: path,
});

/** Marks found records as used, so that clean-up by age spares them. */
export async function renewFound({ found }: Decisions, session: Session): Promise<void> {
  const { cache, clock } = session;
  if (cache === undefined || !session.writable) return;
  const slice = new TimeSlice();
  for (const { id } of found.values()) {
    if (slice.due()) await slice.yieldTurn();
    await cache.renewRecord(id, clock.now() - RENEW_AFTER_MS);
  }
}
