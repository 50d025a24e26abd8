import { CacheError } from '../../../model/errors.js';

/** `problem` shows nothing of the URL, since it may hold a password. */
export function badStore(problem: string): CacheError {
  return new CacheError(
    'CACHE_BAD_STORE',
    `The address of a store of Redis cannot be used: ${problem}. An example: redis://user:password@host:6379/0?prefix=documee:`,
    { store: 'redis' },
  );
}
