/** Kept results against what their analyzers answer now, although nothing that they are known to depend on has changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError } from '../model/errors.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { isInput } from '../model/dependency.js';
import type { StoredRecord } from '../persistence/codebase-cache.js';
import type { Candidate } from '../plan/make-plan.js';
import { CHANGED_DURING_RUN } from '../run/read-task.js';
import { runOne, runTasks } from '../run/run-tasks.js';
import type { Outcome } from '../run/outcome.js';
import type { TaskResult } from '../run/task.js';
import { firstDifference, type Answer, type AnswerDifference } from './compare-answers.js';
import { evictTasks } from './evict-tasks.js';
import { runOptions } from './execute.js';
import { likelyInputs, type ChangedAnswer, type LikelyInput } from './likely-input.js';
import { wantedOf } from './look-up.js';
import { drawSample, type ReusableTask, type SampleSize } from './sample-tasks.js';
import type { Prepared, Session, SessionAnalyzer } from './session.js';

export interface DeepReport {
  /** Results that a run would use again. */
  readonly reusable: number;
  /** How many of them were chosen. */
  readonly sampled: number;
  /** How many of those were compared: not those whose file or inputs changed meanwhile, or whose record cannot be read. */
  readonly compared: number;
  /** Sorted by path, then analyzer. */
  readonly different: readonly DeepDifference[];
  /** Records that were removed: for each task that differs, those of all states of its dependencies. */
  readonly evicted: number;
  /** Analyzers with kept results that were not asked, as they are not among those given. */
  readonly notAsked: readonly string[];
}

export const DEEP_DIFFERENCES = ['not-deterministic', 'undeclared-input', 'failed'] as const;
/**
 * `not-deterministic`: two answers of now differ from each other. `undeclared-input`: they agree with each other, and not with the record.
 * `failed`: the analysis fails now; its record stays.
 */
export type DeepDifferenceKind = (typeof DEEP_DIFFERENCES)[number];

export interface DeepDifference {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly record: RecordId;
  readonly kind: DeepDifferenceKind;
  /** Where the record first differs from the answer of now, or the two answers of now from each other; null where one failed. */
  readonly pointer: AnswerDifference['pointer'] | null;
  readonly old: AnswerDifference['old'];
  readonly new: AnswerDifference['new'];
  /** Why the analysis failed; null where it did not. */
  readonly message: string | null;
  /** Of an undeclared input: what it may be, the likeliest first. Only the first 200 differences are explained. */
  readonly likelyInputs: readonly LikelyInput[];
  /** Variables that are declared or were recorded: it is none of these. */
  readonly declaredEnvironment: readonly string[];
}

/** Each is compared with everything that changed lately; nobody reads more. */
const MOST_EXPLAINED = 200;
/** Answers within one second may agree on the time. */
const LEAST_BETWEEN_MS = 1100;

/**
 * Runs a sample of what a run would use again, keeps none of it, and evicts what comes out otherwise. Whatever differs runs a second time.
 * @throws CacheError CACHE_NO_ANALYSIS; CACHE_ABORTED, with nothing evicted; TypeError for a sample size that is none.
 */
export async function verifyDeep(
  session: Session,
  prepared: Prepared,
  size: SampleSize | undefined,
): Promise<DeepReport> {
  const { document } = prepared.previous;
  const { reusable, tasks } = drawSample(session, prepared, size);
  if (document === undefined && reusable === 0) throw noAnalysis(session);
  session.emit({ type: 'planned', run: tasks.length, reuse: 0 });
  const { compared, suspects } = await compareWithRecords(session, prepared, tasks);
  const answered = suspects.filter(({ first }) => first.ok);
  if (answered.length > 0) await sleep(LEAST_BETWEEN_MS, undefined, { signal: session.signal }).catch(() => undefined);
  const again = await runAgain(session, prepared, answered);
  const different = await describe(session, suspects, again);
  const evicted = await evictTasks(
    session,
    document,
    answered.map(({ candidate }) => candidate),
  );
  const asked = new Set(session.analyzers.map(({ plan }) => plan.id));
  const notAsked = Object.keys(document?.head.analyzers ?? {}).filter((id) => !asked.has(id));
  return { reusable, sampled: tasks.length, compared, different, evicted, notAsked };
}

interface Suspect {
  readonly candidate: Candidate;
  readonly id: RecordId;
  readonly record: StoredRecord;
  readonly first: Outcome;
}

async function compareWithRecords(
  session: Session,
  prepared: Prepared,
  tasks: readonly ReusableTask[],
): Promise<{ compared: number; suspects: readonly Suspect[] }> {
  const idOf = new Map(tasks.map(({ candidate, id }) => [candidate, id]));
  const suspects: Suspect[] = [];
  let compared = 0;
  await rerun(session, prepared, [...idOf.keys()], async (candidate, result) => {
    const id = idOf.get(candidate) as RecordId;
    const found = await session.cache?.findRecord(wantedOf(candidate, id));
    report(session, candidate, result);
    if (found?.outcome !== 'hit' || hasMoved(prepared, candidate, found.record, result)) return;
    compared++;
    const { outcome: first } = result;
    if (!first.ok || firstDifference(found.record, answerOf(first)) !== undefined)
      suspects.push({ candidate, id, record: found.record, first });
  });
  const order = new Map(tasks.map(({ candidate }, index) => [candidate, index]));
  suspects.sort((a, b) => (order.get(a.candidate) ?? 0) - (order.get(b.candidate) ?? 0));
  return { compared, suspects };
}

