/** The story: scan the tree, diff it with the last run, plan what each task needs and why, run only that, commit. */
import type { RunTotals, TaskFailure } from './model/event.js';
import type { ScanProblem } from './model/file-state.js';
import type { CodebaseId, VersionId } from './model/ids.js';
import type { PlannedTask } from './model/plan.js';
import type { CodebaseValues } from './persistence/analysis-document.js';
import type { PersistenceManager } from './persistence/persistence-manager.js';
import { isEmptyDiff } from './plan/diff.js';
import { listTasks, makePlan, taskName, type Plan } from './plan/make-plan.js';
import { commitRun, type CommittedRun } from './session/commit-run.js';
import { findDamage, type DamageReport } from './session/find-damage.js';
import { explainFile, type FileExplanation } from './session/explain-file.js';
import { countRemoved, type AnalyzerTotals } from './session/count-run.js';
import { executePlan } from './session/execute.js';
import type { ResultKeeper } from './session/keep-results.js';
import { lookUpCandidates, renewFound } from './session/look-up.js';
import { hasSameTasks, newFileHashes, newFilesMap } from './session/new-analysis.js';
import { openSession, type SessionOptions } from './session/open-session.js';
import { recomputer } from './session/recompute.js';
import { openPrevious, previousRun, type Previous } from './session/previous-run.js';
import { ResultReader, type FileResult, type ResultFilter } from './session/result-reader.js';
import { scanSession } from './session/scan-session.js';
import type { Prepared, Session } from './session/session.js';
import { openDefaultDriver } from './session/default-store.js';
import type { ScanResult } from './scan/scan.js';

export interface AnalyzeOptions extends SessionOptions {
  /** Where results are kept; default: a file store in `basePath`. */
  readonly manager?: PersistenceManager;
  /** Folder of the file store; default `<root>/.documee/analysis`. Not together with `manager`. */
  readonly basePath?: string;
}

/** What a run does, or would do. */
export interface RunPlan {
  readonly totals: {
    readonly files: number;
    readonly run: number;
    readonly reuse: number;
    /** Results that would be dropped, as their file is no longer a source file. */
    readonly removed: number;
  };
  /** Every task, sorted by path, then analyzer; listed when it is first asked for. */
  readonly tasks: readonly PlannedTask[];
}

export interface AnalysisRun {
  readonly codebaseId: CodebaseId;
  /** The version that holds these results; null where nothing could be kept. */
  readonly versionId: VersionId | null;
  /** False where everything was as in the version before. */
  readonly changed: boolean;
  readonly totals: RunTotals;
  readonly analyzers: Readonly<Record<string, AnalyzerTotals>>;
  readonly durationMs: number;
  /** What the reused results took when they were computed, in ms. */
  readonly savedMs: number;
  readonly plan: RunPlan;
  readonly failures: readonly TaskFailure[];
  /** Files in scope that could not be taken in. */
  readonly skipped: readonly ScanProblem[];
  /** What the analyzers said of the whole codebase. */
  readonly values: () => CodebaseValues;
  /** Current results, sorted by path, then analyzer; each is loaded and checked when its turn comes. */
  results(filter?: ResultFilter): AsyncGenerator<FileResult>;
  /** Ends the worker threads; a run that is not closed ends them by itself when the process ends. */
  close(): Promise<void>;
}

/**
 * One run: every result is current when it returns.
 * @throws CacheError CACHE_BAD_ROOT, CACHE_BAD_CODEBASE_ID, CACHE_BAD_PATTERN, CACHE_ANALYZER_LOAD, CACHE_ANALYZER_DUPLICATE;
 * CACHE_ABORTED when `signal` was aborted: what was finished is kept.
 */
