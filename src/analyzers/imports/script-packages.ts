import { posix } from 'node:path';
import { looseJson, objectOf, stringsOf, type JsonObject } from './loose-json.js';
import { foldersUp, isOutside, joined, type Probe } from './probe.js';
import { findFolder, findNamed, findScript, type FileSearch } from './script-files.js';
import { matchStar } from './tsconfig.js';

export interface PackageScope {
  readonly folder: string;
  readonly manifest: JsonObject;
}

/** The package that the files of `folder` belong to: the nearest `package.json`. */
export function scopeOf(folder: string, probe: Probe): PackageScope | undefined {
  for (const above of foldersUp(folder, probe)) {
    const bytes = probe.read(joined(above, 'package.json'));
    if (bytes !== undefined) return { folder: above, manifest: looseJson(bytes) };
  }
  return undefined;
}

/** Everything that `name` may stand for in `exports` or `imports` of a manifest, whatever the conditions. */
export function targetsOf(map: unknown, name: string): string[] {
  const entries = Object.entries(objectOf(map));
  if (!entries.some(([key]) => /^[.#]/.test(key))) return name === '.' ? leavesOf(map, '', 0) : [];
  return entries.flatMap(([key, value]) => {
    const star = matchStar(key, name);
    return star === undefined ? [] : leavesOf(value, star, 0);
  });
}

/** Deeper conditions than this are no map that anybody wrote. */
const MAX_CONDITIONS = 20;

function leavesOf(value: unknown, star: string, depth: number): string[] {
  if (typeof value === 'string') return [value.replaceAll('*', () => star)];
  if (typeof value !== 'object' || value === null || depth > MAX_CONDITIONS) return [];
  return Object.values(value).flatMap((inner) => leavesOf(inner, star, depth + 1));
}

/** Files of a package within the codebase that `subpath` means ('' is the package itself), by its sources where what it names is not built. */
export function filesOfPackage({ folder, manifest }: PackageScope, subpath: string, search: FileSearch): string[] {
  const exported = targetsOf(manifest['exports'], subpath === '' ? '.' : `./${subpath}`);
  const files = sourcesOf(folder, exported, search);
  if (subpath !== '') {
    if (files.length > 0) return files;
    return [...findScript(joined(folder, subpath), search), ...findScript(joined(folder, `src/${subpath}`), search)];
  }
  const entries = ['types', 'typings', 'main', 'module'].flatMap((field) => stringsOf(manifest[field]));
  files.push(...sourcesOf(folder, entries, search));
  if (files.length > 0) return files;
  return [
    ...findScript(joined(folder, 'src/index'), search),
    ...findFolder(folder, search),
    ...findScript(joined(folder, 'lib/index'), search),
  ];
}

/** What manifests name in `folder`; where that is not a source of the codebase, also the source that it is likely built from. */
export function sourcesOf(folder: string, targets: readonly string[], search: FileSearch): string[] {
  const files = new Set<string>();
  const guessed = new Set<string>();
  for (const target of new Set(targets)) {
    const found = findNamed(joined(folder, target), search);
    for (const file of found) files.add(file);
    if (found.some((file) => search.probe.isSource(file))) continue;
    const guess = sourcePathOf(target);
    if (guess === undefined || guessed.has(guess)) continue;
    guessed.add(guess);
    for (const file of findScript(joined(folder, guess), search)) files.add(file);
  }
  return [...files];
}

/** `./dist/esm/a.d.ts` is built from `src/a`; undefined for what is no code in a folder. */
function sourcePathOf(target: string): string | undefined {
  const path = posix.normalize(target).replace(/^\.\//, '');
  const stem = path.replace(/(?:\.d)?\.[mc]?[jt]sx?$/, '');
  const inside = stem.replace(/^(?:[^/]+\/)(?:(?:esm|cjs|es|types|node|browser)\/)?(?:src\/)?/, '');
  return stem === path || isOutside(path) ? undefined : `src/${inside}`;
}
