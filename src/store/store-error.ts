import { inspect } from 'node:util';
import { CacheError, messageOf, type ErrorCode } from '../model/errors.js';

/** What kind of failure it was, and with that what to do about it. */
export type StoreFailure =
  'unavailable' | 'denied' | 'full' | 'read-only' | 'missing' | 'version' | 'corrupt' | 'too-large' | 'failed';

const CODES: Readonly<Record<StoreFailure, { readonly code: ErrorCode; readonly advice: string }>> = {
  unavailable: {
    code: 'CACHE_STORE_UNAVAILABLE',
    advice: 'Check that the server runs and can be reached from here, and the address.',
  },
  denied: { code: 'CACHE_STORE_DENIED', advice: 'Check the user, the password or keys, and what they may do.' },
  full: { code: 'CACHE_STORE_FULL', advice: 'Make room there, or give values a shorter time to live.' },
  'read-only': { code: 'CACHE_STORE_READ_ONLY', advice: 'Write to the primary, or use the store for reading only.' },
  missing: { code: 'CACHE_STORE_MISSING', advice: 'Create it, or correct its name.' },
  version: {
    code: 'CACHE_STORE_VERSION',
    advice: 'Use that version of documee or a later one, or another name for the table.',
  },
  corrupt: { code: 'CACHE_STORE_CORRUPT', advice: 'Delete it, or restore it from a backup: a cache can be made anew.' },
  'too-large': { code: 'CACHE_VALUE_TOO_LARGE', advice: 'Split the value, or compress it with another codec.' },
  failed: { code: 'CACHE_STORE_FAILED', advice: 'The cause says what the store answered.' },
};

/** What was being done with the store when it failed. */
export type StoreAction =
  'open' | 'load' | 'save' | 'create' | 'delete' | 'list' | 'clear' | 'commit' | 'sweep' | 'lease' | 'close';

/**
 * The error of a driver: it names the store and the action. Text of `secrets` is taken out of the message and of the cause's, since clients put
 * addresses with passwords into theirs.
 * @param store description of the driver.
 */
export function storeError(
  failure: StoreFailure,
  {
    store,
    action,
    cause,
    problem = messageOf(cause),
    secrets = [],
  }: {
    readonly store: string;
    readonly action: StoreAction;
    readonly cause?: unknown;
    /** One line; default: that of the cause. */
    readonly problem?: string;
    readonly secrets?: readonly string[];
  },
): CacheError {
  const { code, advice } = CODES[failure];
  const said = scrub(problem, secrets);
  return new CacheError(code, `The store ${store} could not ${action}: ${said.replace(/[.\s]+$/, '')}. ${advice}`, {
    store,
    action,
    ...(cause === undefined ? {} : { cause: scrubbedCause(cause, secrets) }),
  });
}

/** `text` without any of `secrets`, as they are and as they stand in addresses and between quotes. */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf));
  // The longest first: one may be the beginning of another.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((clean, form) => clean.replaceAll(form, '***'), text);
}

function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const quoted = [JSON.stringify(secret), inspect(secret)].map((text) => text.slice(1, -1));
  return [secret, encodeURIComponent(wellFormed), encodeURI(wellFormed), ...quoted];
}

/** An error of a client may carry the whole configuration in its fields: only its name, code and message are kept. */
function scrubbedCause(cause: unknown, secrets: readonly string[]): Error {
  const clean = new Error(scrub(messageOf(cause), secrets));
  if (cause instanceof Error) clean.name = cause.name;
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  clean.stack = `${clean.name}: ${clean.message}`;
  return code === undefined ? clean : Object.assign(clean, { code });
}
