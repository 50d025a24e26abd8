import path from 'node:path';
import { CacheError } from '../model/errors.js';
import type { PersistenceManager } from '../persistence/persistence-manager.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { assertSafeFolder } from '../store/documents/safe-folder.js';
import { openFileDocuments } from '../store/documents/open-file-documents.js';
import { realFs, type FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';

export const DEFAULT_BASE_PATH = '.documee/analysis';

/** Where a run keeps its results: the manager it was given, or files below the root. */
export function openDefaultDocuments(options: {
  readonly manager?: PersistenceManager;
  readonly basePath?: string;
  readonly ports?: { readonly fs?: FileSystem };
}): (root: string) => Promise<{ documents: DocumentStore; folder: string | undefined }> {
  const fs = options.ports?.fs ?? realFs;
  return async (root) => {
    if (options.manager !== undefined) {
      if (options.basePath !== undefined) throw new TypeError('Expected either manager or basePath, found both');
      const { documents, basePath } = options.manager;
      // It may have been opened without knowing the root: whoever wrote the sources could have planted its folder.
      if (relativePosix(root, basePath) !== undefined) assertSafeFolder(fs, root, basePath);
      return Promise.resolve({ documents, folder: basePath });
    }
    const basePath = path.resolve(root, options.basePath ?? DEFAULT_BASE_PATH);
    if (relativePosix(basePath, root) !== undefined) throw holdsTheSources(basePath);
    return Promise.resolve({ documents: openFileDocuments(fs, basePath, root), folder: basePath });
  };
}

/** A cache leaves itself out of the sources and out of git: around the sources it would leave out everything. */
function holdsTheSources(basePath: string): CacheError {
  const message = `The cache folder ${basePath} is the codebase or holds it. Choose a folder of its own, e.g. .documee/analysis.`;
  return new CacheError('CACHE_BAD_CONFIG', message, { basePath });
}
