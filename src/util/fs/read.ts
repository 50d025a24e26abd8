import { NO_FOLLOW_READ, isNotFound, type FileSystem } from './port.js';

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

/** Names in `folder`, or [] where there is no such folder. */
export function listIfPresent(fs: FileSystem, folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
