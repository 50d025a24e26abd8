import path from 'node:path';
import { isExpired } from '../../../codec/expiry.js';
import { systemCode } from '../../../model/errors.js';
import {
  NO_FOLLOW_READ,
  isNotFound,
  readSmallIfPresent,
  removeQuietly,
  temporaryBeside,
  writeNewWhole,
  writeReplacing,
  type FileSystem,
} from '../../../util/fs.js';
import type { Clock } from '../../../util/clock.js';
import type { CacheFolders } from '../../documents/cache-folders.js';
import type { StoredStat, StoreEntry } from '../../driver.js';
import { ENDINGS, endingOf, type Ending } from './endings.js';
import { tooLarge } from './file-error.js';
import type { FolderNames } from './folder-names.js';
import { fileNameOf, placeOf, type KeyPlace } from './key-names.js';
import { HEAD_BYTES, HEAD_WITH_KEY_BYTES, contentOf, readHead, toStored, type StoredHead } from './stored-file.js';

export interface ValueFilesOptions {
  readonly fs: FileSystem;
  readonly folders: CacheFolders;
  readonly clock: Clock;
  /** Looked for first. */
  readonly ending: Ending;
}

/** What can be told of a value without reading all of it. */
export interface Peeked extends StoredStat {
  readonly head: StoredHead | undefined;
  readonly hasExpired: boolean;
}

/** One file for each key. All is synchronous; whoever calls for many keys gives other work its turn. */
export class ValueFiles {
  /** Names differ in more than upper and lower case: found out when the base path is there. */
  foldsCase = false;
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;
  readonly #clock: Clock;
  readonly #endings: readonly Ending[];

  constructor({ fs, folders, clock, ending }: ValueFilesOptions) {
    this.#fs = fs;
    this.#folders = folders;
    this.#clock = clock;
    this.#endings = [ending, ...ENDINGS.filter((other) => other !== ending)];
  }

