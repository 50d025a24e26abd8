/**
 * The one door to the disk: everything that reads or writes files takes a `FileSystem`, so that tests can inject a fault into any
 * call and kill the process between any two. Calls are synchronous on purpose: in batches they are several times faster than
 * promises, and `TimeSlice` keeps the event loop free.
 */
import fsExtra from 'fs-extra';
import crypto from 'node:crypto';
import type * as nodeFs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../model/errors.js';

const PORT_CALLS = [
  'openSync',
  'readSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
  'fstatSync',
  'lstatSync',
  'statSync',
  'statfsSync',
  'readlinkSync',
  'realpathSync',
  'readdirSync',
  'readFileSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'mkdirSync',
  'rmSync',
  'utimesSync',
  'ftruncateSync',
] as const;

/** By Node's own types: those of fs-extra would be needed by everybody who uses ours. */
export type FileSystem = Pick<typeof nodeFs, (typeof PORT_CALLS)[number]>;

/** The calls that change something on disk: where a kill or a fault can leave it half done. */
export const MUTATING_CALLS = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'mkdirSync',
  'rmSync',
  'utimesSync',
  'ftruncateSync',
] as const satisfies readonly (keyof FileSystem)[];

/** The real disk. */
export const realFs: FileSystem = Object.freeze(
  Object.fromEntries(PORT_CALLS.map((name) => [name, fsExtra[name]])) as unknown as FileSystem,
);

export function isNotFound(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * The whole file, or undefined where there is none. Follows no link in the last component and reads regular files only.
 * @throws an error with the code EFBIG for one that has more than `maxBytes`, before memory is taken for it.
 */
export function readIfPresent(fs: FileSystem, file: string, maxBytes = Infinity): Buffer | undefined {
  const descriptor = openIfPresent(fs, file);
  if (descriptor === undefined) return undefined;
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) throw notAFile(file);
    if (stat.size > maxBytes) throw tooLarge(maxBytes);
    return readToEnd(fs, descriptor, stat.size, maxBytes);
  } finally {
    fs.closeSync(descriptor);
  }
}

