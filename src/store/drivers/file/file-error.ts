import { CacheError, systemCode } from '../../../model/errors.js';
import { storeError, type StoreAction, type StoreFailure } from '../../store-error.js';

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
  EFBIG: 'too-large',
  EISDIR: 'corrupt',
  ELOOP: 'corrupt',
};

/** What the disk answered, as the error of a store; programming mistakes and errors of the house stay what they are. */
export function fileError(cause: unknown, store: string, action: StoreAction): Error {
  if (cause instanceof CacheError) return cause;
  const code = systemCode(cause);
  if (code === undefined && cause instanceof Error) return cause;
  return storeError(FAILURES[code ?? ''] ?? 'failed', { store, action, cause });
}

/** As the disk would say it: `fileError` gives it its code. */
export const tooLarge = (maxBytes: number): Error =>
  Object.assign(new Error(`it has more than ${maxBytes} bytes`), { code: 'EFBIG' });
