/** The part of the configuration that says where results are kept and with whom they are shared. Loaded only where somebody says anything. */
import type { JsonValue } from '../model/json.js';
import type { ConfigRemote } from '../schema/generated/config.js';
import type { FileSystem } from '../util/fs.js';
import { Secret } from '../util/secret.js';
import { checkStores } from './check-stores.js';
import { isCi } from './environment.js';
import { resolveStore, storesOf, type StoreScope } from './resolve-store.js';
import { nodeAt } from './settings.js';
import { isKeyText, readSigningKey } from './signing-key.js';
import {
  fromEnvironment,
  fromFile,
  fromFlag,
  isExpanded,
  remoteInFile,
  textOf,
  type Said,
  type StorageSources,
} from './storage-sources.js';
import { shownField, shownReference } from './storage-fields.js';
import { STORE_MODES, type RemoteConfig, type StorageOptions, type StoreMode } from './store-config.js';

export interface LoadedStorage {
  /** By dotted key, each with what may be shown of it and where it came from. */
  readonly shown: readonly (readonly [key: string, value: JsonValue, origin: string])[];
  /** The values themselves. @throws CacheError where a variable is not set, or a key cannot be read. */
  readonly options: () => StorageOptions;
}

/** @throws CacheError CACHE_BAD_CONFIG with the place in the file, CACHE_USAGE with the flag or variable. */
export function loadStorage(
  sources: StorageSources & { readonly basePath: string; readonly fs: FileSystem },
): LoadedStorage {
  checkStores(sources);
  const said = whatWasSaid(sources);
  return {
    shown: [...shownStore(said.store, sources), ...shownStores(sources), ...shownRemote(said, sources)],
    options: () => optionsOf(said, sources),
  };
}

type Sources = Parameters<typeof loadStorage>[0];

/** For each value the source that counts. */
interface WhatWasSaid {
  readonly store: Said<string> | undefined;
  /** False: none, whatever the other sources say. */
  readonly remote: Said<string | false> | undefined;
  readonly mode: Said<string> | undefined;
  readonly scope: Said<string> | undefined;
  readonly readScopes: Said<readonly string[]> | undefined;
  readonly privateKey: Said<string> | undefined;
  readonly privateKeyFile: Said<string> | undefined;
  readonly publicKeys: Said<readonly string[]> | undefined;
  readonly budgetMs: Said<number> | undefined;
  readonly leases: Said<boolean> | undefined;
}

function whatWasSaid(sources: Sources): WhatWasSaid {
  const { flags, environment, currentFolder: folder, file } = sources;
  const remote = remoteInFile(sources);
  const inRemote = <Key extends keyof ConfigRemote>(key: Key): Said<NonNullable<ConfigRemote[Key]>> | undefined =>
    fromFile(sources, ['remote', key], remote?.[key] as NonNullable<ConfigRemote[Key]> | undefined);
  const whole = file?.config.remote;
  const keyVariable = fromEnvironment('privateKey', environment, folder);
  const inSigning = <Value>(key: string, value: Value | undefined): Said<Value> | undefined =>
    fromFile(sources, ['remote', 'signing', key], value);
  const said: WhatWasSaid = {
    store:
      fromFlag('--store', flags.store, folder) ??
      fromEnvironment('store', environment, folder) ??
      fromFile(sources, ['store'], file?.config.store),
    remote:
      fromFlag(flags.remote === false ? '--no-remote' : '--remote', flags.remote, folder) ??
      fromEnvironment('remote', environment, folder) ??
      fromFile(sources, ['remote'], typeof whole === 'string' ? whole : undefined) ??
      inRemote('url') ??
      inRemote('store'),
    mode:
      fromFlag<string>('--remote-mode', flags.remoteMode, folder) ??
      fromEnvironment('mode', environment, folder) ??
      inRemote('mode'),
    scope:
      fromFlag('--remote-scope', flags.remoteScope, folder) ??
      fromEnvironment('scope', environment, folder) ??
      inRemote('scope'),
    readScopes: inRemote('readScopes'),
    privateKey: keyVariable ?? inSigning('privateKey', remote?.signing?.privateKey),
    privateKeyFile:
      keyVariable === undefined ? inSigning('privateKeyFile', remote?.signing?.privateKeyFile) : undefined,
    publicKeys:
      listed(fromEnvironment('publicKeys', environment, folder)) ??
      inSigning('publicKeys', remote?.signing?.publicKeys),
    budgetMs: inRemote('budgetMs'),
    leases: inRemote('leases'),
  };
  checkSaid(said);
  return said;
}

