import { systemCode } from '../model/errors.js';
import { isSeen } from '../model/dependency.js';
import type { RecordId, ResultKey } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Reason } from '../model/plan.js';
import { own } from '../plan/analyzer-identity.js';
import type { Candidate } from '../plan/make-plan.js';
import { hasDependencies } from '../plan/record-id.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { CodebaseCache, RecordLookUp, StoredRecord, Wanted } from '../persistence/codebase-cache.js';
import { resultDigest } from '../run/analyze-one.js';
import { TimeSlice } from '../util/clock.js';
import { Decisions, type KnownRecord } from './decisions.js';
import type { RunStates } from './run-states.js';
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
  readonly states: RunStates;
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

  /** Whether there was any record of a result that has dependencies, whoever made it. */
  async hasVariants(): Promise<boolean> {
    for (const ids of (await this.all())?.values() ?? []) if (ids.some(hasDependencies)) return true;
    return false;
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
  const { candidates, session } = input;
  const look: Look = { input, decisions: new Decisions(), undecided: new Map() };
  const asked = candidates.filter(({ reason }) => session.cache !== undefined && reason.kind !== 'forced');
  for (const candidate of candidates)
    if (session.cache === undefined || candidate.reason.kind === 'forced') decide(look, candidate, []);
  // Many are looked for in one listing of the folder; a few first by the name that a record without dependencies has.
  const plain = candidates.length < LISTING_PAYS_FROM;
  const missed = plain ? await lookUpIn(look, asked, ({ key }) => [key as string as RecordId], true) : asked;
  const listed = missed.length === 0 ? undefined : await input.listing.all();
  const named = plain ? missed : asked;
  await lookUpIn(look, named, ({ key }) => listed?.get(key) ?? (plain ? [] : [key as string as RecordId]), false);
  await lookUpElsewhere(look, asked);
  return { decisions: look.decisions, undecided: look.undecided };
}

/** What this machine does not have, another may. */
async function lookUpElsewhere({ input, decisions, undecided }: Look, candidates: readonly Candidate[]): Promise<void> {
  const { session, states, isUsed } = input;
  const missing = candidates.filter((candidate) => decisions.toRun.has(candidate));
  if (session.shared === undefined || missing.length === 0) return;
  const found = await session.shared.find(missing, { states, isUsed, replacing: decisions.replacing });
  for (const [candidate, records] of found) {
    const certain = records.find(({ dependencies }) => dependencies.every(isSeen));
    if (certain !== undefined) decisions.reuse(candidate, certain);
    else {
      decisions.reopen(candidate);
      undecided.set(candidate, records);
    }
  }
}

interface Look {
  readonly input: LookUpInput;
  readonly decisions: Decisions;
  readonly undecided: Map<Candidate, readonly KnownRecord[]>;
}

type Found = readonly (readonly [RecordId, RecordLookUp])[];

/** Decides what it can. @param maySpare true: candidates that may have records of other names are answered instead of being decided to run. */
async function lookUpIn(
  look: Look,
  candidates: readonly Candidate[],
  idsOf: (candidate: Candidate) => readonly RecordId[],
  maySpare: boolean,
): Promise<Candidate[]> {
  const { cache } = look.input.session;
  const spared: Candidate[] = [];
  const slice = new TimeSlice();
  for (let start = 0; start < candidates.length; start += BATCH) {
    const batch = candidates.slice(start, start + BATCH).map((candidate) => ({ candidate, ids: idsOf(candidate) }));
    const wanted = batch.flatMap(({ candidate, ids }) => ids.map((id) => wantedOf(candidate, id)));
    const answers = cache === undefined ? [] : await cache.findRecords(wanted);
    await look.input.states.prepare(
      answers.flatMap((answer) => (answer.outcome === 'hit' ? answer.record.dependencies.filter(isSeen) : [])),
    );
    let next = 0;
    for (const { candidate, ids } of batch) {
      const found = ids.map((id) => [id, answers[next++] ?? { outcome: 'miss' }] as const);
      const mayBeElsewhere = maySpare && mayHaveDependencies(candidate, look.input.previous);
      if (mayBeElsewhere && !found.some(([, { outcome }]) => outcome === 'hit')) spared.push(candidate);
      else decide(look, candidate, found);
    }
    if (slice.due()) await slice.yieldTurn();
  }
  return spared;
}

/** To list the folder costs more than a small run: not for an analyzer that is known to ask for nothing. */
function mayHaveDependencies({ analyzer }: Candidate, previous: AnalysisDocument | undefined): boolean {
  const before = previous && own(previous.head.analyzers, analyzer.id);
  return !analyzer.identity.pathIndependent && (before === undefined || before.recordsDependencies);
}

function decide({ input, decisions, undecided }: Look, candidate: Candidate, found: Found): void {
  const known = found.flatMap(([id, answer]) =>
    answer.outcome === 'hit' ? [knownOf(id, answer.record, input.isUsed(candidate.analyzerId))] : [],
  );
  const holding = known.filter(({ dependencies }) =>
    dependencies.every((one) => !isSeen(one) || input.states.isCurrent(one)),
  );
  const certain = holding.find(({ dependencies }) => dependencies.every(isSeen));
  if (certain !== undefined) {
    decisions.reuse(candidate, certain);
    return;
  }
  if (holding.length > 0) {
    undecided.set(candidate, holding);
    return;
  }
  const bad = found.map(([, answer]) => answer).filter(({ outcome }) => outcome === 'stale' || outcome === 'corrupt');
  if (candidate.reason.kind === 'forced' || bad.length > 0) decisions.replace(candidate);
  decisions.run(candidate, reasonOf(candidate, bad[0]));
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
  const ids = Array.from(found.values(), ({ id }) => id);
  for (let start = 0; start < ids.length; start += BATCH) {
    await cache.renewRecords(ids.slice(start, start + BATCH), clock.now() - RENEW_AFTER_MS);
    if (slice.due()) await slice.yieldTurn();
  }
}
