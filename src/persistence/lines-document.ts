/** A plain map as a whole document: sorted, one line for each file, without a header, since a file may be called anything. */
import { JsonLinesMap } from '../codec/json-lines-map.js';

const OPEN = Buffer.from('{\n');
const CLOSE = Buffer.from('\n}\n');
const EMPTY = Buffer.from('{}\n');
export const LINES_INDENT = 2;

export function encodeLines({ block }: JsonLinesMap): Buffer {
  return block.length === 0 ? EMPTY : Buffer.concat([OPEN, block, CLOSE]);
}

/** The lines, unchecked, or undefined where there is something else around them. */
export function linesIn(bytes: Buffer): Buffer | undefined {
  if (bytes.equals(EMPTY)) return Buffer.alloc(0);
  const end = bytes.length - CLOSE.length;
  if (end <= OPEN.length) return undefined;
  if (!bytes.subarray(0, OPEN.length).equals(OPEN) || !bytes.subarray(end).equals(CLOSE)) return undefined;
  return bytes.subarray(OPEN.length, end);
}

/** How a document that stands beside `analysis.json` is read. */
export interface LinesDocumentKind<Document> {
  /** One that anybody may have written; undefined where it is not laid out as it should be. */
  parse(bytes: Buffer): Document | undefined;
  /** One that this process, or an earlier one on this machine, has checked or written. */
  fromTrustedBytes(bytes: Buffer): Document;
}

/** Cuts out the lines of a document that this process, or an earlier one on this machine, has checked or written. */
export function trustedLines(bytes: Buffer): JsonLinesMap {
  const end = Math.max(OPEN.length, bytes.length - CLOSE.length);
  return new JsonLinesMap(bytes.subarray(OPEN.length, end), LINES_INDENT);
}
