import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSystem } from '../util/fs.js';
import { parsePackage, targetsOf, type PackageManifest } from './package-manifest.js';

/** Quoted strings that name a module: relative ones wherever they stand, all others where they are imported. */
const RELATIVE = /(['"`])(\.{1,2}\/[^'"`\n]{1,300})\1/g;
const IMPORTED =
  /(?:\bfrom|\bimport(?:\.meta\.resolve)?|\brequire(?:\.resolve)?)\s*\(?\s*(?:\/\*[^*]*\*\/\s*)?(['"`])([^'"`\n]{1,300})\1/g;
const BESIDE = /\bnew\s+URL\(\s*(['"`])([^'"`\n:]{1,300})\1\s*,\s*import\.meta\.url/g;

/** Every name of a module in `text`. Finds too much (a path in a comment), which can only re-run more, never less. */
export function namesOfImports(text: string): Set<string> {
  const names = new Set<string>();
  for (const pattern of [RELATIVE, IMPORTED])
    for (const [, , name] of text.matchAll(pattern)) names.add(name as string);
  for (const [, , name] of text.matchAll(BESIDE))
    names.add(/^\.{0,2}\//.test(name as string) ? (name as string) : `./${name}`);
  return names;
}

/** What a name may stand for. */
export type ImportTarget =
  | { readonly kind: 'file'; readonly file: string }
  /** Installed: known by its manifest, its files are not looked at. */
  | { readonly kind: 'package'; readonly name: string; readonly folder: string };

const ENDINGS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx', '.json', '.node'];
/** TypeScript sources import by the name of what they compile to. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
const PACKAGE_NAME = /^((?:@[\w.-]+\/)?[\w.-]+)(?:\/(.*))?$/;
const INSTALLED = /[\\/]node_modules[\\/]/;

/**
 * Finds what modules import, as Node and TypeScript loaders may resolve it under any condition: every file that could be meant is
 * answered. Nothing is remembered beyond one use, other than by Node's own resolution, which would answer for files as they were.
 */
export class ImportFinder {
  readonly #fs: FileSystem;
  readonly #manifests = new Map<string, PackageManifest | undefined>();
  readonly #realFolders = new Map<string, string>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** What `name` in a module of `folder` may stand for; empty where nothing of that name is there. */
  find(name: string, folder: string): ImportTarget[] {
    if (/^\.{1,2}(\/|$)/.test(name) || path.isAbsolute(name)) return this.#files(path.resolve(folder, name));
    if (name.startsWith('file:')) return this.#files(pathOfUrl(name) ?? folder);
    if (name.startsWith('#')) return this.#subpathImport(name, folder);
    const [, packageName, subpath] = PACKAGE_NAME.exec(name) ?? [];
    return packageName === undefined || isBuiltin(name) ? [] : this.findPackage(packageName, folder, subpath);
  }

  /** The nearest package `name` above `folder`; by its files where it is linked from elsewhere, e.g. in a workspace. */
  findPackage(name: string, folder: string, subpath?: string): ImportTarget[] {
    const own = this.#nearestManifest(folder);
    if (own?.manifest.name === name) return this.#exported(own.folder, own.manifest, subpath);
    for (let above = folder; ; above = path.dirname(above)) {
      const place = path.join(above, 'node_modules', name);
      const manifest = this.manifest(place);
      if (manifest !== undefined) {
        const real = this.realFolder(place);
        if (INSTALLED.test(real + path.sep)) return [{ kind: 'package', name, folder: real }];
        return [{ kind: 'file', file: path.join(real, 'package.json') }, ...this.#exported(real, manifest, subpath)];
      }
      if (above === path.dirname(above)) return [];
    }
  }

  /** The package.json of `folder`. */
  manifest(folder: string): PackageManifest | undefined {
    if (!this.#manifests.has(folder)) this.#manifests.set(folder, parsePackage(this.#fs, folder));
    return this.#manifests.get(folder);
  }

  /** `folder` without links on the way. */
  realFolder(folder: string): string {
    let real = this.#realFolders.get(folder);
    if (real === undefined) {
      try {
        real = this.#fs.realpathSync(folder);
      } catch {
        real = folder;
      }
      this.#realFolders.set(folder, real);
    }
    return real;
  }

  #subpathImport(name: string, folder: string): ImportTarget[] {
    const own = this.#nearestManifest(folder);
    if (own === undefined) return [];
    const targets = targetsOf(own.manifest.imports, name).filter((target) => !target.startsWith('#'));
    return [
      { kind: 'file', file: path.join(own.folder, 'package.json') },
      ...targets.flatMap((target) => this.find(target, own.folder)),
    ];
  }

  #exported(folder: string, { exports, main, module }: PackageManifest, subpath = ''): ImportTarget[] {
    const targets = targetsOf(exports, subpath === '' ? '.' : `./${subpath}`);
    if (subpath !== '') targets.push(subpath);
    else targets.push(...[main, module].filter((entry) => typeof entry === 'string'), 'index');
    return targets.flatMap((target) => this.#files(path.resolve(folder, target)));
  }

  #nearestManifest(folder: string): { folder: string; manifest: PackageManifest } | undefined {
    for (let above = folder; ; above = path.dirname(above)) {
      const manifest = this.manifest(above);
      if (manifest !== undefined) return { folder: above, manifest };
      if (above === path.dirname(above)) return undefined;
    }
  }

  /** Files that `target` may mean: itself or its source, else with an ending, else as a folder. */
  #files(target: string): ImportTarget[] {
    const [plain] = target.split('?', 1) as [string];
    const ending = path.extname(plain);
    const stem = plain.slice(0, plain.length - ending.length);
    const exact = [plain, ...(SOURCES[ending] ?? []).map((source) => stem + source)].filter((file) =>
      this.#is(file, 'file'),
    );
    const files = exact.length > 0 ? exact : [...this.#withEnding(plain), ...this.#entry(plain)];
    return files.map((file) => ({ kind: 'file', file }));
  }

  #withEnding(stem: string): string[] {
    return ENDINGS.map((ending) => stem + ending).filter((file) => this.#is(file, 'file'));
  }

  #entry(folder: string): string[] {
    if (!this.#is(folder, 'folder')) return [];
    const main = this.manifest(folder)?.main;
    const entries = this.#withEnding(path.join(folder, 'index'));
    if (typeof main !== 'string') return entries;
    const file = path.resolve(folder, main);
    return [
      ...[file].filter((exact) => this.#is(exact, 'file')),
      ...this.#withEnding(file),
      ...this.#withEnding(path.join(file, 'index')),
      ...entries,
    ];
  }

  #is(place: string, kind: 'file' | 'folder'): boolean {
    try {
      const stat = this.#fs.statSync(place, { throwIfNoEntry: false });
      return stat !== undefined && (kind === 'file' ? stat.isFile() : stat.isDirectory());
    } catch {
      return false;
    }
  }
}

function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
