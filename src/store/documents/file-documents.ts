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
  writeNewWhole,
  writeReplacing,
  type FileSystem,
} from '../../util/fs.js';
import { CacheFolders, type CacheFoldersOptions } from './cache-folders.js';
import type { LoadLimits, DocumentStore, ValueStat, WriteOptions } from './document-store.js';

export type FileDocumentsOptions = CacheFoldersOptions;

/** Names of plain files under one folder. Every call is synchronous inside: see `util/fs.ts`. */
export class FileDocuments implements DocumentStore {
  readonly description: string;
  readonly capabilities;
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;

  constructor(options: FileDocumentsOptions) {
    const { fs, basePath } = options;
    this.#fs = fs;
    this.#folders = new CacheFolders(options);
    this.description = `files in ${basePath}`;
    this.capabilities = {
      editable: true,
      maxConcurrency: 1,
      ttlSeconds: undefined,
      listingStamp: true,
      localFolder: async (folder: string, create: boolean): Promise<string | undefined> => {
        this.#folders.forget();
        if (create) this.#folders.make(folder);
        else if (!this.#folders.check(folder)) return Promise.resolve(undefined);
        return Promise.resolve(this.#place(folder));
      },
    };
  }

  async loadMany(keys: readonly string[], { maxBytes }: LoadLimits): Promise<(Buffer | undefined | Error)[]> {
    return Promise.resolve(
      keys.map((key) => {
        try {
          this.#folders.check(path.posix.dirname(key));
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
      this.#folders.syncNew();
    }
    return Promise.resolve(created);
  }

  async createWhole(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<boolean> {
    const created = this.#inFolderOf(key, (place) => writeNewWhole(this.#fs, place, bytes, { sync: durable }));
    if (created && durable) this.#folders.syncNew();
    return Promise.resolve(created);
  }

  async replace(key: string, bytes: Uint8Array, { durable }: WriteOptions): Promise<void> {
    this.#inFolderOf(key, (place) => writeReplacing(this.#fs, place, bytes, { sync: durable }));
    if (durable) this.#folders.syncNew();
    return Promise.resolve();
  }

  /** By a second name for the same bytes where the file system has hard links: values are replaced, never edited. */
  async copy(from: string, to: string, { durable }: WriteOptions): Promise<void> {
    this.#folders.make(path.posix.dirname(to));
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
      this.#folders.syncNew();
    }
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (const key of keys) {
      this.#folders.check(path.posix.dirname(key));
      if (removeQuietly(this.#fs, this.#place(key)) || this.#removeFolder(this.#place(key))) count++;
    }
    return Promise.resolve(count);
  }

  async list(folder: string): Promise<string[]> {
    this.#folders.check(folder);
    return Promise.resolve(listIfPresent(this.#fs, this.#place(folder)));
  }

  async statMany(keys: readonly string[]): Promise<(ValueStat | undefined)[]> {
    return Promise.resolve(
      keys.map((key) => {
        const stat = this.#fs.lstatSync(this.#place(key), { throwIfNoEntry: false });
        if (stat?.isFile() !== true) return undefined;
        return { sizeBytes: stat.size, modifiedAt: stat.mtimeMs, touchedAt: stat.ctimeMs };
      }),
    );
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
    return this.#folders.place(key);
  }

  #inFolderOf<T>(key: string, write: (place: string) => T): T {
    return this.#folders.writeInto(path.posix.dirname(key), () => write(this.#place(key)));
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
