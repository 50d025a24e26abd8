/** The bytes of `scan-cache.bin`: what the last scan saw on this machine. All of it may be lost at any time. */
import os from 'node:os';
import type { ContentHashAlgorithm } from '../model/ids.js';
import { TUPLE, type FileColumns } from './file-columns.js';
import { parentPrefix, type ListedFolder, type ListedIgnoreFile, type Listing } from './listing.js';
import { bigints, bytesOf, int32, openSections, sealSections, uint32 } from './sealed-sections.js';

const MAGIC = 'docscan3';
const FOLDER_TUPLE = 3;
/** What is known of a folder, besides its tuple. */
const FOLDER_HAS_TUPLE = 1;
const FOLDER_HOLDS_LINKS = 2;
const FOLDER_HOLDS_OTHERS = 4;

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
    Uint8Array.from(folders, folderFlagsOf),
    Uint8Array.from(ignoreFiles, ({ tuple }) => (tuple === undefined ? 0 : 1)),
    ...text.map((part) => (typeof part === 'string' ? Buffer.from(part, latin1 ? 'latin1' : 'utf8') : part)),
    extra,
  ];
  const header: Header = { origin: describeOrigin(origin), scope, tag, latin1 };
  return sealSections(MAGIC, header, sections);
}

function folderFlagsOf({ tuple, holdsLinks, holdsOtherFolders }: ListedFolder): number {
  return (
    (tuple === undefined ? 0 : FOLDER_HAS_TUPLE) |
    (holdsLinks ? FOLDER_HOLDS_LINKS : 0) |
    (holdsOtherFolders ? FOLDER_HOLDS_OTHERS : 0)
  );
}

/** Undefined for anything but what `encodeScanCache` made here. Allocates in proportion to `bytes` only. */
export function decodeScanCache(bytes: Uint8Array, origin: CacheOrigin): ScanCache | undefined {
  const opened = openSections(MAGIC, bytes);
  const header = opened && checkHeader(opened.header);
  if (header?.origin !== describeOrigin(origin)) return undefined;
  return assemble(header, opened?.sections ?? [], origin.algorithm === 'xxh64' ? 8 : 32);
}

function checkHeader({ origin, scope, tag, latin1 }: Readonly<Record<string, unknown>>): Header | undefined {
  if (typeof origin !== 'string' || typeof scope !== 'string' || typeof tag !== 'string') return undefined;
  return typeof latin1 === 'boolean' ? { origin, scope, tag, latin1 } : undefined;
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
    const flag = folderFlags[at] as number;
    return {
      prefix,
      tuple: (flag & FOLDER_HAS_TUPLE) === 0 ? undefined : [mtimeNs, ctimeNs, ino],
      ignoreFile: ignoreFiles.get(at),
      holdsLinks: (flag & FOLDER_HOLDS_LINKS) !== 0,
      holdsOtherFolders: (flag & FOLDER_HOLDS_OTHERS) !== 0,
    };
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

/** Equal text: the same folder on the same machine. */
export function describeOrigin({ device, rootIno, algorithm }: CacheOrigin): string {
  return JSON.stringify([os.hostname(), os.endianness(), String(device), String(rootIno), algorithm]);
}
