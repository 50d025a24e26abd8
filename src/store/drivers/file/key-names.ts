/**
 * Names of files for keys. `/` in a key is a folder; what a file system cannot take, or what means something to one, is percent-escaped, on
 * every system alike, so that a folder can be carried elsewhere. A key that ends in `.json` is a document and keeps its name; any other has
 * `.value` before its ending, since `a` and `a.json` are two keys.
 *
 *     shop/analysis.json -> shop/analysis.json, shop/analysis.msgpack, shop/analysis.json.gz
 *     user/1             -> user/1.value.json, user/1.value.msgpack.zst
 *
 * Upper-case letters stay where the file system tells them from lower-case ones, and are escaped where it does not (`foldsCase`).
 */
import { sha256Hex } from '../../../util/hash.js';
import type { Ending } from './endings.js';

export interface KeyPlace {
  /** Relative to the base path; '' for the base path itself. */
  readonly folder: string;
  /** What the endings are put after. */
  readonly stem: string;
  readonly isDocument: boolean;
  /** A segment was too long and is cut: the file has to say what its key is. */
  readonly isCut: boolean;
}

/** Longest segment of a path in bytes: file systems take 255, and endings and names of temporary files need some. */
const MAX_SEGMENT_BYTES = 200;
const CUT_BYTES = 160;
const CUT = /~[0-9a-f]{32}$/;

/** Systems take paths of 1,024 bytes and more, and the base path needs some. */
const MAX_FOLDER_BYTES = 600;
const MAX_DEPTH = 64;

export function placeOf(key: string, foldsCase: boolean): KeyPlace {
  const segments = key.split('/');
  const last = segments.pop() ?? '';
  const isDocument = last.length > DOCUMENT.length && last.endsWith(DOCUMENT);
  const name = isDocument ? last.slice(0, -DOCUMENT.length) : last;
  const { folder, depth } = folderOf(segments, foldsCase);
  if (depth < segments.length) {
    const rest = [...segments.slice(depth), name].join('/');
    return { folder, stem: cut(Array.from(rest, nameOfFlattened), rest), isDocument, isCut: true };
  }
  const stem = escapeSegment(name, { foldsCase, kind: isDocument ? 'document' : 'value' });
  return { folder, stem, isDocument, isCut: CUT.test(stem) || hasCut(folder) };
}

const DOCUMENT = '.json';

/** What stands in a file name for a character of a path that is too long or too deep to be folders. */
const nameOfFlattened = (character: string): string =>
  /[a-z0-9_-]/.test(character) ? character : character === '/' ? '+' : '_';

/**
 * Folder of keys whose first segments are these, and how many of them are folders: of a path that is too long the rest is one cut name, which
 * depends on the segments before it only.
 */
export function folderOf(
  segments: readonly string[],
  foldsCase: boolean,
): { readonly folder: string; readonly depth: number } {
  const names: string[] = [];
  let bytes = 0;
  for (const segment of segments) {
    const name = escapeSegment(segment, { foldsCase, kind: 'folder' });
    bytes += Buffer.byteLength(name) + 1;
    if (names.length === MAX_DEPTH || bytes > MAX_FOLDER_BYTES) break;
    names.push(name);
  }
  return { folder: names.join('/'), depth: names.length };
}

const hasCut = (folder: string): boolean => folder.includes('~') && folder.split('/').some((name) => CUT.test(name));
export const isCutName = (name: string): boolean => CUT.test(name);

/** Bytes under the name of a document have an ending more, since caches keep `.bin` files of their own beside documents. */
export function fileNameOf({ stem, isDocument }: KeyPlace, ending: Ending): string {
  if (!isDocument) return `${stem}.value.${ending}`;
  return ending.startsWith('bin') ? `${stem}.json.${ending}` : `${stem}.${ending}`;
}

const VALUE_NAME = /^(.+)\.value\.(?:json|msgpack|bin)(?:\.gz|\.zst)?$/s;
const DOCUMENT_NAME = /^(.+)\.(?:json\.bin|json|msgpack)(?:\.gz|\.zst)?$/s;

/**
 * Last segment of the key whose value is in a file of this name; undefined for a file that is not ours. A cut name gives one that is not whole:
 * see `isCutName(stem)`.
 */
export function segmentOfFile(name: string): { readonly segment: string; readonly stem: string } | undefined {
  const value = VALUE_NAME.exec(name)?.[1];
  const stem = value ?? DOCUMENT_NAME.exec(name)?.[1];
  if (stem === undefined) return undefined;
  const text = unescapeSegment(stem);
  if (text === undefined) return undefined;
  return { segment: value === undefined ? `${text}${DOCUMENT}` : text, stem };
}

/** Segment of a key that a folder of this name stands for; undefined for a folder that is not ours. */
export function segmentOfFolder(name: string, foldsCase: boolean): string | undefined {
  const text = unescapeSegment(name);
  if (text === undefined || CUT.test(name)) return text;
  return escapeSegment(text, { foldsCase, kind: 'folder' }) === name ? text : undefined;
}

interface SegmentKind {
  readonly foldsCase: boolean;
  readonly kind: 'folder' | 'document' | 'value';
}

/** NUL is in no key, so its escape is free to stand for a segment that is empty. */
const EMPTY = '%00';
const ORDINARY = /^[a-z0-9_-]+$/;
const FORBIDDEN = /[\0-\x1f\x7f-\x9f%<>:"|?*\\]/;
/** Names of devices on Windows, whatever ending they have. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;
/** A folder must not take the name of a value beside it, or of the tag that marks a cache. */
const LIKE_A_FILE = /\.(?:json|msgpack|bin|gz|zst|ndjson|tag)$/i;
const LIKE_A_VALUE = /\.value$/;

function escapeSegment(text: string, { foldsCase, kind }: SegmentKind): string {
  if (text.length <= MAX_SEGMENT_BYTES && ORDINARY.test(text) && !RESERVED.test(text)) return text;
  if (text === '') return EMPTY;
  const characters = Array.from(text);
  // Some systems take two spellings of one letter for the same name: only the composed one is written as it is.
  const isComposed = text.normalize('NFC') === text;
  const names = characters.map((character) => {
    const mustGo =
      FORBIDDEN.test(character) ||
      (!isComposed && character > '\x7f') ||
      (foldsCase && character.toUpperCase().toLowerCase() !== character);
    return mustGo ? percent(character) : character;
  });
  const escapeAt = (at: number): void => {
    const character = characters[at];
    if (character !== undefined) names[at] = percent(character);
  };
  if (text.startsWith('.') || RESERVED.test(text)) escapeAt(0);
  if (/[. ]$/.test(text)) escapeAt(characters.length - 1);
  if (kind === 'folder' && LIKE_A_FILE.test(text)) escapeAt(characters.lastIndexOf('.'));
  if (kind === 'document' && LIKE_A_VALUE.test(text)) escapeAt(characters.lastIndexOf('.'));
  if (CUT.test(text)) escapeAt(characters.lastIndexOf('~'));
  const name = names.join('');
  return Buffer.byteLength(name) <= MAX_SEGMENT_BYTES ? name : cut(names, text);
}

const percent = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

function cut(names: readonly string[], text: string): string {
  let start = '';
  for (const name of names) {
    if (Buffer.byteLength(start) + Buffer.byteLength(name) > CUT_BYTES) break;
    start += name;
  }
  return `${start}~${sha256Hex(text).slice(0, 32)}`;
}

function unescapeSegment(name: string): string | undefined {
  if (name === EMPTY) return '';
  if (!name.includes('%')) return name;
  try {
    const text = decodeURIComponent(name);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
