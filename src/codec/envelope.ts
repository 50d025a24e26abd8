/**
 * What a store keeps for one key: one line of compact JSON that says how to read the rest, and the payload. Values that people open by hand
 * are JSON and nothing else; they never begin like an envelope.
 */
import { crc32 } from 'node:zlib';
import { CacheError, messageOf } from '../model/errors.js';
import { compress, decompress, isCompressionAvailable, type CompressionName } from './compression.js';
import type { DecodeLimits } from './limits.js';

export const CODECS = ['json', 'msgpack', 'bytes'] as const;
/** How a payload is written: JSON text, MessagePack, or bytes as they are. */
export type CodecName = (typeof CODECS)[number];

/** What the writer says about a payload. */
export interface PayloadHeader {
  readonly codec: CodecName;
  readonly compression: CompressionName;
  /** In ms since the Unix epoch. */
  readonly savedAt: number;
  /** In ms since the Unix epoch; undefined: never. */
  readonly expiresAt?: number | undefined;
  /** Length of the payload before it was compressed. */
  readonly rawBytes: number;
}

export interface EnvelopeHeader extends PayloadHeader {
  /** Length of the payload as it is stored. */
  readonly bytes: number;
  /** Of the header before this member, and the payload: 8 hexadecimal digits. */
  readonly crc32: string;
}

/** No header line is longer, in bytes, its newline included: so much of a value is enough for `readHeader`. */
export const MAX_HEADER_BYTES = 320;

const VERSION = 1;
const ENVELOPE_START = '{"documee":';
const CRC_START = ',"crc32":"';
const HEADER =
  /^(\{"documee":1,"codec":"(json|msgpack|bytes)","compression":"(none|gzip|zstd)","savedAt":(\d{1,16})(?:,"expiresAt":(\d{1,16}))?,"bytes":(\d{1,16}),"rawBytes":(\d{1,16})),"crc32":"([0-9a-f]{8})"\}\n/;

/** Header line and payload in one buffer; the payload is already compressed. Times are rounded down to whole ms. */
export function encodeEnvelope(header: PayloadHeader, payload: Uint8Array): Buffer {
  const { codec, compression, savedAt, expiresAt, rawBytes } = header;
  const expiry = expiresAt === undefined ? '' : `,"expiresAt":${wholeMs(expiresAt)}`;
  const start = `${ENVELOPE_START}${VERSION},"codec":"${codec}","compression":"${compression}","savedAt":${wholeMs(savedAt)}${expiry},"bytes":${payload.length},"rawBytes":${rawBytes}`;
  const line = `${start}${CRC_START}${checksum(start, payload)}"}\n`;
  const envelope = Buffer.allocUnsafe(line.length + payload.length);
  envelope.write(line, 0, 'latin1');
  envelope.set(payload, line.length);
  return envelope;
}

/** Compresses `raw` where that makes it shorter, and no reader would refuse it as a bomb, and puts it into an envelope. */
export async function sealEnvelope(
  { codec, compression, savedAt, expiresAt }: Omit<PayloadHeader, 'rawBytes'>,
  raw: Buffer,
  { maxRatio }: DecodeLimits,
): Promise<Buffer> {
  const compressed = await compress(compression, raw);
  const isWorthIt = compressed.length < raw.length && raw.length <= compressed.length * maxRatio;
  const stored = isWorthIt ? { compression, payload: compressed } : { compression: 'none' as const, payload: raw };
  const header = { codec, compression: stored.compression, savedAt, expiresAt, rawBytes: raw.length };
  return encodeEnvelope(header, stored.payload);
}

/**
 * The header of a stored value, of which the first `MAX_HEADER_BYTES` are enough; undefined for plain JSON, and for a header that is damaged
 * or of a later version. The payload is not looked at.
 */
export function readHeader(bytes: Uint8Array): EnvelopeHeader | undefined {
  return parseHeader(bytes)?.header;
}

/** Whether `bytes` begin like an envelope: JSON that does cannot be stored without one. */
export function beginsLikeEnvelope(bytes: Uint8Array): boolean {
  for (let at = 0; at < ENVELOPE_START.length; at++) if (bytes[at] !== ENVELOPE_START.charCodeAt(at)) return false;
  return true;
}

