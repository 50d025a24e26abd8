import { CacheError } from './errors.js';

type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** Names one codebase in a cache, and its folder on disk. Made by `parseCodebaseId` only. */
export type CodebaseId = Brand<string, 'CodebaseId'>;
/** POSIX path relative to the codebase root, without a leading `./`. */
export type SourcePath = Brand<string, 'SourcePath'>;
/** Hash of a file's raw bytes with its algorithm: `xxh64:` + 16 hex digits, or `sha256:` + 64. */
export type ContentHash = Brand<string, 'ContentHash'>;
/** Hash over all that shapes an analyzer's answer besides the files: `sha256:` + 64 hex digits. */
export type Fingerprint = Brand<string, 'Fingerprint'>;
/** Names the results of one analyzer for one content of one file: 32 hex digits. */
export type ResultKey = Brand<string, 'ResultKey'>;
/** Names one record: its key, and for a result that has dependencies `-` and the first 8 hex digits of their digest. */
export type RecordId = Brand<string, 'RecordId'>;
/** Names one kept version of an analysis, sortable by time: `20261120T101500Z-3f9c`. */
export type VersionId = Brand<string, 'VersionId'>;

export const CONTENT_HASH_ALGORITHMS = ['xxh64', 'sha256'] as const;
export type ContentHashAlgorithm = (typeof CONTENT_HASH_ALGORITHMS)[number];

export const CHANGE_DETECTION = ['stat', 'content'] as const;
export type ChangeDetection = (typeof CHANGE_DETECTION)[number];

/** `ordered`: only the commit is fsynced. `full`: every record as well. */
export const DURABILITY = ['ordered', 'full'] as const;
export type Durability = (typeof DURABILITY)[number];

const MAX_ID_CHARACTERS = 128;
/** The longest name of a folder that common file systems take, in bytes. */
const MAX_ID_BYTES = 255;
/** Names that Windows opens as devices, whatever their ending. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
const FORBIDDEN_CHARACTERS = /[/\\:*?"<>|\u0000-\u001f\u007f]/;

/**
 * `text` as a codebase id, unchanged.
 * @throws CacheError CACHE_BAD_CODEBASE_ID with `codebaseId` and `problem`.
 */
export function parseCodebaseId(text: string): CodebaseId {
  const problem = codebaseIdProblem(text);
  if (problem === undefined) return text as CodebaseId;
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  throw new CacheError('CACHE_BAD_CODEBASE_ID', `Codebase id ${shown} ${problem}. Choose another with --codebase.`, {
    codebaseId: text,
    problem,
  });
}

function codebaseIdProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > MAX_ID_CHARACTERS) return `has ${text.length} characters, more than ${MAX_ID_CHARACTERS}`;
  if (Buffer.byteLength(text) > MAX_ID_BYTES) return `has more than ${MAX_ID_BYTES} bytes`;
  if (!text.isWellFormed()) return 'is not valid Unicode';
  if (FORBIDDEN_CHARACTERS.test(text))
    return 'has a character that is not allowed (/ \\ : * ? " < > | or a control character)';
  if (text.includes('..')) return 'contains ".."';
  if (text.startsWith('.')) return 'begins with a dot';
  if (/[. ]$/.test(text)) return 'ends with a dot or a space';
  if (DEVICE_NAME.test(text)) return 'is the name of a device on Windows';
  return undefined;
}

/** A codebase id made from any name (a package, a folder): a leading `@` is dropped, what is not allowed becomes `-`. */
export function codebaseIdFrom(name: string): CodebaseId {
  const safe = name
    .replace(/^@/, '')
    .replace(/[^\p{L}\p{N}._-]/gu, '-')
    .replace(/\.{2,}/g, '-')
    .replace(/^\./, '-')
    .replace(/\.$/, '-')
    .slice(0, 60);
  return codebaseIdProblem(safe) === undefined ? (safe as CodebaseId) : ('codebase' as CodebaseId);
}
