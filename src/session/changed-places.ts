import path from 'node:path';
import { systemCode } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';
import type { FileSystem } from '../util/fs.js';

/** A file, or the names in a folder, that changed lately. */
export interface ChangedPlace {
  readonly kind: 'file' | 'folder';
  /** POSIX, relative to the root; begins with `../` outside of it. */
  readonly path: string;
  /** In ms since the Unix epoch. */
  readonly changedAtMs: number;
}

export interface ChangedPlacesOptions {
  readonly fs: FileSystem;
  readonly root: string;
  /** Absolute folders of caches. */
  readonly cacheFolders: readonly string[];
  readonly sinceMs: number;
}

/** Larger trees are looked at in part: the nearest to the root first. */
const MOST_LOOKED_AT = 200_000;
/** Too many names, and none of them is the business of the codebase. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules']);
/** What package managers write whenever they change something in there. */
const INSTALLED = 'node_modules/.package-lock.json';

/** Everything below the root, and configuration above it, that changed after `sinceMs`; what cannot be seen is left out. */
export async function changedPlaces(options: ChangedPlacesOptions): Promise<ChangedPlace[]> {
  return [...(await changedInside(options)), ...changedAbove(options)];
}

async function changedInside(options: ChangedPlacesOptions): Promise<ChangedPlace[]> {
  const { fs, root, cacheFolders, sinceMs } = options;
  const found = [...changedFile(options, INSTALLED)];
  const slice = new TimeSlice();
  const folders = [''];
  let looked = 0;
  // A cache changes its own folder and, when it is made, the one that it is in.
  const holdsCache = new Set(cacheFolders.map((folder) => path.dirname(folder)));
  for (const folder of folders) {
    const absolute = path.join(root, folder);
    const stat = quietly(() => fs.lstatSync(absolute, { throwIfNoEntry: false }));
    if (stat !== undefined && stat.mtimeMs >= sinceMs && !holdsCache.has(absolute))
      found.push({ kind: 'folder', path: folder === '' ? '.' : folder, changedAtMs: stat.mtimeMs });
    for (const entry of quietly(() => fs.readdirSync(absolute, { withFileTypes: true })) ?? []) {
      if (slice.due()) await slice.yieldTurn();
      if (++looked > MOST_LOOKED_AT) return found;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) found.push(...changedFile(options, name));
      else if (!SKIPPED_FOLDERS.has(entry.name) && !cacheFolders.includes(path.join(root, name))) folders.push(name);
    }
  }
  return found;
}

/** Of the folders above the root, only what looks like configuration: the rest is not for us to name. */
function changedAbove(options: ChangedPlacesOptions): ChangedPlace[] {
  const { fs, root } = options;
  const found: ChangedPlace[] = [];
  let up = '../';
  for (let folder = path.dirname(root); ; folder = path.dirname(folder), up += '../') {
    for (const name of quietly(() => fs.readdirSync(folder)) ?? [])
      if (isConfigurationAbove(name)) found.push(...changedFile(options, `${up}${name}`));
    if (folder === path.dirname(folder)) return found;
  }
}

/** A file that was moved here, or got an old time, has a new change time all the same. */
function changedFile({ fs, root, sinceMs }: ChangedPlacesOptions, name: string): ChangedPlace[] {
  const stat = quietly(() => fs.statSync(path.join(root, name), { throwIfNoEntry: false }));
  const changedAtMs = stat?.isFile() === true ? Math.max(stat.mtimeMs, stat.ctimeMs) : 0;
  return changedAtMs < sinceMs || changedAtMs === 0 ? [] : [{ kind: 'file', path: name, changedAtMs }];
}

const CONFIGURATION = /\.(jsonc?|json5|ya?ml|toml|ini|cfg|conf|properties|lock|env)$|\.config\.[^.]+$|^go\.(mod|sum)$/i;
const RC_FILE = /^\.[\w-]*rc(\.[^.]+)?$|^\.editorconfig$|\.rc$/i;

/** Whether a file of that name is likely to say how tools behave. */
export const isConfiguration = (name: string): boolean =>
  CONFIGURATION.test(name) || RC_FILE.test(name) || name.startsWith('.') || /^requirements.*\.txt$/.test(name);

/** A home folder is full of files with a dot that have nothing to do with code. */
const isConfigurationAbove = (name: string): boolean => CONFIGURATION.test(name) || RC_FILE.test(name);

/** What cannot be seen is undefined. */
export function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
