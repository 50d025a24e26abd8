/**
 * A scanner of MessagePack for all that a decoder would believe: lengths that promise more than is there, nesting, and types that JSON does
 * not have. It takes no memory for what it reads and keeps its own stack, so that neither lengths nor depth can hurt it.
 */
import { MAX_DEPTH } from './limits.js';

/** Each value costs a decoder up to some 100 bytes, however short it is written: this many bytes of the limit must be there for it. */
const BYTES_PER_VALUE = 16;

/** How many values one document may have, in a document of at most `maxBytes`. */
export const maxValuesIn = (maxBytes: number): number => Math.max(1024, Math.floor(maxBytes / BYTES_PER_VALUE));

/** Why `bytes` are no value of JSON in MessagePack, or undefined where they are one. */
export function problemInMsgpack(bytes: Uint8Array, { maxBytes }: { readonly maxBytes: number }): string | undefined {
  if (bytes.length > maxBytes) return `it has more than ${maxBytes} bytes`;
  const maxValues = maxValuesIn(maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** How many values are still to come in each open array or map; a name counts as a value. */
  const open: number[] = [1];
  const isMap: boolean[] = [false];
  let at = 0;
  let values = 0;
  while (open.length > 0) {
    const level = open.length - 1;
    const left = open[level] as number;
    if (left === 0) {
      open.pop();
      isMap.pop();
      continue;
    }
    open[level] = left - 1;
    if (++values > maxValues) return `it has more than ${maxValues} values`;
    const token = readToken(view, at);
    if (typeof token === 'string') return token;
    // Names are at the even places from the end.
    if (isMap[level] === true && left % 2 === 0 && token.kind !== 'string') return 'it has a name that is no string';
    at += token.bytes;
    if (at > bytes.length) return 'it ends too early';
    if (token.children === undefined) continue;
    if (token.children > bytes.length - at) return 'it names more values than it has bytes';
    if (open.length > MAX_DEPTH) return `it has more than ${MAX_DEPTH} levels`;
    open.push(token.children);
    isMap.push(token.kind === 'map');
  }
  return at === bytes.length ? undefined : 'it goes on after its end';
}

interface Token {
  readonly kind: 'string' | 'map' | 'other';
  /** Length of the value, or of what stands before the values in it. */
  readonly bytes: number;
  /** Values in it, the names of a map counted. */
  readonly children?: number;
}

const OTHER: readonly Token[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((bytes) => ({ kind: 'other', bytes }));
/** Bytes after the first one, by that byte from 0xc0: nil, booleans, floats and integers. */
const PAYLOAD_BYTES: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
};

/** Source: the MessagePack specification, "formats". */
function readToken(view: DataView, at: number): Token | string {
  if (at >= view.byteLength) return 'it ends too early';
  const byte = view.getUint8(at);
  if (byte < 0x80 || byte >= 0xe0) return OTHER[0] as Token;
  if (byte < 0x90) return { kind: 'map', bytes: 1, children: (byte & 0x0f) * 2 };
  if (byte < 0xa0) return { kind: 'other', bytes: 1, children: byte & 0x0f };
  if (byte < 0xc0) return { kind: 'string', bytes: 1 + (byte & 0x1f) };
  const fixed = PAYLOAD_BYTES[byte];
  if (fixed !== undefined) return OTHER[fixed] as Token;
  const lengthBytes = { 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4 }[byte];
  if (lengthBytes === undefined) return 'it has a type that JSON does not have';
  if (at + 1 + lengthBytes > view.byteLength) return 'it ends too early';
  const length = readLength(view, at + 1, lengthBytes);
  if (byte < 0xdc) return { kind: 'string', bytes: 1 + lengthBytes + length };
  if (byte < 0xde) return { kind: 'other', bytes: 1 + lengthBytes, children: length };
  return { kind: 'map', bytes: 1 + lengthBytes, children: length * 2 };
}

function readLength(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}
