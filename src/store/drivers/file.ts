import path from 'node:path';
import { systemCode } from '../../model/errors.js';
import {
  isNotFound,
  listIfPresent,
  readIfPresent,
  readSmallIfPresent,
  removeQuietly,
  renameOver,
  syncFolder,
  temporaryBeside,
  writeNew,
  writeReplacing,
  type FileSystem,
} from '../../util/fs.js';
import type { StoreDriver, ValueStat, WriteOptions } from '../driver.js';
import { assertSafeFolder } from './safe-folder.js';

export interface FileDriverOptions {
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

/** Names of plain files under one folder. Every call is synchronous inside: see `util/fs.ts`. */
export class FileDriver implements StoreDriver {
  readonly description: string;
  readonly capabilities;
  readonly #fs: FileSystem;
  readonly #basePath: string;
  readonly #trustedAbove: string;
  readonly #readyFolders = new Set<string>();
  readonly #checkedFolders = new Set<string>();

  constructor({ fs, basePath, trustedAbove = basePath }: FileDriverOptions) {
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

  async load(key: string): Promise<Buffer | undefined> {
    this.#check(path.posix.dirname(key));
    return Promise.resolve(readIfPresent(this.#fs, this.#place(key)));
  }

  async loadMany(keys: readonly string[]): Promise<(Buffer | undefined | Error)[]> {
    return Promise.resolve(
      keys.map((key) => {
        try {
          this.#check(path.posix.dirname(key));
          return readSmallIfPresent(this.#fs, this.#place(key));
        } catch (error) {
          return error as Error;
        }
      }),
    );
  }

  /** Straight under its name: a torn value fails its digest, and without the rename a first run is twice as fast. */
  async create(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<boolean> {
    const created = this.#inFolderOf(key, (place) => writeNew(this.#fs, place, bytes, { sync: durable }));
    if (created && durable) syncFolder(this.#fs, path.dirname(this.#place(key)));
    return Promise.resolve(created);
  }

  async replace(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<void> {
    this.#inFolderOf(key, (place) => writeReplacing(this.#fs, place, bytes, { sync: durable }));
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
    if (durable) syncFolder(this.#fs, path.dirname(this.#place(to)));
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
    return key === '' ? this.#basePath : `${this.#basePath}${path.sep}${key}`;
  }

  /** Writes below a folder that may be gone: a cache may be deleted at any time, and this driver may live long. */
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
    this.#fs.mkdirSync(this.#place(folder), { recursive: true });
    this.#check(folder);
    for (const [name, text] of MARKERS) writeNew(this.#fs, path.join(this.#basePath, name), Buffer.from(text));
    this.#readyFolders.add(folder);
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
