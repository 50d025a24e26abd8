import { isNotFound, type FileSystem } from '../../../util/fs.js';
import type { CacheFolders } from '../../documents/cache-folders.js';
import { ENDINGS } from './endings.js';
import { fileNameOf, folderOf, isCutName, placeOf, segmentOfFile, segmentOfFolder } from './key-names.js';
import type { ValueFiles } from './value-files.js';

export interface WalkOptions {
  readonly fs: FileSystem;
  readonly folders: CacheFolders;
  readonly files: ValueFiles;
  readonly prefix: string;
}

/** A step of the walk: a value, a folder whose files all came before, or a sign of life. */
export type Step =
  | { readonly kind: 'value'; readonly key: string }
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'other' };

/** Every value whose key begins with `prefix`, in any order. Follows no link; what has not exactly a name of ours is passed over. */
export function* walkValues({ fs, folders, files, prefix }: WalkOptions): Generator<Step> {
  const { foldsCase } = files;
  const segments = prefix.split('/').slice(0, -1);
  const { folder: start, depth } = folderOf(segments, foldsCase);
  const startKeys = segments.slice(0, depth).map((segment) => `${segment}/`);
  const waiting: { readonly folder: string; readonly keys: string; readonly isCut: boolean }[] = [
    { folder: start, keys: startKeys.join(''), isCut: start.split('/').some(isCutName) },
  ];
  const seen: string[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder, keys, isCut } = next;
    yield { kind: 'other' };
    if (!folders.check(folder)) continue;
    seen.push(folder);
    for (const entry of listEntries(fs, folders.place(folder))) {
      const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        const segment = segmentOfFolder(entry.name, foldsCase);
        if (segment === undefined) continue;
        const below = `${keys}${segment}/`;
        const isCutHere = isCut || isCutName(entry.name);
        if (isCutHere || below.startsWith(prefix) || prefix.startsWith(below))
          waiting.push({ folder: place, keys: below, isCut: isCutHere });
      } else if (entry.isFile()) {
        const key = keyOfFile(entry.name, folders.place(place));
        yield key?.startsWith(prefix) === true ? { kind: 'value', key } : { kind: 'other' };
      }
    }

    function keyOfFile(name: string, file: string): string | undefined {
      const found = segmentOfFile(name);
      if (found === undefined) return undefined;
      const isCutFile = isCut || isCutName(found.stem);
      const key = isCutFile ? files.peekFile(file, true)?.head?.key : `${keys}${found.segment}`;
      return key !== undefined && isNamed(key, folder, name) ? key : undefined;
    }
  }
  // Deepest first, so that a folder is empty when its turn comes.
  for (const folder of seen.reverse()) if (folder !== '') yield { kind: 'folder', folder };

  function isNamed(key: string, folder: string, name: string): boolean {
    const place = placeOf(key, foldsCase);
    return place.folder === folder && ENDINGS.some((ending) => fileNameOf(place, ending) === name);
  }
}

function listEntries(fs: FileSystem, folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(fs, folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

const readEntries = (fs: FileSystem, folder: string) => fs.readdirSync(folder, { withFileTypes: true });
