/** The story: scan the tree, diff it with the last run, plan what each task needs and why, run only that, commit. */
import type { RunTotals, TaskFailure } from './model/event.js';
import type { ScanProblem } from './model/file-state.js';
import type { CodebaseId, VersionId } from './model/ids.js';
import type { CodebaseValues } from './persistence/analysis-document.js';
import type { PersistenceManager } from './persistence/persistence-manager.js';
import type { AnalyzerTotals } from './session/count-run.js';
import { openDefaultDocuments } from './session/default-store.js';
import { executePlan } from './session/execute.js';
import { explainFile, type FileExplanation } from './session/explain-file.js';
import { findImpact, type Impact } from './session/find-impact.js';
import { finishRun, type FinishedRun } from './session/finish-run.js';
import type { ResultKeeper } from './session/keep-results.js';
import { estimateOf, lastCosts, type Estimate } from './session/last-costs.js';
import { openSession } from './session/open-session.js';
import { prepare } from './session/prepare.js';
import type { FileResult, ResultFilter } from './session/result-reader.js';
import { planOf, taskCount, type RunPlan } from './session/run-plan.js';
import type { SampleSize } from './session/sample-tasks.js';
import type { Prepared, Session } from './session/session.js';
import type { SessionOptions } from './session/settings.js';
import type { RemoteTotals } from './session/shared/remote-options.js';
import { verifyDeep as compareSample, type DeepReport } from './session/verify-deep.js';
import type { StoreChoice } from './store/open-store.js';

export type { RunPlan } from './session/run-plan.js';

export interface AnalyzeOptions extends SessionOptions {
  /** Where results are kept; default: a file store in `basePath`. */
  readonly manager?: PersistenceManager;
  /** Store, by its URL or configuration, or open already: then it stays open. Not together with `manager`. */
  readonly store?: StoreChoice;
  /** Folder of the file store; default `<root>/.documee/analysis`. Not together with `manager`. */
  readonly basePath?: string;
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
    const finished = toRun(session, prepared, keeper, await finishRun(session, prepared, keeper, startedAt));
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

function toRun(
  session: Session,
  prepared: Prepared,
  keeper: ResultKeeper,
  { reader, committed }: FinishedRun,
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
