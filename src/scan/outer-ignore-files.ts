import path from 'node:path';
import { systemCode } from '../model/errors.js';
import { readIfPresent, type FileSystem } from '../util/fs.js';
import { IgnoreStack } from './ignore-rules.js';

/** The rules that hold in the root before its own `.gitignore`; `description` is equal where they are. */
export interface OuterIgnores {
  readonly stack: IgnoreStack;
  readonly description: readonly string[];
}

/**
 * The ignore files from outside of the root: the work tree's `info/exclude`, and each `.gitignore` from its top down to the folder
 * above the root. Nothing outside of a git work tree.
 */
export function readOuterIgnores(fs: FileSystem, root: string): OuterIgnores {
  const top = workTreeTop(fs, root);
  if (top === undefined) return { stack: IgnoreStack.empty, description: [] };
  const names = path.relative(top, root).split(path.sep).filter(Boolean);
  const description: string[] = [];
  let stack = IgnoreStack.empty;
  const add = (text: string | undefined, depth: number): void => {
    const above = names.slice(depth).map((name) => `${name}/`);
    description.push(above.join(''), text ?? '');
    if (text !== undefined) stack = stack.with(text, '', above.join(''));
  };
  add(readIgnoreFile(fs, path.join(gitFolder(fs, top), 'info', 'exclude')), 0);
  for (let depth = 0; depth < names.length; depth++)
    add(readIgnoreFile(fs, path.join(top, ...names.slice(0, depth), '.gitignore')), depth);
  return { stack, description };
}

/** Text of an ignore file; undefined where there is none, or none that can be read: git goes on without it as well. */
export function readIgnoreFile(fs: FileSystem, file: string): string | undefined {
  try {
    return readIfPresent(fs, file)?.toString('utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function workTreeTop(fs: FileSystem, root: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (exists(fs, path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function exists(fs: FileSystem, file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

/** Where git keeps what all work trees of a repository share. Source: gitrepository-layout, "gitfile" and "commondir". */
function gitFolder(fs: FileSystem, top: string): string {
  const dotGit = path.join(top, '.git');
  const pointer = /^gitdir: (.*)/.exec(readIgnoreFile(fs, dotGit) ?? '')?.[1];
  if (pointer === undefined) return dotGit;
  const own = path.resolve(top, pointer.trimEnd());
  const common = readIgnoreFile(fs, path.join(own, 'commondir'));
  return common === undefined ? own : path.resolve(own, common.trimEnd());
}
