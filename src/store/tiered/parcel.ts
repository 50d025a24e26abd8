/**
 * The form of a file in the outbox:
 *
 *     sha256:<64 hex digits, of all that follows this line>
 *     {"formatVersion":1,"changes":[{"action":"save","key":"…","expiresAt":…,"sizeBytes":…},…]}
 *     <the bytes of all changes, one after the other>
 */
import { sha256Digest } from '../../util/hash.js';

/** `create` saves only where there is no value; `clear` deletes every key that begins with `key`. */
export const OUTBOX_ACTIONS = ['save', 'create', 'delete', 'clear'] as const;
export type OutboxAction = (typeof OUTBOX_ACTIONS)[number];

/** A change that a store has still to be told. */
export interface OutboxChange {
  readonly action: OutboxAction;
  readonly key: string;
  /** What to save or create; empty otherwise. */
  readonly bytes: Uint8Array;
  /** In ms since the Unix epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

const FORMAT_VERSION = 1;
const DIGEST_LINE_BYTES = 'sha256:'.length + 64 + 1;
const NEWLINE = 0x0a;

export function encodeParcel(changes: readonly OutboxChange[]): Buffer {
  const header = changes.map(({ action, key, bytes, expiresAt }) => ({
    action,
    key,
    expiresAt,
    sizeBytes: bytes.length,
  }));
  const headerLine = `${JSON.stringify({ formatVersion: FORMAT_VERSION, changes: header })}\n`;
  const body = Buffer.concat([Buffer.from(headerLine), ...changes.map(({ bytes }) => bytes)]);
  return Buffer.concat([Buffer.from(`${sha256Digest(body)}\n`), body]);
}

/** @throws Error that says what is wrong with `parcel`. */
export function decodeParcel(parcel: Buffer): OutboxChange[] {
  const body = parcel.subarray(DIGEST_LINE_BYTES);
  if (parcel.toString('latin1', 0, DIGEST_LINE_BYTES) !== `${sha256Digest(body)}\n`)
    throw new Error('its digest does not match its content');
  const headerEnd = body.indexOf(NEWLINE);
  const header: unknown = JSON.parse(body.toString('utf8', 0, headerEnd));
  if (!isHeader(header)) throw new Error('it has another format');
  let at = headerEnd + 1;
  return header.changes.map(({ action, key, expiresAt, sizeBytes }) => {
    const bytes = body.subarray(at, (at += sizeBytes));
    if (bytes.length !== sizeBytes) throw new Error('it is shorter than it says');
    return { action, key, expiresAt, bytes };
  });
}

interface Header {
  readonly changes: readonly {
    readonly action: OutboxAction;
    readonly key: string;
    readonly expiresAt?: number;
    readonly sizeBytes: number;
  }[];
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  if (!('formatVersion' in value) || value.formatVersion !== FORMAT_VERSION) return false;
  return 'changes' in value && Array.isArray(value.changes) && value.changes.every(isChange);
}

function isChange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { action, key, expiresAt, sizeBytes } = value as Record<string, unknown>;
  return (
    OUTBOX_ACTIONS.some((known) => known === action) &&
    typeof key === 'string' &&
    (expiresAt === undefined || typeof expiresAt === 'number') &&
    Number.isSafeInteger(sizeBytes) &&
    Number(sizeBytes) >= 0
  );
}
