/** What the schema cannot say of stores and the shared cache. Checked before anything is used, also for stores that are not. */
import type { JsonValue } from '../model/json.js';
import { badReference, hasReference } from './environment.js';
import { expands } from './storage-fields.js';
import { kindOf, problemOf, refuseCircle, saidTiers, storesOf } from './resolve-store.js';
import { fromFile, remoteInFile, type Said, type StorageSources } from './storage-sources.js';

/** @throws CacheError CACHE_BAD_CONFIG with the place of the first problem. */
export function checkStores(sources: StorageSources): void {
  const config = sources.file?.config;
  for (const place of ['store', 'stores', 'remote'] as const)
    refuseBadNames(place, config?.[place] as JsonValue | undefined, [place], sources);
  for (const [name, settings] of Object.entries(storesOf(sources))) {
    if (settings === undefined) continue;
    const kind = kindOf(name, settings as Readonly<Record<string, unknown>>);
    if (kind === 'object') checkObjectStore(name, settings, sources);
    if (kind === 'tiered') checkTiers(name, sources, [name]);
  }
  for (const name of Object.keys(storesOf(sources))) refuseNested(name, sources);
  checkRemote(sources);
  for (const said of references(sources)) refuseUnknown(said, sources);
}

/** Each text that may hold `${...}`, at whatever depth. */
function refuseBadNames(
  key: string,
  value: JsonValue | undefined,
  place: readonly string[],
  sources: StorageSources,
): void {
  if (typeof value === 'string') {
    const problem =
      isReferenceOf(key, place) || expands(key) ? (badReference(value) ?? strayKey(key, value)) : undefined;
    if (problem !== undefined) throw fromFile(sources, place, value)?.fail(problem) ?? new TypeError(problem);
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    for (const [name, inner] of Object.entries(value))
      refuseBadNames(isList ? key : name, inner, [...place, name], sources);
  }
}

/** A file from a repository that is not trusted must not send the key to an address of its choice. */
const strayKey = (key: string, value: string): string | undefined =>
  key !== 'privateKey' && value.includes('${DOCUMEE_SIGNING_KEY}')
    ? 'DOCUMEE_SIGNING_KEY is expanded in remote.signing.privateKey only'
    : undefined;

const isReferenceOf = (key: string, place: readonly string[]): boolean =>
  key === 'tiers' || (place.length === 1 && (key === 'store' || key === 'remote'));

function checkObjectStore(name: string, settings: object, sources: StorageSources): void {
  const { url, provider, bucket, container } = settings as Readonly<Record<string, unknown>>;
  const said = fromFile(sources, ['stores', name], settings);
  if (url !== undefined && provider !== undefined)
    throw said?.fail('has url and provider; the one says what the other does, so leave one out') ?? new TypeError();
  if (typeof url === 'string') {
    const isKnown = hasReference(url) || /^(s3|azure|gs):/i.test(url);
    if (!isKnown) throw said?.fail('has a url that does not begin with s3:, azure: or gs:') ?? new TypeError();
    return;
  }
  const needed = provider === 'azure' ? 'container' : 'bucket';
  if (provider === undefined)
    throw said?.fail('needs a url, or a provider and a bucket or container') ?? new TypeError();
  if ((needed === 'container' ? container : bucket) === undefined)
    throw said?.fail(`needs ${needed}, since its provider is ${JSON.stringify(provider)}`) ?? new TypeError();
}

function checkTiers(name: string, sources: StorageSources, within: readonly string[]): void {
  for (const { said } of saidTiers(name, sources)) {
    refuseUnknown(said, sources);
    refuseCircle(said.value, said, within);
    const settings = storesOf(sources)[said.value] as Readonly<Record<string, unknown>> | undefined;
    if (settings !== undefined && kindOf(said.value, settings) === 'tiered')
      checkTiers(said.value, sources, [...within, said.value]);
  }
}

/** Tiers of tiers would be waited for twice. */
function refuseNested(name: string, sources: StorageSources): void {
  for (const { said } of saidTiers(name, sources)) {
    const settings = storesOf(sources)[said.value] as Readonly<Record<string, unknown>> | undefined;
    if (settings !== undefined && kindOf(said.value, settings) === 'tiered')
      throw said.fail('a tier cannot be made of tiers itself; list its tiers here');
  }
}

function checkRemote(sources: StorageSources): void {
  const { url, store, signing } = remoteInFile(sources) ?? {};
  if (url !== undefined) {
    const said = fromFile(sources, ['remote', 'store'], store);
    if (said !== undefined) throw said.fail('stands beside remote.url; give one of them');
  }
  if (signing?.privateKey !== undefined) {
    const said = fromFile(sources, ['remote', 'signing', 'privateKeyFile'], signing.privateKeyFile);
    if (said !== undefined) throw said.fail('stands beside privateKey; give one of them');
  }
}

function references(sources: StorageSources): readonly Said<string>[] {
  const { store, remote } = sources.file?.config ?? {};
  const { url, store: remoteStore } = remoteInFile(sources) ?? {};
  const said = [
    fromFile(sources, ['store'], store),
    fromFile(sources, ['remote'], typeof remote === 'string' ? remote : undefined),
    fromFile(sources, ['remote', 'url'], url),
    fromFile(sources, ['remote', 'store'], remoteStore),
  ];
  return said.filter((each) => each !== undefined);
}

/** What a variable stands for is known when the store is used. */
function refuseUnknown(said: Said<string>, sources: StorageSources): void {
  const problem = hasReference(said.value) ? undefined : problemOf(said.value, said, sources);
  if (problem !== undefined) throw said.fail(problem);
}
