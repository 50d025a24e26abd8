/**
 * A binary file in which a flipped bit, a cut or a change by another hand is seen. Numbers in its sections are in the byte order of the
 * machine, and each section begins at a multiple of 8, so that a file of any size loads without a copy:
 *
 *   SHA-256 of all that follows (32) | magic (8) | header length (8) | header (JSON) | sections
 */
import crypto from 'node:crypto';

const DIGEST_BYTES = 32;
const MAGIC_BYTES = 8;
const HEADER_AT = DIGEST_BYTES + MAGIC_BYTES + 8;

/** @param magic 8 ASCII characters: kind and version of the file. */
export function sealSections(magic: string, header: object, sections: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify({ ...header, sections: sections.map(({ length }) => length) }));
  const total = sections.reduce((size, { length }) => size + padded(length), HEADER_AT + padded(text.length));
  const bytes = Buffer.alloc(total);
  bytes.write(magic, DIGEST_BYTES, 'latin1');
  bytes.writeUInt32LE(text.length, DIGEST_BYTES + MAGIC_BYTES);
  text.copy(bytes, HEADER_AT);
  let at = HEADER_AT + padded(text.length);
  for (const section of sections) {
    bytes.set(section, at);
    at += padded(section.length);
  }
  crypto.hash('sha256', bytes.subarray(DIGEST_BYTES), 'buffer').copy(bytes);
  return bytes;
}

/** Header and sections of a file of that kind, or undefined for anything else. Allocates in proportion to `bytes` only. */
export function openSections(
  magic: string,
  bytes: Uint8Array,
): { readonly header: Readonly<Record<string, unknown>>; readonly sections: readonly Buffer[] } | undefined {
  if (bytes.length < HEADER_AT) return undefined;
  // Typed arrays need their place in memory to be a multiple of 8.
  const buffer =
    bytes.byteOffset % 8 === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : aligned(bytes);
  if (buffer.toString('latin1', DIGEST_BYTES, DIGEST_BYTES + MAGIC_BYTES) !== magic) return undefined;
  if (!crypto.hash('sha256', buffer.subarray(DIGEST_BYTES), 'buffer').equals(buffer.subarray(0, DIGEST_BYTES)))
    return undefined;
  const headerBytes = buffer.readUInt32LE(DIGEST_BYTES + MAGIC_BYTES);
  if (HEADER_AT + headerBytes > buffer.length) return undefined;
  const header = parseHeader(buffer.toString('utf8', HEADER_AT, HEADER_AT + headerBytes));
  const lengths = header?.['sections'];
  if (header === undefined || !isLengths(lengths)) return undefined;
  const sections = cutSections(buffer, HEADER_AT + padded(headerBytes), lengths);
  return sections && { header, sections };
}

function aligned(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function parseHeader(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isLengths(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((length) => typeof length === 'number' && Number.isSafeInteger(length) && length >= 0)
  );
}

function cutSections(buffer: Buffer, start: number, lengths: readonly number[]): Buffer[] | undefined {
  let at = start;
  const sections: Buffer[] = [];
  for (const length of lengths) {
    if (length > buffer.length - at) return undefined;
    sections.push(buffer.subarray(at, at + length));
    at += padded(length);
  }
  return at === buffer.length ? sections : undefined;
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** The memory of a typed array as bytes, not a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The memory of a section as numbers, not a copy. */
export function bigints({ buffer, byteOffset, length }: Buffer): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length / 8);
}

export function uint32({ buffer, byteOffset, length }: Buffer): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / 4);
}

export function int32({ buffer, byteOffset, length }: Buffer): Int32Array {
  return new Int32Array(buffer, byteOffset, length / 4);
}
