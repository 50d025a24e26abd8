import path from 'node:path';
import { readIfPresent, type FileSystem } from '../util/fs.js';

/** What decides which files a package's names stand for. Nothing of it is checked: people write it. */
export type PackageManifest = Readonly<Record<string, unknown>>;

/** The package.json in `folder`; undefined where there is none that can be used. */
export function parsePackage(fs: FileSystem, folder: string): PackageManifest | undefined {
  try {
    const bytes = readIfPresent(fs, path.join(folder, 'package.json'));
    const value: unknown = bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names of the packages that a package needs to run. */
export function dependenciesOf(manifest: PackageManifest): string[] {
  return ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
    isObject(manifest[kind]) ? Object.keys(manifest[kind]) : [],
  );
}

/** What `name` may stand for in `exports` or `imports` of a manifest, whatever the conditions. */
export function targetsOf(map: unknown, name: string): string[] {
  if (!isObject(map) || !Object.keys(map).some((key) => /^[.#]/.test(key))) return name === '.' ? leaves(map, '') : [];
  return Object.entries(map).flatMap(([key, value]) => {
    if (key === name) return leaves(value, '');
    const [start, end] = key.split('*', 2) as [string, string?];
    const matches =
      end !== undefined && name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
    return matches ? leaves(value, name.slice(start.length, name.length - end.length)) : [];
  });
}

function leaves(value: unknown, star: string, depth = 0): string[] {
  if (typeof value === 'string') return [value.replaceAll('*', () => star)];
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.values(value).flatMap((inner) => leaves(inner, star, depth + 1));
}
