import { isInput, type Dependency } from '../model/dependency.js';
import { CacheError } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import { taskName } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';
import { estimateOf, lastCosts, type Estimate, type LastCost } from './last-costs.js';
import type { Prepared, Session } from './session.js';

/** Why an edit reaches a task. */
export type ImpactReason =
  /** It is the task's own file. */
  | { readonly kind: 'own-file' }
  /** Its analysis read the file, looked for it, or listed its folder. */
  | { readonly kind: 'dependency'; readonly dependency: Dependency['kind'] }
  /** It used a result that would be computed anew; it is reused if that comes out the same. */
  | { readonly kind: 'result'; readonly analyzer: string; readonly path: SourcePath };

export interface ImpactedTask {
  readonly path: SourcePath;
  readonly analyzer: string;
  /** False: only if another result comes out otherwise. */
  readonly isCertain: boolean;
  readonly reason: ImpactReason;
  /** What it took when it last ran; null where that is not known. */
  readonly last: LastCost | null;
}

export interface Impact {
  readonly path: string;
  /** Whether it is there now: an edit of what is not there is its creation. */
  readonly exists: boolean;
  /** Those of the last run, which are the ones that are told of. */
  readonly analyzers: readonly string[];
  /** Sorted by path, then analyzer. */
  readonly tasks: readonly ImpactedTask[];
  readonly totals: {
    readonly certain: Estimate & { readonly run: number };
    /** What would run besides, if every result came out otherwise. */
    readonly possible: Estimate & { readonly run: number };
  };
}

/** What an edit of `path` would run again, by what the last run recorded. @throws CacheError CACHE_NO_ANALYSIS where there was none. */
export async function findImpact(
  session: Session,
  { scanned, previous, states }: Prepared,
  path: string,
): Promise<Impact> {
  const { document } = previous;
  if (document === undefined)
    throw new CacheError(
      'CACHE_NO_ANALYSIS',
      `There is no analysis of codebase "${session.settings.codebaseId}" that could tell what depends on what. Run: documee analyze`,
      { codebaseId: session.settings.codebaseId },
    );
  const exists = states.places.current({ kind: 'exists', path }).kind === 'exists';
  const known = new Set(Object.keys(document.head.analyzers));
  const reached = new Map<string, Omit<ImpactedTask, 'last'>>();
  const reach = (file: SourcePath, analyzer: string, isCertain: boolean, reason: ImpactReason): void => {
    const name = taskName(file, analyzer);
    if (known.has(analyzer) && !reached.has(name)) reached.set(name, { path: file, analyzer, isCertain, reason });
  };
  for (const [analyzer] of document.recordsOf(path) ?? [])
    reach(path as SourcePath, analyzer, true, { kind: 'own-file' });
  // What is new to the last run is asked about as well.
  if (document.recordsOf(path) === undefined && (!exists || scanned.files.indexOf(path) >= 0))
    for (const { plan } of session.analyzers)
      if (plan.matches?.(path) !== false) reach(path as SourcePath, plan.id, true, { kind: 'own-file' });
  const recorded = await previous.dependencies();
  // What is created gives its folder another list of names.
  const names = exists ? new Set([path]) : new Set([path, folderOf(path)]);
  for (const [file, byAnalyzer] of recorded.mentioning(names)) {
    for (const [analyzer, list] of byAnalyzer) {
      const hit = list.find((one) => isTouched(one, path, exists));
      if (hit !== undefined) reach(file, analyzer, true, { kind: 'dependency', dependency: hit.kind });
    }
  }
  const closures = [...recorded.closures()];
  if (closures.length > 0) {
    await states.prepare(closures.map(([, , closure]) => closure));
    const reaches = states.closures.culprits(new Set([path]));
    for (const [file, analyzer, closure] of closures)
      if (reaches(closure.path) !== undefined)
        reach(file, analyzer, true, { kind: 'dependency', dependency: 'closure' });
  }
  followResults(reached, (paths) => recorded.mentioning(paths), reach);
  const tasks = [...reached.values()].sort((a, b) => byCodeUnit(a.path, b.path) || byCodeUnit(a.analyzer, b.analyzer));
  const named = tasks.map(({ path: file, analyzer }) => ({ path: file, analyzerId: analyzer }));
  const costs = await lastCosts(session, document, named);
  const totalsOf = (isCertain: boolean): Impact['totals']['certain'] => {
    const some = named.filter((_, index) => tasks[index]?.isCertain === isCertain);
    return { run: some.length, ...estimateOf(some, costs) };
  };
  return {
    ...{ path, exists, analyzers: [...known].sort() },
    tasks: tasks.map((task) => ({ ...task, last: costs.get(taskName(task.path, task.analyzer)) ?? null })),
    totals: { certain: totalsOf(true), possible: totalsOf(false) },
  };
}

/** An edit leaves a file where it is, so that only its content is another; a file that is created is looked for, or listed. */
function isTouched(dependency: Dependency, path: string, exists: boolean): boolean {
  if (!isInput(dependency) || dependency.kind === 'env') return false;
  if (exists) return dependency.kind === 'content' && dependency.path === path;
  return dependency.kind === 'listing' ? dependency.path === folderOf(path) : dependency.path === path;
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '.' : path.slice(0, end);
}

type Lines = Iterable<readonly [SourcePath, ReadonlyMap<string, readonly Dependency[]>]>;

/** From result to result, until nothing new is reached. */
function followResults(
  reached: ReadonlyMap<string, Omit<ImpactedTask, 'last'>>,
  mentioning: (paths: ReadonlySet<string>) => Lines,
  reach: (file: SourcePath, analyzer: string, isCertain: boolean, reason: ImpactReason) => void,
): void {
  let newest = new Set([...reached.values()].map(({ path }) => path as string));
  while (newest.size > 0) {
    const before = new Set(reached.keys());
    for (const [file, byAnalyzer] of mentioning(newest)) {
      for (const [analyzer, list] of byAnalyzer) {
        const used = list.find((one) => one.kind === 'result' && before.has(taskName(one.path, one.analyzer)));
        if (used?.kind !== 'result') continue;
        reach(file, analyzer, false, { kind: 'result', analyzer: used.analyzer, path: used.path as SourcePath });
      }
    }
    newest = new Set([...reached].filter(([name]) => !before.has(name)).map(([, { path }]) => path as string));
  }
}
