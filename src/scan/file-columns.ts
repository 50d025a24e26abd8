import type { ContentHash, ContentHashAlgorithm, SourcePath } from '../model/ids.js';
import type { FileDiff, FileTable } from '../model/file-state.js';
import { lowerBound } from '../util/paths.js';

/** The path is a source file: its digest and size are known. */
export const HAS_HASH = 1;
/** The tuple is safe: as long as the file has it, it has that digest. */
export const HAS_TUPLE = 2;
/** Numbers for each file in `tuples`: size, mtimeNs, ctimeNs, ino. */
export const TUPLE = 4;

/** What is known of each path of a listing, in its order. All zero where it is no source file. */
export interface FileColumns {
  readonly flags: Uint8Array;
  readonly tuples: BigInt64Array;
  readonly modes: Uint32Array;
  readonly digests: Buffer;
}

export function emptyColumns(count: number, digestBytes: number): FileColumns {
  return {
    flags: new Uint8Array(count),
    tuples: new BigInt64Array(count * TUPLE),
    modes: new Uint32Array(count),
    digests: Buffer.alloc(count * digestBytes),
  };
}

export function copyColumns({ flags, tuples, modes, digests }: FileColumns): FileColumns {
  // `flags.slice()` would share its memory where it is a Buffer.
  return {
    flags: new Uint8Array(flags),
    tuples: new BigInt64Array(tuples),
    modes: new Uint32Array(modes),
    digests: Buffer.from(digests),
  };
}

/** Position of `path` in the sorted list, or -1. */
export function positionOf(paths: readonly string[], path: string): number {
  const at = lowerBound(paths, path);
  return paths[at] === path ? at : -1;
}

/** The source files among `paths`. */
export function fileTable(paths: readonly string[], columns: FileColumns, algorithm: ContentHashAlgorithm): FileTable {
  const { flags, tuples, digests } = columns;
  const digestBytes = algorithm === 'xxh64' ? 8 : 32;
  const rows = rowsWithHash(flags);
  const rowOf = (index: number): number => (rows === undefined ? index : (rows[index] ?? -1));
  const names = (rows === undefined ? paths : Array.from(rows, (row) => paths[row])) as readonly SourcePath[];
  const check = (index: number): number => {
    if (!Number.isInteger(index) || index < 0 || index >= names.length)
      throw new TypeError(`Expected the index of a file, below ${names.length}, found ${index}`);
    return rowOf(index);
  };
  return {
    paths: names,
    indexOf: (path) => positionOf(names, path),
    contentHash(index) {
      const at = check(index) * digestBytes;
      return `${algorithm}:${digests.toString('hex', at, at + digestBytes)}` as ContentHash;
    },
    sizeBytes: (index) => Number(tuples[check(index) * TUPLE]),
  };
}

/** Undefined where all are. */
function rowsWithHash(flags: Uint8Array): Uint32Array | undefined {
  if (flags.every((flag) => (flag & HAS_HASH) !== 0)) return undefined;
  return Uint32Array.from([...flags.keys()].filter((row) => ((flags[row] as number) & HAS_HASH) !== 0));
}

/** One state of the tree, as far as a difference needs it. */
export interface States {
  readonly paths: readonly string[];
  readonly columns: FileColumns;
}

/** Where each of the paths stands in the earlier list; undefined: all at the same place, and nothing else is there. */
export type EarlierPlaces = Int32Array | undefined;

/** `digestBytes` long digests decide; both lists are sorted, so the answer is. */
export function diffStates(earlier: States, now: States, places: EarlierPlaces, digestBytes: number): FileDiff {
  const added: SourcePath[] = [];
  const changed: SourcePath[] = [];
  const removed: SourcePath[] = [];
  const stillThere = new Uint8Array(earlier.paths.length);
  let unchangedCount = 0;
  for (let at = 0; at < now.paths.length; at++) {
    if (((now.columns.flags[at] as number) & HAS_HASH) === 0) continue;
    const before = places === undefined ? at : (places[at] as number);
    if (before < 0 || ((earlier.columns.flags[before] as number) & HAS_HASH) === 0) {
      added.push(now.paths[at] as SourcePath);
      continue;
    }
    stillThere[before] = 1;
    if (sameDigest(earlier.columns.digests, before, now.columns.digests, at, digestBytes)) unchangedCount++;
    else changed.push(now.paths[at] as SourcePath);
  }
  for (let at = 0; at < earlier.paths.length; at++) {
    if (stillThere[at] === 0 && ((earlier.columns.flags[at] as number) & HAS_HASH) !== 0)
      removed.push(earlier.paths[at] as SourcePath);
  }
  return { added, changed, removed, unchangedCount };
}

export function sameDigest(a: Buffer, atA: number, b: Buffer, atB: number, digestBytes: number): boolean {
  for (let byte = 0; byte < digestBytes; byte++)
    if (a[atA * digestBytes + byte] !== b[atB * digestBytes + byte]) return false;
  return true;
}

/** Undefined where `now` is the earlier list itself. */
export function earlierPlaces(earlier: readonly string[], now: readonly string[]): EarlierPlaces {
  if (earlier === now) return undefined;
  const places = new Int32Array(now.length).fill(-1);
  let before = 0;
  for (let at = 0; at < now.length; at++) {
    const path = now[at] as string;
    while (before < earlier.length && (earlier[before] as string) < path) before++;
    if (earlier[before] === path) places[at] = before;
  }
  return places;
}
