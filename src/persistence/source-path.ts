import { CacheError } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';

/** `path` unchanged, if it is POSIX, relative and stays inside the root. @throws CacheError CACHE_BAD_PATH */
export function parseSourcePath(path: string): SourcePath {
  const problem = pathProblem(path);
  if (problem === undefined) return path as SourcePath;
  throw new CacheError(
    'CACHE_BAD_PATH',
    `Path ${JSON.stringify(path)} ${problem}. Give it relative to the codebase root, with "/".`,
    { path, problem },
  );
}

function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'contains a NUL';
  if (path.startsWith('/') || /^[A-Za-z]:[/\\]/.test(path)) return 'is absolute';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leads out of the codebase';
  if (parts.includes('.') || parts.includes('')) return 'is not in its shortest form';
  return undefined;
}
