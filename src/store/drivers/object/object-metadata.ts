import { readHeader } from '../../../codec/envelope.js';
import { isExpired, type Lifetime } from '../../../codec/expiry.js';
import type { ObjectContent, ObjectMetadata } from './object-client.js';

/** What we write beside the bytes of an object. Names that every vendor takes: Azure wants identifiers, S3 makes them lower-case. */
const SAVED_AT = 'documeesavedat';
const EXPIRES_AT = 'documeeexpiresat';
/** Of an object whose name does not tell it: base64url of the key. */
const KEY = 'documeekey';
/** By chance, so that a writer knows its own object when the answer to writing it was lost. */
const WRITER = 'documeewriter';

export interface ObjectFacts {
  readonly savedAt: number;
  readonly expiresAt?: number | undefined;
  readonly key?: string | undefined;
  readonly writer?: string | undefined;
}

export function metadataOf({ savedAt, expiresAt, key, writer }: ObjectFacts): ObjectMetadata {
  return {
    [SAVED_AT]: String(Math.floor(savedAt)),
    ...(expiresAt === undefined ? {} : { [EXPIRES_AT]: String(Math.floor(expiresAt)) }),
    ...(key === undefined ? {} : { [KEY]: Buffer.from(key).toString('base64url') }),
    ...(writer === undefined ? {} : { [WRITER]: writer }),
  };
}

/** When an object that we wrote was saved and expires. One without our metadata never expires. */
export function lifetimeOf(metadata: ObjectMetadata): Lifetime {
  return { savedAt: timeOf(metadata[SAVED_AT]), expiresAt: timeOf(metadata[EXPIRES_AT]) };
}

export function isObjectExpired(metadata: ObjectMetadata, now: number): boolean {
  return isExpired(lifetimeOf(metadata), now);
}

export function writerOf(metadata: ObjectMetadata): string | undefined {
  return metadata[WRITER];
}

export function keyOf(metadata: ObjectMetadata): string | undefined {
  const key = metadata[KEY];
  return key === undefined ? undefined : Buffer.from(key, 'base64url').toString();
}

/**
 * The same of an object that was read; undefined where only its metadata can tell, and they did not come with it. Tools that copy objects may
 * drop metadata: then the envelope counts.
 */
export function lifetimeOfContent({ bytes, metadata }: ObjectContent): Lifetime | undefined {
  if (metadata?.[SAVED_AT] !== undefined) return lifetimeOf(metadata);
  const header = readHeader(bytes);
  if (header !== undefined) return { savedAt: header.savedAt, expiresAt: header.expiresAt };
  return metadata === undefined ? undefined : lifetimeOf(metadata);
}

function timeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/u.test(text) ? Number(text) : undefined;
}
