import { byCodeUnit } from '../../../util/paths.js';
import type { ImportSymbol, Language } from '../result.js';
import { cyclesOf } from './cycles.js';
import { packageOf } from './package-name.js';
import { PythonModules } from './python-modules.js';
import { ScriptModules } from './script-modules.js';

export type DependencyNode = {
  /** Other files of the codebase, sorted. */
  readonly imports: readonly string[];
  readonly importedBy: readonly string[];
  /** Packages outside of it, sorted. */
  readonly externalImports: readonly string[];
};

export type DependencyGraph = {
  /** By path. Has own properties only, so a file may be called `__proto__`. */
  readonly nodes: Readonly<Record<string, DependencyNode>>;
  /** Groups of files that import each other in a circle; members and groups are sorted. */
  readonly circularDependencies: readonly (readonly string[])[];
  /** In how many files each package is imported. */
  readonly externalDependencies: Readonly<Record<string, number>>;
};

export interface ImportingFile {
  readonly path: string;
  readonly language: Language;
  readonly imports: readonly ImportSymbol[];
}

/** Where one import leads: files of the codebase, or a package, or neither (a style sheet, a file that is missing). */
export interface Resolution {
  readonly files: readonly string[];
  readonly package?: string;
}

interface Edges {
  readonly imports: Set<string>;
  readonly importedBy: Set<string>;
  readonly packages: Set<string>;
}

export function dependencyGraphOf(files: readonly ImportingFile[]): DependencyGraph {
  const sorted = [...files].sort((a, b) => byCodeUnit(a.path, b.path));
  const nodes = new Map<string, Edges>(
    sorted.map(({ path }) => [path, { imports: new Set(), importedBy: new Set(), packages: new Set() }]),
  );
  const packages = new Map<string, number>();
  const paths: ReadonlySet<string> = new Set(nodes.keys());
  const modules = { script: new ScriptModules(paths), python: new PythonModules(paths) };
  for (const file of sorted) {
    const node = nodes.get(file.path);
    if (node === undefined) continue;
    for (const found of file.imports) addEdges(nodes, file.path, resolve(file, found, modules));
    for (const name of node.packages) packages.set(name, (packages.get(name) ?? 0) + 1);
  }
  const imports = new Map([...nodes].map(([path, edges]) => [path, [...edges.imports].sort(byCodeUnit)]));
  return {
    nodes: Object.fromEntries([...nodes].map(([path, edges]) => [path, nodeOf(edges, imports.get(path) ?? [])])),
    circularDependencies: cyclesOf(imports),
    externalDependencies: Object.fromEntries([...packages].sort(([a], [b]) => byCodeUnit(a, b))),
  };
}

function resolve(
  { path, language }: ImportingFile,
  found: ImportSymbol,
  { script, python }: { readonly script: ScriptModules; readonly python: PythonModules },
): Resolution {
  if (language === 'python') return python.resolve(path, found);
  if (found.isRelative) {
    const target = script.resolve(path, found.module);
    return { files: target === undefined ? [] : [target] };
  }
  const name = packageOf(found.module);
  return name === undefined ? { files: [] } : { files: [], package: name };
}

function addEdges(nodes: ReadonlyMap<string, Edges>, path: string, resolution: Resolution): void {
  const node = nodes.get(path);
  for (const target of resolution.files) {
    // A package file often imports from its own package.
    if (target === path) continue;
    node?.imports.add(target);
    nodes.get(target)?.importedBy.add(path);
  }
  if (resolution.package !== undefined) node?.packages.add(resolution.package);
}

function nodeOf({ importedBy, packages }: Edges, imports: readonly string[]): DependencyNode {
  return { imports, importedBy: [...importedBy].sort(byCodeUnit), externalImports: [...packages].sort(byCodeUnit) };
}
