import { systemCode } from '../../model/errors.js';
import type { StoreFailure } from '../store-error.js';

/** Primary result codes of SQLite; the extended ones have them in their low byte. Source: sqlite.org/rescode.html */
const SQLITE = {
  ERROR: 1,
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  TOOBIG: 18,
  AUTH: 23,
  NOTADB: 26,
} as const;

const FAILURES: Readonly<Record<number, StoreFailure>> = {
  [SQLITE.PERM]: 'denied',
  [SQLITE.AUTH]: 'denied',
  [SQLITE.BUSY]: 'unavailable',
  [SQLITE.LOCKED]: 'unavailable',
  [SQLITE.PROTOCOL]: 'unavailable',
  [SQLITE.READONLY]: 'read-only',
  [SQLITE.CORRUPT]: 'corrupt',
  [SQLITE.NOTADB]: 'corrupt',
  [SQLITE.FULL]: 'full',
  [SQLITE.TOOBIG]: 'too-large',
};

/** The file ends before what it says to hold. */
const IOERR_SHORT_READ = 522;

const SYSTEM_FAILURES: Readonly<Record<string, StoreFailure>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENOENT: 'missing',
};

/** By number, as SQLite hands them on: ENOSPC, EFBIG, EDQUOT. */
const FULL_ERRNO = new Set([28, 27, 122]);

/** The file belongs to something else, or was made by a later version. */
export class SchemaProblem extends Error {
  constructor(
    readonly failure: StoreFailure,
    problem: string,
  ) {
    super(problem);
  }
}

export function sqliteFailure(error: unknown): StoreFailure {
  if (error instanceof SchemaProblem) return error.failure;
  const result = resultCode(error);
  if (result === undefined) return SYSTEM_FAILURES[systemCode(error) ?? ''] ?? 'failed';
  if (result === IOERR_SHORT_READ) return 'corrupt';
  if (FULL_ERRNO.has(numberIn(error, 'systemErrno') ?? 0)) return 'full';
  return FAILURES[result & 0xff] ?? 'failed';
}

/** Somebody else has the lock: another try may succeed. */
export function isBusy(error: unknown): boolean {
  const primary = (resultCode(error) ?? 0) & 0xff;
  return primary === SQLITE.BUSY || primary === SQLITE.LOCKED || primary === SQLITE.PROTOCOL;
}

export function cannotOpen(error: unknown): boolean {
  return ((resultCode(error) ?? 0) & 0xff) === SQLITE.CANTOPEN;
}

/** Undefined for what is no error of SQLite. */
const resultCode = (error: unknown): number | undefined => numberIn(error, 'errcode');

function numberIn(error: unknown, field: 'errcode' | 'systemErrno'): number | undefined {
  if (!(error instanceof Error) || !(field in error)) return undefined;
  const value = (error as unknown as Record<string, unknown>)[field];
  return typeof value === 'number' ? value : undefined;
}
