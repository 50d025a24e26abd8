import { FILE_MODE, IN_PLACE, type FileSystem } from './port.js';
import { writeAll } from './write-whole.js';

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
