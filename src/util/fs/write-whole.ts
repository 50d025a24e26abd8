import crypto from 'node:crypto';
import path from 'node:path';
import { systemCode } from '../../model/errors.js';
import { FILE_MODE, FOLDER_READ, NEW_FILE, type FileSystem } from './port.js';

/** Writes all of `bytes`: one call may write less. */
export function writeAll(fs: FileSystem, descriptor: number, bytes: Uint8Array): void {
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

/** Makes renames and new names in `folder` durable. Systems that cannot open a folder for this do it by themselves. */
export function syncFolder(fs: FileSystem, folder: string): void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(folder, FOLDER_READ);
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
