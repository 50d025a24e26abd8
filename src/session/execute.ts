import { CacheError } from '../model/errors.js';
import { layersOf } from '../plan/layers.js';
import type { Candidate } from '../plan/make-plan.js';
import { runOne, runTasks } from '../run/run-tasks.js';
import { Slots } from '../run/slots.js';
import type { RunOptions, TaskResult } from '../run/task.js';
import { ResultKeeper } from './keep-results.js';
import { PendingSaves } from './pending-saves.js';
import type { ResultResolver } from './resolve-results.js';
import { UNPREPARED } from './run-states.js';
import type { Prepared, Session } from './session.js';
import { runOnce } from './shared/run-once.js';
import { usesOf } from './uses.js';

type RunPart = Pick<RunOptions<Candidate>, 'onResult' | 'takeHeld'>;

/** Runs what was decided to run, and what turns out to have to. @throws CacheError CACHE_ABORTED; what was finished is kept. */
export async function executePlan(session: Session, prepared: Prepared): Promise<ResultKeeper> {
  const { decisions, resolver, scanned, previous } = prepared;
  const keeper = new ResultKeeper(session, decisions, { states: prepared.states });
  const saves = new PendingSaves(session.cache?.documents.capabilities.maxConcurrency ?? 1);
  const options = runOptions(session, prepared, {
    takeHeld: (path) => scanned.takeHeld(path),
    onResult: (candidate, result) => saves.add(keepResult(keeper, resolver, candidate, result)),
  });
  resolver.start((candidate) => runOne(candidate, options));
  const ids = session.analyzers.map(({ plan }) => plan.id);
  const { shared } = session;
  const run = async (tasks: readonly Candidate[]): Promise<void> => {
    await runTasks(tasks, options);
    await saves.drain();
  };
  const started = new Set<Candidate>();
  const offered = new Set<Candidate>();
  const startable = (layer: ReadonlySet<string>): Candidate[] =>
    [...decisions.toRun]
      .filter((task) => layer.has(task.analyzerId) && !started.has(task))
      .sort((a, b) => a.index - b.index);
  for (const layer of layersOf(ids, usesOf(session, previous.document))) {
    const inLayer = new Set(layer);
    let tasks = startable(inLayer);
    do {
      for (const task of tasks) started.add(task);
      const isForced = tasks.some(({ reason }) => reason.kind === 'forced');
      if (shared?.mayLease !== true || isForced) await run(tasks);
      // What another machine is about to answer is waited for; some of it is to be decided anew.
      else for (const task of await runOnce(tasks, { session, shared, prepared, offered, run })) started.delete(task);
      await resolver.idle();
      throwIfAborted(session, keeper.kept.size);
      await resolver.decide(inLayer);
      await resolver.idle();
      tasks = startable(inLayer);
    } while (tasks.length > 0);
    await saves.drain();
  }
  throwIfAborted(session, keeper.kept.size);
  return keeper;
}

/** Others may have been waiting for it. */
export async function keepResult(
  keeper: ResultKeeper,
  resolver: ResultResolver,
  candidate: Candidate,
  result: TaskResult,
): Promise<void> {
  const judged = resolver.judge(candidate, result);
  await keeper.take(candidate, judged);
  resolver.finished(candidate, judged, keeper.kept.get(candidate));
}

export function runOptions(
  session: Session,
  { scanned, states, resolver, previous }: Pick<Prepared, 'scanned' | 'states' | 'resolver' | 'previous'>,
  part: RunPart,
): RunOptions<Candidate> {
  const { fs, hasher, settings, signal, environment, cacheFolders } = session;
  const { root, maxFileBytes, concurrency } = settings;
  const { files } = scanned;
  return {
    ...{ fs, root, hasher, maxFileBytes, concurrency, signal, environment, states },
    analyzers: new Map(session.analyzers.map((analyzer) => [analyzer.analyzer.id, analyzer])),
    hiddenFolders: cacheFolders,
    async followImports(paths) {
      await states.closures.prepare(paths);
      return (path) => ({ kind: 'closure', path, hash: states.closures.digestOf(path) ?? UNPREPARED });
    },
    files: () => files.paths.map((path, index) => ({ path, contentHash: files.contentHash(index) })),
    slots: new Slots(concurrency),
    resultOf: (asker, analyzerId, path) => resolver.demand(asker, analyzerId, path),
    together: (candidates) => resolver.together(candidates),
    usesOf: usesOf(session, previous.document),
    claim: (candidate) => resolver.claim(candidate),
    pool: () => session.pool(),
    ...part,
  };
}

export function throwIfAborted(session: Session, finished: number): void {
  if (!session.signal.aborted) return;
  throw new CacheError(
    'CACHE_ABORTED',
    `The run was aborted; ${finished} finished results are kept. Run again to go on.`,
    {
      finished,
      cause: session.signal.reason,
    },
  );
}
