import { EXTERNAL, folderOf, foundOr, isFile, joined, once, UNRESOLVED, type Probe, type Resolution } from './probe.js';
import type { Specifier } from './result.js';

/** Folders besides the root that projects keep their packages in. */
const COMMON_ROOTS = ['', 'src', 'lib', 'python'];
/** Modules that no file can stand in front of. */
const BUILT_INTO_PYTHON = new Set(['__future__', 'builtins', 'sys']);

/** Files of one module; `isPackage` where it can have submodules. */
interface Module {
  readonly files: readonly string[];
  readonly isPackage: boolean;
  /** Whether it is a folder without `__init__`, of which there may be one under every root. */
  readonly isNamespace: boolean;
}

/**
 * The files that `specifier` in the Python file `importer` means: every package on the way, the module, and the submodules among the names
 * that are imported. Stubs come first, and the code they stand for counts as well.
 */
export function resolvePython(importer: string, specifier: Specifier, probe: Probe): Resolution {
  const { module, kind, symbols = [] } = specifier;
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const parts = module
    .slice(dots)
    .split('.')
    .filter((part) => part !== '');
  const wanted = kind === 'from' ? symbols.filter((name) => name !== '*') : [];
  if (dots > 0) {
    const start = above(folderOf(importer), dots - 1);
    return start === undefined ? UNRESOLVED : foundOr(relativeFiles(start, parts, wanted, probe), UNRESOLVED);
  }
  const [first] = parts;
  if (first === undefined || BUILT_INTO_PYTHON.has(first)) return EXTERNAL;
  return absolute(importer, parts, wanted, probe);
}

function absolute(importer: string, parts: readonly string[], wanted: readonly string[], probe: Probe): Resolution {
  const portions: string[] = [];
  for (const root of rootsOf(folderOf(importer), probe)) {
    const top = moduleAt(joined(root, parts[0] as string), probe);
    // A script that imports its own name means the package outside: `json.py` with `import json`.
    if (top === undefined || (!top.isPackage && top.files.every((file) => file === importer))) continue;
    const files = walk(root, parts, wanted, probe);
    portions.push(...files);
    // Another root may hold more of a namespace, or a package that goes before it.
    if (!top.isNamespace) return foundOr(files, UNRESOLVED);
  }
  return foundOr(portions, EXTERNAL);
}

function relativeFiles(start: string, parts: readonly string[], wanted: readonly string[], probe: Probe): string[] {
  if (parts.length > 0) return walk(start, parts, wanted, probe);
  return [...initFiles(start, probe), ...submodules(start, wanted, probe)];
}

/** Every module on the way from `root` down, as far as there are any. */
function walk(root: string, parts: readonly string[], wanted: readonly string[], probe: Probe): string[] {
  const files: string[] = [];
  let place = root;
  for (const part of parts) {
    place = joined(place, part);
    const found = moduleAt(place, probe);
    if (found === undefined) return files;
    files.push(...found.files);
    if (!found.isPackage) return files;
  }
  return [...files, ...submodules(place, wanted, probe)];
}

function submodules(folder: string, names: readonly string[], probe: Probe): string[] {
  return names.flatMap((name) => moduleAt(joined(folder, name), probe)?.files ?? []);
}

/** A package goes before a module of the same name, and that before a folder without `__init__`. Source: PEP 420. */
function moduleAt(place: string, probe: Probe): Module | undefined {
  const isFolder = probe.exists(place);
  const init = isFolder ? initFiles(place, probe) : [];
  if (init.length > 0) return { files: init, isPackage: true, isNamespace: false };
  const files = stubAndCode(place, probe);
  if (files.length > 0) return { files, isPackage: false, isNamespace: false };
  return isFolder ? { files: [], isPackage: true, isNamespace: true } : undefined;
}

function initFiles(folder: string, probe: Probe): string[] {
  return stubAndCode(joined(folder, '__init__'), probe);
}

function stubAndCode(stem: string, probe: Probe): string[] {
  return [`${stem}.pyi`, `${stem}.py`].filter((path) => isFile(probe, path));
}

/** Where absolute imports may start: the importer's folder and those above that are inside no package, then common ones. */
function rootsOf(folder: string, probe: Probe): readonly string[] {
  return once(probe, `python roots ${folder}`, (shared) => findRoots(folder, shared));
}

function findRoots(folder: string, probe: Probe): string[] {
  const roots: string[] = [];
  for (let at = folder; at !== '' && !at.endsWith('..'); at = folderOf(at))
    if (initFiles(at, probe).length === 0) roots.push(at);
  for (const root of COMMON_ROOTS) if (root === '' || probe.exists(root)) roots.push(root);
  return [...new Set(roots)];
}

function above(folder: string, levels: number): string | undefined {
  let at = folder;
  for (let level = 0; level < levels; level += 1) {
    if (at === '') return undefined;
    at = folderOf(at);
  }
  return at;
}
