import type { CompressionName } from '../codec/compression.js';
import { FileDriver, type FileDriverOptions } from './drivers/file/file-driver.js';
import { Store, type StoreOptions } from './store.js';

/** How files are written, and what their names end in. Files of every other format are read all the same. */
export const FILE_FORMATS = ['json', 'json.gz', 'json.zst', 'msgpack', 'msgpack.gz', 'msgpack.zst'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

export interface FileStoreOptions
  extends Omit<StoreOptions, 'codec' | 'compression'>, Omit<FileDriverOptions, 'ending' | 'clock'> {
  /** Default `json`: files that people open. */
  readonly format?: FileFormat;
}

const COMPRESSION_OF: Readonly<Record<string, CompressionName>> = { gz: 'gzip', zst: 'zstd' };

/**
 * A store of files below one folder.
 * @throws TypeError for a base path that is not absolute or a format that is not known; CacheError CACHE_FOLDER_UNSAFE, CACHE_PACKAGE_MISSING,
 *   or CACHE_STORE_...
 */
export async function openFileStore(options: FileStoreOptions): Promise<Store> {
  const { basePath, format = 'json', fs, root, timeoutMs, ...storeOptions } = options;
  if (!FILE_FORMATS.includes(format))
    throw new TypeError(`Expected format to be one of ${FILE_FORMATS.join(', ')}, found ${format as string}`);
  const { clock } = storeOptions;
  const driver = new FileDriver({
    ...{ basePath, root, ending: format },
    ...(fs === undefined ? {} : { fs }),
    ...(clock === undefined ? {} : { clock }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const [codec, compression] = format.split('.') as ['json' | 'msgpack', string?];
  return Store.open(driver, {
    ...{ ...storeOptions, codec },
    ...(compression === undefined ? {} : { compression: COMPRESSION_OF[compression] }),
  });
}