async function runAgain(
  session: Session,
  prepared: Prepared,
  suspects: readonly Suspect[],
): Promise<ReadonlyMap<Candidate, Outcome>> {
  const second = new Map<Candidate, Outcome>();
  const candidates = suspects.map(({ candidate }) => candidate);
  await rerun(session, prepared, candidates, (candidate, { outcome }) => {
    second.set(candidate, outcome);
    return Promise.resolve();
  });
  return second;
}

/** Nothing is kept; results that are asked for and would have to run do so, in memory. */
async function rerun(
  session: Session,
  prepared: Prepared,
  tasks: readonly Candidate[],
  take: (candidate: Candidate, result: TaskResult) => Promise<void>,
): Promise<void> {
  const asked = new Set(tasks);
  const options = runOptions(session, prepared, {
    takeHeld: () => undefined,
    async onResult(candidate, result) {
      if (asked.has(candidate)) await take(candidate, result);
      else prepared.resolver.finished(candidate, result, undefined);
    },
  });
  prepared.resolver.start((candidate) => runOne(candidate, options));
  await runTasks(tasks, { ...options, claim: () => true });
  if (!session.signal.aborted) return;
  throw new CacheError('CACHE_ABORTED', 'The verification was interrupted; nothing was evicted.', {
    cause: session.signal.reason,
  });
}

function report({ emit }: Session, { path, analyzerId: analyzer, reason }: Candidate, { outcome }: TaskResult): void {
  if (outcome.ok) emit({ type: 'task-finished', path, analyzer, reason, durationMs: outcome.durationMs });
  else emit({ type: 'task-failed', path, analyzer, ...outcome });
}

/** The file, or something that the record names, is no longer what it was when it was decided that a run would use the record again. */
function hasMoved(
  { states }: Prepared,
  candidate: Candidate,
  { dependencies }: StoredRecord,
  { outcome, contentHash }: TaskResult,
): boolean {
  if (contentHash !== candidate.contentHash) return true;
  if (outcome.ok ? outcome.uncacheable === CHANGED_DURING_RUN : outcome.reason === 'source-unreadable') return true;
  return dependencies.some((one) => isInput(one) && !states.isStillCurrent(one));
}

const answerOf = ({ resultText, surface, dependencies }: Extract<Outcome, { ok: true }>): Answer => ({
  result: JSON.parse(resultText) as JsonValue,
  ...{ surface, dependencies },
});

async function describe(
  session: Session,
  suspects: readonly Suspect[],
  again: ReadonlyMap<Candidate, Outcome>,
): Promise<DeepDifference[]> {
  const analyzers = new Map(session.analyzers.map((analyzer) => [analyzer.plan.id, analyzer]));
  const analyzerOf = ({ candidate }: Suspect): SessionAnalyzer =>
    analyzers.get(candidate.analyzerId) as SessionAnalyzer;
  const verdicts = suspects.map((suspect) => ({ suspect, verdict: judge(suspect, again.get(suspect.candidate)) }));
  const unexplained = verdicts.filter(({ verdict }) => verdict.kind === 'undeclared-input').slice(0, MOST_EXPLAINED);
  const changed = unexplained.map(({ suspect }): ChangedAnswer => ({
    ...{ analyzer: analyzerOf(suspect), path: suspect.candidate.path, record: suspect.record },
  }));
  const likely = await likelyInputs(session, changed);
  const inputsOf = new Map(unexplained.map(({ suspect }, index) => [suspect, likely[index] ?? []]));
  return verdicts.map(({ suspect, verdict }) => ({
    path: suspect.candidate.path,
    analyzer: suspect.candidate.analyzerId,
    record: suspect.id,
    ...verdict,
    likelyInputs: inputsOf.get(suspect) ?? [],
    declaredEnvironment: declaredVariables(suspect, analyzerOf(suspect)),
  }));
}

type Verdict = Pick<DeepDifference, 'kind' | 'pointer' | 'old' | 'new' | 'message'>;

function judge({ record, first }: Suspect, second: Outcome | undefined): Verdict {
  const nowhere = { pointer: null, old: null, new: null };
  if (!first.ok) return { kind: 'failed', ...nowhere, message: first.message };
  if (second?.ok === false) return { kind: 'not-deterministic', ...nowhere, message: second.message };
  const now = answerOf(first);
  const between = second && firstDifference(now, answerOf(second));
  if (between !== undefined) return { kind: 'not-deterministic', ...between, message: null };
  return { kind: 'undeclared-input', ...nowhere, ...firstDifference(record, now), message: null };
}

function declaredVariables({ record, first }: Suspect, { plan }: SessionAnalyzer): string[] {
  const recorded = [...record.dependencies, ...(first.ok ? first.dependencies : [])];
  const names = recorded.flatMap((one) => (one.kind === 'env' ? [one.name] : []));
  return [...new Set([...Object.keys(plan.identity.environment), ...names])].sort();
}

function noAnalysis({ settings: { codebaseId } }: Session): CacheError {
  return new CacheError(
    'CACHE_NO_ANALYSIS',
    `There is no analysis of codebase "${codebaseId}" whose results could be compared. Run: documee analyze`,
    { codebaseId },
  );
}
