import path from 'node:path';
import { CacheError } from '../../model/errors.js';
import type { FileSystem } from '../../util/fs.js';

const WORLD_WRITABLE = 0o002;
const OPEN_TO_ALL = 'can be written by every user';

/**
 * Refuses `folder` if any folder on the way from `trusted` (not itself checked) down to it is a link, is no folder, belongs to
 * another user (accepted for root, as containers run over a mounted checkout), or can be written by everybody.
 * @returns whether all of them exist.
 * @throws CacheError CACHE_FOLDER_UNSAFE with `folder` and `problem`.
 */
export function assertSafeFolder(fs: FileSystem, trusted: string, folder: string): boolean {
  const relative = path.relative(trusted, folder);
  let current = trusted;
  for (const component of relative === '' ? [] : relative.split(path.sep)) {
    current = path.join(current, component);
    const stat = fs.lstatSync(current, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    const problem = problemWith(stat);
    if (problem !== undefined) {
      throw new CacheError(
        'CACHE_FOLDER_UNSAFE',
        `Cache folder ${current} ${problem}, so it is not used. ${problem === OPEN_TO_ALL ? 'Close it (chmod o-w), remove it' : 'Remove it'}, or choose another with --base-path.`,
        { folder: current, problem },
      );
    }
  }
  return true;
}

function problemWith(stat: ReturnType<FileSystem['lstatSync']>): string | undefined {
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return 'is a symbolic link';
  if (!stat.isDirectory()) return 'is not a folder';
  if (process.getuid === undefined) return undefined;
  const user = process.getuid();
  if (user !== 0 && Number(stat.uid) !== user) return 'belongs to another user';
  if ((Number(stat.mode) & WORLD_WRITABLE) !== 0) return OPEN_TO_ALL;
  return undefined;
}
