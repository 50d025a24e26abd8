import type { FileTable } from '../model/file-state.js';
import type { ContentHash } from '../model/ids.js';

/** So many questions pay for an index of all paths. */
const MANY_QUESTIONS = 500;

/** Content hash of each source file by its path, at the cost of one look into a map where that is asked often. */
export class ScannedHashes {
  readonly #files: FileTable;
  #questions = 0;
  #index: Map<string, ContentHash> | undefined;

  constructor(files: FileTable) {
    this.#files = files;
  }

  get(path: string): ContentHash | undefined {
    if (this.#index !== undefined) return this.#index.get(path);
    if (++this.#questions > MANY_QUESTIONS) {
      this.#index = new Map(this.#files.paths.map((name, at) => [name, this.#files.contentHash(at)]));
      return this.#index.get(path);
    }
    const at = this.#files.indexOf(path);
    return at < 0 ? undefined : this.#files.contentHash(at);
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }
}
