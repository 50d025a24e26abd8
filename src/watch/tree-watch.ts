/**
 * Notices that something below a folder may have changed. It may tell too often; what it misses is for the rounds on a timer to find.
 * Why there is no package here: `docs/decisions.md`.
 */
import type { FileSystem } from '../util/fs.js';
import { openFolderWatches } from './folder-watches.js';
import { openRecursiveWatch } from './recursive-watch.js';
import type { WatchedPaths } from './watched-paths.js';

export interface TreeWatch {
  /**
   * Brings what is watched up to date: whatever happens after it, is told. Answers the error where the system refuses to watch so much.
   * Never called while a call of it is under way.
   */
  refresh(): Promise<Error | undefined>;
  /** Nothing that is watched can be relied on any more: the next `refresh` begins anew. */
  distrust(): void;
  close(): void;
}

export interface TreeWatchOptions {
  readonly fs: FileSystem;
  /** Absolute, without links on the way. */
  readonly root: string;
  readonly paths: WatchedPaths;
  /** Something happened at `path`, relative to the root; undefined: somewhere. */
  readonly onHint: (path: string | undefined) => void;
  /** Events may have been lost. */
  readonly onLoss: () => void;
}

export type OpenTreeWatch = (options: TreeWatchOptions) => TreeWatch | undefined;

/** Undefined where the platform has no watch that tells of changed contents: BSD watches files one by one, and at most a few hundred. */
export const openTreeWatch: OpenTreeWatch = (options) => {
  if (process.platform === 'linux' || process.platform === 'android') return openFolderWatches(options);
  if (process.platform === 'darwin' || process.platform === 'win32') return openRecursiveWatch(options);
  return undefined;
};
