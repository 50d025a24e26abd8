import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '../../../model/json.js';
import { parseDocument } from '../../../schema/parse-json.js';
import { reportUnreadable, type FormatName, type ToolOutput } from './report-format.js';

/** Larger reports are refused: parsed, they take several times their size in memory. */
export const MAX_REPORT_BYTES = 200 * 1024 * 1024;
const MAX_SHOWN_CHARACTERS = 120;

/**
 * Standard output as text; a byte-order mark is dropped.
 * @throws CacheError CACHE_REPORT_UNREADABLE where it is empty, too large, or not UTF-8.
 */
export function reportText(format: FormatName, { stdout, stderr, exitCode }: ToolOutput): string {
  if (stdout.length > MAX_REPORT_BYTES) throw reportUnreadable(format, `it has more than ${MAX_REPORT_BYTES} bytes`);
  if (isUtf16(stdout)) throw reportUnreadable(format, 'it is UTF-16, UTF-8 is needed');
  if (!isUtf8(stdout)) throw reportUnreadable(format, 'it is not valid UTF-8');
  const text = new TextDecoder().decode(stdout);
  if (text.trim() !== '') return text;
  const said = firstLine(Buffer.from(stderr.subarray(0, 4096)).toString());
  const because = said === '' ? '' : `; on the error stream it says: ${said}`;
  throw reportUnreadable(format, `it is empty, and the command exited with ${exitCode}${because}`);
}

/**
 * The JSON document on standard output.
 * @throws CacheError CACHE_REPORT_UNREADABLE, with the first line where something else stands in front of it.
 */
export function parseReport(format: FormatName, text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) throw reportUnreadable(format, `it begins with ${firstLine(text)}`);
  return parseJson(format, text);
}

/** Any JSON value of which nothing gets lost. */
export function parseJson(format: FormatName, text: string, place = ''): JsonValue {
  const parsed = parseDocument(text, { maxBytes: MAX_REPORT_BYTES });
  if (!parsed.ok) throw reportUnreadable(format, `${place}${parsed.problem}`);
  const rounded = roundedInteger(text);
  if (rounded !== undefined)
    throw reportUnreadable(format, `${place}the number ${rounded} is too large to be kept exactly`);
  return parsed.value;
}

/** White space of a report, so that it is printed again as it came. */
export interface ReportStyle {
  /** '' is one line. */
  readonly indent: string;
  /** What comes after the document. */
  readonly end: string;
}

export function styleOf(text: string): ReportStyle {
  const indent = /^\s*[[{]\r?\n([ \t]{1,10})\S/.exec(text.slice(0, 4096))?.[1] ?? '';
  return { indent, end: text.endsWith('\n') ? '\n' : '' };
}

/** The first line that says something, short and in quotes. */
function firstLine(text: string): string {
  const line =
    text
      .slice(0, 64 * 1024)
      .trimStart()
      .split('\n', 1)[0]
      ?.trimEnd() ?? '';
  if (line === '') return '';
  return JSON.stringify(line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line);
}

/** A mark of either byte order, or every other byte of the beginning zero. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first === 0 && third === 0) || (second === 0 && fourth === 0);
}

/** The first integer outside of strings that is another one as a JavaScript number. */
function roundedInteger(text: string): string | undefined {
  if (!/\d{16}/.test(text)) return undefined;
  for (const match of outsideStrings(text).matchAll(/(?<![\d.eE+])-?\d{16,}(?![\d.eE])/g)) {
    if (BigInt(Number(match[0])) !== BigInt(match[0])) return match[0].slice(0, 40);
  }
  return undefined;
}

/** Valid JSON with every string emptied. */
function outsideStrings(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', from)) {
    pieces.push(text.slice(from, open));
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    from = close + 1;
  }
  pieces.push(text.slice(from));
  return pieces.join('""');
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
