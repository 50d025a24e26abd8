import { listIfPresent, type FileSystem } from '../../../util/fs.js';
import type { CacheFolders } from '../../documents/cache-folders.js';

/** So many misses in one folder cost as much as listing a folder of some hundred files. */
const MISSES = 32;

/** Names in folders while one batch is read: after a few misses in a folder it is listed once, and the other misses cost nothing. */
export class FolderNames {
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;
  readonly #misses = new Map<string, number>();
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(fs: FileSystem, folders: CacheFolders) {
    this.#fs = fs;
    this.#folders = folders;
  }

  /** False only where there is no such name. */
  mayHave(folder: string, name: string): boolean {
    return this.#names.get(folder)?.has(name) ?? true;
  }

  missed(folder: string): void {
    if (this.#names.has(folder)) return;
    const misses = (this.#misses.get(folder) ?? 0) + 1;
    this.#misses.set(folder, misses);
    if (misses < MISSES) return;
    this.#names.set(folder, new Set(listIfPresent(this.#fs, this.#folders.place(folder))));
  }
}
