import { posix } from 'node:path';

/**
 * How a resolver looks at the tree; whoever gives it records each look. Paths are POSIX and relative to the codebase root, may begin with
 * `../`, and `''` is the root.
 */
export interface Probe {
  /** Bytes of a file; undefined where there is no regular file. Equal bytes should be the same object, which is parsed once. */
  read(path: string): Uint8Array | undefined;
  exists(path: string): boolean;
  /** Whether it is a file of the codebase, which then exists. */
  isSource(path: string): boolean;
  /** Where `path` is without links, relative to the root; undefined where it does not exist. */
  realpath?(path: string): string | undefined;
  /** Names in a folder, for workspaces that are not installed. */
  list?(folder: string): readonly string[] | undefined;
  /** How many folders above the root are looked into; 0 without it. */
  readonly levelsAbove?: number;
  /** An answer that depends on nothing but what `look` looks at, found once for all files; every look counts for each of them. */
  once?<Answer>(key: string, look: (probe: Probe) => Answer): Answer;
}

export function once<Answer>(probe: Probe, key: string, look: (probe: Probe) => Answer): Answer {
  return probe.once === undefined ? look(probe) : probe.once(key, look);
}

/** What an import means. */
export interface Resolution {
  /** Files in the order of preference; a package and its submodule are two. */
  readonly files: readonly string[];
  /** `external`: a package, of which only its manifest counts; `unresolved`: nothing is there. */
  readonly outcome: 'found' | 'external' | 'unresolved';
}

export const UNRESOLVED: Resolution = { files: [], outcome: 'unresolved' };
export const EXTERNAL: Resolution = { files: [], outcome: 'external' };

export function foundOr(files: readonly string[], otherwise: Resolution): Resolution {
  return files.length === 0 ? otherwise : { files: [...new Set(files)], outcome: 'found' };
}

export function isFile(probe: Probe, path: string): boolean {
  return probe.isSource(path) || probe.exists(path);
}

/** `path` seen from `folder`, normalized. */
export function joined(folder: string, path: string): string {
  const whole = posix.join(folder, path);
  return whole === '.' ? '' : whole.endsWith('/') ? whole.slice(0, -1) : whole;
}

export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

/** `folder` and every folder above it up to the root, then those above the root as far as the probe goes. */
export function foldersUp(folder: string, probe: Probe): string[] {
  const folders: string[] = [];
  let at = folder;
  while (at !== '' && !/(?:^|\/)\.\.$/.test(at)) {
    folders.push(at);
    at = folderOf(at);
  }
  const outside = at === '' ? 0 : at.split('/').length;
  if (outside === 0) folders.push('');
  for (let level = Math.max(1, outside); level <= (probe.levelsAbove ?? 0); level += 1)
    folders.push(Array.from({ length: level }, () => '..').join('/'));
  return folders;
}

export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../');
}

/** Whether `folder` is `path` or one of the folders above it. */
export function contains(folder: string, path: string): boolean {
  return folder === '' ? !isOutside(path) : path === folder || path.startsWith(`${folder}/`);
}
