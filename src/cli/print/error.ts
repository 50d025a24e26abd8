import { CacheError, didYouMean, messageOf, systemCode } from '../../index.js';
import { EXIT, exitCodeOf } from '../exit-code.js';
import { jsonText } from '../console.js';
import type { Surroundings } from '../command.js';
import { isUsageError } from '../usage-error.js';
import { escape, escapeJson } from './escape.js';

export interface ErrorOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether the output is lines of JSON: then the error is one, too. */
  readonly asLine?: boolean;
}

/**
 * Says what went wrong: one line to stderr, `documee: <message> [CODE]`; with `json` also a document to stdout, in place of the
 * result. Answers the exit code.
 */
export function reportError(
  thrown: unknown,
  surroundings: Surroundings,
  { json, verbose, asLine = false }: ErrorOptions,
): number {
  const { stdout, stderr, signal } = surroundings;
  const error = asCacheError(thrown);
  const exitCode = error instanceof CacheError ? exitCodeOf(error.code, signal) : EXIT.failed;
  const message = error instanceof CacheError ? error.message : `internal error: ${messageOf(error)}`;
  const code = error instanceof CacheError ? error.code : undefined;
  stderr.write(`documee: ${escape(message)}${code === undefined ? '' : ` [${code}]`}\n`);
  if (verbose) for (const line of causes(error)) stderr.write(`  ${escape(line)}\n`);
  if (json) {
    const details = error instanceof CacheError ? plainFacts(error.details) : {};
    const document = { schemaVersion: 1, error: { code: code ?? null, message, exitCode, details } };
    stdout.write(escapeJson(asLine ? `${JSON.stringify(document)}\n` : jsonText(document)));
  }
  return exitCode;
}

function asCacheError(thrown: unknown): unknown {
  if (isUsageError(thrown)) {
    const { hint, message, advice } = thrown;
    return new CacheError(
      'CACHE_USAGE',
      `${message}${hint === undefined ? '' : didYouMean(hint.word, hint.candidates)}. ${advice}`,
    );
  }
  if (thrown instanceof CacheError || systemCode(thrown) === undefined) return thrown;
  // A run takes faults of the disk as a reason to go on without the cache; where one gets here, the answer depended on it.
  return new CacheError(
    'CACHE_UNREADABLE',
    `the cache could not be used (${messageOf(thrown)}). Check its folder, or choose another with --base-path.`,
    { cause: thrown },
  );
}

/** Facts that are values by themselves; others may be large, or hold what nobody should see. */
function plainFacts(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  );
}

/** The causes with their stacks, line by line; of an internal error its own stack, too. */
function* causes(thrown: unknown): Generator<string> {
  if (!(thrown instanceof CacheError)) yield* stackOf(thrown);
  // An abort was asked for: there is nothing to explain.
  else if (thrown.code === 'CACHE_ABORTED') return;
  const seen = new Set<unknown>([thrown]);
  for (let error = causeOf(thrown); error !== undefined && !seen.has(error); error = causeOf(error)) {
    seen.add(error);
    const [first = '', ...rest] = stackOf(error);
    yield* [`caused by: ${first}`, ...rest];
  }
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

const stackOf = (error: unknown): string[] =>
  (error instanceof Error ? (error.stack ?? error.message) : messageOf(error)).split('\n');
