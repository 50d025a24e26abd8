import { isSeen, type Dependency } from '../model/dependency.js';
import { CacheError } from '../model/errors.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import { explainTask, type DependencyPair, type ExplainedTask } from '../plan/explain.js';
import { UNCHANGED, type Decided } from '../plan/make-plan.js';
import { previousRun } from './previous-run.js';
import type { Prepared, Session } from './session.js';

export interface FileExplanation {
  readonly path: SourcePath;
  readonly contentHash: ContentHash;
  /** Of each analyzer that is asked about the file, sorted by id. */
  readonly tasks: readonly ExplainedTask[];
}

/** @throws CacheError CACHE_BAD_PATH where `path` is no source file in scope; the message says why not, where that is known. */
export async function explainFile(
  session: Session,
  { scanned, previous, decisions, states, resolver }: Prepared,
  path: string,
): Promise<FileExplanation> {
  const index = scanned.files.indexOf(path);
  if (index < 0) throw notInScope(session, scanned.problems, path);
  const contentHash = scanned.files.contentHash(index);
  const before = previous.document && previousRun(previous.document, await previous.fileHashes());
  const decisionOf = (id: string): Decided | undefined => {
    for (const [candidate, decided] of decisions.decided)
      if (candidate.index === index && candidate.analyzerId === id) return decided;
    return undefined;
  };
  const recorded = (await previous.dependencies()).of(path);
  const tasks: ExplainedTask[] = [];
  for (const { id, identity, matches } of session.analyzers.map((analyzer) => analyzer.plan)) {
    if (matches?.(path) === false) continue;
    const dependencies: DependencyPair[] = [];
    for (const old of recorded.get(id) ?? []) dependencies.push({ old, now: await nowOf(old, { states, resolver }) });
    tasks.push(
      explainTask({
        task: { path: path as SourcePath, analyzer: id, ...(decisionOf(id) ?? UNCHANGED) },
        contentHash: { old: before?.hashOf(path) ?? null, new: contentHash },
        identity: { old: before?.analyzers.get(id)?.identity, new: identity },
        dependencies,
      }),
    );
  }
  return { path: path as SourcePath, contentHash, tasks };
}

async function nowOf(
  old: Dependency,
  { states, resolver }: Pick<Prepared, 'states' | 'resolver'>,
): Promise<Dependency | undefined> {
  if (isSeen(old)) {
    await states.prepare([old]);
    return states.current(old);
  }
  const hash = await resolver.foreseenSurface(old);
  return hash === undefined ? undefined : { ...old, hash };
}

function notInScope(session: Session, problems: Prepared['scanned']['problems'], path: string): CacheError {
  const problem = problems.find((candidate) => candidate.path === path);
  const why =
    problem === undefined
      ? 'no file of that path is in scope: it is absent, ignored, excluded, or no analyzer asks about it'
      : problem.message;
  return new CacheError('CACHE_BAD_PATH', `Cannot explain ${JSON.stringify(path)}: ${why}.`, {
    path,
    root: session.settings.root,
  });
}
