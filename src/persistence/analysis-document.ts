import { JsonLinesMap, STRING_CONTENT } from '../codec/json-lines-map.js';
import { checkSeal, sealBytes, sealDigest } from '../codec/sealed-json.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Analysis } from '../schema/generated/analysis.js';
import { parseDocument } from '../schema/parse-json.js';
import type { Validators } from '../schema/validate.js';

export const ANALYSIS_SCHEMA = 'urn:documee:schema:analysis:1';
export const ANALYSIS_FORMAT = 1;
/** Of `analysis.json` and of the documents beside it; no text can be longer in one piece. */
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
  'dependenciesDigest',
  'reducersDigest',
  'inputs',
] as const;

/** Names that no value of the whole codebase may have: those of `analysis.json` itself. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...HEAD_FIELDS,
  'files',
  'presence',
  'digest',
  '__proto__',
]);

/** Values of the whole codebase, by the name that the analyzer gave them. */
export type CodebaseValues = Readonly<Record<string, JsonValue>>;

const FILES_OPEN = '\n  "files": {';
const PRESENCE_OPEN = '\n  "presence": {';
const BLOCK_CLOSE = '\n  }';
const BLOCK_INDENT = 4;
const AFTER_BLOCK = ',\n';
const RECORD_OF_ANALYZER = `"${STRING_CONTENT}": "[0-9a-f]{32}(?:-[0-9a-f]{8})?"`;
const FILE_RECORDS = String.raw`\{\}|\{ ${RECORD_OF_ANALYZER}(?:, ${RECORD_OF_ANALYZER})* \}`;

const NAMES = String.raw`\[(?:"${STRING_CONTENT}"(?:,"${STRING_CONTENT}")*)?\]`;
const PRESENCE = `\\{ "absent": ${NAMES}, "exists": ${NAMES}, "listing": (?:null|"sha256:[0-9a-f]{64}") \\}`;

/** After this many single look-ups a map of all of them is cheaper. */
const LOOK_UPS_BEFORE_MAP = 500;

/** A committed analysis: checked as a whole, parsed only as far as it is asked. */
export class AnalysisDocument {
  readonly head: AnalysisHead;
  readonly files: JsonLinesMap;
  /** By folder: what has to be, or not to be, in it for the results to be current (`presence.ts`). Nobody reads it while the folders are unchanged. */
  readonly presence: JsonLinesMap;
  /** `sha256:…`, as in its last line. */
  readonly digest: string;
  readonly bytes: Buffer;
  /** It was made by this process, or validated before on this machine. */
  readonly isKnown: boolean;
  readonly #tail: Buffer;
  #lookUps = 0;
  #all: Map<string, string> | undefined;

  private constructor({ bytes, digest, isKnown }: SealedBytes, { head, files, presence, tail }: Parts) {
    this.bytes = bytes;
    this.digest = digest;
    this.isKnown = isKnown;
    this.head = head;
    this.files = files;
    this.presence = presence;
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
   * The four parts: a string in JSON holds no newline, so these marks stand for themselves only. JSON that is laid out in another way is
   * refused, so that what is used is what was validated.
   */
  static #cut(sealed: SealedBytes): OpenedAnalysis {
    const { bytes, isKnown } = sealed;
    const filesBlock = cutBlock(bytes, FILES_OPEN, 0);
    const presenceBlock = filesBlock && cutBlock(bytes, PRESENCE_OPEN, filesBlock.after - 1);
    // Nothing stands between the two.
    if (presenceBlock === undefined || presenceBlock.open !== filesBlock?.after) return ODD_LAYOUT;
    const files = linesOf(filesBlock, isKnown, FILE_RECORDS);
    const presence = linesOf(presenceBlock, isKnown, PRESENCE);
    if (files === undefined || presence === undefined) return ODD_LAYOUT;
    try {
      const head = JSON.parse(`${bytes.toString('utf8', 0, filesBlock.open).replace(/,$/, '')}\n}`) as AnalysisHead;
      const format: number = head.formatVersion;
      if (format !== ANALYSIS_FORMAT) return { ok: false, problem: `its format is ${format}` };
      if (!HEAD_FIELDS.every((field) => Object.hasOwn(head, field))) return ODD_LAYOUT;
      const tail = bytes.subarray(presenceBlock.after);
      return { ok: true, document: new AnalysisDocument(sealed, { head, files, presence, tail }) };
    } catch {
      return ODD_LAYOUT;
    }
  }