  /** The configured ending costs one call; only where it is missing are the others looked for. */
  load(key: string, maxBytes: number, names: FolderNames): Buffer | undefined {
    const place = this.placeOf(key);
    if (!this.#folders.check(place.folder)) return undefined;
    for (const [index, ending] of this.#endings.entries()) {
      if (!names.mayHave(place.folder, fileNameOf(place, ending))) continue;
      const file = this.fileOf(place, ending);
      if (index > 0 && this.#isMissing(file)) continue;
      const stored = this.#read(file, place, maxBytes);
      if (stored === undefined || !this.#isSpelledLikeThis(file)) continue;
      const content = contentOf(stored, { key, isCut: place.isCut, now: this.#clock.now() });
      if (content !== undefined && content.length > maxBytes) throw tooLarge(maxBytes);
      return content;
    }
    names.missed(place.folder);
    return undefined;
  }

  /** Undefined where there is no value, or an expired one. */
  stat(key: string): StoredStat | undefined {
    const peeked = this.peek(key);
    if (peeked === undefined || peeked.hasExpired) return undefined;
    return { sizeBytes: peeked.sizeBytes, savedAt: peeked.savedAt };
  }

  peek(key: string): Peeked | undefined {
    const place = this.placeOf(key);
    const file = this.find(place);
    if (file === undefined) return undefined;
    const peeked = this.peekFile(file, place.isCut);
    return peeked !== undefined && place.isCut && peeked.head?.key !== key ? { ...peeked, hasExpired: true } : peeked;
  }

  /** Reads the head of a file; undefined where it is none, or has gone. */
  peekFile(file: string, isCut: boolean): Peeked | undefined {
    let descriptor: number;
    try {
      descriptor = this.#fs.openSync(file, NO_FOLLOW_READ);
    } catch (error) {
      if (isNotFound(error) || systemCode(error) === 'ELOOP') return undefined;
      throw error;
    }
    try {
      const stat = this.#fs.fstatSync(descriptor);
      if (!stat.isFile()) return undefined;
      const buffer = Buffer.allocUnsafe(Math.min(stat.size, isCut ? HEAD_WITH_KEY_BYTES : HEAD_BYTES));
      const length = this.#fs.readSync(descriptor, buffer, 0, buffer.length, 0);
      const head = readHead(buffer.subarray(0, length));
      const savedAt = head?.savedAt ?? Math.floor(stat.mtimeMs);
      const hasExpired = head === undefined || isExpired(head, this.#clock.now());
      return { head, hasExpired, sizeBytes: stat.size - (head?.start ?? 0), savedAt };
    } finally {
      this.#fs.closeSync(descriptor);
    }
  }

  save(entry: StoreEntry): void {
    this.saveStored(entry.key, toStored(entry, this.placeOf(entry.key).isCut), endingOf(entry.bytes));
  }

  /**
   * Saves what `toStored` made. A value under another ending is replaced under its old name, which is renamed then: a kill in between leaves the
   * new value, and never two of which nobody knows the newer one.
   */
  saveStored(key: string, stored: Uint8Array, ending: Ending): string {
    const place = this.placeOf(key);
    const file = this.fileOf(place, ending);
    this.#folders.writeInto(place.folder, () => {
      const [old, ...others] = this.#endings
        .filter((other) => other !== ending)
        .map((other) => this.fileOf(place, other))
        .filter((other) => this.#isFile(other));
      writeReplacing(this.#fs, old ?? file, stored);
      if (old === undefined) return;
      for (const other of others) removeQuietly(this.#fs, other);
      this.#renameQuietly(old, file);
    });
    return this.find(place) ?? file;
  }

  /**
   * Exactly one of several creators is told true, whatever their endings are: all link the same first name, and look then whether somebody else
   * has got as far as the last one.
   */
  create(entry: StoreEntry): boolean {
    const place = this.placeOf(entry.key);
    const stored = toStored(entry, place.isCut);
    const ending = endingOf(entry.bytes);
    const first = this.fileOf(place, 'json');
    return this.#folders.writeInto(place.folder, () => {
      if (!this.#makeRoom(entry.key, place)) return false;
      if (!writeNewWhole(this.#fs, first, stored)) return false;
      const others = this.#endings.filter((other) => other !== 'json').map((other) => this.fileOf(place, other));
      if (others.some((other) => this.#isFile(other))) {
        removeQuietly(this.#fs, first);
        return false;
      }
      if (ending !== 'json') this.#renameQuietly(first, this.fileOf(place, ending));
      return true;
    });
  }

  /** Takes an expired value away; false where there is one that has not expired. */
  #makeRoom(key: string, place: KeyPlace): boolean {
    for (let file = this.find(place); file !== undefined; file = this.find(place)) {
      if (this.peek(key)?.hasExpired === false) return false;
      const claimed = temporaryBeside(file);
      this.#fs.renameSync(file, claimed);
      const isStill = this.peekFile(claimed, place.isCut);
      if (isStill?.hasExpired === false && (!place.isCut || isStill.head?.key === key)) {
        // Somebody created it between the look and the rename.
        this.#fs.renameSync(claimed, file);
        return false;
      }
      removeQuietly(this.#fs, claimed);
    }
    return true;
  }

  /** Whether there was a value that had not expired. */
  delete(key: string): boolean {
    const place = this.placeOf(key);
    if (!this.#folders.check(place.folder)) return false;
    let counts = false;
    for (const ending of this.#endings) {
      const file = this.fileOf(place, ending);
      if (!this.#isFile(file) || !this.#isSpelledLikeThis(file)) continue;
      const peeked = this.peekFile(file, place.isCut);
      if (place.isCut && peeked?.head?.key !== key) continue;
      this.#unlink(file);
      if (peeked?.hasExpired === false) counts = true;
    }
    return counts;
  }

  /** Whether there was an expired value; one that was saved anew meanwhile stays. */
  deleteExpired(key: string): boolean {
    const place = this.placeOf(key);
    const file = this.find(place);
    if (file === undefined || this.peek(key)?.hasExpired !== true) return false;
    const claimed = temporaryBeside(file);
    this.#fs.renameSync(file, claimed);
    const isExpiredStill = this.peekFile(claimed, place.isCut)?.hasExpired === true;
    if (!isExpiredStill && !this.#isFile(file)) this.#fs.renameSync(claimed, file);
    else this.#unlink(claimed);
    return isExpiredStill;
  }

  now(): number {
    return this.#clock.now();
  }

  /** What has no header was saved just now. */
  savedAtOf(content: Buffer): number {
    return readHead(content)?.savedAt ?? Math.floor(this.now());
  }

  /** Tells whether a key has been written or deleted since: it differs then. */
  stateOf(key: string): string {
    const file = this.find(this.placeOf(key));
    const stat = file === undefined ? undefined : this.#fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (file === undefined || stat === undefined) return 'absent';
    return `${path.basename(file)} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  }

  placeOf(key: string): KeyPlace {
    return placeOf(key, this.foldsCase);
  }

  fileOf(place: KeyPlace, ending: Ending): string {
    const name = fileNameOf(place, ending);
    return this.#folders.place(place.folder === '' ? name : `${place.folder}/${name}`);
  }

  /** The file of a value, under whatever ending. */
  find(place: KeyPlace): string | undefined {
    if (!this.#folders.check(place.folder)) return undefined;
    for (const ending of this.#endings) {
      const file = this.fileOf(place, ending);
      if (this.#isFile(file) && this.#isSpelledLikeThis(file)) return file;
    }
    return undefined;
  }

  #isMissing(file: string): boolean {
    return this.#fs.lstatSync(file, { throwIfNoEntry: false }) === undefined;
  }

  #isFile(file: string): boolean {
    return this.#fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
  }

  /** The name that a file system found may be spelled in another case, if the folder came from a system that tells them apart. */
  #isSpelledLikeThis(file: string): boolean {
    if (!this.foldsCase) return true;
    const { native } = this.#fs.realpathSync as Partial<FileSystem['realpathSync']>;
    return native === undefined || path.basename(native(file)) === path.basename(file);
  }

  #read(file: string, { isCut }: KeyPlace, maxBytes: number): Buffer | undefined {
    try {
      // A line of ours, which is no part of the value, may stand before it.
      return readSmallIfPresent(this.#fs, file, maxBytes + HEAD_WITH_KEY_BYTES);
    } catch (error) {
      // What has expired is absent, however large it is.
      if (systemCode(error) === 'EFBIG' && this.peekFile(file, isCut)?.hasExpired === true) return undefined;
      throw error;
    }
  }

  #unlink(file: string): void {
    try {
      this.#fs.unlinkSync(file);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** The value is saved already, under a name that only looks wrong: the next one to save it puts that right. */
  #renameQuietly(from: string, to: string): void {
    try {
      this.#fs.renameSync(from, to);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
  }
}
