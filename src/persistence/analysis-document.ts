import { isUtf8 } from 'node:buffer';
import { JsonLinesMap, STRING_CONTENT } from '../codec/json-lines-map.js';
import { checkSeal, sealBytes, sealDigest } from '../codec/sealed-json.js';
import type { ContentHash, ResultKey, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Analysis } from '../schema/generated/analysis.js';
import { parseDocument } from '../schema/parse-json.js';
import type { Validators } from '../schema/validate.js';
import { sha256Hex } from '../util/hash.js';

export const ANALYSIS_SCHEMA = 'urn:documee:schema:analysis:1';
export const ANALYSIS_FORMAT = 1;
/** Of `analysis.json` and of `file_hashes.json`; no text can be longer in one piece. */
export const MAX_ANALYSIS_BYTES = 512 * 1024 * 1024;

/** Everything of `analysis.json` before `files`. */
export type AnalysisHead = Pick<Analysis, (typeof HEAD_FIELDS)[number]>;
const HEAD_FIELDS = [
  '$schema',
  'formatVersion',
  'codebaseId',
  'versionId',
  'previousVersionId',
  'createdAt',
  'epoch',
  'tool',
  'contentHash',
  'scope',
  'analyzers',
  'totals',
  'durationMs',
  'savedMs',
  'notKept',
  'fileHashesDigest',
] as const;

/** Names that no value of the whole codebase may have: those of `analysis.json` itself. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([...HEAD_FIELDS, 'files', 'digest', '__proto__']);

/** Values of the whole codebase, by the name that the analyzer gave them. */
export type CodebaseValues = Readonly<Record<string, JsonValue>>;

const FILES_OPEN = '\n  "files": {';
const FILES_CLOSE = '\n  }';
const FILES_INDENT = 4;
const HASHES_INDENT = 2;
const AFTER_FILES = ',\n';
const KEY_OF_ANALYZER = `"${STRING_CONTENT}": "[0-9a-f]{32}"`;
const FILE_KEYS = String.raw`\{\}|\{ ${KEY_OF_ANALYZER}(?:, ${KEY_OF_ANALYZER})* \}`;
const FILE_HASH = '"(?:xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})"';

/** After this many single look-ups a map of all of them is cheaper. */
const LOOK_UPS_BEFORE_MAP = 500;

/** A committed analysis: checked as a whole, parsed only as far as it is asked. */
export class AnalysisDocument {
  readonly head: AnalysisHead;
  readonly files: JsonLinesMap;
  /** `sha256:…`, as in its last line. */
  readonly digest: string;
  readonly bytes: Buffer;
  /** It was made by this process, or validated before on this machine. */
  readonly isKnown: boolean;
  readonly #tail: Buffer;
  #lookUps = 0;
  #all: Map<string, string> | undefined;

  private constructor(
    { bytes, digest, isKnown }: SealedBytes,
    { head, files, tail }: { head: AnalysisHead; files: JsonLinesMap; tail: Buffer },
  ) {
    this.bytes = bytes;
    this.digest = digest;
    this.isKnown = isKnown;
    this.head = head;
    this.files = files;
    this.#tail = tail;
  }

