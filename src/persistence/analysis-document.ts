import { JsonLinesMap } from '../codec/json-lines-map.js';
import { checkSeal, sealBytes } from '../codec/sealed-json.js';
import type { ContentHash, ResultKey, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Analysis } from '../schema/generated/analysis.js';
import { parseDocument } from '../schema/parse-json.js';
import type { Validators } from '../schema/validate.js';
import { sha256Hex } from '../util/hash.js';

export const ANALYSIS_SCHEMA = 'urn:documee:schema:analysis:1';
export const ANALYSIS_FORMAT = 1;
const MAX_ANALYSIS_BYTES = 1024 * 1024 * 1024;

/** Everything of `analysis.json` before `files`. */
export type AnalysisHead = Pick<Analysis, HeadField>;
type HeadField =
  | '$schema'
  | 'formatVersion'
  | 'codebaseId'
  | 'versionId'
  | 'previousVersionId'
  | 'createdAt'
  | 'epoch'
  | 'tool'
  | 'contentHash'
  | 'scope'
  | 'analyzers'
  | 'totals'
  | 'durationMs'
  | 'savedMs'
  | 'notKept'
  | 'fileHashesDigest';

/** Values of the whole codebase, by the name that the analyzer gave them. */
export type CodebaseValues = Readonly<Record<string, JsonValue>>;

const FILES_OPEN = '\n  "files": {';
const FILES_CLOSE = '\n  }';
const FILES_INDENT = 4;
const HASHES_INDENT = 2;

/** After this many single look-ups a map of all of them is cheaper. */
const LOOK_UPS_BEFORE_MAP = 500;

/** A committed analysis: checked as a whole, parsed only as far as it is asked. */
export class AnalysisDocument {
  readonly head: AnalysisHead;
  readonly files: JsonLinesMap;
  /** `sha256:…`, as in its last line. */
  readonly digest: string;
  readonly bytes: Buffer;
  readonly #tail: Buffer;
  #lookUps = 0;
  #all: Map<string, string> | undefined;

  private constructor(bytes: Buffer, digest: string, head: AnalysisHead, files: JsonLinesMap, tail: Buffer) {
    this.bytes = bytes;
    this.digest = digest;
    this.head = head;
    this.files = files;
    this.#tail = tail;
  }

  /**
   * Opens the bytes of an `analysis.json`, or says what is wrong with them.
   * @param validators undefined only where bytes with this very digest were validated before.
   */
  static open(
    bytes: Buffer,
    validators: Validators | undefined,
  ): { ok: true; document: AnalysisDocument } | { ok: false; problem: string } {
    const seal = checkSeal(bytes);
    if (!seal.ok) return seal;
    if (validators !== undefined) {
      const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES });
      if (!parsed.ok) return parsed;
      const problem = validators.analysis(parsed.value);
      if (problem !== undefined) return { ok: false, problem };
    }
    return AnalysisDocument.#cut(bytes, seal.digest);
  }

  /** The three parts: a string in JSON holds no newline, so these marks stand for themselves only. */
  static #cut(
    bytes: Buffer,
    digest: string,
  ): { ok: true; document: AnalysisDocument } | { ok: false; problem: string } {
    const open = bytes.indexOf(FILES_OPEN);
    const close = open === -1 ? -1 : bytes.indexOf(FILES_CLOSE, open + FILES_OPEN.length);
    if (close === -1) return { ok: false, problem: 'its layout is not that of this version' };
    const blockStart = open + FILES_OPEN.length + 1;
    const files = new JsonLinesMap(bytes.subarray(blockStart, Math.max(blockStart, close)), FILES_INDENT);
    try {
      const head = JSON.parse(`${bytes.toString('utf8', 0, open).replace(/,$/, '')}\n}`) as AnalysisHead;
      const format: number = head.formatVersion;
      if (format !== ANALYSIS_FORMAT) return { ok: false, problem: `its format is ${format}` };
      return {
        ok: true,
        document: new AnalysisDocument(bytes, digest, head, files, bytes.subarray(close + FILES_CLOSE.length + 1)),
      };
    } catch {
      return { ok: false, problem: 'its layout is not that of this version' };
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
    const opened = AnalysisDocument.open(bytes, undefined);
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

  /** Cuts out the lines of a document whose digest was checked. */
  static fromTrustedBytes(bytes: Buffer): FileHashesDocument {
    const end = Math.max(2, bytes.length - 3);
    return new FileHashesDocument(new JsonLinesMap(bytes.subarray(2, end), HASHES_INDENT));
  }

  encode(): Buffer {
    const { block } = this.map;
    return block.length === 0 ? Buffer.from('{}\n') : Buffer.concat([Buffer.from('{\n'), block, Buffer.from('\n}\n')]);
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
