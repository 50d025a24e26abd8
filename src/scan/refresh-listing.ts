/**
 * Lists only the folders that changed since an earlier run: a folder with the same tuple has the same names, so it costs one lstat
 * instead of a listing. Right only for as long as no ignore file changed; if one did, the answer is undefined and the whole tree
 * has to be walked. See the tests 'folder shortcut'.
 */
import type { BigIntStats } from 'node:fs';
import type { ScanProblem } from '../model/file-state.js';
import { sha256Hex } from '../util/hash.js';
import type { IgnoreStack } from './ignore-rules.js';
import { IGNORE_FILE } from './list-folder.js';
import { mergeListing, parentPrefix, type ListedFolder, type ListedIgnoreFile, type Listing } from './listing.js';
import { readIgnoreFile } from './outer-ignore-files.js';
import { folderStat, folderTuple, ignoreFileStat, ignoreTuple, listInto, walk, type Found, type Tree } from './walk.js';

/** The very same listing where nothing changed; undefined where an ignore file did. Adds the problems met. */
export async function refreshListing(
  tree: Tree,
  earlier: Listing,
  rootIgnores: IgnoreStack,
  problems: ScanProblem[],
): Promise<Listing | undefined> {
  const found: Found = { folders: [], files: [], problems };
  const ignores = new IgnoresByFolder(tree, rootIgnores);
  const kept = new Uint8Array(earlier.folders.length);
  const relisted = new Map<number, ReadonlySet<string>>();
  const known = new Set(earlier.folders.map(({ prefix }) => prefix));
  let same = true;
  for (let at = 0; at < earlier.folders.length; at++) {
    if ((at & 63) === 63 && tree.turns.due()) await tree.turns.take(0);
    const before = earlier.folders[at] as ListedFolder;
    const parent = earlier.parents[at] as number;
    // Only what its parent still lists as a folder: the same folder may also be reached through a link in the place of the parent.
    const listed = parent < 0 || kept[parent] === 1 || relisted.get(parent)?.has(before.prefix) === true;
    const stat = listed ? folderStat(tree.fs, tree.root, before.prefix) : undefined;
    if (stat !== undefined && isUnchanged(tree, before, stat)) {
      const ignoreFile = before.ignoreFile && currentIgnoreFile(tree, before.prefix, before.ignoreFile);
      if (before.ignoreFile !== undefined && ignoreFile === undefined) return undefined;
      same &&= ignoreFile === before.ignoreFile;
      found.folders.push(ignoreFile === before.ignoreFile ? before : { ...before, ignoreFile });
      kept[at] = 1;
      continue;
    }
    same = false;
    const content = listInto(tree, before.prefix, stat, ignores.above(before.prefix), found);
    if (content === undefined) continue;
    if (digestOf(content.ignoreText) !== before.ignoreFile?.digest) return undefined;
    const inside = new Set(content.folders.map((folder) => `${folder}/`));
    relisted.set(at, inside);
    for (const prefix of inside) if (!known.has(prefix)) await walk(tree, prefix, content.ignores, found);
  }
  return same ? earlier : mergeListing(found.folders, found.files, { listing: earlier, kept });
}

function isUnchanged({ rootDevice }: Tree, { tuple }: ListedFolder, stat: BigIntStats): boolean {
  if (tuple === undefined || stat.dev !== rootDevice || !stat.isDirectory()) return false;
  const [mtimeNs, ctimeNs, ino] = folderTuple(stat);
  return tuple[0] === mtimeNs && tuple[1] === ctimeNs && tuple[2] === ino;
}

/** Undefined where its content is another one, or it is gone. */
function currentIgnoreFile(
  { fs, root, isSafe }: Tree,
  prefix: string,
  before: ListedIgnoreFile,
): ListedIgnoreFile | undefined {
  const stat = ignoreFileStat(fs, root, prefix);
  if (stat === undefined) return undefined;
  const now = ignoreTuple(stat);
  if (before.tuple?.every((value, at) => value === now[at]) === true) return before;
  const text = readIgnoreFile(fs, `${root}/${prefix}${IGNORE_FILE}`);
  if (text === undefined || sha256Hex(text) !== before.digest) return undefined;
  // The stat is older than the text, so what the tuple stands for can only be this text.
  return { digest: before.digest, tuple: isSafe(stat) ? now : undefined };
}

function digestOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : sha256Hex(text);
}

/** The rules of folders that were not listed: read again where a folder below has to be. */
class IgnoresByFolder {
  readonly #tree: Tree;
  readonly #root: IgnoreStack;
  readonly #inside = new Map<string, IgnoreStack>();

  constructor(tree: Tree, root: IgnoreStack) {
    this.#tree = tree;
    this.#root = root;
  }

  /** The rules of the folders above `prefix`. */
  above(prefix: string): IgnoreStack {
    const parent = parentPrefix(prefix);
    return parent === undefined ? this.#root : this.#within(parent);
  }

  #within(prefix: string): IgnoreStack {
    const known = this.#inside.get(prefix);
    if (known !== undefined) return known;
    const { fs, root, scope } = this.#tree;
    const outer = this.above(prefix);
    const above = prefix === '' ? outer : outer.inside(prefix.slice(0, -1));
    const text = scope.gitignore ? readIgnoreFile(fs, `${root}/${prefix}${IGNORE_FILE}`) : undefined;
    const ignores = text === undefined ? above : above.with(text, prefix);
    this.#inside.set(prefix, ignores);
    return ignores;
  }
}
