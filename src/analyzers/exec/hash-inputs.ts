import path from 'node:path';
import { systemCode } from '../../model/errors.js';
import { isNotFound, type FileSystem } from '../../util/fs.js';
import { compileGlobs, type PathMatcher } from '../../util/globs.js';
import { sha256Digest } from '../../util/hash.js';
import { byCodeUnit } from '../../util/paths.js';

/** `sha256:…` by path relative to the root, sorted; null where a file that was named by its path is not there. */
export type InputHashes = Readonly<Record<string, string | null>>;

export interface InputPlace {
  readonly fs: FileSystem;
  /** Absolute folder of the codebase. */
  readonly root: string;
}

/**
 * Hashes of what `declared` names: paths and globs relative to the root. A folder stands for all files in it. Folders that hold what others
 * made (`node_modules`, `.git`, caches that are tagged as such) are not searched, unless the glob itself begins below them.
 */
export function hashInputs(declared: readonly string[], place: InputPlace): InputHashes {
  const hashes = new Map<string, string | null>();
  const searches = new Map<string, string[]>();
  for (const input of declared) {
    const name = toRelative(input, place.root);
    const kind = kindOf(name, place);
    if (kind === 'file') hashes.set(name, hashOf(name, place));
    else if (kind === 'folder') addSearch(searches, name, name === '.' ? '**' : `${name}/**`);
    else if (isGlob(name)) addSearch(searches, fixedPart(name), name);
    else hashes.set(name, null);
  }
  for (const [folder, globs] of searches) {
    for (const name of findBelow(folder, compileGlobs(globs), place)) hashes.set(name, hashOf(name, place));
  }
  return Object.fromEntries([...hashes].sort(([a], [b]) => byCodeUnit(a, b)));
}

/** The same for plain names in every folder above the root; only what is there counts, so that a project may lie at any depth. */
export function hashInputsAbove(names: readonly string[], place: InputPlace): InputHashes {
  const hashes: [string, string | null][] = [];
  let above = '..';
  for (let folder = path.dirname(place.root); ; folder = path.dirname(folder), above = `../${above}`) {
    for (const name of names) {
      const relative = `${above}/${name}`;
      if (kindOf(relative, place) === 'file') hashes.push([relative, hashOf(relative, place)]);
    }
    if (folder === path.dirname(folder)) break;
  }
  return Object.fromEntries(hashes.sort(([a], [b]) => byCodeUnit(a, b)));
}

/** The names of inputs that differ, the first ones. */
export function changedInputs(before: InputHashes, now: InputHashes): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const hashIn = (hashes: InputHashes, name: string): string | null | undefined =>
    Object.hasOwn(hashes, name) ? hashes[name] : undefined;
  return [...names].filter((name) => hashIn(before, name) !== hashIn(now, name)).sort(byCodeUnit);
}

/** A path of this machine as the root sees it, so that the project can be moved. */
function toRelative(input: string, root: string): string {
  const relative = path.isAbsolute(input) ? path.relative(root, input) : path.normalize(input);
  const posix = relative.split(path.sep).join('/').replace(/\/$/, '');
  return posix === '' ? '.' : posix;
}

function kindOf(name: string, { fs, root }: InputPlace): 'file' | 'folder' | undefined {
  try {
    const stat = fs.statSync(path.join(root, name), { throwIfNoEntry: false });
    return stat?.isFile() === true ? 'file' : stat?.isDirectory() === true ? 'folder' : undefined;
  } catch (error) {
    // A glob may be longer than a name can be, or lead through a file.
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Whether a declared glob stands for none of these. */
export function matchesNothing(input: string, hashes: InputHashes): boolean {
  if (!isGlob(input)) return false;
  const matches = compileGlobs([input]);
  return !Object.keys(hashes).some((name) => matches(name));
}

const isGlob = (name: string): boolean => /[*?[\]{}]/.test(name);

/** The folder that all matches of a glob lie below. */
function fixedPart(glob: string): string {
  const segments = glob.split('/');
  const first = segments.findIndex(isGlob);
  return segments.slice(0, first).join('/') || '.';
}

function addSearch(searches: Map<string, string[]>, folder: string, glob: string): void {
  const globs = searches.get(folder);
  if (globs === undefined) searches.set(folder, [glob]);
  else globs.push(glob);
}

const NEVER_SEARCHED: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn', '__pycache__']);
/** Says that a folder holds a cache. Source: the Cache Directory Tagging Specification. */
const CACHE_TAG = 'CACHEDIR.TAG';
/** Says that a folder holds an installed Python. Source: PEP 405. */
const PYTHON_ENVIRONMENT = 'pyvenv.cfg';

/** Files below `folder` that match, by path relative to the root. Links to folders are not followed. */
function* findBelow(folder: string, matches: PathMatcher, place: InputPlace): Generator<string> {
  const { fs, root } = place;
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const entries = entriesOf(fs, path.join(root, current));
    if (current !== folder && entries.some(({ name }) => name === CACHE_TAG || name === PYTHON_ENVIRONMENT)) continue;
    for (const entry of entries) {
      const name = current === '.' ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!NEVER_SEARCHED.has(entry.name)) waiting.push(name);
      } else if (matches(name) && (entry.isFile() || kindOf(name, place) === 'file')) yield name;
    }
  }
}

/** A folder that vanished or that nobody may list holds nothing for the tool either. */
function entriesOf(fs: FileSystem, folder: string): ReturnType<typeof listEntries> {
  try {
    return listEntries(fs, folder);
  } catch (error) {
    if (isNotFound(error) || systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM') return [];
    throw error;
  }
}

const listEntries = (fs: FileSystem, folder: string) => fs.readdirSync(folder, { withFileTypes: true });

/** Null where it vanished meanwhile; what cannot be read is no content that anybody saw either. */
function hashOf(name: string, { fs, root }: InputPlace): string | null {
  try {
    return sha256Digest(fs.readFileSync(path.join(root, name)));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
