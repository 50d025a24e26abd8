/** The story: scan the tree, diff it with the last run, plan what each task needs and why, run only that, commit. */
import type { RunTotals, TaskFailure } from './model/event.js';
import type { ScanProblem } from './model/file-state.js';
import type { CodebaseId, VersionId } from './model/ids.js';
import type { PlannedTask } from './model/plan.js';
import type { CodebaseValues } from './persistence/analysis-document.js';
import type { PersistenceManager } from './persistence/persistence-manager.js';
import { isEmptyDiff } from './plan/diff.js';
import { listTasks, makePlan, taskName, type Candidate, type Plan } from './plan/make-plan.js';
import { commitRun, type CommittedRun } from './session/commit-run.js';
import { checkInputs, dependentTasks } from './session/check-inputs.js';
import { findDamage, type DamageReport } from './session/find-damage.js';
import { explainFile, type FileExplanation } from './session/explain-file.js';
import { findImpact, type Impact } from './session/find-impact.js';
import { estimateOf, lastCosts, type Estimate } from './session/last-costs.js';
import { countFiles, countRemoved, type AnalyzerTotals } from './session/count-run.js';
import { executePlan } from './session/execute.js';
import type { KeptRecord, ResultKeeper } from './session/keep-results.js';
import { lookUpCandidates, RecordListing, renewFound } from './session/look-up.js';
import { newDependencies } from './session/new-dependencies.js';
import { hasSameTasks, newFileHashes, newFilesMap } from './session/new-analysis.js';
import { openSession } from './session/open-session.js';
import type { SessionOptions } from './session/settings.js';
import { recomputer } from './session/recompute.js';
import { openPrevious, previousRun, type Previous } from './session/previous-run.js';
import { ResultReader, type FileResult, type ResultFilter } from './session/result-reader.js';
import { ResultResolver } from './session/resolve-results.js';
import { openStates, scanSession } from './session/scan-session.js';
import type { SampleSize } from './session/sample-tasks.js';
import { isUsedBy } from './session/uses.js';
import { verifyDeep as compareSample, type DeepReport } from './session/verify-deep.js';
import type { Prepared, Session } from './session/session.js';
import { shardFilter } from './session/shard.js';
import type { RemoteTotals } from './session/shared/remote-options.js';
import { openDefaultDocuments } from './session/default-store.js';
import type { ScanResult } from './scan/scan.js';
import type { StoreChoice } from './store/open-store.js';

export interface AnalyzeOptions extends SessionOptions {
  /** Where results are kept; default: a file store in `basePath`. */
  readonly manager?: PersistenceManager;
  /** Store, by its URL or configuration, or open already: then it stays open. Not together with `manager`. */
  readonly store?: StoreChoice;
  /** Folder of the file store; default `<root>/.documee/analysis`. Not together with `manager`. */
  readonly basePath?: string;
}

/** What a run does, or would do. */
export interface RunPlan {
  readonly totals: {
    readonly files: number;
    readonly run: number;
    /** How many of those run only if another result comes out otherwise; none after a run. */
    readonly possible: number;
    readonly reuse: number;
    /** Results that would be dropped, as their file is no longer a source file. */
    readonly removed: number;
  };
  /** Every task, sorted by path, then analyzer; listed when it is first asked for. */
  readonly tasks: readonly PlannedTask[];
}

/** What a run would do, and what it would take. */
export interface ForeseenPlan extends RunPlan {
  /** Of all tasks that would run, by what they took before. */
  readonly estimate: Estimate;
}

export interface AnalysisRun {
  readonly codebaseId: CodebaseId;
  /** Where results are kept, without credentials; undefined where they cannot be. */
  readonly cache: string | undefined;
  /** The version that holds these results; null where nothing could be kept. */
  readonly versionId: VersionId | null;
  /** False where everything was as in the version before. */
  readonly changed: boolean;
  readonly totals: RunTotals;
  readonly analyzers: Readonly<Record<string, AnalyzerTotals>>;
  readonly durationMs: number;
  /** What the reused results took when they were computed, in ms. */
  readonly savedMs: number;
  /** What they cost then, by unit, e.g. tokens or usd. */
  readonly savedCost: Readonly<Record<string, number>>;
  /** What the kept results of this run cost, by unit. */
  readonly cost: Readonly<Record<string, number>>;
  readonly plan: RunPlan;
  /** What came of the shared cache; undefined where the run had none. */
  readonly remote: RemoteTotals | undefined;
  readonly failures: readonly TaskFailure[];
  /** Files in scope that could not be taken in. */
  readonly skipped: readonly ScanProblem[];
  /** What the analyzers said of the whole codebase. */
  readonly values: () => CodebaseValues;
  /** Current results, sorted by path, then analyzer; each is loaded and checked when its turn comes. */
  results(filter?: ResultFilter): AsyncGenerator<FileResult>;
  /**
   * Ends the worker threads, and the connections to a store that was opened for this run: results cannot be read after it. A run that is not closed
   * ends them by itself when the process ends.
   */
  close(): Promise<void>;
}