function openIfPresent(fs: FileSystem, file: string): number | undefined {
  try {
    return fs.openSync(file, NO_FOLLOW_READ);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Small documents are read without asking for their size first: that call costs a fifth of the whole. */
const SMALL_BYTES = 64 * 1024;
let small: Buffer | undefined;

/** The same as `readIfPresent`, faster for many small files. A folder, a link or a FIFO in the place of a file is an error or is empty. */
export function readSmallIfPresent(fs: FileSystem, file: string, maxBytes = Infinity): Buffer | undefined {
  const descriptor = openIfPresent(fs, file);
  if (descriptor === undefined) return undefined;
  try {
    small ??= Buffer.allocUnsafeSlow(SMALL_BYTES);
    const length = fs.readSync(descriptor, small, 0, SMALL_BYTES, 0);
    if (length < SMALL_BYTES) return Buffer.from(small.subarray(0, length));
  } finally {
    fs.closeSync(descriptor);
  }
  return readIfPresent(fs, file, maxBytes);
}

function tooLarge(maxBytes: number): Error {
  return Object.assign(new Error(`it has more than ${maxBytes} bytes`), { code: 'EFBIG' });
}

function notAFile(file: string): Error {
  return Object.assign(new Error(`not a regular file: ${file}`), { code: 'EISDIR' });
}

/** Everything from the start of `descriptor`, whatever length was expected: a file may grow or shrink meanwhile. */
export function readToEnd(fs: FileSystem, descriptor: number, expectedBytes: number, maxBytes = Infinity): Buffer {
  let buffer = Buffer.allocUnsafe(expectedBytes + 1);
  let length = 0;
  for (;;) {
    const read = fs.readSync(descriptor, buffer, length, buffer.length - length, length);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
    if (length > maxBytes) throw tooLarge(maxBytes);
    if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
  }
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_RDWR } = fsExtra.constants;
/** Not defined on Windows, where links need a privilege to be made. */
const O_NOFOLLOW = (fsExtra.constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
/** A FIFO in the place of a file must not block the open. */
const O_NONBLOCK = (fsExtra.constants as { O_NONBLOCK?: number }).O_NONBLOCK ?? 0;
export const NO_FOLLOW_READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** For source files, whose links are followed on purpose. */
export const FOLLOWING_READ = O_RDONLY | O_NONBLOCK;
const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const IN_PLACE = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/** Less what the umask takes away; never writable by everybody, whatever the umask says. */
const FILE_MODE = 0o664;
export const FOLDER_MODE = 0o775;

/** Writes all of `bytes`: one call may write less. */
function writeAll(fs: FileSystem, descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
}

/**
 * Creates `file` with `bytes`; false where something of that name exists. A fault half way removes it again; a kill half way leaves
 * a torn file, so only what carries a digest may be written like this.
 */
export function writeNew(fs: FileSystem, file: string, bytes: Uint8Array, { sync = false } = {}): boolean {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, NEW_FILE, FILE_MODE);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  finishWriting(fs, file, descriptor, bytes, sync);
  return true;
}

/** Closes in any case, and removes the file unless all was written: an fsync that failed is never tried again on the same file. */
function finishWriting(fs: FileSystem, file: string, descriptor: number, bytes: Uint8Array, sync: boolean): void {
  let complete = false;
  try {
    try {
      writeAll(fs, descriptor, bytes);
      if (sync) fs.fsyncSync(descriptor);
      complete = true;
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    complete = false;
    throw error;
  } finally {
    if (!complete) removeQuietly(fs, file);
  }
}

/** Names of temporary files: `prune` recognises and removes what a kill left behind. */
export const TEMPORARY_NAME = /^\.tmp-[0-9a-f]{24}$/;

/** A name that nobody can guess, in the same folder, so that the rename is one step on one file system. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.tmp-${crypto.randomBytes(12).toString('hex')}`);
}

/** Replaces `file` in one step: readers see the old or the new content. With `sync` it survives a power cut, too. */
export function writeReplacing(fs: FileSystem, file: string, bytes: Uint8Array, { sync = false } = {}): void {
  renameOver(fs, writeBeside(fs, file, bytes, sync), file);
  if (sync) syncFolder(fs, path.dirname(file));
}

/**
 * Creates `file` with all of `bytes` in one step, so that a kill leaves no torn file; false where something of that name exists.
 * Where the file system has no hard links, two at the same moment may both see nothing there, and the later one stays.
 */
export function writeNewWhole(fs: FileSystem, file: string, bytes: Uint8Array, { sync = false } = {}): boolean {
  const temporary = writeBeside(fs, file, bytes, sync);
  try {
    fs.linkSync(temporary, file);
    removeQuietly(fs, temporary);
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
      removeQuietly(fs, temporary);
      return false;
    }
    renameOver(fs, temporary, file);
  }
  if (sync) syncFolder(fs, path.dirname(file));
  return true;
}

/** Name of a temporary file with `bytes`. */
function writeBeside(fs: FileSystem, file: string, bytes: Uint8Array, sync: boolean): string {
  const temporary = temporaryBeside(file);
  const descriptor = fs.openSync(temporary, NEW_FILE, FILE_MODE);
  finishWriting(fs, temporary, descriptor, bytes, sync);
  return temporary;
}

/** Longest time that a rename is tried again, in ms: scanners and indexers on Windows hold files open for a moment. */
const RENAME_RETRY_MS = 1000;

/** Renames over whatever is there, a folder included; removes `from` where that fails. */
export function renameOver(fs: FileSystem, from: string, to: string): void {
  const giveUpAt = performance.now() + RENAME_RETRY_MS;
  for (let waitMs = 5; ; waitMs *= 2) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') {
        if (removeObstacle(fs, to)) continue;
      }
      const mayPass = process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY' || code === 'EACCES');
      if (!mayPass || performance.now() + waitMs > giveUpAt) {
        removeQuietly(fs, from);
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}

/** Removes a folder that stands where a file belongs; never follows links. False where it was none. */
function removeObstacle(fs: FileSystem, place: string): boolean {
  try {
    if (!fs.lstatSync(place).isDirectory()) return false;
    fs.rmSync(place, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Overwrites `file` in place, so that its folder does not change. A kill half way leaves a mixture: only for what carries a digest
 * and may be lost.
 */
export function overwriteInPlace(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, IN_PLACE, FILE_MODE);
  try {
    writeAll(fs, descriptor, bytes);
    fs.ftruncateSync(descriptor, bytes.length);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Time of the file system's own clock in ns: the mtime that writing one byte to `file` gives it. */
export function fileSystemTimeNs(fs: FileSystem, file: string): { timeNs: bigint; device: bigint } {
  const descriptor = fs.openSync(file, IN_PLACE, FILE_MODE);
  try {
    fs.writeSync(descriptor, STAMP, 0, 1, 0);
    const stat = fs.fstatSync(descriptor, { bigint: true });
    return { timeNs: stat.mtimeNs, device: stat.dev };
  } finally {
    fs.closeSync(descriptor);
  }
}
const STAMP = Buffer.from('\n');

/** Makes renames and new names in `folder` durable. Systems that cannot open a folder for this do it by themselves. */
export function syncFolder(fs: FileSystem, folder: string): void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(folder, O_RDONLY);
  } catch (error) {
    if (process.platform === 'win32') return;
    throw error;
  }
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Removes one file or link; nothing happens where it is already gone or cannot be removed. */
export function removeQuietly(fs: FileSystem, file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Names in `folder`, or [] where there is no such folder. */
export function listIfPresent(fs: FileSystem, folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Adds `text` at the end of `file`, after cutting a file that is longer than `maxBytes` to its last lines, half as many bytes. */
export function appendLine(fs: FileSystem, file: string, text: string, maxBytes = Infinity): void {
  const descriptor = fs.openSync(file, IN_PLACE, FILE_MODE);
  try {
    let end = fs.fstatSync(descriptor).size;
    if (end > maxBytes) {
      const newest = Buffer.alloc(maxBytes >>> 1);
      const length = fs.readSync(descriptor, newest, 0, newest.length, end - newest.length);
      const half = newest.subarray(newest.indexOf('\n') + 1, length);
      writeAll(fs, descriptor, half);
      fs.ftruncateSync(descriptor, half.length);
      end = half.length;
    }
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, bytes.length - at, end + at);
  } finally {
    fs.closeSync(descriptor);
  }
}
