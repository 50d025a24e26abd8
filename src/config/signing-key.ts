import path from 'node:path';
import type { CacheError } from '../model/errors.js';
import type { FileSystem } from '../util/fs.js';
import { Secret } from '../util/secret.js';
import { readSmallFile } from './read-small-file.js';

const MAX_KEY_BYTES = 16 * 1024;
/** The shortest key is 48 bytes, so 64 characters of Base64; paths of that kind have a dot or are shorter. */
const KEY_TEXT = /-----BEGIN |^\s*[A-Za-z0-9+/\s]{60,}={0,2}\s*$/;

/** Whether `text` is meant as a key itself; otherwise it is the path of a file with one. */
export const isKeyText = (text: string): boolean => KEY_TEXT.test(text);

/** The key in a file, not checked further. @param fail makes the error; nothing of the content is in it. */
export function readSigningKey(
  fs: FileSystem,
  file: string,
  folder: string,
  fail: (problem: string) => CacheError,
): Secret {
  const read = readSmallFile(fs, path.resolve(folder, file), { maxBytes: MAX_KEY_BYTES });
  if (read === undefined) throw fail('this file with the signing key does not exist; make one with: documee keys new');
  if ('problem' in read) throw fail(`this file with the signing key is ${read.problem}`);
  if (!isKeyText(read.text)) throw fail('this file holds no signing key: expected PEM, or Base64 of it');
  return new Secret(read.text);
}
