import path from 'node:path';
import { systemCode } from '../../model/errors.js';
import {
  FOLDER_MODE,
  isNotFound,
  listIfPresent,
  readIfPresent,
  readSmallIfPresent,
  removeQuietly,
  renameOver,
  syncFolder,
  temporaryBeside,
  writeNew,
  writeNewWhole,
  writeReplacing,
  type FileSystem,
} from '../../util/fs.js';
import type { LoadLimits, DocumentStore, ValueStat, WriteOptions } from './document-store.js';
import { assertSafeFolder } from './safe-folder.js';

export interface FileDocumentsOptions {
  readonly fs: FileSystem;
  /** Absolute folder that holds everything; made when something is first written. */
  readonly basePath: string;
  /** Folders from here down to `basePath` are not trusted either: whoever wrote the sources could have planted them. */
  readonly trustedAbove?: string;
}

/** The `.gitignore` keeps caches out of commits, the tag out of backups. Source: bford.info/cachedir. */
const MARKERS = [
  ['.gitignore', '*\n'],
  [
    'CACHEDIR.TAG',
    'Signature: 8a477f597d28d172789f06886806bc55\n# A cache of documee; it may be deleted at any time.\n',
  ],
] as const;

/** A key that leads out of the folder, whichever system reads it. */
const LEADS_OUT = /^[/\\]|^[A-Za-z]:|\0|(?:^|[/\\])\.\.(?:[/\\]|$)/;

/** Names of plain files under one folder. Every call is synchronous inside: see `util/fs.ts`. */
export class FileDocuments implements DocumentStore {
  readonly description: string;
  readonly capabilities;
  readonly #fs: FileSystem;
  readonly #basePath: string;
  readonly #trustedAbove: string;
  readonly #readyFolders = new Set<string>();
  readonly #checkedFolders = new Set<string>();
  /** Folders with a new name in them that a power cut may still take away. */
  readonly #unsyncedFolders = new Set<string>();

