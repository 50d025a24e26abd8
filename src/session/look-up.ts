import { systemCode } from '../model/errors.js';
import type { ResultKey } from '../model/ids.js';
import type { Reason } from '../model/plan.js';
import type { Candidate, Decided } from '../plan/make-plan.js';
import type { CodebaseCache, Wanted } from '../persistence/codebase-cache.js';
import { TimeSlice } from '../util/clock.js';
import type { Session } from './session.js';

/** Fewer candidates are looked up one by one; for more, one listing of the folder tells which are there at all. */
const LISTING_PAYS_FROM = 64;
const BATCH = 256;
/** A record that nothing refers to and that is found again must not be pruned soon. */
const RENEW_AFTER_MS = 12 * 60 * 60 * 1000;

/** What the candidates of a plan came to. */
export interface Decisions {
  /** What every candidate came to. */
  readonly decided: ReadonlyMap<Candidate, Decided>;
  /** Sorted by path, then analyzer. */
  readonly toRun: readonly Candidate[];
  readonly found: readonly Candidate[];
  /** Candidates whose record is there but must give way. */
  readonly replacing: ReadonlySet<Candidate>;
  /** By analyzer: what the found results took when they were computed, in ms. */
  readonly foundDurationMs: ReadonlyMap<string, number>;
}

/** Looks for a kept record of every candidate; the others run. */
export async function lookUpCandidates(candidates: readonly Candidate[], session: Session): Promise<Decisions> {
  const decided = new Map<Candidate, Decided>();
  const toRun: Candidate[] = [];
  const found: Candidate[] = [];
  const replacing = new Set<Candidate>();
  const foundDurationMs = new Map<string, number>();
  const run = (candidate: Candidate, reason: Reason): void => {
    toRun.push(candidate);
    decided.set(candidate, { decision: 'run', reason });
  };
  const { cache } = session;
  const present =
    cache !== undefined && candidates.length >= LISTING_PAYS_FROM ? await listIfReadable(cache) : undefined;
  const slice = new TimeSlice();
  for (let start = 0; start < candidates.length; start += BATCH) {
    const batch = candidates.slice(start, start + BATCH);
    const looked = batch.filter(({ key, reason }) => reason.kind !== 'forced' && (present?.has(key) ?? true));
    const answers = cache === undefined ? [] : await cache.findRecords(looked.map(wantedOf));
    const answerOf = new Map(looked.map((candidate, index) => [candidate, answers[index]]));
    for (const candidate of batch) {
      const answer = answerOf.get(candidate);
      if (answer?.outcome === 'hit') {
        found.push(candidate);
        const { id } = candidate.analyzer;
        foundDurationMs.set(id, (foundDurationMs.get(id) ?? 0) + answer.record.durationMs);
        decided.set(candidate, FOUND);
        continue;
      }
      if (candidate.reason.kind === 'forced' || (answer !== undefined && answer.outcome !== 'miss'))
        replacing.add(candidate);
      if (answer?.outcome === 'stale') run(candidate, { kind: 'invalidated', epoch: answer.epoch });
      else if (answer?.outcome === 'corrupt')
        run(candidate, { kind: 'record-corrupt', key: candidate.key, problem: answer.problem });
      else run(candidate, candidate.reason);
    }
    if (slice.due()) await slice.yieldTurn();
  }
  return { decided, toRun, found, replacing, foundDurationMs };
}

const FOUND: Decided = { decision: 'reuse', reason: { kind: 'found-by-key' } };

const wantedOf = ({ key, path, analyzer, contentHash }: Candidate): Wanted => ({
  key,
  analyzerId: analyzer.id,
  fingerprint: analyzer.identity.fingerprint,
  path: analyzer.identity.pathIndependent ? null : path,
  contentHash,
  requestedPath: path,
});

/** Undefined where the folder cannot be listed: then each record is asked for. */
async function listIfReadable(cache: CodebaseCache): Promise<ReadonlySet<ResultKey> | undefined> {
  try {
    return await cache.listRecordKeys();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Marks found records as used, so that clean-up by age spares them. */
export async function renewFound(found: readonly Candidate[], session: Session): Promise<void> {
  const { cache, clock } = session;
  if (cache === undefined || !session.writable) return;
  const slice = new TimeSlice();
  for (const { key } of found) {
    if (slice.due()) await slice.yieldTurn();
    await cache.renewRecord(key, clock.now() - RENEW_AFTER_MS);
  }
}
