/**
 * The bytes of `scan-cache.bin`: what the last scan saw on this machine. All of it may be lost at any time. Numbers are in the byte
 * order of the machine, and each section begins at a multiple of 8, so that a file of any size loads without a copy:
 *
 *   SHA-256 of all that follows (32) | magic (8) | header length (8) | header (JSON) | sections
 */
import crypto from 'node:crypto';
import os from 'node:os';
import type { ContentHashAlgorithm } from '../model/ids.js';
import { TUPLE, type FileColumns } from './file-columns.js';
import { parentPrefix, type ListedFolder, type ListedIgnoreFile, type Listing } from './listing.js';

const MAGIC = Buffer.from('docscan2', 'latin1');
const DIGEST_BYTES = 32;
const HEADER_AT = DIGEST_BYTES + MAGIC.length + 8;
const FOLDER_TUPLE = 3;

/** From elsewhere, or made for another content hash: of no use. */
export interface CacheOrigin {
  readonly device: bigint;
  readonly rootIno: bigint;
  readonly algorithm: ContentHashAlgorithm;
}

export interface ScanCache {
  /** What the listing depends on besides the folders; another one: its names are of no use, its tuples are. */
  readonly scope: string;
  readonly tag: string;
  readonly listing: Listing;
  readonly columns: FileColumns;
  readonly extra: Uint8Array;
}

interface Header {
  readonly origin: string;
  readonly scope: string;
  readonly tag: string;
  readonly latin1: boolean;
  /** Bytes of each section. */
  readonly sections: readonly number[];
}

/** ASCII names as they were read, so that a run that changed no name need not write them anew. */
const asciiNames = new WeakMap<readonly string[], { readonly folderOf: Uint32Array; readonly names: Buffer }>();

function namesText({ folders, paths, folderOf }: Listing): string {
  return paths
    .map((path, at) => path.slice((folders[folderOf[at] as number] as ListedFolder).prefix.length))
    .join('\0');
}

/** Undefined where a name cannot be written as UTF-8. */
export function encodeScanCache(cache: ScanCache, origin: CacheOrigin): Buffer | undefined {
  const { listing, columns, scope, tag, extra } = cache;
  const { folders, parents, paths, folderOf } = listing;
  const folderNames = folders.map(({ prefix }) => prefix.slice(parentPrefix(prefix)?.length ?? 0, -1)).join('\0');
  const known = asciiNames.get(paths);
  const names = known?.folderOf === folderOf ? known.names : namesText(listing);
  const text = [names, folderNames];
  if (!text.every((part) => typeof part !== 'string' || part.isWellFormed())) return undefined;
  const latin1 = text.every((part) => typeof part !== 'string' || /^[\x00-\x7f]*$/.test(part));
  const ignoring = [...folders.keys()].filter((at) => folders[at]?.ignoreFile !== undefined);
  const ignoreFiles = ignoring.map((at) => folders[at]?.ignoreFile as ListedIgnoreFile);
  const sections = [
    bytesOf(columns.tuples),
    bytesOf(BigInt64Array.from(folders.flatMap(({ tuple }) => tuple ?? [0n, 0n, 0n]))),
    bytesOf(BigInt64Array.from(ignoreFiles.flatMap(({ tuple }) => tuple ?? [0n, 0n, 0n, 0n]))),
    bytesOf(columns.modes),
    bytesOf(folderOf),
    bytesOf(parents),
    bytesOf(Uint32Array.from(ignoring)),
    columns.digests,
    Buffer.from(ignoreFiles.map(({ digest }) => digest).join(''), 'hex'),
    columns.flags,
    Uint8Array.from(folders, ({ tuple }) => (tuple === undefined ? 0 : 1)),
    Uint8Array.from(ignoreFiles, ({ tuple }) => (tuple === undefined ? 0 : 1)),
    ...text.map((part) => (typeof part === 'string' ? Buffer.from(part, latin1 ? 'latin1' : 'utf8') : part)),
    extra,
  ];
  const header: Header = {
    ...{ origin: describeOrigin(origin), scope, tag, latin1 },
    sections: sections.map(({ length }) => length),
  };
  return seal(Buffer.from(JSON.stringify(header)), sections);
}

