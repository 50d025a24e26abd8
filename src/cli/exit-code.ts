import type { ErrorCode } from '../index.js';

/** What the process says to the script that called it. */
export const EXIT = { ok: 0, failed: 1, usage: 2, cache: 3 } as const;

export const EXIT_CODE_MEANINGS = [
  ['0', 'everything went well'],
  ['1', 'the run failed, or the command found what it was asked to fail on (failed analyses, problems in the cache)'],
  ['2', 'the command line, the configuration or an analyzer cannot be used'],
  ['3', 'the cache could not be read or written, and the answer depends on it'],
  ['130, 143', 'interrupted (SIGINT, SIGTERM); what was finished is kept'],
] as const;

/** 128 + the number of the signal, as shells count. */
export const INTERRUPTED_EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;
export type Interrupt = keyof typeof INTERRUPTED_EXIT_CODE;

export function isInterrupt(reason: unknown): reason is Interrupt {
  return typeof reason === 'string' && Object.hasOwn(INTERRUPTED_EXIT_CODE, reason);
}

/** `CACHE_ABORTED` is not here: the signal decides. */
const EXIT_CODES: Readonly<Record<Exclude<ErrorCode, 'CACHE_ABORTED'>, number>> = {
  CACHE_BAD_CODEBASE_ID: EXIT.usage,
  CACHE_BAD_CONFIG: EXIT.usage,
  CACHE_BAD_ROOT: EXIT.usage,
  CACHE_BAD_PATTERN: EXIT.usage,
  CACHE_BAD_PATH: EXIT.usage,
  CACHE_ANALYZER_LOAD: EXIT.usage,
  CACHE_ANALYZER_CHANGED: EXIT.usage,
  CACHE_ANALYZER_DUPLICATE: EXIT.usage,
  CACHE_USAGE: EXIT.usage,
  CACHE_FOLDER_UNSAFE: EXIT.cache,
  CACHE_UNREADABLE: EXIT.cache,
  CACHE_UNWRITABLE: EXIT.cache,
  CACHE_NO_ANALYSIS: EXIT.cache,
  CACHE_NO_VERSION: EXIT.cache,
  CACHE_PRUNE_STOPPED: EXIT.cache,
  CACHE_SUMMARY_FAILED: EXIT.failed,
  CACHE_CYCLE: EXIT.failed,
  CACHE_BAD_COMMAND: EXIT.usage,
  CACHE_COMMAND_NOT_FOUND: EXIT.failed,
  CACHE_COMMAND_FAILED: EXIT.failed,
  CACHE_REPORT_UNREADABLE: EXIT.failed,
  CACHE_DEPENDENCY_FAILED: EXIT.failed,
  CACHE_BAD_STORE: EXIT.usage,
  CACHE_BAD_KEY: EXIT.usage,
  CACHE_PACKAGE_MISSING: EXIT.usage,
  CACHE_VALUE_TOO_LARGE: EXIT.cache,
  CACHE_STORE_UNAVAILABLE: EXIT.cache,
  CACHE_STORE_DENIED: EXIT.cache,
  CACHE_STORE_FULL: EXIT.cache,
  CACHE_STORE_READ_ONLY: EXIT.cache,
  CACHE_STORE_MISSING: EXIT.cache,
  CACHE_STORE_VERSION: EXIT.cache,
  CACHE_STORE_CORRUPT: EXIT.cache,
  CACHE_STORE_FAILED: EXIT.cache,
  CACHE_REMOTE_DEGRADED: EXIT.failed,
  CACHE_BAD_SIGNATURE: EXIT.failed,
  CACHE_WATCH_LIMITED: EXIT.failed,
};

export function exitCodeOf(code: ErrorCode, signal: AbortSignal | undefined): number {
  if (code !== 'CACHE_ABORTED') return EXIT_CODES[code];
  const reason: unknown = signal?.reason;
  return INTERRUPTED_EXIT_CODE[isInterrupt(reason) ? reason : 'SIGINT'];
}