/** A variable with commas. */
function listed(said: Said<string> | undefined): Said<readonly string[]> | undefined {
  if (said === undefined) return undefined;
  const keys = said.value.split(/[\s,]+/).filter((part) => part !== '');
  // No key at all would mean that nothing has to be signed.
  if (keys.length === 0)
    throw said.fail('names no key; leave it unset, or list keys with commas or on lines of their own');
  return { ...said, value: keys };
}

/** Flags and variables have not been seen by the schema. */
function checkSaid({ mode, scope }: WhatWasSaid): void {
  if (mode !== undefined && !isMode(mode.value))
    throw mode.fail(`must be ${STORE_MODES.map((each) => JSON.stringify(each)).join(' or ')}`);
  if (scope !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(scope.value))
    throw scope.fail('a scope has 1 to 64 letters, digits, dots, _ or -');
}

const isMode = (text: string): text is StoreMode => STORE_MODES.some((mode) => mode === text);

function optionsOf(said: WhatWasSaid, sources: Sources): StorageOptions {
  const { store, remote } = said;
  const scope: StoreScope = { sources, basePath: sources.basePath };
  const hasFileSettings = storesOf(sources).file !== undefined;
  const storeText = store === undefined ? 'file' : textOf(store, sources.environment);
  const isDefault = storeText === 'file' && !hasFileSettings;
  const storeSaid = store ?? fromFlag('--store', 'file', sources.root);
  return {
    ...(!isDefault && storeSaid !== undefined && { store: resolveStore(storeSaid, scope) }),
    ...(isGiven(remote) && { remote: remoteOf(remote, said, scope, sources) }),
  };
}

const isGiven = (remote: Said<string | false> | undefined): remote is Said<string> =>
  remote !== undefined && remote.value !== false;

function remoteOf(remote: Said<string>, said: WhatWasSaid, scope: StoreScope, sources: Sources): RemoteConfig {
  if (textOf(remote, sources.environment) === 'file' && storesOf(sources).file === undefined)
    throw remote.fail('the built-in store file is the cache of this machine. Give a place, e.g. file:/mnt/shared');
  const privateKey = signingKey(said, sources);
  const publicKeys = said.publicKeys?.value;
  return {
    store: resolveStore(remote, scope),
    mode: modeOf(said, sources).value,
    ...(said.scope !== undefined && { scope: said.scope.value }),
    ...(said.readScopes !== undefined && { readScopes: said.readScopes.value }),
    ...((privateKey !== undefined || publicKeys !== undefined) && {
      signing: { ...(privateKey !== undefined && { privateKey }), ...(publicKeys !== undefined && { publicKeys }) },
    }),
    budgetMs: said.budgetMs?.value ?? (defaultOfRemote('budgetMs') as number),
    leases: said.leases?.value ?? (defaultOfRemote('leases') as boolean),
  };
}

function signingKey({ privateKey, privateKeyFile }: WhatWasSaid, { fs, environment }: Sources): Secret | undefined {
  if (privateKeyFile !== undefined)
    return readSigningKey(fs, textOf(privateKeyFile, environment), privateKeyFile.folder, (problem) =>
      privateKeyFile.fail(problem),
    );
  if (privateKey === undefined) return undefined;
  const text = textOf(privateKey, environment);
  // A variable holds the key itself: what is wrong with it is said by who reads it.
  if (privateKey.place === undefined || isKeyText(text)) return new Secret(text);
  if (isExpanded(privateKey))
    throw privateKey.fail('what the variable holds is no signing key: expected PEM, or Base64 of it');
  return readSigningKey(fs, text, privateKey.folder, (problem) => privateKey.fail(problem));
}

