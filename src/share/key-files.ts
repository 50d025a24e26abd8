import path from 'node:path';
import { CacheError, messageOf, systemCode } from '../model/errors.js';
import { removeQuietly, syncFolder, type FileSystem } from '../util/fs.js';
import { NEW_FILE } from '../util/fs/port.js';
import { writeAll } from '../util/fs/write-whole.js';
import type { KeyPair } from './keys.js';

export const PRIVATE_KEY_NAME = 'documee-signing-key.pem';
/** What the name of the public key's file has more. */
export const PUBLIC_KEY_ENDING = '.pub';

/** For the owner alone. Windows does not know it: there the folder's own rights count. */
const PRIVATE_MODE = 0o600;

export interface KeyFiles {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
}

/**
 * Writes both keys with mode 0600, the public one beside the private one with `.pub` at its end; neither is left where the other fails.
 * @param place a folder that is there, or the file of the private key.
 * @throws CacheError CACHE_BAD_CONFIG with `file` where a file of that name is there, which stays as it is, or none can be written.
 */
export function writeKeyPair(fs: FileSystem, place: string, pair: KeyPair): KeyFiles {
  const privateKeyFile = isFolder(fs, place) ? path.join(place, PRIVATE_KEY_NAME) : place;
  const publicKeyFile = privateKeyFile + PUBLIC_KEY_ENDING;
  writeExclusively(fs, privateKeyFile, pair.privateKey.reveal());
  try {
    writeExclusively(fs, publicKeyFile, `${pair.publicKey}\n`);
    syncFolder(fs, path.dirname(privateKeyFile));
  } catch (error) {
    removeQuietly(fs, privateKeyFile);
    throw error instanceof CacheError ? error : unwritable(privateKeyFile, error);
  }
  return { privateKeyFile, publicKeyFile };
}

function isFolder(fs: FileSystem, place: string): boolean {
  try {
    return fs.statSync(place).isDirectory();
  } catch {
    // Whatever is wrong with it, writing says so.
    return false;
  }
}

function writeExclusively(fs: FileSystem, file: string, text: string): void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, NEW_FILE, PRIVATE_MODE);
  } catch (error) {
    throw unwritable(file, error);
  }
  try {
    try {
      writeAll(fs, descriptor, Buffer.from(text));
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    removeQuietly(fs, file);
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): CacheError {
  const isThere = systemCode(cause) === 'EEXIST';
  const problem = isThere
    ? 'it is there already, and a key is never overwritten. Choose another place.'
    : `${messageOf(cause)}. Choose a folder that can be written.`;
  return new CacheError('CACHE_BAD_CONFIG', `The key file ${file} cannot be written: ${problem}`, { file, cause });
}