function seal(header: Buffer, sections: readonly Uint8Array[]): Buffer {
  const total = sections.reduce((size, { length }) => size + padded(length), HEADER_AT + padded(header.length));
  const bytes = Buffer.alloc(total);
  MAGIC.copy(bytes, DIGEST_BYTES);
  bytes.writeUInt32LE(header.length, DIGEST_BYTES + MAGIC.length);
  header.copy(bytes, HEADER_AT);
  let at = HEADER_AT + padded(header.length);
  for (const section of sections) {
    bytes.set(section, at);
    at += padded(section.length);
  }
  crypto.hash('sha256', bytes.subarray(DIGEST_BYTES), 'buffer').copy(bytes);
  return bytes;
}

/** Undefined for anything but what `encodeScanCache` made here. Allocates in proportion to `bytes` only. */
export function decodeScanCache(bytes: Uint8Array, origin: CacheOrigin): ScanCache | undefined {
  if (bytes.length < HEADER_AT) return undefined;
  // Typed arrays need their place in memory to be a multiple of 8.
  const buffer =
    bytes.byteOffset % 8 === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : aligned(bytes);
  if (!buffer.subarray(DIGEST_BYTES, DIGEST_BYTES + MAGIC.length).equals(MAGIC)) return undefined;
  if (!crypto.hash('sha256', buffer.subarray(DIGEST_BYTES), 'buffer').equals(buffer.subarray(0, DIGEST_BYTES)))
    return undefined;
  const headerBytes = buffer.readUInt32LE(DIGEST_BYTES + MAGIC.length);
  if (HEADER_AT + headerBytes > buffer.length) return undefined;
  const header = parseHeader(buffer.toString('utf8', HEADER_AT, HEADER_AT + headerBytes));
  if (header?.origin !== describeOrigin(origin)) return undefined;
  const sections = cutSections(buffer, HEADER_AT + padded(headerBytes), header.sections);
  return sections && assemble(header, sections, origin.algorithm === 'xxh64' ? 8 : 32);
}

