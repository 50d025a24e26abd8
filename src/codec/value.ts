import type { JsonValue } from '../model/json.js';
import { parseDocument } from '../schema/parse-json.js';
import type { CodecName } from './envelope.js';
import { problemInJsonValues } from './json-values.js';
import type { DecodeLimits } from './limits.js';
import { loadMsgpack } from './msgpack.js';

export type StoredValue = JsonValue | Uint8Array;

/** A payload, and how it is written: MessagePack gives way to JSON for what it cannot hold. */
export interface Payload {
  readonly codec: CodecName;
  readonly raw: Buffer;
}

/** Writes a value, which is JSON or bytes; bytes are copied. */
export type ValueEncoder = (value: StoredValue, limits: DecodeLimits) => Payload;

/** @throws CacheError CACHE_PACKAGE_MISSING. */
export async function openEncoder(codec: Exclude<CodecName, 'bytes'>): Promise<ValueEncoder> {
  const msgpack = codec === 'msgpack' ? await loadMsgpack() : undefined;
  return (value, limits) => {
    if (value instanceof Uint8Array) return { codec: 'bytes', raw: Buffer.from(value) };
    const packed = msgpack?.encode(value, limits);
    if (packed !== undefined) return { codec: 'msgpack', raw: packed };
    return { codec: 'json', raw: Buffer.from(JSON.stringify(value)) };
  };
}

export type DecodedValue =
  { readonly ok: true; readonly value: StoredValue } | { readonly ok: false; readonly problem: string };

/**
 * The value of a payload; bytes are a copy. Says what is wrong with hostile bytes and does not throw on them.
 * @throws CacheError CACHE_PACKAGE_MISSING.
 */
export async function decodeValue(codec: CodecName, payload: Buffer, limits: DecodeLimits): Promise<DecodedValue> {
  if (codec === 'json') {
    const problem = problemInJsonValues(payload, limits);
    return problem === undefined ? parseDocument(payload, { maxBytes: limits.maxBytes }) : { ok: false, problem };
  }
  if (codec === 'msgpack') return (await loadMsgpack()).decode(payload, limits);
  return { ok: true, value: new Uint8Array(payload) };
}
