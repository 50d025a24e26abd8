import { skipsName } from '../scan/scope.js';

/** The one thing that documee keeps for itself and that decides what a run does. */
const CONFIG_FOLDER = '.documee';
const CONFIG_FILE = '.documee/config.yaml';

/** Which paths below the root are worth a look. Pure: paths are POSIX and relative to the root, '' is the root itself. */
export interface WatchedPaths {
  hasFolder(folder: string): boolean;
  /** Whether something that happened to `path` may change an answer. */
  matters(path: string): boolean;
}

/** @param cacheFolders folders that runs write to. */
export function watchedPaths(cacheFolders: readonly string[]): WatchedPaths {
  const isCache = (path: string): boolean =>
    cacheFolders.some((cache) => path === cache || path.startsWith(`${cache}/`));
  const skips = (path: string): boolean => path.split('/').some(skipsName) || isCache(path);
  return {
    hasFolder: (folder) => !skips(folder) || (folder === CONFIG_FOLDER && !isCache(folder)),
    matters: (path) => path === CONFIG_FILE || !skips(path),
  };
}
