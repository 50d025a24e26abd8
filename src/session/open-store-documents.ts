import path from 'node:path';
import type { EventListener } from '../model/event.js';
import type { DocumentCapabilities, DocumentStore } from '../store/documents/document-store.js';
import { FailFastDocuments } from '../store/documents/fail-fast-documents.js';
import { StoreDocuments } from '../store/documents/store-documents.js';
import { openFileDocuments } from '../store/documents/open-file-documents.js';
import { openStore, type StoreChoice, type StoreConfig } from '../store/open-store.js';
import { parseStoreUrl } from '../store/store-url.js';
import { isStore } from '../store/is-store.js';
import type { Clock } from '../util/clock.js';
import type { FileSystem } from '../util/fs.js';

export interface OpenStoreDocumentsOptions {
  readonly fs: FileSystem;
  /** Absolute; paths in the configuration of a store are relative to it. */
  readonly root: string;
  readonly localFolder: DocumentCapabilities['localFolder'];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: EventListener;
  readonly ports?: { readonly clock?: Clock };
}

/** Documents in a store that is open already, or is opened, and then closed, for them. */
export async function openStoreDocuments(
  choice: StoreChoice,
  { fs, root, localFolder, environment, onEvent, ports }: OpenStoreDocumentsOptions,
): Promise<{ readonly documents: DocumentStore; close(): Promise<void> }> {
  if (isStore(choice))
    return {
      documents: new FailFastDocuments(new StoreDocuments(choice, { localFolder })),
      close: () => Promise.resolve(),
    };
  const folder = documentFolder(choice, root);
  if (folder !== undefined) return { documents: openFileDocuments(fs, folder, root), close: () => Promise.resolve() };
  const store = await openStore(choice, { fs, root, environment, onEvent, clock: ports?.clock });
  const documents = new FailFastDocuments(new StoreDocuments(store, { localFolder }));
  return { documents, close: () => documents.close() };
}

/** Where the documents are files by their own names, as documented; undefined for every other store. */
export function documentFolder(choice: string | StoreConfig, root: string): string | undefined {
  const config = typeof choice === 'string' ? parseStoreUrl(choice) : choice;
  if (config.type !== 'file') return undefined;
  const { codec = 'json', compression = 'none', ttlDefault } = config;
  const isPlain = codec === 'json' && compression === 'none' && ttlDefault === undefined;
  return isPlain ? path.resolve(root, config.basePath) : undefined;
}
