import type { CacheError } from '../../../model/errors.js';
import { badStore as badStoreOf } from '../../store-config.js';

/** `problem` shows nothing of the URL, since it may hold a password. */
export function badStore(problem: string): CacheError {
  return badStoreOf('redis', `${problem}; an example of an address: redis://user:password@host:6379/0?prefix=documee:`);
}