/**
 * Without a key of its own, what a CI job makes of a branch must not reach the others; and where keys are trusted, what is sent unsigned is of use to
 * nobody.
 */
function modeOf(
  { mode, privateKey, privateKeyFile, publicKeys }: WhatWasSaid,
  { environment }: Sources,
): Said<StoreMode> {
  if (mode !== undefined && isMode(mode.value)) return { ...mode, value: mode.value };
  const hasKey = privateKey !== undefined || privateKeyFile !== undefined;
  const isReader = !hasKey && (isCi(environment) || publicKeys !== undefined);
  const why = isCi(environment) ? 'CI is set' : 'public keys are given';
  return {
    value: isReader ? 'read' : 'read-write',
    origin: isReader ? `default (${why} and there is no signing key)` : 'default',
    folder: '',
    fail: (problem) => {
      throw new TypeError(problem);
    },
  };
}

const defaultOfRemote = (key: string): JsonValue => nodeAt(['remote', key])?.default as JsonValue;

type Shown = LoadedStorage['shown'][number];

function* shownStore(store: Said<string> | undefined, sources: Sources): Generator<Shown> {
  if (store === undefined) yield ['store', 'file', 'default'];
  else yield ['store', shownText('store', store, sources), store.origin];
}

function shownText(key: string, said: Said<string>, { environment }: Sources): JsonValue {
  if (said.place === undefined) return shownReference(said.value, false);
  return shownField(key, said.value, environment, said.folder) as JsonValue;
}

function* shownStores(sources: Sources): Generator<Shown> {
  const { environment, root } = sources;
  for (const [name, settings = {}] of Object.entries(storesOf(sources))) {
    for (const [key, value] of Object.entries(settings as Readonly<Record<string, JsonValue>>)) {
      const said = fromFile(sources, ['stores', name, key], value);
      const shown = Array.isArray(value)
        ? value.map((tier) => shownTier(tier as JsonValue, sources))
        : shownField(key, value, environment, root);
      if (said !== undefined) yield [`stores.${name}.${key}`, shown as JsonValue, said.origin];
    }
  }
}

function shownTier(tier: JsonValue, { environment, root }: Sources): JsonValue {
  if (typeof tier === 'string') return shownField('store', tier, environment, root) as JsonValue;
  const { store, ...rest } = tier as Readonly<Record<string, JsonValue>>;
  return { store: shownField('store', store, environment, root) as JsonValue, ...rest };
}

function* shownRemote(said: WhatWasSaid, sources: Sources): Generator<Shown> {
  const { remote, scope, readScopes, privateKey, privateKeyFile, publicKeys, budgetMs, leases } = said;
  if (remote?.value === false) {
    yield ['remote', false, remote.origin];
    return;
  }
  const hasRemote = isGiven(remote);
  if (hasRemote) yield ['remote.url', shownText('store', remote, sources), remote.origin];
  if (hasRemote || said.mode !== undefined) {
    const mode = modeOf(said, sources);
    yield ['remote.mode', mode.value, mode.origin];
  }
  for (const [key, value] of Object.entries({ scope, readScopes, budgetMs, leases })) {
    if (value !== undefined) yield [`remote.${key}`, value.value, value.origin];
    else if (hasRemote && (key === 'budgetMs' || key === 'leases'))
      yield [`remote.${key}`, defaultOfRemote(key), 'default'];
  }
  if (privateKey !== undefined) yield ['remote.signing.privateKey', '***', privateKey.origin];
  if (privateKeyFile !== undefined)
    yield [
      'remote.signing.privateKeyFile',
      shownText('privateKeyFile', privateKeyFile, sources),
      privateKeyFile.origin,
    ];
  if (publicKeys !== undefined) yield ['remote.signing.publicKeys', publicKeys.value, publicKeys.origin];
}