export type OpenedEnvelope =
  | {
      readonly outcome: 'opened';
      readonly codec: CodecName;
      /** As it was before compression; it may share memory with the envelope. */
      readonly payload: Buffer;
      /** Undefined for plain JSON. */
      readonly savedAt: number | undefined;
      readonly expiresAt: number | undefined;
    }
  | { readonly outcome: 'corrupt'; readonly problem: string }
  /** It may be whole, and cannot be read on this machine. */
  | { readonly outcome: 'unsupported'; readonly error: CacheError };

/** The payload of a stored value, checked against its header and the limits before memory is taken. Never throws, whatever the bytes are. */
export async function openEnvelope(bytes: Uint8Array, limits: DecodeLimits): Promise<OpenedEnvelope> {
  if (!beginsLikeEnvelope(bytes)) return openPlain(bytes, limits);
  const parsed = parseHeader(bytes);
  if (parsed === undefined) return corrupt('its header is damaged, cut off, or of a later version');
  const { header, start, lineBytes } = parsed;
  const stored = asBuffer(bytes).subarray(lineBytes);
  const problem = problemOf(header, stored, limits);
  if (problem !== undefined) return corrupt(problem);
  if (checksum(start, stored) !== header.crc32) return corrupt('its checksum does not match its content');
  try {
    const payload = await decompress(header.compression, stored, header.rawBytes);
    if (payload.length !== header.rawBytes)
      return corrupt(`it has ${payload.length} bytes where its header says ${header.rawBytes}`);
    return { outcome: 'opened', codec: header.codec, payload, savedAt: header.savedAt, expiresAt: header.expiresAt };
  } catch (error) {
    if (error instanceof CacheError && !isCompressionAvailable(header.compression))
      return { outcome: 'unsupported', error };
    return corrupt(`it cannot be decompressed: ${messageOf(error)}`);
  }
}

function openPlain(bytes: Uint8Array, { maxBytes }: DecodeLimits): OpenedEnvelope {
  if (bytes.length > maxBytes) return corrupt(`it has more than ${maxBytes} bytes`);
  return { outcome: 'opened', codec: 'json', payload: asBuffer(bytes), savedAt: undefined, expiresAt: undefined };
}

function problemOf(header: EnvelopeHeader, stored: Buffer, { maxBytes, maxRatio }: DecodeLimits): string | undefined {
  if (stored.length !== header.bytes) return `it has ${stored.length} bytes where its header says ${header.bytes}`;
  if (header.rawBytes > maxBytes) return `it has more than ${maxBytes} bytes`;
  if (header.compression === 'none')
    return header.rawBytes === header.bytes ? undefined : 'its header names two lengths';
  return header.rawBytes > header.bytes * maxRatio ? `it unpacks to more than ${maxRatio} times its size` : undefined;
}

function parseHeader(
  bytes: Uint8Array,
): { readonly header: EnvelopeHeader; readonly start: string; readonly lineBytes: number } | undefined {
  const match = HEADER.exec(latin1(bytes, MAX_HEADER_BYTES));
  if (match === null) return undefined;
  const [line, start, codec, compression, savedAt, expiresAt, stored, raw, crc] = match as unknown as HeaderMatch;
  const header = {
    codec,
    compression,
    savedAt: Number(savedAt),
    expiresAt: expiresAt === undefined ? undefined : Number(expiresAt),
    bytes: Number(stored),
    rawBytes: Number(raw),
    crc32: crc,
  };
  return { header, start, lineBytes: line.length };
}

/** The groups of `HEADER`: all of them are there, but for the expiry. */
type HeaderMatch = [
  line: string,
  start: string,
  codec: CodecName,
  compression: CompressionName,
  savedAt: string,
  expiresAt: string | undefined,
  stored: string,
  raw: string,
  crc: string,
];

/** The header is in it, so that no damaged expiry is believed. */
function checksum(start: string, payload: Uint8Array): string {
  const ofHeader = crc32(start);
  // zlib forgets the value that it is to go on from where a buffer without bytes has no address either.
  const ofAll = payload.length === 0 ? ofHeader : crc32(payload, ofHeader);
  return ofAll.toString(16).padStart(8, '0');
}

const MAX_TIME_MS = 8.64e15;

const wholeMs = (ms: number): number => Math.min(Math.max(0, Math.floor(ms)), MAX_TIME_MS);

const corrupt = (problem: string): OpenedEnvelope => ({ outcome: 'corrupt', problem });

const latin1 = (bytes: Uint8Array, end: number): string => asBuffer(bytes).toString('latin1', 0, end);

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