  /**
   * Opens the bytes of an `analysis.json`, or says what is wrong with them.
   * @param validators undefined only where bytes with this very digest were validated before.
   */
  static open(bytes: Buffer, validators: Validators | undefined): OpenedAnalysis {
    const seal = checkSeal(bytes);
    if (!seal.ok) return seal;
    if (validators !== undefined) {
      const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES, strict: true });
      if (!parsed.ok) return parsed;
      const problem = validators.analysis(parsed.value);
      if (problem !== undefined) return { ok: false, problem };
    }
    return AnalysisDocument.#cut({ bytes, digest: seal.digest, isKnown: validators === undefined });
  }

  /**
   * The three parts: a string in JSON holds no newline, so these marks stand for themselves only. JSON that is laid out in another way is
   * refused, so that what is used is what was validated.
   */
  static #cut(sealed: SealedBytes): OpenedAnalysis {
    const { bytes, isKnown } = sealed;
    const open = bytes.indexOf(FILES_OPEN);
    const close = open === -1 ? -1 : bytes.indexOf(FILES_CLOSE, open + FILES_OPEN.length);
    const after = close + FILES_CLOSE.length;
    const blockStart = open + FILES_OPEN.length + 1;
    if (close === -1 || bytes[blockStart - 1] !== NEWLINE) return ODD_LAYOUT;
    if (bytes.toString('latin1', after, after + AFTER_FILES.length) !== AFTER_FILES) return ODD_LAYOUT;
    const block = bytes.subarray(blockStart, Math.max(blockStart, close));
    const files = isKnown ? new JsonLinesMap(block, FILES_INDENT) : JsonLinesMap.parse(block, FILES_INDENT, FILE_KEYS);
    if (files === undefined) return ODD_LAYOUT;
    try {
      const head = JSON.parse(`${bytes.toString('utf8', 0, open).replace(/,$/, '')}\n}`) as AnalysisHead;
      const format: number = head.formatVersion;
      if (format !== ANALYSIS_FORMAT) return { ok: false, problem: `its format is ${format}` };
      if (!HEAD_FIELDS.every((field) => Object.hasOwn(head, field))) return ODD_LAYOUT;
      const tail = bytes.subarray(after + 1);
      return { ok: true, document: new AnalysisDocument(sealed, { head, files, tail }) };
    } catch {
      return ODD_LAYOUT;
    }
  }

  static encode(head: AnalysisHead, files: JsonLinesMap, values: CodebaseValues): AnalysisDocument {
    const start = JSON.stringify(head, null, 2).slice(0, -2);
    const tail = Object.entries(values).map(
      ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')},\n`,
    );
    const bytes = sealBytes([
      Buffer.from(`${start},${FILES_OPEN}`),
      Buffer.from(files.block.length === 0 ? '' : '\n'),
      files.block,
      Buffer.from(`${FILES_CLOSE},\n${tail.join('')}`),
    ]);
    const opened = AnalysisDocument.#cut({ bytes, digest: sealDigest(bytes), isKnown: true });
    if (!opened.ok) throw new TypeError(`Expected an analysis that can be opened again: ${opened.problem}`);
    return opened.document;
  }

  /** Keys of a file's records by analyzer; undefined for a path that is no source file of this analysis. */
  keysOf(path: string): ReadonlyMap<string, ResultKey> | undefined {
    const text = this.#textOf(path);
    return text === undefined ? undefined : parseKeys(text);
  }

  #textOf(path: string): string | undefined {
    if (this.#all === undefined && ++this.#lookUps > LOOK_UPS_BEFORE_MAP) this.#all = new Map(this.files.entries());
    return this.#all === undefined ? this.files.get(path) : this.#all.get(path);
  }

  /** Every file with the keys of its records, sorted by path. */
  *entries(): Generator<readonly [path: SourcePath, keys: ReadonlyMap<string, ResultKey>]> {
    for (const [path, text] of this.files.entries()) yield [path as SourcePath, parseKeys(text)];
  }

  /** What the analyzers said of the whole codebase. */
  values(): CodebaseValues {
    const parsed = JSON.parse(`{${this.#tail.toString('utf8')}`) as Record<string, JsonValue>;
    delete parsed['digest'];
    return parsed;
  }
}

/** Bytes whose digest is right. */
interface SealedBytes {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly isKnown: boolean;
}

export type OpenedAnalysis =
  { readonly ok: true; readonly document: AnalysisDocument } | { readonly ok: false; readonly problem: string };

const NEWLINE = 0x0a;
const ODD_LAYOUT: OpenedAnalysis = { ok: false, problem: 'its layout is not that of this version' };

/** One file's entry. `__proto__` is no analyzer id, so a plain object is safe to read here. */
function parseKeys(text: string): ReadonlyMap<string, ResultKey> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, ResultKey>));
}

/** One file's entry in `files`. @param keys sorted by analyzer. */
export function formatKeys(keys: Iterable<readonly [analyzer: string, key: ResultKey]>): string {
  const members = [...keys].map(([analyzer, key]) => `${JSON.stringify(analyzer)}: "${key}"`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function filesMap(entries: Iterable<readonly [path: string, text: string]>): JsonLinesMap {
  return JsonLinesMap.fromEntries(entries, FILES_INDENT);
}

const HASHES_OPEN = Buffer.from('{\n');
const HASHES_CLOSE = Buffer.from('\n}\n');
const EMPTY_HASHES = Buffer.from('{}\n');

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
    return new FileHashesDocument(JsonLinesMap.fromEntries(quoted(), HASHES_INDENT));
  }

  /** A document that anybody may have written, or undefined where it is not laid out as `encode` does. */
  static parse(bytes: Buffer): FileHashesDocument | undefined {
    if (!isUtf8(bytes)) return undefined;
    if (bytes.equals(EMPTY_HASHES)) return new FileHashesDocument(new JsonLinesMap(Buffer.alloc(0), HASHES_INDENT));
    const end = bytes.length - HASHES_CLOSE.length;
    if (end <= HASHES_OPEN.length) return undefined;
    if (!bytes.subarray(0, HASHES_OPEN.length).equals(HASHES_OPEN)) return undefined;
    if (!bytes.subarray(end).equals(HASHES_CLOSE)) return undefined;
    const map = JsonLinesMap.parse(bytes.subarray(HASHES_OPEN.length, end), HASHES_INDENT, FILE_HASH);
    return map && new FileHashesDocument(map);
  }

  /** Cuts out the lines of a document that this process, or an earlier one on this machine, has checked or written. */
  static fromTrustedBytes(bytes: Buffer): FileHashesDocument {
    const start = HASHES_OPEN.length;
    const end = Math.max(start, bytes.length - HASHES_CLOSE.length);
    return new FileHashesDocument(new JsonLinesMap(bytes.subarray(start, end), HASHES_INDENT));
  }

  encode(): Buffer {
    const { block } = this.map;
    return block.length === 0 ? EMPTY_HASHES : Buffer.concat([HASHES_OPEN, block, HASHES_CLOSE]);
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

  static digestOf(bytes: Uint8Array): string {
    return `sha256:${sha256Hex(bytes)}`;
  }
}
