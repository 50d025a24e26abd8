/**
 * File format of a journal: everything that a commit changes, in one file.
 *
 *     documee-journal 1 <bytes of the list> <bytes after this line> <SHA-256 of all after this line>\n
 *     [{"key":"a","state":"absent","ending":"json","bytes":12},{"key":"b","state":"...","bytes":null}]   null: deleted
 *     <the stored bytes of each, one after the other>
 *
 * It names keys, not files, so that a planted one leads nowhere.
 */
import { sha256Hex } from '../../../util/hash.js';
import { NO_FOLLOW_READ, readToEnd, type FileSystem } from '../../../util/fs.js';
import { MAX_KEY_BYTES } from '../../check-key.js';
import { ENDINGS, type Ending } from './endings.js';

/** What is to become of one key. */
export interface Change {
  readonly key: string;
  /** What was there before, as `ValueFiles.stateOf` tells it: whoever finds something else leaves it alone, since it is newer. */
  readonly state: string;
  /** Undefined: it is deleted. */
  readonly stored: Buffer | undefined;
  readonly ending: Ending;
}

/** Longest journal, in bytes: it is held in memory while it is read. */
export const MAX_JOURNAL_BYTES = 2 ** 30;
const FIRST_LINE = /^documee-journal 1 (\d{1,10}) (\d{1,10}) ([0-9a-f]{64})\n/;
const MAX_FIRST_LINE_BYTES = 128;

export function encodeJournal(changes: readonly Change[]): Buffer {
  const list = Buffer.from(
    JSON.stringify(
      changes.map(({ key, state, ending, stored }) => ({ key, state, ending, bytes: stored?.length ?? null })),
    ),
  );
  const body = Buffer.concat([list, ...changes.flatMap(({ stored }) => stored ?? [])]);
  return Buffer.concat([Buffer.from(`documee-journal 1 ${list.length} ${body.length} ${sha256Hex(body)}\n`), body]);
}

/** Undefined for a file that is no whole journal, before memory is taken for it. */
export function readJournal(fs: FileSystem, file: string): Change[] | undefined {
  const descriptor = fs.openSync(file, NO_FOLLOW_READ);
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile() || stat.size > MAX_JOURNAL_BYTES) return undefined;
    const start = Buffer.alloc(MAX_FIRST_LINE_BYTES);
    const match = FIRST_LINE.exec(start.toString('latin1', 0, fs.readSync(descriptor, start, 0, start.length, 0)));
    if (match === null) return undefined;
    const [line, listBytes, bodyBytes, digest] = match;
    if (line.length + Number(bodyBytes) !== stat.size || Number(listBytes) > Number(bodyBytes)) return undefined;
    const body = readToEnd(fs, descriptor, stat.size, MAX_JOURNAL_BYTES).subarray(line.length);
    if (sha256Hex(body) !== digest) return undefined;
    return changesOf(body, Number(listBytes));
  } finally {
    fs.closeSync(descriptor);
  }
}

function changesOf(body: Buffer, listBytes: number): Change[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(body.toString('utf8', 0, listBytes));
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const changes: Change[] = [];
  let at = listBytes;
  for (const item of list as unknown[]) {
    if (!isListed(item) || at + (item.bytes ?? 0) > body.length) return undefined;
    const { key, state, ending, bytes } = item;
    changes.push({ key, state, ending, stored: bytes === null ? undefined : body.subarray(at, at + bytes) });
    at += bytes ?? 0;
  }
  return at === body.length ? changes : undefined;
}

interface Listed {
  readonly key: string;
  readonly state: string;
  readonly ending: Ending;
  readonly bytes: number | null;
}

function isListed(item: unknown): item is Listed {
  if (typeof item !== 'object' || item === null) return false;
  const { key, state, ending, bytes } = item as Partial<Record<keyof Listed, unknown>>;
  return (
    isKey(key) &&
    typeof state === 'string' &&
    (ENDINGS as readonly unknown[]).includes(ending) &&
    (bytes === null || (Number.isSafeInteger(bytes) && (bytes as number) >= 0))
  );
}

const isKey = (key: unknown): boolean =>
  typeof key === 'string' &&
  key !== '' &&
  !key.includes('\0') &&
  key.isWellFormed() &&
  Buffer.byteLength(key) <= MAX_KEY_BYTES;