  constructor({ fs, basePath, trustedAbove = basePath }: FileDocumentsOptions) {
    this.#fs = fs;
    this.#basePath = basePath;
    this.#trustedAbove = trustedAbove;
    this.description = `files in ${basePath}`;
    this.capabilities = {
      listingStamp: true,
      localFolder: async (folder: string, create: boolean): Promise<string | undefined> => {
        this.#forgetFolders();
        if (create) this.#makeFolder(folder);
        else if (!assertSafeFolder(fs, trustedAbove, this.#place(folder))) return Promise.resolve(undefined);
        return Promise.resolve(this.#place(folder));
      },
    };
  }

  async loadMany(keys: readonly string[], { maxBytes }: LoadLimits): Promise<(Buffer | undefined | Error)[]> {
    return Promise.resolve(
      keys.map((key) => {
        try {
          this.#check(path.posix.dirname(key));
          return readSmallIfPresent(this.#fs, this.#place(key), maxBytes);
        } catch (error) {
          return error as Error;
        }
      }),
    );
  }

  /** Straight under its name: a torn value fails its digest, and without the rename a first run is twice as fast. */
  async create(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<boolean> {
    const created = this.#inFolderOf(key, (place) => writeNew(this.#fs, place, bytes, { sync: durable }));
    if (created && durable) {
      syncFolder(this.#fs, path.dirname(this.#place(key)));
      this.#syncNewFolders();
    }
    return Promise.resolve(created);
  }

  async createWhole(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<boolean> {
    const created = this.#inFolderOf(key, (place) => writeNewWhole(this.#fs, place, bytes, { sync: durable }));
    if (created && durable) this.#syncNewFolders();
    return Promise.resolve(created);
  }

  async replace(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<void> {
    this.#inFolderOf(key, (place) => writeReplacing(this.#fs, place, bytes, { sync: durable }));
    if (durable) this.#syncNewFolders();
    return Promise.resolve();
  }

  /** By a second name for the same bytes where the file system has hard links: values are replaced, never edited. */
  async copy(from: string, to: string, { durable }: WriteOptions): Promise<void> {
    this.#makeFolder(path.posix.dirname(to));
    const temporary = temporaryBeside(this.#place(to));
    try {
      this.#fs.linkSync(this.#place(from), temporary);
    } catch (error) {
      if (isNotFound(error)) throw error;
      const bytes = readIfPresent(this.#fs, this.#place(from));
      if (bytes === undefined) throw error;
      return this.replace(to, bytes, { durable });
    }
    renameOver(this.#fs, temporary, this.#place(to));
    if (durable) {
      syncFolder(this.#fs, path.dirname(this.#place(to)));
      this.#syncNewFolders();
    }
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (const key of keys) {
      this.#check(path.posix.dirname(key));
      if (removeQuietly(this.#fs, this.#place(key)) || this.#removeFolder(this.#place(key))) count++;
    }
    return Promise.resolve(count);
  }

  async list(folder: string): Promise<string[]> {
    this.#check(folder);
    return Promise.resolve(listIfPresent(this.#fs, this.#place(folder)));
  }

  async stat(key: string): Promise<ValueStat | undefined> {
    const stat = this.#fs.lstatSync(this.#place(key), { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return Promise.resolve(undefined);
    return Promise.resolve({ sizeBytes: stat.size, modifiedAt: stat.mtimeMs, touchedAt: stat.ctimeMs });
  }

  async renew(key: string): Promise<void> {
    const now = new Date();
    this.#fs.utimesSync(this.#place(key), now, now);
    return Promise.resolve();
  }

  async listingStamp(folder: string): Promise<string | undefined> {
    let stamp: string | undefined;
    try {
      const stat = this.#fs.lstatSync(this.#place(folder), { bigint: true });
      if (stat.isDirectory()) stamp = `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`;
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
    return Promise.resolve(stamp);
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  #place(key: string): string {
    if (LEADS_OUT.test(key)) throw new TypeError(`Expected a key inside the store, found ${JSON.stringify(key)}`);
    return key === '' ? this.#basePath : `${this.#basePath}${path.sep}${key}`;
  }

  /** Writes below a folder that may be gone: a cache may be deleted at any time, and this documents may live long. */
  #inFolderOf<T>(key: string, write: (place: string) => T): T {
    const folder = path.posix.dirname(key);
    this.#makeFolder(folder);
    try {
      return write(this.#place(key));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#forgetFolders();
      this.#makeFolder(folder);
      return write(this.#place(key));
    }
  }

  #forgetFolders(): void {
    this.#readyFolders.clear();
    this.#checkedFolders.clear();
  }

  /** Refuses a folder that somebody else could have put there; once for each folder and process. */
  #check(folder: string): void {
    if (this.#checkedFolders.has(folder)) return;
    if (assertSafeFolder(this.#fs, this.#trustedAbove, this.#place(folder))) this.#checkedFolders.add(folder);
  }

  #makeFolder(folder: string): void {
    if (this.#readyFolders.has(folder)) return;
    this.#check(folder);
    const place = this.#place(folder);
    const first = this.#fs.mkdirSync(place, { recursive: true, mode: FOLDER_MODE });
    for (let made = place; first !== undefined && made.length >= first.length; made = path.dirname(made))
      this.#unsyncedFolders.add(path.dirname(made));
    this.#check(folder);
    for (const [name, text] of MARKERS) writeNew(this.#fs, path.join(this.#basePath, name), Buffer.from(text));
    this.#readyFolders.add(folder);
  }

  /** A value is as durable as the names of the folders on the way to it. */
  #syncNewFolders(): void {
    for (const folder of this.#unsyncedFolders) {
      try {
        syncFolder(this.#fs, folder);
      } catch (error) {
        // Somebody else's folder, in which ours may be made although it cannot be read, or one that is gone again.
        if (systemCode(error) !== 'EACCES' && !isNotFound(error)) throw error;
      }
      this.#unsyncedFolders.delete(folder);
    }
  }

  /** A folder in the place of a value is damage. */
  #removeFolder(place: string): boolean {
    try {
      if (!this.#fs.lstatSync(place).isDirectory()) return false;
      this.#fs.rmSync(place, { recursive: true });
      return true;
    } catch (error) {
      if (isNotFound(error) || systemCode(error) !== undefined) return false;
      throw error;
    }
  }
}
