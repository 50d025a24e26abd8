import type { Packr } from 'msgpackr';
import { messageOf } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import type { ParsedDocument } from '../schema/parse-json.js';
import { loadPackage } from '../util/load-package.js';
import type { DecodeLimits } from './limits.js';
import { maxValuesIn, problemInMsgpack } from './msgpack-scan.js';

/** JSON values in MessagePack. */
export interface MsgpackCodec {
  /** Undefined where MessagePack would not give back the same value: half of a surrogate pair in text, or too many values for a reader. */
  encode(value: JsonValue, limits: DecodeLimits): Buffer | undefined;
  /** Never throws, whatever the bytes are. */
  decode(bytes: Uint8Array, limits: DecodeLimits): ParsedDocument;
}

let loading: Promise<MsgpackCodec> | undefined;

/** @throws CacheError CACHE_PACKAGE_MISSING where msgpackr is not installed. */
export function loadMsgpack(): Promise<MsgpackCodec> {
  loading ??= openMsgpack().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function openMsgpack(): Promise<MsgpackCodec> {
  const { Packr } = await loadPackage('msgpackr', () => import('msgpackr'), 'The codec "msgpack"');
  // Without records, or only the instance that wrote would read it; with Maps, since msgpackr renames the object key `__proto__`.
  const packr = new Packr({ useRecords: false, mapsAsObjects: false });
  return {
    encode: (value, limits) => encode(packr, value, limits),
    decode: (bytes, limits) => decode(packr, bytes, limits),
  };
}

function encode(packr: Packr, value: JsonValue, { maxBytes }: DecodeLimits): Buffer | undefined {
  const budget = { left: maxValuesIn(maxBytes) };
  const packable = toPackable(value, budget);
  if (packable === REFUSED) return undefined;
  // What msgpackr answers is a slice of its own buffer, which the next call overwrites.
  return Buffer.from(packr.pack(packable));
}

const REFUSED = Symbol('refused');

type Packable = null | boolean | number | string | Packable[] | Map<string, Packable>;

/** `value` with Maps for objects, members that are undefined left out. */
function toPackable(value: JsonValue, budget: { left: number }): Packable | typeof REFUSED {
  if (--budget.left < 0) return REFUSED;
  if (typeof value === 'string') return value.isWellFormed() ? value : REFUSED;
  // JSON has no negative zero.
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const items: Packable[] = [];
    for (const item of value as readonly (JsonValue | undefined)[]) {
      const packable = toPackable(item ?? null, budget);
      if (packable === REFUSED) return REFUSED;
      items.push(packable);
    }
    return items;
  }
  const members = new Map<string, Packable>();
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    const packable = toPackable(member, budget);
    if (packable === REFUSED || !name.isWellFormed() || --budget.left < 0) return REFUSED;
    members.set(name, packable);
  }
  return members;
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

function decode(packr: Packr, bytes: Uint8Array, limits: DecodeLimits): ParsedDocument {
  const problem = problemInMsgpack(bytes, limits);
  if (problem !== undefined) return { ok: false, problem };
  try {
    return { ok: true, value: toJson(packr.unpack(bytes)) };
  } catch (error) {
    return { ok: false, problem: `it is not MessagePack: ${messageOf(error)}` };
  }
}

/** The JSON value of what msgpackr read. A member called `__proto__` becomes an own property. */
function toJson(found: unknown): JsonValue {
  if (found === null || typeof found === 'string' || typeof found === 'boolean') return found;
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  if (Array.isArray(found)) return found.map(toJson);
  if (found instanceof Map) {
    const object: Record<string, JsonValue> = {};
    for (const [name, member] of found as Map<string, unknown>) define(object, name, toJson(member));
    return object;
  }
  throw new Error(`a ${typeof found} that JSON does not have`);
}

function define(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

const STR_8 = 0xd9;
const STR_16 = 0xda;
const STR_32 = 0xdb;

/** Text in UTF-8 as one MessagePack string, without decoding it. */
export function packText(utf8: Uint8Array): Buffer {
  const { length } = utf8;
  const head = Buffer.alloc(5);
  if (length < 32) return Buffer.concat([head.fill(0xa0 | length, 0, 1).subarray(0, 1), utf8]);
  if (length < 0x100) return Buffer.concat([head.subarray(0, writeHead(head, STR_8, length, 1)), utf8]);
  if (length < 0x10000) return Buffer.concat([head.subarray(0, writeHead(head, STR_16, length, 2)), utf8]);
  return Buffer.concat([head.subarray(0, writeHead(head, STR_32, length, 4)), utf8]);
}

function writeHead(head: Buffer, type: number, length: number, bytes: number): number {
  head[0] = type;
  return head.writeUIntBE(length, 1, bytes);
}

/** The UTF-8 of one MessagePack string, sharing its memory; undefined where `bytes` are anything else. */
export function unpackText(bytes: Buffer): Buffer | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  if (first >= 0xa0 && first < 0xc0) return textAt(bytes, 1, first & 0x1f);
  const lengthBytes = { [STR_8]: 1, [STR_16]: 2, [STR_32]: 4 }[first];
  if (lengthBytes === undefined || bytes.length < 1 + lengthBytes) return undefined;
  return textAt(bytes, 1 + lengthBytes, bytes.readUIntBE(1, lengthBytes));
}

const textAt = (bytes: Buffer, start: number, length: number): Buffer | undefined =>
  bytes.length === start + length ? bytes.subarray(start) : undefined;