export async function analyzeCodebase(options: AnalyzeOptions): Promise<AnalysisRun> {
  const startedAt = performance.now();
  const session = await openSession(options, openDefaultDriver(options));
  try {
    session.emit({ type: 'run-started', codebaseId: session.settings.codebaseId, root: session.settings.root });
    const prepared = await prepare(session);
    const { plan, decisions } = prepared;
    session.emit({ type: 'planned', run: decisions.toRun.length, reuse: taskCount(plan) - decisions.toRun.length });
    const keeper = await executePlan(session, decisions, (path) => prepared.scanned.takeHeld(path));
    const run = await finish(session, prepared, keeper, startedAt);
    session.emit({ type: 'run-finished', totals: run.totals, durationMs: run.durationMs });
    return run;
  } finally {
    await session.close();
  }
}

/** What `analyzeCodebase` would do and why, without doing it: nothing is analyzed and nothing is written. */
export async function planCodebase(options: AnalyzeOptions): Promise<RunPlan> {
  const session = await openSession(options, openDefaultDriver(options), { reading: true });
  try {
    return planOf(session, await prepare(session));
  } finally {
    await session.close();
  }
}

/** Why one source file hits or misses: each input of each of its tasks, then and now. @throws CacheError CACHE_BAD_PATH */
export async function explainPath(options: AnalyzeOptions, path: string): Promise<FileExplanation> {
  const session = await openSession(options, openDefaultDriver(options), { reading: true });
  try {
    return await explainFile(session, await prepare(session), path);
  } finally {
    await session.close();
  }
}

async function prepare(session: Session): Promise<Prepared> {
  const scanned = await scanSession(session);
  const previous = await openPrevious(session.cache, scanned);
  const { document } = previous;
  const damage = await checkRecords(session, previous, scanned);
  const plan = makePlan({
    files: scanned.files,
    diff: previous.diff,
    analyzers: session.analyzers.map((analyzer) => analyzer.plan),
    previous: document && previousRun(document, isEmptyDiff(previous.diff) ? undefined : await previous.fileHashes()),
    damaged: damage?.damaged ?? [],
    invalidatedBy: await invalidationsSince(session, document?.head.epoch ?? 0),
    force: session.settings.force,
  });
  return { scanned, previous, damage, plan, decisions: await lookUpCandidates(plan.candidates, session) };
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
  const { scanned, previous, plan, decisions } = prepared;
  const found = new Set(decisions.found);
  const analyzers = session.analyzers.map((analyzer) => analyzer.plan);
  const before = previous.document;
  const isUntouched = plan.candidates.length === 0 && isEmptyDiff(previous.diff);
  const files =
    before !== undefined && isUntouched && hasSameTasks(before, analyzers)
      ? before.files
      : newFilesMap({
          files: scanned.files,
          previous,
          analyzers,
          candidates: plan.candidates,
          keyOf: (candidate) => (found.has(candidate) || keeper.kept.has(candidate) ? candidate.key : undefined),
        });
  const ran = (): ReadonlySet<string> =>
    new Set(decisions.toRun.map(({ path, analyzerId }) => taskName(path, analyzerId)));
  const reader = new ResultReader(
    session,
    files,
    keeper.transient,
    ran,
    recomputer(session, scanned.files, keeper.failures),
  );
  await renewFound(decisions.found, session);
  const committed = await commitRun({
    session,
    prepared,
    keeper,
    files,
    reader,
    startedAt,
    fileHashes: () => newFileHashes(scanned.files, previous),
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
    ...committed.figures,
    get plan() {
      return (plan ??= planOf(session, prepared));
    },
    failures: keeper.failures,
    skipped: prepared.scanned.problems,
    values: committed.values,
    results: (filter) => reader.read(filter),
    close: () => session.close(),
  };
}

function planOf(session: Session, { scanned, previous, plan, decisions }: Prepared): RunPlan {
  let tasks: readonly PlannedTask[] | undefined;
  const run = decisions.toRun.length;
  return {
    totals: { files: scanned.files.paths.length, run, reuse: taskCount(plan) - run, removed: countRemoved(previous) },
    get tasks() {
      const analyzers = session.analyzers.map((analyzer) => analyzer.plan);
      return (tasks ??= listTasks(scanned.files, analyzers, plan, decisions.decided));
    },
  };
}

const taskCount = ({ taskCounts }: Plan): number => [...taskCounts.values()].reduce((sum, count) => sum + count, 0);
