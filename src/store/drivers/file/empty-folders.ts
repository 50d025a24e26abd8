import { isNotFound, listIfPresent, temporaryBeside, type FileSystem } from '../../../util/fs.js';
import path from 'node:path';

/** Removes `folder` if nothing is in it, not even what somebody puts there at this moment; whether it did. */
export function removeIfEmpty(fs: FileSystem, folder: string): boolean {
  try {
    if (listIfPresent(fs, folder).length > 0) return false;
    // Out of the way first: what is written through its old name cannot get into it any more.
    const claimed = temporaryBeside(folder);
    fs.renameSync(folder, claimed);
    const late = fs.readdirSync(claimed);
    if (late.length === 0) {
      fs.rmSync(claimed, { recursive: true });
      return true;
    }
    putBack(fs, claimed, folder, late);
    return false;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function putBack(fs: FileSystem, claimed: string, folder: string, names: readonly string[]): void {
  try {
    fs.renameSync(claimed, folder);
  } catch {
    // It was made again meanwhile.
    for (const name of names) fs.renameSync(path.join(claimed, name), path.join(folder, name));
    fs.rmSync(claimed, { recursive: true });
  }
}
