import path from 'node:path';
import { systemCode } from '../../model/errors.js';
import { FOLDER_MODE, isNotFound, syncFolder, writeNew, type FileSystem } from '../../util/fs.js';
import { assertSafeFolder } from './safe-folder.js';

/** The `.gitignore` keeps caches out of commits, the tag out of backups. Source: bford.info/cachedir. */
export const MARKERS = [
  ['.gitignore', '*\n'],
  [
    'CACHEDIR.TAG',
    'Signature: 8a477f597d28d172789f06886806bc55\n# A cache of documee; it may be deleted at any time.\n',
  ],
] as const;

/** A key that leads out of the folder, whichever system reads it. */
const LEADS_OUT = /^[/\\]|^[A-Za-z]:|\0|(?:^|[/\\])\.\.(?:[/\\]|$)/;

export interface CacheFoldersOptions {
  readonly fs: FileSystem;
  /** Absolute folder that holds everything; made when something is first written. */
  readonly basePath: string;
  /** Folders from here down to `basePath` are not trusted either: whoever wrote the sources could have planted them. */
  readonly trustedAbove?: string;
}

/** Folders below one base path, called by relative POSIX paths: checked once for each process, and made with the markers of a cache. */
export class CacheFolders {
  readonly #fs: FileSystem;
  readonly #basePath: string;
  readonly #trustedAbove: string;
  readonly #ready = new Set<string>();
  readonly #checked = new Set<string>();
  /** Folders with a new name in them that a power cut may still take away. */
  readonly #unsynced = new Set<string>();

  constructor({ fs, basePath, trustedAbove = basePath }: CacheFoldersOptions) {
    this.#fs = fs;
    this.#basePath = basePath;
    this.#trustedAbove = trustedAbove;
  }

  place(key: string): string {
    if (LEADS_OUT.test(key)) throw new TypeError(`Expected a key inside the store, found ${JSON.stringify(key)}`);
    return key === '' ? this.#basePath : `${this.#basePath}${path.sep}${key}`;
  }

  /** Refuses a folder that somebody else could have put there; false where it does not exist. */
  check(folder: string): boolean {
    if (this.#checked.has(folder)) return true;
    if (!assertSafeFolder(this.#fs, this.#trustedAbove, this.place(folder))) return false;
    this.#checked.add(folder);
    return true;
  }

  make(folder: string): void {
    if (this.#ready.has(folder)) return;
    this.check(folder);
    const place = this.place(folder);
    const first = this.#fs.mkdirSync(place, { recursive: true, mode: FOLDER_MODE });
    for (let made = place; first !== undefined && made.length >= first.length; made = path.dirname(made))
      this.#unsynced.add(path.dirname(made));
    this.check(folder);
    for (const [name, text] of MARKERS) writeNew(this.#fs, path.join(this.#basePath, name), Buffer.from(text));
    this.#ready.add(folder);
  }

  /** Writes into a folder that may be gone: a cache may be deleted at any time, and whoever writes may live long. */
  writeInto<T>(folder: string, write: () => T): T {
    this.make(folder);
    try {
      return write();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.forget();
      this.make(folder);
      return write();
    }
  }

  /** What was checked and made is looked at again. */
  forget(): void {
    this.#ready.clear();
    this.#checked.clear();
  }

  /** A value is as durable as the names of the folders on the way to it. */
  syncNew(): void {
    for (const folder of this.#unsynced) {
      try {
        syncFolder(this.#fs, folder);
      } catch (error) {
        // Somebody else's folder, in which ours may be made although it cannot be read, or one that is gone again.
        if (systemCode(error) !== 'EACCES' && !isNotFound(error)) throw error;
      }
      this.#unsynced.delete(folder);
    }
  }
}
