/**
 * A scanner of JSON text for what `JSON.parse` does not tell: where a member stands, where the text stops being JSON, and whether an
 * object has a name twice. It keeps its own stack, so that deep text cannot overflow the real one.
 */

import { MAX_JSON_DEPTH } from '../util/canonical-json.js';

/** Levels of brackets in a document: the deepest value that an analyzer may answer or take as options, and what is around it. */
export const MAX_LEVELS = MAX_JSON_DEPTH + 5;

/** Where one value of a JSON text is. Offsets count UTF-16 code units from its start. */
export interface JsonPlace {
  /** Names and indexes from the top. */
  readonly path: readonly string[];
  /** Start of the member's name; of the value itself in an array and at the top. */
  readonly keyOffset: number;
  readonly valueOffset: number;
}

export type JsonScan =
  { readonly ok: true } | { readonly ok: false; readonly problem: string; readonly offset: number };

interface Frame {
  readonly isObject: boolean;
  readonly names: Set<string>;
  /** Name or index of the member that is read now. */
  current: string;
  index: number;
}

/** Scans all of `text`; `visit` is called for each value, outer ones first. */
export function scanJson(text: string, visit?: (place: JsonPlace) => void): JsonScan {
  return new Scanner(text, visit).scan();
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITE_SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Failure extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

class Scanner {
  readonly #text: string;
  readonly #visit: ((place: JsonPlace) => void) | undefined;
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(text: string, visit: ((place: JsonPlace) => void) | undefined) {
    this.#text = text;
    this.#visit = visit;
  }

  scan(): JsonScan {
    try {
      this.#value(undefined);
      for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) this.#member(frame);
      this.#skipWhiteSpace();
      if (this.#at < this.#text.length) this.#fail('expected the end of the text');
      return { ok: true };
    } catch (error) {
      if (error instanceof Failure) return { ok: false, problem: error.message, offset: error.offset };
      throw error;
    }
  }

  /** The next member of an open object or array, or its end. */
  #member(frame: Frame): void {
    this.#skipWhiteSpace();
    const end = frame.isObject ? '}' : ']';
    if (this.#text[this.#at] === end) {
      this.#at++;
      this.#frames.pop();
      return;
    }
    if (++frame.index > 0) {
      if (this.#text[this.#at] !== ',') this.#fail(`expected "," or "${end}"`);
      this.#at++;
      this.#skipWhiteSpace();
    }
    frame.current = String(frame.index);
    this.#value(frame.isObject ? this.#name(frame) : undefined);
  }

  /** Reads a member's name and its colon; answers where the name starts. */
  #name(frame: Frame): number {
    const start = this.#at;
    if (this.#text[start] !== '"') this.#fail('expected a property name in double quotes');
    this.#string();
    const name = JSON.parse(this.#text.slice(start, this.#at)) as string;
    if (frame.names.has(name)) this.#fail(`duplicate key ${JSON.stringify(name.slice(0, 80))}`, start);
    frame.names.add(name);
    frame.current = name;
    this.#skipWhiteSpace();
    if (this.#text[this.#at] !== ':') this.#fail('expected ":"');
    this.#at++;
    return start;
  }

  /** Reads a whole string, number or literal, or opens an object or array. */
  #value(keyOffset: number | undefined): void {
    this.#skipWhiteSpace();
    const valueOffset = this.#at;
    const path = this.#visit === undefined ? [] : this.#frames.map(({ current }) => current);
    this.#visit?.({ path, keyOffset: keyOffset ?? valueOffset, valueOffset });
    const character = this.#text[valueOffset];
    if (character === '{' || character === '[') {
      this.#at++;
      if (this.#frames.length === MAX_LEVELS) this.#fail(`more than ${MAX_LEVELS} levels`, valueOffset);
      this.#frames.push({ isObject: character === '{', names: new Set(), current: '', index: -1 });
    } else if (character === '"') this.#string();
    else if (!this.#skip(LITERAL)) this.#fail(character === undefined ? 'the text ends too early' : 'expected a value');
    else if (!Number.isFinite(Number(this.#text.slice(valueOffset, this.#at))) && !/[a-z]/.test(character ?? ''))
      this.#fail('a number that is too large', valueOffset);
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.#fail('the text ends inside a string');
      if (code < 0x20) this.#fail('a control character in a string');
      if (code !== 0x5c) continue;
      if (!this.#skip(ESCAPE)) this.#fail('an escape that JSON does not know');
      this.#at--;
    }
    this.#at++;
  }

  #skipWhiteSpace(): void {
    this.#skip(WHITE_SPACE);
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #fail(problem: string, offset = this.#at): never {
    throw new Failure(problem, offset);
  }
}