/**
 * One run: every result is current when it returns.
 * @throws CacheError CACHE_BAD_ROOT, CACHE_BAD_CODEBASE_ID, CACHE_BAD_PATTERN, CACHE_ANALYZER_LOAD, CACHE_ANALYZER_DUPLICATE;
 * CACHE_ABORTED when `signal` was aborted: what was finished is kept.
 */
export async function analyzeCodebase(options: AnalyzeOptions): Promise<AnalysisRun> {
  const startedAt = performance.now();
  const session = await openSession(options, openDefaultDocuments(options));
  try {
    session.emit({ type: 'run-started', codebaseId: session.settings.codebaseId, root: session.settings.root });
    const prepared = await prepare(session);
    const { plan, decisions, resolver } = prepared;
    const run = decisions.toRun.size + resolver.undecidedCount;
    session.emit({ type: 'planned', run, reuse: taskCount(plan) - run });
    const keeper = await executePlan(session, prepared);
    const finished = await finish(session, prepared, keeper, startedAt);
    // What other machines are told comes after what this one keeps.
    await session.shared?.finish();
    session.emit({ type: 'run-finished', totals: finished.totals, durationMs: finished.durationMs });
    await session.close();
    return finished;
  } catch (error) {
    try {
      await session.close();
    } finally {
      await session.closeStore();
    }
    throw error;
  }
}

/** What `analyzeCodebase` would do and why, without doing it: nothing is analyzed and nothing is written. */
export async function planCodebase(options: AnalyzeOptions): Promise<ForeseenPlan> {
  return foreseeing(options, async (session, prepared) => {
    const { decisions, previous } = prepared;
    const tasks = [...decisions.toRun];
    const estimate = estimateOf(tasks, await lastCosts(session, previous.document, tasks));
    return Object.assign(planOf(prepared), { estimate });
  });
}

/**
 * What an edit of `path` would run again, and what that took last time, by what the last run recorded. The path need not be a source file, nor be
 * there: relative to the root. @throws CacheError CACHE_NO_ANALYSIS
 */
export async function impactOf(options: AnalyzeOptions, path: string): Promise<Impact> {
  return foreseeing(onThisMachine(options), (session, prepared) => findImpact(session, prepared, path));
}

/** Why one source file hits or misses: each input of each of its tasks, then and now. @throws CacheError CACHE_BAD_PATH */
export async function explainPath(options: AnalyzeOptions, path: string): Promise<FileExplanation> {
  return foreseeing(onThisMachine(options), (session, prepared) => explainFile(session, prepared, path));
}

export interface VerifyDeepOptions extends AnalyzeOptions {
  /** Of the results that a run would use again: `'all'`, a number, or a share such as `'5%'`; default: 5 %, at least 20. */
  readonly sample?: SampleSize;
}

/**
 * Runs a random sample of what a run would use again, compares with what is kept, and evicts what differs. Every file is read anew; no answer is
 * kept. @throws CacheError CACHE_NO_ANALYSIS; CACHE_ABORTED, with nothing evicted; TypeError for a sample that is none.
 */
export async function verifyDeep({ sample, ...options }: VerifyDeepOptions): Promise<DeepReport> {
  const local = onThisMachine(options);
  return foreseeing({ ...local, force: false, changeDetection: 'content' }, (session, prepared) =>
    compareSample(session, prepared, sample),
  );
}

/** What is asked is about what this machine keeps. */
const onThisMachine = <Options extends AnalyzeOptions>(options: Options): Options => ({
  ...options,
  remote: undefined,
});

/** Everything is decided and nothing is run or written. */
async function foreseeing<T>(
  options: AnalyzeOptions,
  answer: (session: Session, prepared: Prepared) => Promise<T>,
): Promise<T> {
  const session = await openSession(options, openDefaultDocuments(options), { reading: true });
  try {
    const prepared = await prepare(session);
    await prepared.resolver.foresee();
    return await answer(session, prepared);
  } finally {
    await session.close();
    await session.closeStore();
  }
}

async function prepare(session: Session): Promise<Prepared> {
  const scanned = await scanSession(session);
  const { shard } = session.settings;
  const { analyzers, isOwn } = ownTasks(session);
  // What the last analysis says of a part would have to be cut out of it: its results are found by their keys.
  const previous = await openPrevious(shard === undefined ? session.cache : undefined, scanned);
  const { document } = previous;
  const states = openStates(session, scanned);
  const damage = await checkRecords(session, previous, scanned);
  const inputCheck = await checkInputs(previous, scanned, states);
  const plan = makePlan({
    files: scanned.files,
    diff: previous.diff,
    analyzers,
    previous: document && previousRun(document, isEmptyDiff(previous.diff) ? undefined : await previous.fileHashes()),
    damaged: damage?.damaged ?? [],
    stale: inputCheck.stale,
    invalidatedBy: await invalidationsSince(session, document?.head.epoch ?? 0),
    force: session.settings.force,
  });
  const dependents = await dependentTasks(session, previous, plan.candidates, inputCheck);
  const common = {
    ...{ session, states, previous: document },
    isUsed: isUsedBy(session, document),
    listing: new RecordListing(session.cache),
  };
  const lookUp = await lookUpCandidates({ ...common, candidates: plan.candidates });
  const resolver = new ResultResolver({ ...common, files: scanned.files, lookUp, dependents });
  return {
    scanned,
    previous,
    damage,
    states,
    inputCheck,
    ...{ plan, analyzers, isOwn, isUsed: common.isUsed },
    decisions: lookUp.decisions,
    resolver,
    listing: common.listing,
  };
}

