import { CacheError } from '../../../model/errors.js';
import { storeError, type StoreAction, type StoreFailure } from '../../store-error.js';
import { ConnectionLostError } from './connection.js';
import type { RedisSettings } from './settings.js';

/** By the first word of an error reply. Source: the error prefixes in Redis' `server.c`, `cluster.c` and `acl.c`. */
const FAILURES: Readonly<Record<string, StoreFailure>> = {
  LOADING: 'unavailable',
  CLUSTERDOWN: 'unavailable',
  MASTERDOWN: 'unavailable',
  NOMASTER: 'unavailable',
  TRYAGAIN: 'unavailable',
  ASK: 'unavailable',
  MOVED: 'unavailable',
  BUSY: 'unavailable',
  NOREPLICAS: 'unavailable',
  WRONGPASS: 'denied',
  NOAUTH: 'denied',
  NOPERM: 'denied',
  DENIED: 'denied',
  OOM: 'full',
  // The server cannot write its snapshot, most often since its disk is full, and takes no more until it can.
  MISCONF: 'full',
  READONLY: 'read-only',
  IDONTKNOW: 'missing',
  WRONGTYPE: 'corrupt',
};

/** Of errors that begin with the word ERR, which says nothing. */
const BY_TEXT: readonly (readonly [RegExp, StoreFailure])[] = [
  [/invalid password|AUTH <password> called|no password is set|wrong number of arguments for 'auth'/i, 'denied'],
  [/max number of clients/i, 'unavailable'],
  [/DB index is out of range|invalid DB index|No such master/i, 'missing'],
  [/string exceeds maximum allowed size|invalid bulk length/i, 'too-large'],
];

/** First word of an error reply; servers before Redis 7 put that of a command in a script behind a dash. */
export function prefixOf({ message }: Error): string {
  const word = /^([A-Z]+)\b/.exec(message)?.[1] ?? '';
  return word === 'ERR' ? (/ -([A-Z]{3,}) /.exec(message)?.[1] ?? word) : word;
}

function failureOf(reply: Error): StoreFailure {
  const known = FAILURES[prefixOf(reply)];
  return known ?? BY_TEXT.find(([text]) => text.test(reply.message))?.[1] ?? 'failed';
}

/** Actions of which it matters that nobody knows whether they were done. */
const WRITING: ReadonlySet<StoreAction> = new Set(['save', 'create', 'delete', 'clear', 'commit', 'lease']);

/** What a user is told of a failure: an error reply, a lost connection, or whatever else was thrown. */
export function redisError(
  cause: unknown,
  action: StoreAction,
  { description: store, secrets, topology }: Pick<RedisSettings, 'description' | 'secrets' | 'topology'>,
): CacheError {
  if (cause instanceof CacheError) return cause;
  if (cause instanceof ConnectionLostError) {
    const isUnknown = cause.wasSent && WRITING.has(action);
    const problem = isUnknown ? `${cause.message}; it is not known whether the server has done it` : cause.message;
    return storeError('unavailable', { store, action, cause: cause.cause ?? cause, problem, secrets });
  }
  if (!(cause instanceof Error)) return storeError('failed', { store, action, cause, secrets });
  if (topology === 'single' && prefixOf(cause) === 'MOVED')
    return storeError('unavailable', {
      store,
      action,
      cause,
      problem: 'it is a node of a cluster: its address has to begin with redis+cluster',
      secrets,
    });
  return storeError(failureOf(cause), { store, action, cause, secrets });
}
