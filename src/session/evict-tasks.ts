import { CacheError, messageOf, systemCode } from '../model/errors.js';
import type { ResultKey, SourcePath } from '../model/ids.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import { invalidateCodebase } from '../persistence/invalidate.js';
import { recordKey } from '../persistence/layout.js';
import type { Candidate } from '../plan/make-plan.js';
import { keyOfRecord } from '../plan/record-id.js';
import { compileGlobs } from '../util/globs.js';
import type { Session } from './session.js';

/** An invalidation of more single paths is one of the whole analyzer. */
const MOST_PATHS = 1000;

/**
 * Forbids the results of these tasks by an invalidation, so that neither another process nor a restored copy brings them back, and removes
 * their records of every state of the dependencies. A cache that cannot be written is warned of.
 * @returns how many records were removed.
 */
export async function evictTasks(
  { cache, clock, warn }: Session,
  document: AnalysisDocument | undefined,
  tasks: readonly Candidate[],
): Promise<number> {
  if (cache === undefined || tasks.length === 0) return 0;
  const pathsBy = pathsByAnalyzer(document, tasks);
  let removed = 0;
  try {
    for (const [analyzer, all] of pathsBy) {
      const paths = [...all];
      const selection = areNameable(paths) ? { analyzers: [analyzer], paths } : { analyzers: [analyzer] };
      removed += (await invalidateCodebase(cache, selection, clock)).removed;
    }
    // Records that the last analysis did not use are known by their key only.
    const records = await cache.listRecords();
    const left = new Set(tasks.flatMap(({ key }) => records.get(key) ?? []));
    removed += await cache.documents.deleteMany([...left].map((id) => recordKey(cache.id, id)));
  } catch (error) {
    const isUnwritable =
      error instanceof CacheError ? error.code === 'CACHE_UNWRITABLE' : systemCode(error) !== undefined;
    if (!isUnwritable) throw error;
    const message = `What differs could not be removed from the cache (${messageOf(error)}): a run would use it again.`;
    warn('CACHE_UNWRITABLE', message, error);
  }
  return removed;
}

/** A record that holds for any path is taken from every path that uses it. */
function pathsByAnalyzer(
  document: AnalysisDocument | undefined,
  tasks: readonly Candidate[],
): Map<string, Set<SourcePath>> {
  const pathsBy = new Map(tasks.map(({ analyzerId }) => [analyzerId, new Set<SourcePath>()]));
  const shared = new Set<ResultKey>();
  for (const { path, analyzerId, analyzer, key } of tasks) {
    pathsBy.get(analyzerId)?.add(path);
    if (analyzer.identity.pathIndependent) shared.add(key);
  }
  if (shared.size === 0) return pathsBy;
  for (const [path, records] of document?.entries() ?? [])
    for (const [analyzer, id] of records) if (shared.has(keyOfRecord(id))) pathsBy.get(analyzer)?.add(path);
  return pathsBy;
}

/** An invalidation takes globs, and not every path can be read as one. */
function areNameable(paths: readonly string[]): boolean {
  if (paths.length > MOST_PATHS) return false;
  try {
    compileGlobs(paths);
    return true;
  } catch (error) {
    if (error instanceof CacheError) return false;
    throw error;
  }
}
