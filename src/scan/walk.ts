import type { BigIntStats } from 'node:fs';
import { systemCode } from '../model/errors.js';
import type { ScanProblem } from '../model/file-state.js';
import type { FileSystem } from '../util/fs.js';
import { sha256Hex } from '../util/hash.js';
import type { IgnoreStack } from './ignore-rules.js';
import { IGNORE_FILE, listFolder, type FolderContent } from './list-folder.js';
import type { FoundFile, ListedFolder, ListedIgnoreFile } from './listing.js';
import type { RacyRule } from './racy-rule.js';
import type { Scope } from './scope.js';
import type { Turns } from './turns.js';

/** What a walk needs to know. */
export interface Tree {
  readonly fs: FileSystem;
  readonly root: string;
  readonly scope: Scope;
  readonly rootDevice: bigint;
  readonly isSafe: RacyRule;
  readonly turns: Turns;
}

/** What was found so far. */
export interface Found {
  readonly folders: ListedFolder[];
  readonly files: FoundFile[];
  readonly problems: ScanProblem[];
}

const BIGINT = { bigint: true, throwIfNoEntry: false } as const;

/** Lists `prefix` and everything below it. */
export async function walk(tree: Tree, prefix: string, outer: IgnoreStack, found: Found): Promise<void> {
  const open: { prefix: string; outer: IgnoreStack }[] = [{ prefix, outer }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const content = listInto(tree, next.prefix, folderStat(tree.fs, tree.root, next.prefix), next.outer, found);
    for (const folder of content?.folders ?? [])
      open.push({ prefix: `${folder}/`, outer: (content as FolderContent).ignores });
    if (tree.turns.due()) await tree.turns.take(found.files.length);
  }
}

/**
 * Lists one folder. `stat` was taken before: names that change after it leave the folder with another tuple than the one stored.
 * Undefined where the folder is gone.
 */
export function listInto(
  { fs, root, rootDevice, scope, isSafe }: Tree,
  prefix: string,
  stat: BigIntStats | undefined,
  outer: IgnoreStack,
  found: Found,
): FolderContent | undefined {
  if (stat?.isDirectory() !== true) return undefined;
  const content = listFolder(fs, root, prefix, scope, outer);
  if (content === undefined) return undefined;
  for (const file of content.files) found.files.push(stat.dev === rootDevice ? file : { ...file, isPlain: false });
  found.problems.push(...content.problems);
  const ignoreFile = listedIgnoreFile(content.ignoreText, () => ignoreFileStat(fs, root, prefix), isSafe);
  // A problem is told again in each run, and an ignore file may become readable: such a folder is listed again.
  const isPlain = content.problems.length === 0 && !content.hasOddIgnoreFile;
  const tuple = isPlain && isSafe(stat) ? folderTuple(stat) : undefined;
  const { holdsLinks, holdsOtherFolders } = content;
  found.folders.push({ prefix, tuple, ignoreFile, holdsLinks, holdsOtherFolders });
  return content;
}

/** The text was read before the stat, so a tuple that is not racy belongs to it. */
function listedIgnoreFile(
  text: string | undefined,
  stat: () => BigIntStats | undefined,
  isSafe: RacyRule,
): ListedIgnoreFile | undefined {
  if (text === undefined) return undefined;
  const now = stat();
  const safe = now !== undefined && now.isFile() && isSafe(now);
  return { digest: sha256Hex(text), tuple: safe ? ignoreTuple(now) : undefined };
}

export function folderTuple({ mtimeNs, ctimeNs, ino }: BigIntStats): [bigint, bigint, bigint] {
  return [mtimeNs, ctimeNs, ino];
}

export function ignoreTuple({ size, mtimeNs, ctimeNs, ino }: BigIntStats): [bigint, bigint, bigint, bigint] {
  return [size, mtimeNs, ctimeNs, ino];
}

/** Without following a link in the last component; undefined where nothing can be seen. */
export function folderStat(fs: FileSystem, root: string, prefix: string): BigIntStats | undefined {
  if (prefix === '') return visible(() => fs.statSync(root, BIGINT));
  return visible(() => fs.lstatSync(`${root}/${prefix.slice(0, -1)}`, BIGINT));
}

export function ignoreFileStat(fs: FileSystem, root: string, prefix: string): BigIntStats | undefined {
  return visible(() => fs.lstatSync(`${root}/${prefix}${IGNORE_FILE}`, BIGINT));
}

function visible(stat: () => BigIntStats | undefined): BigIntStats | undefined {
  try {
    return stat();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