  static encode(
    head: AnalysisHead,
    files: JsonLinesMap,
    values: CodebaseValues,
    presence = NO_LINES,
  ): AnalysisDocument {
    const { inputs, ...rest } = head;
    const start = `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "inputs": ${linePerItem(inputs)}`;
    const tail = Object.entries(values).map(
      ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')},\n`,
    );
    const bytes = sealBytes([
      Buffer.from(`${start},${FILES_OPEN}`),
      ...blockPieces(files),
      Buffer.from(`${BLOCK_CLOSE},${PRESENCE_OPEN}`),
      ...blockPieces(presence),
      Buffer.from(`${BLOCK_CLOSE},\n${tail.join('')}`),
    ]);
    const opened = AnalysisDocument.#cut({ bytes, digest: sealDigest(bytes), isKnown: true });
    if (!opened.ok) throw new TypeError(`Expected an analysis that can be opened again: ${opened.problem}`);
    return opened.document;
  }

  /** A file's records by analyzer; undefined for a path that is no source file of this analysis. */
  recordsOf(path: string): ReadonlyMap<string, RecordId> | undefined {
    const text = this.#textOf(path);
    return text === undefined ? undefined : parseRecords(text);
  }

  #textOf(path: string): string | undefined {
    if (this.#all === undefined && ++this.#lookUps > LOOK_UPS_BEFORE_MAP) this.#all = new Map(this.files.entries());
    return this.#all === undefined ? this.files.get(path) : this.#all.get(path);
  }

  /** Every file with its records, sorted by path. */
  *entries(): Generator<readonly [path: SourcePath, records: ReadonlyMap<string, RecordId>]> {
    for (const [path, text] of this.files.entries()) yield [path as SourcePath, parseRecords(text)];
  }

  /** What the analyzers said of the whole codebase. */
  values(): CodebaseValues {
    const parsed = JSON.parse(`{${this.#tail.toString('utf8')}`) as Record<string, JsonValue>;
    delete parsed['digest'];
    return parsed;
  }
}

interface Parts {
  readonly head: AnalysisHead;
  readonly files: JsonLinesMap;
  readonly presence: JsonLinesMap;
  readonly tail: Buffer;
}

interface Block {
  /** Where its mark begins. */
  readonly open: number;
  /** Its lines. */
  readonly lines: Buffer;
  /** Where what follows it begins, with a newline. */
  readonly after: number;
}

/** The lines between `mark` and the end of its object, with something behind it. */
function cutBlock(bytes: Buffer, mark: string, from: number): Block | undefined {
  const open = bytes.indexOf(mark, from);
  const start = open + mark.length + 1;
  const close = open === -1 ? -1 : bytes.indexOf(BLOCK_CLOSE, start - 1);
  const end = close + BLOCK_CLOSE.length;
  if (close === -1 || bytes[start - 1] !== NEWLINE) return undefined;
  if (bytes.toString('latin1', end, end + AFTER_BLOCK.length) !== AFTER_BLOCK) return undefined;
  return { open, lines: bytes.subarray(start, Math.max(start, close)), after: end + AFTER_BLOCK.length - 1 };
}

const linesOf = ({ lines }: Block, isKnown: boolean, pattern: string): JsonLinesMap | undefined =>
  isKnown ? new JsonLinesMap(lines, BLOCK_INDENT) : JsonLinesMap.parse(lines, BLOCK_INDENT, pattern);

const blockPieces = ({ block }: JsonLinesMap): Buffer[] => (block.length === 0 ? [] : [Buffer.from('\n'), block]);

const NO_LINES = new JsonLinesMap(Buffer.alloc(0), BLOCK_INDENT);

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
function parseRecords(text: string): ReadonlyMap<string, RecordId> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, RecordId>));
}

/** One file's entry in `files`. @param records sorted by analyzer. */
export function formatRecords(records: Iterable<readonly [analyzer: string, id: RecordId]>): string {
  const members = [...records].map(([analyzer, id]) => `${JSON.stringify(analyzer)}: "${id}"`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function filesMap(entries: Iterable<readonly [path: string, text: string]>): JsonLinesMap {
  return JsonLinesMap.fromEntries(entries, BLOCK_INDENT);
}

/** JSON of a list of any length that a person can still read. */
function linePerItem(items: readonly unknown[]): string {
  return items.length === 0 ? '[]' : `[\n    ${items.map((item) => JSON.stringify(item)).join(',\n    ')}\n  ]`;
}
