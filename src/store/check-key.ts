import { CacheError } from '../model/errors.js';
import type { StoreAction } from './store-error.js';

/** Longest key, in bytes of UTF-8: what S3 and Google allow, the least of all backends. */
export const MAX_KEY_BYTES = 1024;

export interface KeyContext {
  /** Description of the store. */
  readonly store: string;
  readonly action: StoreAction;
  readonly maxKeyBytes?: number;
}

/**
 * Checks that `key` can be the key of every backend.
 * @throws CacheError CACHE_BAD_KEY; TypeError where it is no text.
 */
export function checkKey(key: string, context: KeyContext): void {
  if (typeof key !== 'string') throw new TypeError(`Expected a key to be a string, found ${typeof key}`);
  if (key === '') throw badKey(key, 'it is empty', context);
  checkText(key, context);
}

/** The same for the beginning of keys, which may be empty. */
export function checkPrefix(prefix: string, context: KeyContext): void {
  if (typeof prefix !== 'string') throw new TypeError(`Expected a prefix to be a string, found ${typeof prefix}`);
  checkText(prefix, context);
}

function checkText(text: string, context: KeyContext): void {
  const { maxKeyBytes = MAX_KEY_BYTES } = context;
  // No character of UTF-16 has more than 3 bytes of UTF-8.
  if (text.length * 3 > maxKeyBytes && Buffer.byteLength(text) > maxKeyBytes)
    throw badKey(text, `it has more than ${maxKeyBytes} bytes of UTF-8`, context);
  if (text.includes('\0')) throw badKey(text, 'it has a NUL character', context);
  if (!text.isWellFormed()) throw badKey(text, 'it is no well-formed text: half of a surrogate pair', context);
}

const SHOWN_CHARACTERS = 60;

function badKey(key: string, problem: string, { store, action }: KeyContext): CacheError {
  const shown = key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key;
  const quoted = JSON.stringify(shown.toWellFormed());
  return new CacheError(
    'CACHE_BAD_KEY',
    `The store ${store} could not ${action}: the key ${quoted} cannot be used, since ${problem}. Use a shorter, plain text.`,
    { store, action, key: shown },
  );
}
