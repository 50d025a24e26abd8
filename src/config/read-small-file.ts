import path from 'node:path';
import { messageOf } from '../model/errors.js';
import { FOLLOWING_READ, isNotFound, readToEnd, type FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';

export type SmallFile = { readonly text: string } | { readonly problem: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Text of a file that people write, without its byte-order mark, or why it cannot be had; undefined where there is no such file.
 * @param within the file must lie in this folder, also where it is a link: a repository must not make us read other files.
 */
export function readSmallFile(
  fs: FileSystem,
  file: string,
  { maxBytes, within }: { readonly maxBytes: number; readonly within?: string },
): SmallFile | undefined {
  try {
    const real = fs.realpathSync(file);
    if (within !== undefined && relativePosix(fs.realpathSync(within), real) === undefined) {
      return { problem: `a link that leads out of ${path.basename(within)}/` };
    }
    const descriptor = fs.openSync(real, FOLLOWING_READ);
    try {
      const stat = fs.fstatSync(descriptor);
      if (!stat.isFile()) return { problem: 'not a regular file' };
      if (stat.size > maxBytes) return { problem: `larger than ${maxBytes} bytes` };
      return decode(readToEnd(fs, descriptor, stat.size));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (isNotFound(error)) return undefined;
    return { problem: `not readable (${messageOf(error)})` };
  }
}

function decode(bytes: Uint8Array): SmallFile {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { problem: 'not valid UTF-8' };
  }
}
