import type { FileTuple } from '../util/read-stable.js';
import { HAS_TUPLE, TUPLE, positionOf, type FileColumns } from './file-columns.js';
import type { ListedFolder, Listing } from './listing.js';
import type { RacyRule } from './racy-rule.js';
import type { CacheOrigin } from './scan-cache.js';

interface SeenTreeParts {
  readonly origin: CacheOrigin;
  readonly isSafe: RacyRule;
  readonly listing: Listing;
  /** That of the cache the scan was given. */
  readonly earlier: Listing | undefined;
  readonly columns: FileColumns;
  /** False: no stat stands for a content. */
  readonly usesTuples: boolean;
}

/** What a scan saw besides source files and their hashes. */
export class SeenTree {
  readonly origin: CacheOrigin;
  /** Whether a tuple may be remembered to stand for a content. */
  readonly isSafe: RacyRule;
  readonly usesTuples: boolean;
  readonly #parts: SeenTreeParts;
  #byPrefix: ReadonlyMap<string, ListedFolder> | undefined;
  #earlierFolders: ReadonlySet<ListedFolder> | undefined;

  constructor(parts: SeenTreeParts) {
    this.origin = parts.origin;
    this.isSafe = parts.isSafe;
    this.usesTuples = parts.usesTuples;
    this.#parts = parts;
  }

  /** The folder with that prefix (`src/`, or '' for the root) if the scan entered it. */
  folder(prefix: string): ListedFolder | undefined {
    this.#byPrefix ??= new Map(this.#parts.listing.folders.map((folder) => [folder.prefix, folder]));
    return this.#byPrefix.get(prefix);
  }

  /**
   * Whether `folder` certainly has the names that it had since the scan that saved the given cache: its tuple was safe, and is the same.
   * Anything that came or went in it after that scan would have given it another.
   */
  isUnchanged(folder: ListedFolder): boolean {
    const { listing, earlier } = this.#parts;
    if (listing === earlier) return true;
    // A folder that was listed anew is another object, even where it is equal.
    this.#earlierFolders ??= new Set(earlier?.folders);
    return this.#earlierFolders.has(folder);
  }

  /** No folder changed since the scan that saved the given cache. */
  get isUntouched(): boolean {
    return this.#parts.listing === this.#parts.earlier;
  }

  /** The tuple that stands for the content of a source file; undefined where none does. */
  tupleOf(path: string): FileTuple | undefined {
    const { listing, columns, origin } = this.#parts;
    const at = this.usesTuples ? positionOf(listing.paths, path) : -1;
    if (at < 0 || ((columns.flags[at] as number) & HAS_TUPLE) === 0) return undefined;
    const [size = 0n, mtimeNs = 0n, ctimeNs = 0n, ino = 0n] = columns.tuples.subarray(at * TUPLE, (at + 1) * TUPLE);
    return { size, mtimeNs, ctimeNs, ino, dev: origin.device, mode: BigInt(columns.modes[at] as number) };
  }
}
