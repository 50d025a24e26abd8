import { byCodeUnit } from '../util/paths.js';

/**
 * One folder that was entered. With a `tuple` its names are those of the listing for as long as the folder has that tuple;
 * without, it has to be listed again.
 */
export interface ListedFolder {
  /** Path relative to the root with `/` at its end; the root is ''. */
  readonly prefix: string;
  readonly tuple: readonly [mtimeNs: bigint, ctimeNs: bigint, ino: bigint] | undefined;
  readonly ignoreFile: ListedIgnoreFile | undefined;
  /** What a link leads to may come and go while the folder stays as it is. */
  readonly holdsLinks: boolean;
  /** It has folders that were not entered; without, every folder in it is one of the listing. */
  readonly holdsOtherFolders: boolean;
}

export interface ListedIgnoreFile {
  /** SHA-256 of its content, in hex. */
  readonly digest: string;
  /** size, mtimeNs, ctimeNs, ino. */
  readonly tuple: readonly [bigint, bigint, bigint, bigint] | undefined;
}

/** Every path in scope by its name, sorted by code unit, with the folders they were found in, sorted by prefix. */
export interface Listing {
  readonly folders: readonly ListedFolder[];
  /** Number of the folder that each folder is in; -1 for the root, which comes first. */
  readonly parents: Int32Array;
  /** Not all are source files: a link or a FIFO is listed as well, so that each run sees what it is. */
  readonly paths: readonly string[];
  /** The folder of each path. */
  readonly folderOf: Uint32Array;
  /** Those just found to be no plain files. Of folders that were not listed anew nothing is known. */
  readonly special: ReadonlySet<string>;
}

/** A path just found on disk. */
export interface FoundFile {
  readonly path: string;
  readonly prefix: string;
  /** A regular file on the file system of the root. */
  readonly isPlain: boolean;
}

/** Sorts what was found, and merges it with the files of `kept` folders of an earlier listing. */
export function mergeListing(
  folders: ListedFolder[],
  found: FoundFile[],
  earlier?: { listing: Listing; kept: Uint8Array },
): Listing {
  folders.sort((a, b) => byCodeUnit(a.prefix, b.prefix));
  found.sort((a, b) => byCodeUnit(a.path, b.path));
  const numberOf = new Map(folders.map(({ prefix }, number) => [prefix, number]));
  const paths: string[] = [];
  const numbers: number[] = [];
  let next = 0;
  const takeFound = (before: string | undefined): void => {
    for (; next < found.length; next++) {
      const { path, prefix } = found[next] as FoundFile;
      if (before !== undefined && path >= before) return;
      paths.push(path);
      numbers.push(numberOf.get(prefix) as number);
    }
  };
  if (earlier !== undefined) {
    const { listing, kept } = earlier;
    const moved = listing.folders.map(({ prefix }) => numberOf.get(prefix) ?? -1);
    for (let at = 0; at < listing.paths.length; at++) {
      const folder = listing.folderOf[at] as number;
      if (kept[folder] === 0) continue;
      const path = listing.paths[at] as string;
      takeFound(path);
      paths.push(path);
      numbers.push(moved[folder] as number);
    }
  }
  takeFound(undefined);
  const special = new Set(found.filter(({ isPlain }) => !isPlain).map(({ path }) => path));
  const parents = Int32Array.from(folders, ({ prefix }) => numberOf.get(parentPrefix(prefix) ?? '/') ?? -1);
  return { folders, parents, paths, folderOf: Uint32Array.from(numbers), special };
}

/** Prefix of the folder that holds the folder `prefix`; the root is in none. */
export function parentPrefix(prefix: string): string | undefined {
  return prefix === '' ? undefined : prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
}
