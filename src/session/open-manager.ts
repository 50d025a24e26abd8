import { PersistenceManager, type ManagerOptions } from '../persistence/persistence-manager.js';
import { isStore } from '../store/is-store.js';
import { openStore, type StoreChoice } from '../store/open-store.js';
import { documentFolder } from './open-store-documents.js';

export interface OpenManagerOptions extends Omit<ManagerOptions, 'store' | 'basePath'> {
  /** Absolute. */
  readonly root: string;
  /** Folder of the files: of all of them, or of those that never leave this machine. */
  readonly basePath: string;
  /** Default: files in `basePath`. One that is opened here is closed by the manager. */
  readonly store?: StoreChoice;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What a run with the same options keeps its results in. @throws CacheError as `openStore` */
export async function openManager({ store, environment, ...options }: OpenManagerOptions): Promise<PersistenceManager> {
  if (store === undefined) return PersistenceManager.open(options);
  if (isStore(store)) return PersistenceManager.open({ ...options, store });
  const { root, onEvent, ports } = options;
  const folder = documentFolder(store, root);
  if (folder !== undefined) return PersistenceManager.open({ ...options, basePath: folder });
  const opened = await openStore(store, { root, environment, onEvent, fs: ports?.fs, clock: ports?.clock });
  return PersistenceManager.open({ ...options, store: opened });
}
