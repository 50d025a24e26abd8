/** What is at one place right now: no memory, so that it answers the same in every thread. Paths are those of `model/dependency.ts`. */
import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { systemCode } from '../model/errors.js';
import type { ContentHash } from '../model/ids.js';
import { canonicalJson } from '../util/canonical-json.js';
import { isNotFound, type FileSystem } from '../util/fs.js';
import { sha256Digest, type ContentHasher } from '../util/hash.js';
import { readStable, type FileTuple } from '../util/read-stable.js';

export { resolvePath, type ResolvedPath, type ResolvePathOptions } from './resolve-path.js';

export interface ObserveOptions {
  readonly fs: FileSystem;
  /** Absolute folder. */
  readonly root: string;
  readonly hasher: ContentHasher;
  /** Files with more bytes are `other`. */
  readonly maxFileBytes: number;
  /** Absolute folders of caches: not named in listings. */
  readonly hiddenFolders: readonly string[];
}

export type SeenFile =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly hash: ContentHash; readonly tuple: FileTuple }
  /** Something that is no regular file, or one that is too large to be read. */
  | { readonly kind: 'other' }
  | { readonly kind: 'absent' };

/** `hash` is `sha256:…` over the names as canonical JSON; names are sorted by code unit. */
export type SeenFolder = { readonly names: readonly string[]; readonly hash: string } | 'other' | 'absent';

/** What documee keeps in a codebase; it differs from run to run. */
const OWN_NAME = '.documee';
const BIGINT = { bigint: true, throwIfNoEntry: false } as const;
const ABSENT: SeenFile = { kind: 'absent' };
const OTHER: SeenFile = { kind: 'other' };

/**
 * The file at `file`, links followed. A device or a FIFO is never opened.
 * @throws an error with its system code where something is there that cannot be read; EBUSY for a file that changes all the time.
 */
export function observeFile(file: string, options: ObserveOptions): SeenFile {
  const { fs, root, hasher, maxFileBytes } = options;
  const place = placeOf(root, file);
  const stat = followedStat(fs, place);
  if (stat === undefined) return ABSENT;
  if (!stat.isFile() || stat.size > maxFileBytes) return OTHER;
  const read = readStable(fs, place, { maxBytes: maxFileBytes });
  if (read.ok) return { kind: 'file', bytes: read.bytes, hash: hasher.hash(read.bytes), tuple: read.tuple };
  if (read.reason === 'vanished') return ABSENT;
  if (read.reason === 'not-a-file' || read.reason === 'too-large') return OTHER;
  throw read.cause instanceof Error
    ? read.cause
    : Object.assign(new Error(`${place}: ${read.message}`), { code: 'EBUSY' });
}

/**
 * Whether something is at `file`, links followed: a link to nothing is absent.
 * @throws an error with its system code where that cannot be seen.
 */
export function observePresence(file: string, { fs, root }: Pick<ObserveOptions, 'fs' | 'root'>): boolean {
  return followedStat(fs, placeOf(root, file)) !== undefined;
}

/**
 * The names in `folder`, links followed, without those of documee itself.
 * @throws an error with its system code where it cannot be listed.
 */
export function observeFolder(folder: string, options: ObserveOptions): SeenFolder {
  const { fs, root } = options;
  const place = placeOf(root, folder);
  let names: string[];
  try {
    names = fs.readdirSync(place);
  } catch (error) {
    if (!isNothingThere(error)) throw error;
    return followedStat(fs, place) === undefined ? 'absent' : 'other';
  }
  const shown = names.filter((name) => name !== OWN_NAME && !isHidden(place, name, options)).sort();
  return { names: shown, hash: sha256Digest(canonicalJson(shown)) };
}

/** Absolute place of a dependency's path. */
export function placeOf(root: string, relative: string): string {
  if (relative === '.') return root;
  if (relative === '..' || relative.startsWith('../')) return path.join(root, relative);
  return root.endsWith('/') ? root + relative : `${root}/${relative}`;
}

/** Undefined where nothing is, which includes links to nothing and names that nothing can have. */
export function followedStat(fs: FileSystem, place: string): BigIntStats | undefined {
  try {
    return fs.statSync(place, BIGINT);
  } catch (error) {
    if (isNothingThere(error)) return undefined;
    throw error;
  }
}

function isNothingThere(error: unknown): boolean {
  const code = systemCode(error);
  return isNotFound(error) || code === 'ELOOP' || code === 'ENAMETOOLONG';
}

function isHidden(folder: string, name: string, { fs, hiddenFolders }: ObserveOptions): boolean {
  return hiddenFolders.some((hidden) => {
    if (path.basename(hidden) !== name) return false;
    const parent = path.dirname(hidden);
    return parent === folder || realPath(fs, parent) === realPath(fs, folder);
  });
}

/** The path itself where it cannot be resolved. */
function realPath(fs: FileSystem, place: string): string {
  try {
    return fs.realpathSync(place);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return place;
  }
}

/** `sha256:…` of a variable's value; null where it is not set. */
export function hashOfVariable(value: string | undefined): string | null {
  return value === undefined ? null : sha256Digest(value);
}
