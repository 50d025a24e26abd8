import path from 'node:path';
import type { Clock } from '../util/clock.js';
import type { FileSystem } from '../util/fs.js';
import { revealed } from '../util/secret.js';
import type { Ending } from './drivers/file/endings.js';
import type { StoreDriver } from './driver.js';
import type { SingleStoreConfig } from './store-config.js';

export interface DriverSurroundings {
  /** Absolute. */
  readonly root: string;
  readonly clock: Clock | undefined;
  readonly fs: FileSystem;
}

/** Loads the module of the driver, and no other; what it answers makes one. @throws CacheError CACHE_BAD_STORE. */
export async function driverFor(
  config: SingleStoreConfig,
  { root, clock, fs }: DriverSurroundings,
): Promise<() => StoreDriver> {
  const { timeoutMs } = config;
  const common = { timeoutMs, clock };
  switch (config.type) {
    case 'memory': {
      const { MemoryDriver } = await import('./drivers/memory.js');
      const { maxBytes, maxEntries } = config;
      return () => new MemoryDriver({ maxBytes, maxEntries, clock });
    }
    case 'file': {
      const { FileDriver } = await import('./drivers/file/file-driver.js');
      const basePath = path.resolve(root, config.basePath);
      return () => new FileDriver({ ...common, basePath, root, fs, ending: endingFor(config) });
    }
    case 'sqlite': {
      const { SqliteDriver } = await import('./drivers/sqlite.js');
      return () => new SqliteDriver({ ...common, path: path.resolve(root, config.path), fs });
    }
    case 'redis': {
      const { RedisDriver } = await import('./drivers/redis.js');
      return () => new RedisDriver({ url: revealed(config.url), prefix: config.prefix, timeoutMs, fs });
    }
    case 'postgres': {
      const { PostgresDriver } = await import('./drivers/postgres.js');
      const { url, table, schema, maxConnections } = config;
      return () => new PostgresDriver({ ...common, url: revealed(url), table, schema, maxConnections });
    }
    case 's3': {
      const { s3Driver } = await import('./drivers/object/s3.js');
      const { bucket, prefix, endpoint, region, pathStyle } = config;
      const credentials = s3Credentials(config);
      return () => s3Driver({ ...common, bucket, prefix, endpoint, region, pathStyle, credentials });
    }
    case 'azure': {
      const { azureDriver } = await import('./drivers/object/azure.js');
      const { container, prefix, endpoint, account } = config;
      const credentials = {
        connectionString: revealed(config.connectionString),
        accountKey: revealed(config.accountKey),
        sasToken: revealed(config.sasToken),
      };
      return () => azureDriver({ ...common, container, prefix, endpoint, account, ...credentials });
    }
    case 'google': {
      const { googleDriver } = await import('./drivers/object/google.js');
      const { bucket, prefix, endpoint, projectId, keyFile } = config;
      const key = keyFile === undefined ? undefined : path.resolve(root, keyFile);
      return () => googleDriver({ ...common, bucket, prefix, endpoint, projectId, keyFile: key });
    }
  }
}

function s3Credentials({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Extract<SingleStoreConfig, { type: 's3' }>):
  { accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined } | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey: revealed(secretAccessKey), sessionToken: revealed(sessionToken) };
}

const ENDINGS = { none: '', gzip: '.gz', zstd: '.zst' } as const;

/** How the names of files end that are written with this configuration. */
function endingFor({ codec = 'json', compression = 'none' }: SingleStoreConfig): Ending {
  return `${codec}${ENDINGS[compression]}`;
}
