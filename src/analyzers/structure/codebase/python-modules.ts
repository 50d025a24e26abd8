import type { Resolution } from './dependency-graph.js';
import type { PythonImport } from './file-imports.js';

const PACKAGE_FILE = '__init__.py';
/** Folders that projects keep their packages in. */
const COMMON_ROOTS = ['', 'src', 'lib', 'python'];

/** The Python modules of a codebase: which file a dotted name means, seen from which file. */
export class PythonModules {
  readonly #paths: ReadonlySet<string>;
  /** File of each module by its dotted name with slashes. */
  readonly #files = new Map<string, string>();
  readonly #folders = new Set<string>();
  /** Places where absolute imports may start, by the folder of the importing file. */
  readonly #roots = new Map<string, readonly string[]>();

  constructor(paths: ReadonlySet<string>) {
    this.#paths = paths;
    for (const path of paths) if (path.endsWith('.py')) this.#add(path);
  }

  #add(path: string): void {
    const folder = folderOf(path);
    const isPackage = isPackageFile(path);
    const place = isPackage ? folder : path.slice(0, -'.py'.length);
    // Python prefers the package where a module has the same name.
    if (isPackage || !this.#files.has(place)) this.#files.set(place, path);
    this.#addFolders(folder);
  }

  #addFolders(folder: string): void {
    for (let at = folder; at !== '' && !this.#folders.has(at); at = folderOf(at)) this.#folders.add(at);
  }

  /** A package outside of the codebase is named by the first part of its dotted name. */
  resolve(importer: string, [module, isRelative, wanted]: PythonImport): Resolution {
    if (isRelative) {
      const start = this.#relativeStart(importer, module);
      return { files: start === undefined ? [] : (this.#filesAt(start, wanted) ?? []) };
    }
    const place = module.replaceAll('.', '/');
    for (const root of this.#rootsOf(folderOf(importer))) {
      const files = this.#filesAt(join(root, place), wanted) ?? [];
      // A script that imports its own name means the package outside: `json.py` with `import json`.
      const isScript = !isPackageFile(importer);
      if (files.some((file) => !isScript || file !== importer)) return { files };
    }
    return { files: [], package: module.split('.', 1)[0] ?? module };
  }

  /** `.` is the importer's own package, each further dot one above. */
  #relativeStart(importer: string, module: string): string | undefined {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    let folder = folderOf(importer);
    for (let level = 1; level < dots; level += 1) {
      if (folder === '') return undefined;
      folder = folderOf(folder);
    }
    return join(folder, module.slice(dots).replaceAll('.', '/'));
  }

  /** Files of the module at `place`; a wanted name that is a module itself stands for its own file. Undefined where there is no such module. */
  #filesAt(place: string, wanted: readonly string[]): string[] | undefined {
    const own = this.#files.get(place);
    if (own === undefined && place !== '' && !this.#folders.has(place)) return undefined;
    const isPackage = own === undefined || isPackageFile(own);
    const submodules = wanted.map((name) => (isPackage ? this.#files.get(join(place, name)) : undefined));
    const files = submodules.filter((file) => file !== undefined);
    const needsOwn = wanted.length === 0 || submodules.includes(undefined);
    return own !== undefined && needsOwn ? [own, ...files] : files;
  }

  /** The importer's folder and those above, nearest first, then common ones; a package's inside is no place to start from. */
  #rootsOf(folder: string): readonly string[] {
    const known = this.#roots.get(folder);
    if (known !== undefined) return known;
    const roots: string[] = [];
    for (let at = folder; at !== ''; at = folderOf(at)) if (!this.#paths.has(`${at}/${PACKAGE_FILE}`)) roots.push(at);
    const all = [...new Set([...roots, ...COMMON_ROOTS])];
    this.#roots.set(folder, all);
    return all;
  }
}

function isPackageFile(path: string): boolean {
  return path === PACKAGE_FILE || path.endsWith(`/${PACKAGE_FILE}`);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function join(folder: string, rest: string): string {
  return folder === '' ? rest : rest === '' ? folder : `${folder}/${rest}`;
}
