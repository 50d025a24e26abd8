import path from 'node:path';
import { COMPRESSIONS } from '../codec/compression.js';
import { CODECS } from '../codec/envelope.js';
import type { EventListener } from '../model/event.js';
import type { Clock } from '../util/clock.js';
import { realFs, type FileSystem } from '../util/fs.js';
import { revealed } from '../util/secret.js';
import { didYouMean } from '../util/suggest.js';
import { describeConfig, type Environment } from './describe-config.js';
import { driverFor } from './driver-for.js';
import { isStore } from './is-store.js';
import {
  badStore,
  checkStoreConfig,
  isStoreType,
  STORE_TYPES,
  unknownOption,
  type ObjectStoreConfig,
  type SingleStoreConfig,
  type StoreConfig,
  type TierConfig,
  type TieredStoreConfig,
} from './store-config.js';
import { parseStoreUrl } from './store-url.js';
import { Store, type StoreOptions } from './store.js';
import { TieredDriver, type TierOptions } from './tiered/tiered-driver.js';
import { TIER_MODES, type TierMode } from './tiered/tier.js';
import type { StoreDriver } from './driver.js';

export type { StoreConfig, TierConfig } from './store-config.js';

/** Whatever says which store is meant: one that is open, an address, or a configuration. */
export type StoreChoice = Store | string | StoreConfig;

export interface OpenStoreOptions {
  /** What paths are relative to. Inside it, a folder of files is not trusted where somebody else could have made it. Default: the current folder. */
  readonly root?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly onEvent?: EventListener | undefined;
  /** Default: that of the process. */
  readonly environment?: Environment | undefined;
  readonly fs?: FileSystem | undefined;
}

/**
 * Opens the store of an address (`parseStoreUrl` says which there are) or of a configuration. Only what it needs is loaded.
 * @throws CacheError CACHE_BAD_STORE for an address or configuration that makes no sense, CACHE_PACKAGE_MISSING for a package that is not installed,
 *   CACHE_STORE_… where the store cannot be opened; none of them shows credentials.
 */
export async function openStore(urlOrConfig: string | StoreConfig, options: OpenStoreOptions = {}): Promise<Store> {
  const { makeDriver, settings } = await prepareStore(urlOrConfig, options);
  const { clock, onEvent } = options;
  return Store.open(makeDriver(), { ...settings, clock, onEvent });
}

export interface PreparedStore {
  /** A driver that is not open, for `Store.open` or for those who do without a store; each call makes a new one. */
  readonly makeDriver: () => StoreDriver;
  /** How values are written. */
  readonly settings: Pick<StoreOptions, 'codec' | 'compression' | 'ttlDefault'>;
}

/** What `openStore` opens, checked and loaded and not yet opened. Connects to nothing. @throws as `openStore`. */
export async function prepareStore(
  urlOrConfig: string | StoreConfig,
  options: OpenStoreOptions = {},
): Promise<PreparedStore> {
  const given = typeof urlOrConfig === 'string' ? parseStoreUrl(urlOrConfig) : asConfig(urlOrConfig);
  if (given.type === 'tiered') return prepareTiers(given, options);
  const config = given.type === 'object' ? objectConfig(given) : checkStoreConfig(given.type, { ...given });
  const { codec, compression, ttlDefault } = config;
  const { root = process.cwd(), clock, fs = realFs } = options;
  return {
    makeDriver: await driverFor(config, { root: path.resolve(root), clock, fs }),
    settings: { codec, compression, ttlDefault },
  };
}

/**
 * What is meant, for messages and to tell stores apart, without credentials. Loads and opens nothing.
 * @throws CacheError CACHE_BAD_STORE for a configuration that makes no sense.
 */
export function describeStore(choice: StoreChoice, environment: Environment = process.env): string {
  if (isStore(choice)) return choice.description;
  const given = typeof choice === 'string' ? parseStoreUrl(choice) : asConfig(choice);
  if (given.type !== 'tiered')
    return describeConfig(
      given.type === 'object' ? objectConfig(given) : checkStoreConfig(given.type, { ...given }),
      environment,
    );
  const tiers = given.tiers.map((tier) => describeStore(asTier(tier).store, environment));
  return `tiers(${tiers.join(', ')})`;
}

/** From JavaScript anything may come. */
function asConfig(given: unknown): StoreConfig {
  if (typeof given !== 'object' || given === null)
    throw new TypeError('Expected an address or a configuration of a store');
  const type: unknown = 'type' in given ? given.type : undefined;
  if (type !== 'tiered' && type !== 'object' && !isStoreType(type)) {
    const types = [...STORE_TYPES, 'object', 'tiered'];
    const hint = typeof type === 'string' ? didYouMean(type, types) : '';
    throw badStore('configured', `its "type" is not one of ${types.join(', ')}${hint}`);
  }
  return given as StoreConfig;
}