/** Of a part of the codebase, each analyzer is asked about the files of that part. */
function ownTasks({ analyzers, settings: { shard } }: Session): Pick<Prepared, 'analyzers' | 'isOwn'> {
  const plans = analyzers.map(({ plan }) => plan);
  if (shard === undefined) return { analyzers: plans, isOwn: () => true };
  const isIn = shardFilter(shard);
  const own = plans.map((plan) => ({
    ...plan,
    matches: (path: string) => isIn(path) && plan.matches?.(path) !== false,
  }));
  return { analyzers: own, isOwn: ({ path }) => isIn(path) };
}

async function invalidationsSince(
  session: Session,
  epoch: number,
): Promise<((path: string, analyzer: string) => number | undefined) | undefined> {
  const epochs = session.cache?.epochs;
  if (epochs === undefined || epochs.current <= epoch) return undefined;
  const invalidated = await epochs.coverage();
  return (path, analyzer) => invalidated.after(epoch, path, analyzer);
}

async function checkRecords(
  session: Session,
  previous: Previous,
  scanned: ScanResult,
): Promise<DamageReport | undefined> {
  const { cache } = session;
  if (cache === undefined || previous.document === undefined) return undefined;
  return findDamage(cache, previous.document, scanned.extra && Buffer.from(scanned.extra).toString());
}

async function finish(
  session: Session,
  prepared: Prepared,
  keeper: ResultKeeper,
  startedAt: number,
): Promise<AnalysisRun> {
  const { scanned, previous, analyzers, decisions, inputCheck, states } = prepared;
  const before = previous.document;
  const candidates = decisions.candidates().filter(prepared.isOwn);
  const recordOf = (candidate: Candidate): KeptRecord | undefined =>
    decisions.found.get(candidate) ?? keeper.kept.get(candidate);
  const isUntouched = candidates.length === 0 && isEmptyDiff(previous.diff);
  const files =
    before !== undefined && isUntouched && hasSameTasks(before, analyzers)
      ? before.files
      : newFilesMap({
          files: scanned.files,
          previous,
          analyzers,
          candidates,
          recordOf: (candidate) => recordOf(candidate)?.id,
        });
  const ran = (): ReadonlySet<string> =>
    new Set([...decisions.toRun].map(({ path, analyzerId }) => taskName(path, analyzerId)));
  for (const [name, result] of session.shared?.unkept ?? []) keeper.transient.set(name, result);
  const reader = new ResultReader(
    session,
    files,
    keeper.transient,
    ran,
    recomputer(session, prepared, keeper.failures),
  );
  await renewFound(decisions, session);
  const committed = await commitRun({
    session,
    prepared,
    keeper,
    files,
    reader,
    startedAt,
    fileHashes: () => newFileHashes(scanned.files, previous),
    dependencies: () =>
      newDependencies({
        ...{ previous, analyzers, candidates },
        check: inputCheck,
        dependenciesOf: (candidate) => recordOf(candidate)?.dependencies,
        states,
      }),
  });
  return toRun(session, prepared, keeper, reader, committed);
}

function toRun(
  session: Session,
  prepared: Prepared,
  keeper: ResultKeeper,
  reader: ResultReader,
  committed: CommittedRun,
): AnalysisRun {
  let plan: RunPlan | undefined;
  return {
    codebaseId: session.settings.codebaseId,
    cache: session.cache?.documents.description,
    ...committed.figures,
    get plan() {
      return (plan ??= planOf(prepared));
    },
    failures: keeper.failures,
    skipped: prepared.scanned.problems,
    values: committed.values,
    results: (filter) => reader.read(filter),
    get remote() {
      return session.shared?.totals(foundElsewhere(prepared));
    },
    async close() {
      await session.close();
      await session.closeStore();
    },
  };
}

const foundElsewhere = ({ decisions }: Prepared): number =>
  [...decisions.found.values()].filter(({ isFromElsewhere }) => isFromElsewhere === true).length;

function planOf({ scanned, previous, plan, analyzers, decisions, isOwn }: Prepared): RunPlan {
  let tasks: readonly PlannedTask[] | undefined;
  const toRun = [...decisions.toRun].filter(isOwn);
  const run = toRun.length;
  const possible = toRun.filter(
    (candidate) => decisions.decided.get(candidate)?.reason.kind === 'dependency-would-run',
  ).length;
  const files = countFiles({ scanned, isOwn });
  return {
    totals: { files, run, possible, reuse: taskCount(plan) - run, removed: countRemoved(previous) },
    get tasks() {
      return (tasks ??= listTasks(scanned.files, analyzers, decisions.candidates().filter(isOwn), decisions.decided));
    },
  };
}

const taskCount = ({ taskCounts }: Plan): number => [...taskCounts.values()].reduce((sum, count) => sum + count, 0);
