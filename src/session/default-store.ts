import path from 'node:path';
import type { PersistenceManager } from '../persistence/persistence-manager.js';
import type { StoreDriver } from '../store/driver.js';
import { openFileStore } from '../store/open-file-store.js';
import { realFs, type FileSystem } from '../util/fs.js';

export const DEFAULT_BASE_PATH = '.documee/analysis';

/** Where a run keeps its results: the manager it was given, or files below the root. */
export function openDefaultDriver(options: {
  readonly manager?: PersistenceManager;
  readonly basePath?: string;
  readonly ports?: { readonly fs?: FileSystem };
}): (root: string) => Promise<{ driver: StoreDriver; folder: string | undefined }> {
  return (root) => {
    if (options.manager !== undefined) {
      if (options.basePath !== undefined) throw new TypeError('Expected either manager or basePath, found both');
      return Promise.resolve({ driver: options.manager.driver, folder: options.manager.basePath });
    }
    const basePath = path.resolve(root, options.basePath ?? DEFAULT_BASE_PATH);
    return Promise.resolve({ driver: openFileStore(options.ports?.fs ?? realFs, basePath, root), folder: basePath });
  };
}
