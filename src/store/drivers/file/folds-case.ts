import path from 'node:path';
import type { FileSystem } from '../../../util/fs.js';
import type { CacheFolders } from '../../documents/cache-folders.js';
import { MARKERS } from '../../documents/cache-folders.js';

/**
 * Whether the file system takes `A` and `a` for the same name: told by something that is there anyway, a marker or the base path itself.
 * Undefined where nothing is there yet.
 */
export function foldsCase(fs: FileSystem, folders: CacheFolders): boolean | undefined {
  const base = folders.place('');
  for (const place of [...MARKERS.map(([name]) => path.join(base, name)), base]) {
    const stat = fs.lstatSync(place, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const name = path.basename(place);
    const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
    if (swapped === name) continue;
    const other = fs.lstatSync(path.join(path.dirname(place), swapped), { throwIfNoEntry: false });
    return other !== undefined && other.ino === stat.ino && other.dev === stat.dev;
  }
  return undefined;
}
