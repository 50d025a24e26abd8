/**
 * What is in the file of a value: the bytes that `Store` made, and before them, only where it is needed, a line of ours: the key where the name
 * of the file is cut, and the expiry where the bytes do not tell it themselves.
 */
import { beginsLikeEnvelope, readHeader } from '../../../codec/envelope.js';
import { isExpired, type Lifetime } from '../../../codec/expiry.js';
import type { StoreEntry } from '../../driver.js';

/** So much of a file tells whether it has expired. */
export const HEAD_BYTES = 512;
/** The same with a key of 1,024 characters that JSON escapes. */
export const HEAD_WITH_KEY_BYTES = 8192;

const START = '{"documee":1,"file":';
const LINE_FEED = 0x0a;

export interface StoredHead extends Lifetime {
  /** Where the bytes of `Store` begin. */
  readonly start: number;
  readonly key: string | undefined;
}

export function toStored({ key, bytes, expiresAt }: StoreEntry, isCut: boolean): Uint8Array {
  const tellsExpiry = expiresAt === undefined || readHeader(bytes)?.expiresAt === expiresAt;
  if (!isCut && tellsExpiry && !beginsLikeOurs(bytes)) return bytes;
  const line = { ...(isCut ? { key } : {}), ...(tellsExpiry ? {} : { expiresAt }) };
  return Buffer.concat([Buffer.from(`${START}${JSON.stringify(line)}}\n`), bytes]);
}

const beginsLikeOurs = (bytes: Uint8Array): boolean =>
  beginsLikeEnvelope(bytes) && Buffer.from(bytes.subarray(0, START.length)).toString('latin1') === START;

/** From the first bytes of a file; undefined where our line is damaged. */
export function readHead(bytes: Buffer): StoredHead | undefined {
  if (!beginsLikeOurs(bytes)) {
    const header = beginsLikeEnvelope(bytes) ? readHeader(bytes) : undefined;
    return { start: 0, key: undefined, savedAt: header?.savedAt, expiresAt: header?.expiresAt };
  }
  const end = bytes.indexOf(LINE_FEED);
  const line = end === -1 ? undefined : parse(bytes.toString('utf8', 0, end));
  if (line === undefined) return undefined;
  const header = readHeader(bytes.subarray(end + 1));
  const expiresAt = line.expiresAt ?? header?.expiresAt;
  return { start: end + 1, key: line.key, savedAt: header?.savedAt, expiresAt };
}

function parse(line: string): { readonly key: string | undefined; readonly expiresAt: number | undefined } | undefined {
  try {
    const { file } = JSON.parse(line) as { file?: { key?: unknown; expiresAt?: unknown } | null };
    if (typeof file !== 'object' || file === null) return undefined;
    const { key, expiresAt } = file;
    if (!(key === undefined || typeof key === 'string')) return undefined;
    if (!(expiresAt === undefined || typeof expiresAt === 'number')) return undefined;
    return { key, expiresAt };
  } catch {
    return undefined;
  }
}

/** What `Store` saved, or undefined where it has expired or belongs to another key. */
export function contentOf(stored: Buffer, { key, isCut, now }: StoredContext): Buffer | undefined {
  const head = readHead(stored);
  if (head === undefined || isExpired(head, now) || (isCut && head.key !== key)) return undefined;
  return head.start === 0 ? stored : stored.subarray(head.start);
}

export interface StoredContext {
  readonly key: string;
  readonly isCut: boolean;
  readonly now: number;
}
