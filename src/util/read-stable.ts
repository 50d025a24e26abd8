import type { BigIntStats } from 'node:fs';
import { messageOf, systemCode } from '../model/errors.js';
import type { ScanProblemReason } from '../model/file-state.js';
import { FOLLOWING_READ, NO_FOLLOW_READ, isNotFound, type FileSystem } from './fs.js';

/** What tells one state of a file from another without reading it; `mode` holds the type. Times in ns, sizes in bytes. */
export interface FileTuple {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
  readonly mode: bigint;
}

export type UnreadReason = Extract<
  ScanProblemReason,
  'vanished' | 'unreadable' | 'not-a-file' | 'too-large' | 'unstable'
>;

/** `bytes` are the whole file as it was while it had `tuple`. */
export type StableRead =
  | { readonly ok: true; readonly bytes: Buffer; readonly tuple: FileTuple }
  | { readonly ok: false; readonly reason: UnreadReason; readonly message: string; readonly cause?: unknown };

export interface StableReadOptions {
  /** Larger files answer `too-large`; default: no limit. */
  readonly maxBytes?: number;
  /** Where to read to; the answer's bytes are then a view that holds until the next read. Default: a buffer of its own. */
  readonly into?: ReadBuffer;
  /** False: a link in the last component is not followed. Default: true. */
  readonly followLinks?: boolean;
}

/** A buffer that is used for one file after the other, and grows to the largest. */
export class ReadBuffer {
  bytes = Buffer.allocUnsafeSlow(256 * 1024);

  atLeast(size: number): Buffer {
    if (this.bytes.length < size) this.bytes = Buffer.allocUnsafeSlow(Math.max(size, this.bytes.length * 2));
    return this.bytes;
  }
}

/** A writer that is done within three reads is waited for; one that goes on makes the file `unstable`. */
const MAX_TRIES = 3;
const BIGINT = { bigint: true } as const;

/** Reads one regular file such that all bytes belong to one state of it: equal tuples before and after. Never blocks on a FIFO. */
export function readStable(
  fs: FileSystem,
  file: string,
  { maxBytes = Infinity, into, followLinks = true }: StableReadOptions = {},
): StableRead {
  try {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const read = readOnce(fs, file, followLinks ? FOLLOWING_READ : NO_FOLLOW_READ, maxBytes, into);
      if (read !== undefined) return read;
    }
    return { ok: false, reason: 'unstable', message: `it changed during each of ${MAX_TRIES} reads` };
  } catch (error) {
    return failedRead(error);
  }
}

/** Undefined where the file changed meanwhile. */
function readOnce(
  fs: FileSystem,
  file: string,
  flags: number,
  maxBytes: number,
  into: ReadBuffer | undefined,
): StableRead | undefined {
  const descriptor = fs.openSync(file, flags);
  try {
    const before = fs.fstatSync(descriptor, BIGINT);
    if (!before.isFile()) return { ok: false, reason: 'not-a-file', message: 'it is not a regular file' };
    const size = Number(before.size);
    if (size > maxBytes) return tooLarge(size, maxBytes);
    const target = into === undefined ? Buffer.allocUnsafeSlow(size + 1) : into.atLeast(size + 1);
    const length = fill(fs, descriptor, target, size);
    const after = fs.fstatSync(descriptor, BIGINT);
    if (length !== size || !sameTuple(before, after)) return undefined;
    return { ok: true, bytes: target.subarray(0, length), tuple: tupleOf(after) };
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Reads until `size` bytes are there or the file ends; one byte more than `size` shows that it grew. */
function fill(fs: FileSystem, descriptor: number, target: Buffer, size: number): number {
  let length = 0;
  do {
    const read = fs.readSync(descriptor, target, length, size + 1 - length, length);
    if (read === 0) break;
    length += read;
  } while (length < size);
  return length;
}

export function tooLarge(size: number, maxBytes: number): Extract<StableRead, { ok: false }> {
  return { ok: false, reason: 'too-large', message: `it has ${size} bytes, more than the limit of ${maxBytes}` };
}

/** What an error of open or read says about the file. */
export function failedRead(cause: unknown): Extract<StableRead, { ok: false }> {
  const message = messageOf(cause);
  if (isNotFound(cause)) return { ok: false, reason: 'vanished', message, cause };
  const code = systemCode(cause);
  // Without following links, ELOOP is a link that took the file's place after it was listed.
  if (code === 'ELOOP') return { ok: false, reason: 'unstable', message, cause };
  if (code === 'ENXIO' || code === 'EISDIR') return { ok: false, reason: 'not-a-file', message, cause };
  if (code === undefined) throw cause;
  return { ok: false, reason: 'unreadable', message, cause };
}

/** The tuple of a `stat` with `bigint: true`, without the rest of it. */
export function tupleOf({ size, mtimeNs, ctimeNs, ino, dev, mode }: BigIntStats): FileTuple {
  return { size, mtimeNs, ctimeNs, ino, dev, mode };
}

/** True only for exactly equal tuples. */
export function sameTuple(a: FileTuple, b: FileTuple): boolean {
  return (
    a.ctimeNs === b.ctimeNs &&
    a.mtimeNs === b.mtimeNs &&
    a.size === b.size &&
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.mode === b.mode
  );
}

/** The tuple that `file` has now, links followed; undefined where there is none that can be seen. */
export function currentTuple(fs: FileSystem, file: string): FileTuple | undefined {
  try {
    return tupleOf(fs.statSync(file, BIGINT));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