/** What is named `object` in a configuration, by its provider. */
function objectConfig({ type, url, provider, accountName, ...fields }: ObjectStoreConfig): SingleStoreConfig {
  const account = accountName === undefined ? {} : { account: accountName };
  if (url === undefined) {
    if (provider !== 's3' && provider !== 'azure' && provider !== 'google')
      throw badStore(type, 'it has neither "url" nor a "provider", which is s3, azure or google');
    return checkStoreConfig(provider, { ...fields, ...account });
  }
  const parsed = parseStoreUrl(revealed(url));
  if (parsed.type !== 's3' && parsed.type !== 'azure' && parsed.type !== 'google')
    throw badStore(type, 'its "url" begins with s3:, azure: or gs:');
  if (provider !== undefined && provider !== parsed.type) throw badStore(type, '"url" and "provider" do not agree');
  return checkStoreConfig(parsed.type, { ...parsed, ...fields, ...account });
}

const TIERED_FIELDS = [
  ...['type', 'tiers', 'write', 'budgetMs', 'ttlDefault', 'codec', 'compression', 'outboxFolder'],
] as const;
const TIER_FIELDS = ['store', 'mode', 'timeoutMs'];
const WRITES = ['through', 'back'];

async function prepareTiers(config: TieredStoreConfig, options: OpenStoreOptions): Promise<PreparedStore> {
  checkTiered(config);
  const { write, budgetMs, ttlDefault, codec, compression, outboxFolder } = config;
  const prepared = await Promise.all(
    config.tiers.map(async (given) => {
      const { store, mode, timeoutMs } = asTier(given);
      if (typeof store !== 'string' && asConfig(store).type === 'tiered')
        throw badStore('tiered', 'a tier is itself made of tiers');
      return { ...(await prepareStore(store, options)), mode, timeoutMs };
    }),
  );
  const { root = process.cwd(), environment, fs, clock, onEvent } = options;
  const outboxes = outboxFolder === undefined ? undefined : path.resolve(root, outboxFolder);
  const tiers: TierOptions[] = prepared.map(({ makeDriver, mode, timeoutMs }) => ({
    driver: makeDriver,
    mode,
    timeoutMs,
  }));
  return {
    makeDriver: () =>
      new TieredDriver(tiers, {
        ...{ write, budgetMs, environment, fs, clock, onEvent },
        outboxFolder: outboxes,
      }),
    // What only one tier was told of is for all: they keep the same bytes.
    settings: {
      codec: codec ?? prepared.find(({ settings }) => settings.codec !== undefined)?.settings.codec,
      compression:
        compression ?? prepared.find(({ settings }) => settings.compression !== undefined)?.settings.compression,
      ttlDefault: ttlDefault ?? prepared.find(({ settings }) => settings.ttlDefault !== undefined)?.settings.ttlDefault,
    },
  };
}

/** A tier: a store that is open and stays open, one that is to be opened, or a driver; each alone or with a mode. */
export type TierChoice = Store | string | StoreConfig | TierConfig | TierOptions;

/** Loads what the tier needs. @throws as `openStore`. */
export async function prepareTier(choice: TierChoice, options: OpenStoreOptions): Promise<TierOptions> {
  if (isStore(choice)) return { store: choice };
  if (typeof choice === 'string' || 'type' in choice)
    return { driver: (await prepareStore(choice, options)).makeDriver };
  const { store, mode, timeoutMs } = choice;
  if (store === undefined || (typeof store === 'object' && 'driver' in store)) return choice as TierOptions;
  return { driver: (await prepareStore(store, options)).makeDriver, mode, timeoutMs };
}

function checkTiered(config: TieredStoreConfig): void {
  const { tiers, write, budgetMs, codec, compression } = config as { [Name in keyof TieredStoreConfig]: unknown };
  for (const name of Object.keys(config))
    if (!TIERED_FIELDS.some((known) => known === name)) throw unknownOption('tiered', name, TIERED_FIELDS);
  if (!Array.isArray(tiers) || tiers.length === 0) throw badStore('tiered', '"tiers" is to be a list of stores');
  if (write !== undefined && !WRITES.some((one) => one === write))
    throw badStore('tiered', '"write" is to be one of through, back');
  if (budgetMs !== undefined && !(typeof budgetMs === 'number' && budgetMs >= 1))
    throw badStore('tiered', '"budgetMs" is to be a number of ms');
  if (codec !== undefined && !CODECS.some((one) => one === codec && one !== 'bytes'))
    throw badStore('tiered', '"codec" is to be one of json, msgpack');
  if (compression !== undefined && !COMPRESSIONS.some((one) => one === compression))
    throw badStore('tiered', `"compression" is to be one of ${COMPRESSIONS.join(', ')}`);
}

function asTier(given: string | StoreConfig | TierConfig): TierConfig {
  if (typeof given === 'string' || !('store' in given)) return { store: given };
  for (const name of Object.keys(given))
    if (!TIER_FIELDS.includes(name)) throw unknownOption('tiered', name, TIER_FIELDS);
  const mode: TierMode | undefined = given.mode;
  if (mode !== undefined && !TIER_MODES.includes(mode))
    throw badStore('tiered', `the "mode" of a tier is to be one of ${TIER_MODES.join(', ')}`);
  return given;
}
