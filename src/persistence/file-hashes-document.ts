import { isUtf8 } from 'node:buffer';
import { JsonLinesMap } from '../codec/json-lines-map.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import { encodeLines, LINES_INDENT, linesIn, trustedLines } from './lines-document.js';

const FILE_HASH = '"(?:xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})"';

/** `file_hashes.json`: a plain map, so it has no digest of its own; `analysis.json` holds it. */
export class FileHashesDocument {
  readonly map: JsonLinesMap;
  #all: Map<SourcePath, ContentHash> | undefined;

  constructor(map: JsonLinesMap) {
    this.map = map;
  }

  /** @param entries sorted by path. */
  static fromEntries(entries: Iterable<readonly [path: string, contentHash: string]>): FileHashesDocument {
    const quoted = function* (): Generator<readonly [string, string]> {
      for (const [path, contentHash] of entries) yield [path, `"${contentHash}"`];
    };
    return new FileHashesDocument(JsonLinesMap.fromEntries(quoted(), LINES_INDENT));
  }

  /** A document that anybody may have written, or undefined where it is not laid out as `encode` does. */
  static parse(bytes: Buffer): FileHashesDocument | undefined {
    if (!isUtf8(bytes)) return undefined;
    const lines = linesIn(bytes);
    const map = lines && JsonLinesMap.parse(lines, LINES_INDENT, FILE_HASH);
    return map && new FileHashesDocument(map);
  }

  /** Cuts out the lines of a document that this process, or an earlier one on this machine, has checked or written. */
  static fromTrustedBytes(bytes: Buffer): FileHashesDocument {
    return new FileHashesDocument(trustedLines(bytes));
  }

  encode(): Buffer {
    return encodeLines(this.map);
  }

  get(path: string): ContentHash | undefined {
    if (this.#all !== undefined) return this.#all.get(path as SourcePath);
    const text = this.map.get(path);
    return text === undefined ? undefined : (text.slice(1, -1) as ContentHash);
  }

  /** Every hash by path, parsed at once. */
  all(): ReadonlyMap<SourcePath, ContentHash> {
    return (this.#all ??= new Map(Object.entries(JSON.parse(this.encode().toString()) as object)) as Map<
      SourcePath,
      ContentHash
    >);
  }

  patch(edits: ReadonlyMap<string, ContentHash | undefined>): FileHashesDocument {
    const quoted = new Map([...edits].map(([path, contentHash]) => [path, contentHash && `"${contentHash}"`] as const));
    return new FileHashesDocument(this.map.patch(quoted));
  }
}