function aligned(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function parseHeader(text: string): Header | undefined {
  try {
    const { origin, scope, tag, latin1, sections } = JSON.parse(text) as Partial<Record<keyof Header, unknown>>;
    if (typeof origin !== 'string' || typeof scope !== 'string' || typeof tag !== 'string') return undefined;
    if (typeof latin1 !== 'boolean' || !Array.isArray(sections)) return undefined;
    if (!sections.every((length) => typeof length === 'number' && Number.isSafeInteger(length) && length >= 0))
      return undefined;
    return { origin, scope, tag, latin1, sections: sections as number[] };
  } catch {
    return undefined;
  }
}

function cutSections(buffer: Buffer, start: number, lengths: readonly number[]): Buffer[] | undefined {
  let at = start;
  const sections: Buffer[] = [];
  for (const length of lengths) {
    if (length > buffer.length - at) return undefined;
    sections.push(buffer.subarray(at, at + length));
    at += padded(length);
  }
  return at === buffer.length ? sections : undefined;
}

function assemble(header: Header, sections: readonly Buffer[], digestBytes: number): ScanCache | undefined {
  const [tuples, folderTuples, ignoreTuples, modes, folderOf, parents, ignoring, digests] = sections;
  const [ignoreDigests, flags, folderFlags, ignoreFlags, names, folderNames, extra] = sections.slice(8);
  if (!tuples || !folderTuples || !ignoreTuples || !modes || !folderOf || !parents || !ignoring || !digests)
    return undefined;
  if (!ignoreDigests || !flags || !folderFlags || !ignoreFlags || !names || !folderNames || !extra) return undefined;
  const [files, folders, ignores] = [flags.length, folderFlags.length, ignoreFlags.length];
  const sizes: [Buffer, number][] = [
    ...([
      [tuples, files * TUPLE * 8],
      [modes, files * 4],
      [folderOf, files * 4],
    ] as [Buffer, number][]),
    ...([
      [digests, files * digestBytes],
      [folderTuples, folders * FOLDER_TUPLE * 8],
    ] as [Buffer, number][]),
    ...([
      [parents, folders * 4],
      [ignoring, ignores * 4],
      [ignoreTuples, ignores * TUPLE * 8],
    ] as [Buffer, number][]),
    [ignoreDigests, ignores * 32],
  ];
  if (sections.length !== 15 || sizes.some(([section, size]) => section.length !== size)) return undefined;
  const folderParts = {
    names: split(folderNames, header.latin1, folders),
    parents: int32(parents),
    flags: folderFlags,
  };
  const prefixes = folderPrefixes(folderParts.names, folderParts.parents);
  const paths = joinPaths(prefixes, split(names, header.latin1, files), uint32(folderOf));
  if (prefixes === undefined || paths === undefined) return undefined;
  const ignoreFiles = readIgnoreFiles(uint32(ignoring), bigints(ignoreTuples), ignoreDigests, ignoreFlags);
  const folderNumbers = bigints(folderTuples);
  const listed = prefixes.map((prefix, at): ListedFolder => {
    const [mtimeNs = 0n, ctimeNs = 0n, ino = 0n] = folderNumbers.subarray(at * FOLDER_TUPLE, (at + 1) * FOLDER_TUPLE);
    const tuple = folderFlags[at] === 1 ? ([mtimeNs, ctimeNs, ino] as const) : undefined;
    return { prefix, tuple, ignoreFile: ignoreFiles.get(at) };
  });
  const folderNumbersOf = uint32(folderOf);
  if (header.latin1) asciiNames.set(paths, { folderOf: folderNumbersOf, names });
  return {
    ...{ scope: header.scope, tag: header.tag, extra },
    listing: { folders: listed, parents: folderParts.parents, paths, folderOf: folderNumbersOf, special: new Set() },
    columns: { flags, tuples: bigints(tuples), modes: uint32(modes), digests },
  };
}

function split(text: Buffer, latin1: boolean, count: number): string[] | undefined {
  if (count === 0) return text.length === 0 ? [] : undefined;
  const parts = text.toString(latin1 ? 'latin1' : 'utf8').split('\0');
  return parts.length === count && !text.includes('/') ? parts : undefined;
}

/** Parents come first, and a name cannot lead out of its folder: whatever the bytes say, every path is below the root. */
function folderPrefixes(names: readonly string[] | undefined, parents: Int32Array): string[] | undefined {
  if (names === undefined || names[0] !== '' || parents[0] !== -1) return undefined;
  const prefixes = [''];
  for (let at = 1; at < names.length; at++) {
    const parent = parents[at] as number;
    const name = names[at] as string;
    if (parent < 0 || parent >= at || name === '' || name === '.' || name === '..') return undefined;
    prefixes.push(`${prefixes[parent] as string}${name}/`);
  }
  return prefixes;
}

function joinPaths(
  prefixes: readonly string[] | undefined,
  names: readonly string[] | undefined,
  folderOf: Uint32Array,
): string[] | undefined {
  if (prefixes === undefined || names === undefined) return undefined;
  const paths = new Array<string>(names.length);
  for (let at = 0; at < names.length; at++) {
    const prefix = prefixes[folderOf[at] as number];
    if (prefix === undefined) return undefined;
    paths[at] = prefix + (names[at] as string);
  }
  return paths;
}

function readIgnoreFiles(
  folders: Uint32Array,
  tuples: BigInt64Array,
  digests: Buffer,
  flags: Uint8Array,
): Map<number, ListedIgnoreFile> {
  const files = new Map<number, ListedIgnoreFile>();
  folders.forEach((folder, at) => {
    const [size = 0n, mtimeNs = 0n, ctimeNs = 0n, ino = 0n] = tuples.subarray(at * TUPLE, (at + 1) * TUPLE);
    const tuple = flags[at] === 1 ? ([size, mtimeNs, ctimeNs, ino] as const) : undefined;
    files.set(folder, { digest: digests.toString('hex', at * 32, (at + 1) * 32), tuple });
  });
  return files;
}

function describeOrigin({ device, rootIno, algorithm }: CacheOrigin): string {
  return JSON.stringify([os.hostname(), os.endianness(), String(device), String(rootIno), algorithm]);
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** The memory of a typed array as bytes, not a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function bigints({ buffer, byteOffset, length }: Buffer): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length / 8);
}

function uint32({ buffer, byteOffset, length }: Buffer): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / 4);
}

function int32({ buffer, byteOffset, length }: Buffer): Int32Array {
  return new Int32Array(buffer, byteOffset, length / 4);
}
