/** What two threads share while they compare files with their stored tuples. */
import type { BigIntStats } from 'node:fs';
import { HAS_TUPLE, TUPLE } from './file-columns.js';

/** Files that one side takes on at a time: about a millisecond of work. */
export const CHUNK = 512;

/** Place in `control` of the number of the next chunk that nobody has taken. */
export const NEXT = 0;

/** States of a chunk besides 0: the thread has taken it; the thread has an answer for each of its files. */
export const CLAIMED = 1;
export const DONE = 2;

export interface StatAssignment {
  /** Root, with a `/` at its end. */
  readonly base: string;
  /** NUL between them. */
  readonly paths: string;
  readonly device: bigint;
  readonly maxFileBytes: number;
  readonly tuples: BigInt64Array<SharedArrayBuffer>;
  readonly modes: Uint32Array<SharedArrayBuffer>;
  readonly flags: Uint8Array<SharedArrayBuffer>;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Of each chunk. */
  readonly states: Int32Array<SharedArrayBuffer>;
  /** 1 where the file has its stored tuple. */
  readonly same: Uint8Array<SharedArrayBuffer>;
}

/** The tuples of earlier states. */
export interface StoredTuples {
  readonly tuples: BigInt64Array;
  readonly modes: Uint32Array;
  readonly flags: Uint8Array;
}

/** Whether `stat` is exactly the safe tuple stored at `at`, apart from the device. */
export function hasStoredTuple(stat: BigIntStats, at: number, { tuples, modes, flags }: StoredTuples): boolean {
  const column = at * TUPLE;
  return (
    ((flags[at] as number) & HAS_TUPLE) !== 0 &&
    stat.ctimeNs === tuples[column + 2] &&
    stat.mtimeNs === tuples[column + 1] &&
    stat.size === tuples[column] &&
    stat.ino === tuples[column + 3] &&
    Number(stat.mode) === modes[at]
  );
}

export function isStored(stat: BigIntStats, at: number, assignment: StatAssignment): boolean {
  return hasStoredTuple(stat, at, assignment) && stat.dev === assignment.device && stat.size <= assignment.maxFileBytes;
}
