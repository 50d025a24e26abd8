/** From what somebody wrote (a name, a built-in store, a URL) to the configuration of that store. */
import path from 'node:path';
import type { ConfigStores, ConfigTier } from '../schema/generated/config.js';
import { Secret } from '../util/secret.js';
import { didYouMean } from '../util/suggest.js';
import { expand } from './environment.js';
import { expands, isPath } from './storage-fields.js';
import { fromFile, isExpanded, textOf, type Said, type StorageSources } from './storage-sources.js';
import { isStoreKind, STORE_KINDS, type StoreConfig, type StoreKind, type TierConfig } from './store-config.js';
import { STORE_SCHEMES } from '../util/store-schemes.js';
import { isStoreUrl, schemeOf, withAbsolutePath } from './store-url.js';

export const DEFAULT_SQLITE_PATH = '.documee/store.sqlite';

/** Built-in stores that need no settings. */
const READY_KINDS = ['file', 'memory', 'sqlite'] as const;

export interface StoreScope {
  readonly sources: StorageSources;
  /** Folder of the cache, absolute: where the built-in store `file` is. */
  readonly basePath: string;
  /** The tiered stores that this one is a tier of, the outermost first. */
  readonly within?: readonly string[];
}

type Settings = Readonly<Record<string, unknown>>;

export function storesOf({ file }: StorageSources): ConfigStores {
  return file?.config.stores ?? {};
}

/** What is in the file under that name; undefined where nothing is. */
function settingsOf(stores: ConfigStores, name: string): Settings | undefined {
  return Object.hasOwn(stores, name) ? (stores[name] as Settings) : undefined;
}

/** The kind of a store that is in the file: that which it says, else its name. */
export function kindOf(name: string, settings: Settings): StoreKind {
  return (settings['type'] ?? name) as StoreKind;
}

/**
 * The store that is meant: a URL as text, everything else as its settings.
 * @throws CacheError where there is none of that name, a variable is not set, or tiers contain each other.
 */
export function resolveStore(said: Said<string>, scope: StoreScope): string | StoreConfig {
  const text = textOf(said, scope.sources.environment);
  const settings = settingsOf(storesOf(scope.sources), text);
  if (settings !== undefined) {
    refuseCircle(text, said, scope.within ?? []);
    return configOf(text, settings, scope);
  }
  if (isReadyKind(text)) return configOf(text, {}, scope);
  const problem = problemOf(text, said, scope.sources);
  if (problem !== undefined) throw said.fail(problem);
  return withAbsolutePath(text, said.folder);
}

export function refuseCircle(name: string, said: Said<string>, within: readonly string[]): void {
  if (within.includes(name)) throw said.fail(`these stores are tiers of each other: ${[...within, name].join(' > ')}`);
}

const isReadyKind = (name: string): boolean => READY_KINDS.some((kind) => kind === name);

/** Why `text` names no store; it is shown only where it can be nothing but a name. */
export function problemOf(text: string, said: Said<string>, sources: StorageSources): string | undefined {
  const stores = storesOf(sources);
  if (settingsOf(stores, text) !== undefined || isReadyKind(text) || isStoreUrl(text)) return undefined;
  const scheme = schemeOf(text);
  if (scheme !== undefined) {
    const shown = isExpanded(said)
      ? 'this'
      : `${JSON.stringify(scheme.slice(0, 60))}${didYouMean(scheme, STORE_SCHEMES)}`;
    return `no store has an address that begins with ${shown}. Known: ${STORE_SCHEMES.join(', ')}`;
  }
  if (isStoreKind(text)) return `the store ${text} needs settings; add stores.${text} to the configuration`;
  const names = [...new Set([...Object.keys(stores), ...READY_KINDS])];
  const shown = isExpanded(said) || !/^[\w.-]{1,64}$/.test(text) ? '' : ` ${JSON.stringify(text)}`;
  const hint = shown === '' ? '' : didYouMean(text, [...names, ...STORE_KINDS]);
  return `there is no store${shown}${hint}. Give a URL or one of ${names.join(', ')}`;
}

/** The settings of a store with variables replaced, paths absolute, and what has to be there filled in. */
function configOf(name: string, settings: Settings, scope: StoreScope): StoreConfig {
  const { sources, basePath } = scope;
  const type = kindOf(name, settings);
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    const place = ['stores', name, key];
    if (key !== 'type') values[key] = key === 'tiers' ? tiersOf(name, scope) : valueOf(key, value, place, sources);
  }
  if (type === 'file') return { type, ...withoutFormat({ basePath, ...values }) } as StoreConfig;
  if (type === 'sqlite') return { type, path: path.resolve(sources.root, DEFAULT_SQLITE_PATH), ...values };
  return withSecrets({ type, ...values });
}

/** What stores call a codec is the format of files. */
function withoutFormat({ format, ...values }: Settings): Settings {
  return format === undefined ? values : { ...values, codec: format };
}

const SECRETS = ['url', 'secretAccessKey', 'sessionToken', 'accountKey', 'sasToken', 'connectionString'];

/** What gives access can be shown by nobody who does not ask for it. */
function withSecrets(values: Settings): StoreConfig {
  const entries = Object.entries(values).map(([key, value]) =>
    SECRETS.includes(key) && typeof value === 'string' ? [key, new Secret(value)] : [key, value],
  );
  return Object.fromEntries(entries) as StoreConfig;
}

function valueOf(key: string, value: unknown, place: readonly string[], sources: StorageSources): unknown {
  if (typeof value !== 'string' || !expands(key)) return value;
  const said = fromFile(sources, place, value);
  const text = said === undefined ? value : expand(value, sources.environment, said.fail);
  if (isPath(key)) return path.resolve(sources.root, text);
  return key === 'url' ? withAbsolutePath(text, sources.root) : text;
}

function tiersOf(name: string, scope: StoreScope): TierConfig[] {
  return saidTiers(name, scope.sources).map(({ said, tier }) => ({
    ...tier,
    store: resolveStore(said, { ...scope, within: [...(scope.within ?? []), name] }),
  }));
}

/** The tiers of a store in the file, in order. */
export function saidTiers(
  name: string,
  sources: StorageSources,
): { readonly said: Said<string>; readonly tier: Partial<ConfigTier> }[] {
  const tiers = (settingsOf(storesOf(sources), name)?.['tiers'] ?? []) as readonly (string | ConfigTier)[];
  return tiers.flatMap((tier, index) => {
    const place = ['stores', name, 'tiers', String(index), ...(typeof tier === 'string' ? [] : ['store'])];
    const said = fromFile(sources, place, typeof tier === 'string' ? tier : tier.store);
    return said === undefined ? [] : [{ said, tier: typeof tier === 'string' ? {} : tier }];
  });
}
