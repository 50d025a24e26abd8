import { looseJson, objectOf, stringsOf, type JsonObject } from './loose-json.js';
import { contains, foldersUp, folderOf, isOutside, joined, once, type Probe } from './probe.js';

/** What one `tsconfig.json` says about names of modules, with what it extends. Paths are relative to the root. */
export interface ConfigLayer {
  readonly baseUrl: string | undefined;
  /** Patterns with at most one `*`, the longest prefix first. */
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
  readonly rootDirs: readonly string[];
  readonly suffixes: readonly string[];
  /** Packages whose types are there without an import. */
  readonly types: readonly string[];
}

/** Options of one file and those it extends, before they are read. */
interface RawOptions {
  readonly options: JsonObject;
  /** Folder of the file that each option was written in. */
  readonly origins: Readonly<Record<string, string>>;
}

const NAMES = ['tsconfig.json', 'jsconfig.json'];
/** Chains of `extends` and `references` are finite; this bounds one that is broken. */
const MAX_DEPTH = 20;

/**
 * Every configuration that may be in force for a file in `folder`, nearest first. Which one a tool uses depends on its settings, so all of
 * those above the file count, and all that they refer to whose folder holds it.
 */
export function configsOf(folder: string, probe: Probe): readonly ConfigLayer[] {
  return once(probe, `configs ${folder}`, (shared) => findConfigs(folder, shared));
}

function findConfigs(folder: string, probe: Probe): ConfigLayer[] {
  const layers: ConfigLayer[] = [];
  for (const above of foldersUp(folder, probe)) {
    if (isOutside(above) && layers.length > 0) break;
    for (const name of NAMES) addLayers(joined(above, name), folder, probe, layers, new Set());
  }
  return layers;
}

function addLayers(path: string, folder: string, probe: Probe, layers: ConfigLayer[], seen: Set<string>): void {
  if (seen.has(path) || seen.size > MAX_DEPTH) return;
  seen.add(path);
  const bytes = probe.read(path);
  if (bytes === undefined) return;
  layers.push(layerOf(optionsOf(path, bytes, probe, 0), folderOf(path)));
  const references = looseJson(bytes)['references'];
  for (const reference of Array.isArray(references) ? references : []) {
    const [target] = stringsOf(objectOf(reference)['path']);
    if (target === undefined) continue;
    const place = joined(folderOf(path), target);
    const file = place.endsWith('.json') ? place : joined(place, 'tsconfig.json');
    if (contains(folderOf(file), folder)) addLayers(file, folder, probe, layers, seen);
  }
}

function optionsOf(path: string, bytes: Uint8Array, probe: Probe, depth: number): RawOptions {
  const json = looseJson(bytes);
  const folder = folderOf(path);
  const own = objectOf(json['compilerOptions']);
  let options: JsonObject = {};
  let origins: Record<string, string> = {};
  for (const name of depth < MAX_DEPTH ? stringsOf(json['extends']) : []) {
    const base = readExtended(name, folder, probe);
    if (base === undefined) continue;
    const inherited = optionsOf(base.path, base.bytes, probe, depth + 1);
    options = { ...options, ...inherited.options };
    origins = { ...origins, ...inherited.origins };
  }
  for (const name of Object.keys(own)) origins[name] = folder;
  return { options: { ...options, ...own }, origins };
}

interface ConfigFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

function readExtended(name: string, folder: string, probe: Probe): ConfigFile | undefined {
  if (/^\.{0,2}\//.test(name) || name === '.' || name === '..') {
    const place = joined(folder, name);
    return readFirst(name.endsWith('.json') ? [place] : [place, `${place}.json`], probe);
  }
  for (const above of foldersUp(folder, probe)) {
    const modules = joined(above, 'node_modules');
    if (!probe.exists(modules)) continue;
    const place = joined(modules, name);
    const found = readFirst(name.endsWith('.json') ? [place] : [`${place}.json`], probe) ?? readPackage(place, probe);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A package may name its configuration by `tsconfig`, or by `exports` of that very path, which is where it then is. */
function readPackage(folder: string, probe: Probe): ConfigFile | undefined {
  const manifest = probe.read(joined(folder, 'package.json'));
  const [named] = manifest === undefined ? [] : stringsOf(looseJson(manifest)['tsconfig']);
  return readFirst([...(named === undefined ? [] : [joined(folder, named)]), joined(folder, 'tsconfig.json')], probe);
}

function readFirst(paths: readonly string[], probe: Probe): ConfigFile | undefined {
  for (const path of paths) {
    const bytes = probe.read(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}

function layerOf({ options, origins }: RawOptions, configFolder: string): ConfigLayer {
  const place = (option: string, value: string): string =>
    value.startsWith('${configDir}')
      ? joined(configFolder, value.slice('${configDir}'.length).replace(/^\//, '') || '.')
      : joined(origins[option] ?? configFolder, value);
  const [baseUrl] = stringsOf(options['baseUrl']).map((value) => place('baseUrl', value));
  const target = (value: string): string =>
    baseUrl !== undefined && !value.startsWith('${') ? joined(baseUrl, value) : place('paths', value);
  const paths = Object.entries(objectOf(options['paths'])).map(([pattern, targets]) => ({
    pattern,
    targets: stringsOf(targets).map(target),
  }));
  const prefixLength = (pattern: string): number => (pattern.includes('*') ? pattern.indexOf('*') : Infinity);
  return {
    baseUrl,
    paths: paths.sort((a, b) => Number(prefixLength(b.pattern) > prefixLength(a.pattern)) * 2 - 1),
    rootDirs: stringsOf(options['rootDirs']).map((value) => place('rootDirs', value)),
    suffixes: stringsOf(options['moduleSuffixes']),
    types: stringsOf(options['types']).filter((name) => name !== '*'),
  };
}

/** What the `*` of `pattern` stands for in `name`; '' where it has none; undefined where they do not fit. */
export function matchStar(pattern: string, name: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === name ? '' : undefined;
  const after = pattern.slice(star + 1);
  const fits = name.length >= pattern.length - 1 && name.startsWith(pattern.slice(0, star)) && name.endsWith(after);
  return fits ? name.slice(star, name.length - after.length) : undefined;
}
