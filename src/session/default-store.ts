import path from 'node:path';
import { CacheError } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import type { PersistenceManager } from '../persistence/persistence-manager.js';
import type { DocumentCapabilities, DocumentStore } from '../store/documents/document-store.js';
import { assertSafeFolder } from '../store/documents/safe-folder.js';
import { openFileDocuments } from '../store/documents/open-file-documents.js';
import type { StoreChoice } from '../store/open-store.js';
import type { Clock } from '../util/clock.js';
import { realFs, type FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';

export const DEFAULT_BASE_PATH = '.documee/analysis';

export interface DocumentsOptions {
  readonly manager?: PersistenceManager;
  readonly store?: StoreChoice;
  readonly basePath?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: EventListener;
  readonly ports?: { readonly fs?: FileSystem; readonly clock?: Clock };
}

/** Where a run keeps its results. */
export interface OpenedDocuments {
  readonly documents: DocumentStore;
  /** Absolute; undefined where nothing is kept in files. */
  readonly folder: string | undefined;
  /** Where this machine keeps what never leaves it. */
  readonly localFolder: DocumentCapabilities['localFolder'];
  /** Closes what was opened for this run. */
  close(): Promise<void>;
}

const nothingToClose = (): Promise<void> => Promise.resolve();

/** The manager it was given, the store it was given, or files below the root. */
export function openDefaultDocuments(options: DocumentsOptions): (root: string) => Promise<OpenedDocuments> {
  const fs = options.ports?.fs ?? realFs;
  return async (root) => {
    const { manager, store } = options;
    if (manager !== undefined) {
      if (options.basePath !== undefined) throw new TypeError('Expected either manager or basePath, found both');
      if (store !== undefined) throw new TypeError('Expected either manager or store, found both');
      return ofManager(fs, root, manager);
    }
    const basePath = path.resolve(root, options.basePath ?? DEFAULT_BASE_PATH);
    if (relativePosix(basePath, root) !== undefined) throw holdsTheSources(basePath);
    const files = openFileDocuments(fs, basePath, root);
    const { localFolder } = files.capabilities;
    if (store === undefined) return { documents: files, folder: basePath, localFolder, close: nothingToClose };
    const { openStoreDocuments } = await import('./open-store-documents.js');
    const opened = await openStoreDocuments(store, { ...options, fs, root, localFolder });
    // Files by their own names are their own place for what never leaves this machine.
    return { ...opened, folder: basePath, localFolder: opened.documents.capabilities.localFolder ?? localFolder };
  };
}

function ofManager(fs: FileSystem, root: string, { documents, basePath }: PersistenceManager): OpenedDocuments {
  if (basePath === undefined) {
    const folder = path.resolve(root, DEFAULT_BASE_PATH);
    const { localFolder } = openFileDocuments(fs, folder, root).capabilities;
    return { documents, folder, localFolder, close: nothingToClose };
  }
  // It may have been opened without knowing the root: whoever wrote the sources could have planted its folder.
  if (relativePosix(root, basePath) !== undefined) assertSafeFolder(fs, root, basePath);
  const { localFolder } = documents.capabilities;
  return { documents, folder: basePath, localFolder, close: nothingToClose };
}

/** A cache leaves itself out of the sources and out of git: around the sources it would leave out everything. */
function holdsTheSources(basePath: string): CacheError {
  const message = `The cache folder ${basePath} is the codebase or holds it. Choose a folder of its own, e.g. .documee/analysis.`;
  return new CacheError('CACHE_BAD_CONFIG', message, { basePath });
}
