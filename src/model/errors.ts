/** Every code a user can meet, with what it means. `docs/errors.md` explains each; the CLI maps them to exit codes. */
export const ERROR_CODES = {
  CACHE_BAD_CODEBASE_ID: 'The codebase id cannot name a folder safely.',
  CACHE_BAD_CONFIG: 'The configuration is broken or has a key that is not known.',
  CACHE_BAD_ROOT: 'The codebase root is not a folder that can be read.',
  CACHE_BAD_PATTERN: 'A glob pattern is too long or cannot be understood.',
  CACHE_BAD_PATH: 'A path lies outside the codebase or is not one of its source files.',
  CACHE_ANALYZER_LOAD: 'An analyzer module could not be loaded or is not an analyzer.',
  CACHE_ANALYZER_CHANGED: 'The code of an analyzer was edited after this process loaded it; the loaded code runs on.',
  CACHE_ANALYZER_DUPLICATE: 'Two analyzers have the same id.',
  CACHE_FOLDER_UNSAFE: 'The cache folder could be controlled by somebody else; the run goes on without it.',
  CACHE_UNREADABLE: 'The cache could not be read and the answer depends on it.',
  CACHE_UNWRITABLE: 'The cache could not be written; results are complete but not kept.',
  CACHE_NO_ANALYSIS: 'There is no committed analysis of this codebase.',
  CACHE_NO_VERSION: 'There is no such version of this codebase.',
  CACHE_SUMMARY_FAILED: 'An analyzer could not summarize its results; it has no codebase-level values in this run.',
  CACHE_CYCLE: 'Results depend on each other in a circle.',
  CACHE_DEPENDENCY_FAILED: 'The analysis of another file, whose result is needed, failed.',
  CACHE_BAD_COMMAND: 'The command of an analyzer cannot be started as it is given.',
  CACHE_COMMAND_NOT_FOUND: 'The program of a command is not installed, or not where it is looked for.',
  CACHE_COMMAND_FAILED: 'A command gave nothing that can be used.',
  CACHE_REPORT_UNREADABLE: 'The output of a command is no report of the format that was named; nothing of it is kept.',
  CACHE_BAD_STORE: 'The address or configuration of a store makes no sense.',
  CACHE_BAD_KEY: 'A key of a store is empty, too long, or no well-formed text.',
  CACHE_VALUE_TOO_LARGE: 'A value is larger than the store takes or the limits allow.',
  CACHE_PACKAGE_MISSING: 'A store or codec needs a package that is not installed.',
  CACHE_STORE_UNAVAILABLE: 'A store could not be reached, or did not answer in time.',
  CACHE_STORE_DENIED: 'A store refused the credentials, or what was asked for with them.',
  CACHE_STORE_FULL: 'A store has no room left.',
  CACHE_STORE_READ_ONLY: 'A store can only be read.',
  CACHE_STORE_MISSING: 'The bucket, container, database or folder of a store does not exist.',
  CACHE_STORE_VERSION: 'What is in a store was made by a later version of documee.',
  CACHE_STORE_CORRUPT: 'What holds a store is damaged.',
  CACHE_STORE_FAILED: 'A store answered with an error.',
  CACHE_REMOTE_DEGRADED: 'The shared cache could not be used, or only in part; the run went on without it.',
  CACHE_BAD_SIGNATURE: 'A shared record is not signed with a key that is trusted; it is not used.',
  CACHE_WATCH_LIMITED: 'Changes of files cannot be heard of; it is looked for them every few seconds.',
  CACHE_PRUNE_STOPPED: 'A kept version cannot be read, so nothing was removed.',
  CACHE_USAGE: 'The command line could not be understood.',
  CACHE_ABORTED: 'The run was aborted; what was finished is kept.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * An operational failure: a stable `code`, facts in `details` and, where there is one, the `cause`.
 * The message is one line and says what to do. Programming mistakes are `TypeError`s instead.
 */
export class CacheError extends Error {
  override readonly name = 'CacheError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, ...details }: { cause?: unknown; [fact: string]: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The `code` of an operating-system error (`ENOENT`, ...), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whatever was thrown: an error's message need not be text, and an object need not be willing to become text. */
function textOf(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : error;
    const text: unknown = typeof message === 'object' && message !== null ? JSON.stringify(message) : message;
    return String(text);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** One line that describes any thrown value; never throws. */
export function messageOf(error: unknown): string {
  return (textOf(error).split('\n', 1)[0] as string).trimEnd();
}
