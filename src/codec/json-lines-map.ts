/**
 * A JSON object with one property a line, sorted by code unit of the property name. A person reads it as JSON; a program replaces a
 * few of 100,000 entries without parsing or printing the others.
 */
import { byCodeUnit } from '../util/paths.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SEPARATOR = Buffer.from(',\n');

/** What stands between the quotes of a string in JSON. */
export const STRING_CONTENT = String.raw`(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*`;
/** One entry; more would make a pattern run out of stack. */
const MAX_LINE_BYTES = 1024 * 1024;

export class JsonLinesMap {
  /** The lines joined by `,\n`, without the braces around them. */
  readonly block: Buffer;
  readonly #indent: number;

  /** @param block as `fromEntries` made it, or cut out of a document that `parse` once took. */
  constructor(block: Buffer, indent: number) {
    this.block = block;
    this.#indent = indent;
  }

  /** @param entries sorted by name; `value` is JSON on one line. */
  static fromEntries(entries: Iterable<readonly [name: string, value: string]>, indent: number): JsonLinesMap {
    const margin = ' '.repeat(indent);
    const lines: string[] = [];
    for (const [name, value] of entries) lines.push(`${margin}${JSON.stringify(name)}: ${value}`);
    return new JsonLinesMap(Buffer.from(lines.join(',\n')), indent);
  }

  /**
   * A map of lines that anybody may have written, or undefined where one of them is not as `fromEntries` makes it, or is out of order.
   * @param value source of a pattern for the text of each value.
   */
  static parse(block: Buffer, indent: number, value: string): JsonLinesMap | undefined {
    const line = new RegExp(`^ {${indent}}"(${STRING_CONTENT})": (?:${value})$`);
    const map = new JsonLinesMap(block, indent);
    let before: string | undefined;
    for (let start = 0; start < map.#end;) {
      const newline = block.indexOf(NEWLINE, start);
      const end = newline === -1 ? block.length : newline - 1;
      if (newline !== -1 && (end < start || block[end] !== COMMA || newline + 1 === block.length)) return undefined;
      const content = end - start > MAX_LINE_BYTES ? undefined : line.exec(block.toString('utf8', start, end))?.[1];
      if (content === undefined) return undefined;
      const name = content.includes('\\') ? (JSON.parse(`"${content}"`) as string) : content;
      if (before !== undefined && name <= before) return undefined;
      before = name;
      start = end + SEPARATOR.length;
    }
    return map;
  }

  /** Text of the value of `name`, or undefined. Looks at about log2(n) lines. */
  get(name: string): string | undefined {
    const { start, next } = this.#locate(name);
    return next > start ? this.#parseLine(start, next - SEPARATOR.length).value : undefined;
  }

  /** Every name with the text of its value, in order. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (let start = 0; start < this.block.length;) {
      const end = this.#lineEnd(start);
      const { name, value } = this.#parseLine(start, end);
      yield [name, value];
      start = end + SEPARATOR.length;
    }
  }

  /** A new map in which each name of `edits` has its new value, or is gone where that is undefined. */
  patch(edits: ReadonlyMap<string, string | undefined>): JsonLinesMap {
    const margin = ' '.repeat(this.#indent);
    const pieces: Buffer[] = [];
    const keepLines = (start: number, next: number): void => {
      if (next > start) pieces.push(this.block.subarray(start, next - SEPARATOR.length));
    };
    let kept = 0;
    for (const name of [...edits.keys()].sort(byCodeUnit)) {
      const value = edits.get(name);
      const { start, next } = this.#locate(name);
      keepLines(kept, start);
      if (value !== undefined) pieces.push(Buffer.from(`${margin}${JSON.stringify(name)}: ${value}`));
      kept = next;
    }
    keepLines(kept, this.#end);
    const separated = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [SEPARATOR, piece]));
    return new JsonLinesMap(Buffer.concat(separated), this.#indent);
  }

  /** Where a further line would start. */
  get #end(): number {
    return this.block.length === 0 ? 0 : this.block.length + SEPARATOR.length;
  }

  /** Start of the line of `name` and of the line behind it; both are the place where it belongs if there is no such line. */
  #locate(name: string): { start: number; next: number } {
    let low = 0;
    let high = this.#end;
    while (low < high) {
      const middle = Math.min((low + high) >>> 1, this.block.length - 1);
      const start = middle === 0 ? 0 : this.block.lastIndexOf(NEWLINE, middle - 1) + 1;
      const next = this.#lineEnd(start) + SEPARATOR.length;
      const here = this.#nameAt(start);
      if (here === name) return { start, next };
      if (here < name) low = next;
      else high = start;
    }
    return { start: low, next: low };
  }

  /** End of the line without its comma. A string in JSON holds no newline, so a newline ends a line. */
  #lineEnd(start: number): number {
    const newline = this.block.indexOf(NEWLINE, start);
    return newline === -1 ? this.block.length : newline - 1;
  }

  #nameEnd(from: number): number {
    let at = from + this.#indent + 1;
    while (at < this.block.length && this.block[at] !== QUOTE) at += this.block[at] === BACKSLASH ? 2 : 1;
    return at + 1;
  }

  #nameAt(from: number): string {
    return JSON.parse(this.block.toString('utf8', from + this.#indent, this.#nameEnd(from))) as string;
  }

  #parseLine(from: number, to: number): { name: string; value: string } {
    const nameEnd = this.#nameEnd(from);
    const name = JSON.parse(this.block.toString('utf8', from + this.#indent, nameEnd)) as string;
    return { name, value: this.block.toString('utf8', nameEnd + 2, to) };
  }
}
