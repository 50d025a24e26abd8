import { isAscii } from 'node:buffer';
import { messageOf } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import { MAX_LEVELS, scanJson } from './scan-json.js';

export interface ParseLimits {
  /** Longer documents are refused before they are decoded, in bytes. */
  readonly maxBytes: number;
  /** Also refuses objects with a name twice, which readers understand in different ways. About as slow as parsing. */
  readonly strict?: boolean;
}

export type ParsedDocument =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: string };

/**
 * The value of a JSON document from anywhere: UTF-8 without a byte-order mark, not deeply nested, every number finite.
 * Never throws on bad input. A member called `__proto__` is an own property of its object: harmless unless copied by assignment.
 */
export function parseDocument(
  document: Uint8Array | string,
  { maxBytes, strict = false }: ParseLimits,
): ParsedDocument {
  if (document.length > maxBytes) return refused(`it has more than ${maxBytes} bytes`);
  const text = typeof document === 'string' ? document : decodeUtf8(document);
  if (text === undefined) return refused('it is not valid UTF-8');
  if (text.startsWith('\ufeff')) return refused('it begins with a byte-order mark');
  if (text.length > MAX_UNSCANNED_CHARACTERS && nestsTooDeep(text)) return tooDeep;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return refused(`it is not JSON: ${messageOf(error).slice(0, MAX_MESSAGE_CHARACTERS)}`);
  }
  const problem = problemIn(value, 0);
  if (problem !== undefined) return problem;
  if (!strict) return { ok: true, value };
  const scan = scanJson(text);
  return scan.ok ? { ok: true, value } : refused(`it is ambiguous: ${scan.problem}`);
}

const MAX_MESSAGE_CHARACTERS = 160;

const refused = (problem: string): ParsedDocument => ({ ok: false, problem });

const tooDeep = refused(`it has more than ${MAX_LEVELS} levels`);
const notFinite = refused('it has a number that is too large');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  // Several times faster than the decoder, whose call alone costs as much as parsing a small record.
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Parsing brackets costs about 50 bytes each, too much for millions of them. Shorter text is parsed first and judged by its value. */
const MAX_UNSCANNED_CHARACTERS = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether brackets nest too deep; counted before parsing. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    // `[` and `{`, `]` and `}` differ in this one bit.
    else if ((code | 0x20) === 0x7b && ++depth > MAX_LEVELS) return true;
    else if ((code | 0x20) === 0x7d) depth--;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

/** What `JSON.parse` lets through: too many levels, and 1e400, which it reads as Infinity. */
function problemIn(value: JsonValue, depth: number): ParsedDocument | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : notFinite;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_LEVELS) return tooDeep;
  if (isList(value)) {
    for (const item of value) {
      const problem = problemIn(item, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  // Several times faster than Object.values; a value fresh from JSON.parse inherits nothing that is enumerable.
  for (const name in value) {
    const member = value[name];
    const problem = member === undefined ? undefined : problemIn(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);
