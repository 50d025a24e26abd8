import { isDependencyPath } from '../util/dependency-path.js';
import type { ListedFolder } from './listing.js';
import type { SeenTree } from './seen-tree.js';

/** Longer paths are no file's on most systems, and are not taken apart. */
const MAX_PATH_CHARACTERS = 4096;

/** What the folders that a scan entered say of a path, without a look at the disk. */
export class KnownFolders {
  readonly #seen: SeenTree;

  constructor(seen: SeenTree) {
    this.#seen = seen;
  }

  isFolder(path: string): boolean {
    return this.#listed(path) !== undefined;
  }

  /** The folder has the names that it had in the run that saved the scan cache. */
  hasSameNames(path: string): boolean {
    const folder = this.#listed(path);
    return folder !== undefined && this.#seen.isUnchanged(folder);
  }

  /** Nothing came or went at `path` since the run that saved the scan cache. */
  hasSamePresence(path: string): boolean {
    const prefix = prefixAbove(path);
    const folder = this.#seen.folder(prefix);
    // What a link leads to comes and goes without its folder.
    if (folder === undefined || folder.holdsLinks || !this.#seen.isUnchanged(folder)) return false;
    return !isSpecial(path.slice(prefix.length));
  }

  /** The folder that has other names as soon as something comes to `path`, or goes; undefined where none that was entered would. */
  voucherOfPresence(path: string): string | undefined {
    const prefix = prefixAbove(path);
    const folder = this.#seen.folder(prefix);
    if (folder !== undefined)
      return folder.holdsLinks || isSpecial(path.slice(prefix.length)) ? undefined : named(prefix);
    return this.lacksFolderOf(path) ? this.#nearestFolder(path) : undefined;
  }

  /** The same for all names in the folder `path`. */
  voucherOfNames(path: string): string | undefined {
    return this.#listed(path) === undefined ? undefined : path;
  }

  #nearestFolder(path: string): string | undefined {
    for (let prefix = prefixAbove(path); prefix !== ''; prefix = prefixAbove(prefix.slice(0, -1)))
      if (this.#seen.folder(prefix) !== undefined) return named(prefix);
    return this.#seen.folder('') === undefined ? undefined : '.';
  }

  /** A folder on the way to `path` is not there: the next one above it that is has no other folders than those entered. */
  lacksFolderOf(path: string): boolean {
    if (path.length > MAX_PATH_CHARACTERS) return false;
    const parent = prefixAbove(path);
    for (let prefix = parent; ; prefix = prefixAbove(prefix.slice(0, -1))) {
      const folder = this.#seen.folder(prefix);
      if (folder !== undefined) {
        const isGone = prefix !== parent && !folder.holdsLinks && !folder.holdsOtherFolders;
        return isGone && !path.startsWith('../') && isDependencyPath(path);
      }
      if (prefix === '') return false;
    }
  }

  /** Folders above `path`, outermost first, up to one that is known to be there; none for a path that is too long to be taken apart. */
  foldersAbove(path: string): string[] {
    const above: string[] = [];
    if (path === '.' || path === '..' || path.endsWith('/..') || path.length > MAX_PATH_CHARACTERS) return above;
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (this.isFolder(folder)) break;
      above.push(folder);
    }
    return above.reverse();
  }

  #listed(path: string): ListedFolder | undefined {
    return path === '.' ? this.#seen.folder('') : this.#seen.folder(`${path}/`);
  }
}

const isSpecial = (name: string): boolean => name === '' || name === '.' || name === '..';

/** A folder as dependencies name it. */
const named = (prefix: string): string => (prefix === '' ? '.' : prefix.slice(0, -1));

/** Prefix of the folder that `path` is in: '' for the root. */
function prefixAbove(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
