import type { Reducer } from '../../../model/analyzer.js';
import { byCodeUnit } from '../../../util/paths.js';
import type { StructureResult } from '../result.js';
import { cyclesOf } from './cycles.js';
import { fileImports, type FileImports } from './file-imports.js';
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
  readonly input: FileImports;
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

export const dependencyGraph: Reducer<StructureResult, FileImports> = {
  select: fileImports,
  reduce: dependencyGraphOf,
};

function dependencyGraphOf(files: Iterable<ImportingFile>): DependencyGraph {
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
    for (const resolution of resolveAll(file, modules)) addEdges(nodes, file.path, resolution);
    for (const name of node.packages) packages.set(name, (packages.get(name) ?? 0) + 1);
  }
  const imports = new Map([...nodes].map(([path, edges]) => [path, [...edges.imports].sort(byCodeUnit)]));
  return {
    nodes: Object.fromEntries([...nodes].map(([path, edges]) => [path, nodeOf(edges, imports.get(path) ?? [])])),
    circularDependencies: cyclesOf(imports),
    externalDependencies: Object.fromEntries([...packages].sort(([a], [b]) => byCodeUnit(a, b))),
  };
}

function* resolveAll(
  { path, input }: ImportingFile,
  { script, python }: { readonly script: ScriptModules; readonly python: PythonModules },
): Generator<Resolution> {
  if ('python' in input) {
    for (const found of input.python) yield python.resolve(path, found);
    return;
  }
  for (const module of input.relative) {
    const target = script.resolve(path, module);
    if (target !== undefined) yield { files: [target] };
  }
  for (const module of input.other) {
    const name = packageOf(module);
    if (name !== undefined) yield { files: [], package: name };
  }
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
