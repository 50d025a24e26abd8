import { CacheError, messageOf, systemCode } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import { invalidateCodebase } from '../persistence/invalidate.js';
import { recordKey } from '../persistence/layout.js';
import type { Candidate } from '../plan/make-plan.js';
import { compileGlobs } from '../util/globs.js';
import type { Session } from './session.js';

/** An invalidation of more single paths is one of the whole analyzer. */
const MOST_PATHS = 1000;

/**
 * Forbids the results of these tasks by an invalidation, so that neither another process nor a restored copy brings them back, and removes
 * their records of every state of the dependencies. A cache that cannot be written is warned of.
 * @returns how many records were removed.
 */
export async function evictTasks(session: Session, tasks: readonly Candidate[]): Promise<number> {
  const { cache, clock, warn } = session;
  if (cache === undefined || tasks.length === 0) return 0;
  const pathsBy = new Map<string, SourcePath[]>();
  for (const { path, analyzerId } of tasks) pathsBy.set(analyzerId, [...(pathsBy.get(analyzerId) ?? []), path]);
  let removed = 0;
  try {
    for (const [analyzer, paths] of pathsBy) {
      const selection = areNameable(paths) ? { analyzers: [analyzer], paths } : { analyzers: [analyzer] };
      removed += (await invalidateCodebase(cache, selection, clock)).removed;
    }
    // Records that the last analysis did not use are known by their key only.
    const records = await cache.listRecords();
    const left = new Set(tasks.flatMap(({ key }) => records.get(key) ?? []));
    removed += await cache.driver.deleteMany([...left].map((id) => recordKey(cache.id, id)));
  } catch (error) {
    const isUnwritable =
      error instanceof CacheError ? error.code === 'CACHE_UNWRITABLE' : systemCode(error) !== undefined;
    if (!isUnwritable) throw error;
    const message = `What differs could not be removed from the cache (${messageOf(error)}): a run would use it again.`;
    warn('CACHE_UNWRITABLE', message, error);
  }
  return removed;
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
