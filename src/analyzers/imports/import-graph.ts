import type { Dependency } from '../../model/dependency.js';
import type { ContentHash } from '../../model/ids.js';
import { canonicalJson } from '../../util/canonical-json.js';
import { byCodeUnit } from '../../util/paths.js';
import { componentHolds, culpritFinder, digestOfComponent } from './closures.js';
import { condense, type Component } from './components.js';
import { AMBIENT, fileNode, type FileNode } from './file-node.js';
import { DependencyTable, LookRecorder, type PathDependency } from './look-recorder.js';
import type { Resolution } from './probe.js';
import { resolvePython } from './resolve-python.js';
import { ScriptResolver } from './resolve-script.js';
import type { ImportsResult, Specifier } from './result.js';
import { importLanguageOf, scanImports } from './scan-imports.js';

export type SeenFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly hash: ContentHash }
  | { readonly kind: 'other' }
  | { readonly kind: 'absent' };

/** The tree as it is in one run. Paths are those of dependencies; nothing that is asked here is recorded by itself. */
export interface ImportTree {
  /** Of a source file in scope; undefined for everything else. */
  hashOf(path: string): ContentHash | undefined;
  /** The answer of the analyzer `imports`; undefined where it is not asked about that file. */
  importsOf(path: string): Promise<ImportsResult | undefined>;
  observe(path: string): SeenFile;
  exists(path: string): boolean;
  list?(folder: string): { readonly names: readonly string[]; readonly hash: string } | undefined;
  /** Relative to the root. Without it, links into the codebase are told by the names of workspaces. */
  realpath?(path: string): string | undefined;
  /** Folders above the root that are looked into for packages and configurations: usually all there are. */
  readonly levelsAbove?: number;
}

/** What one file depends on by its imports, transitively. */
export interface Followed {
  /** Every file that is reached, itself not included, sorted by code unit. */
  readonly files: readonly string[];
  /** Their contents, and every look that led to them: what is absent, manifests, configurations. Sorted by path. */
  readonly dependencies: readonly Dependency[];
  /** Of those files, itself included, the ones that import something by a name that is computed: what that is cannot be known. */
  readonly unknown: readonly string[];
}

/** Content below it is code that others wrote; only its manifest counts. */
const INSTALLED = /(?:^|\/)node_modules\//;
const decoder = new TextDecoder();

/**
 * The imports of a codebase during one run. The imports of each file are resolved once, whoever asks; files that import each other are one
 * component, so that what any of them reaches is collected in time linear in what is reached.
 */
export class ImportGraph {
  readonly #tree: ImportTree;
  readonly #table = new DependencyTable();
  readonly #recorder: LookRecorder;
  readonly #nodes = new Map<string, FileNode>();
  readonly #loading = new Map<FileNode, Promise<void>>();
  readonly #parts = new Map<Component<FileNode>, Part>();
  readonly #prepared = new Map<FileNode | undefined, Component<FileNode>>();
  readonly #digests = new Map<Component<FileNode>, string>();
  readonly #sharedDigests = new Map<Component<FileNode>, string>();
  readonly #ambient: FileNode;

  /** `ambient`: files that mean something to every script, imported or not: those whose `imports` say so. */
  constructor(tree: ImportTree, { ambient }: { readonly ambient: readonly string[] }) {
    this.#tree = tree;
    this.#recorder = new LookRecorder(tree, this.#table);
    this.#ambient = fileNode(AMBIENT, 'script');
    this.#ambient.targets = ambient.map((path) => this.#target(path));
    this.#loading.set(this.#ambient, Promise.resolve());
  }

  /** Everything that `path` depends on by imports. */
  async follow(path: string): Promise<Followed> {
    const start = this.#node(path);
    await this.#load([start]);
    return this.#collect(start, condense(start));
  }

  /** Loads the imports of many files at once, so that nothing more is asked for about any of them. What is loaded already costs nothing. */
  async prepare(paths: Iterable<string>): Promise<void> {
    const nodes = Array.from(paths, (path) => this.#target(path)).filter((node) => !this.#prepared.has(node));
    await this.#load(nodes);
    for (const node of nodes) this.#prepared.set(node, condense(node));
  }

  /** Whether `path` was given to `prepare`, which is done with it. */
  isPrepared(path: string): boolean {
    return this.#prepared.has(this.#nodes.get(path));
  }

  /**
   * `sha256:…` over all that `path` depends on by imports, itself included: the contents of every file that is reached and every look that led
   * there. It is equal for equal dependencies, whatever the order in which files were asked for.
   * @throws TypeError for a path that is not prepared, as `stillHolds` does.
   */
  digestOf(path: string): string {
    return digestOfComponent(this.#preparedComponent(path), (id) => this.#table.jsonOf(id), this.#digests);
  }

  /**
   * The same as another machine would see it: with the hashes that `sharedHashOf` gives for contents, and without what is absent above the root,
   * where every machine has other folders. @throws what `sharedHashOf` throws.
   */
  sharedDigestOf(path: string, sharedHashOf: (path: string, hash: ContentHash) => string): string {
    const jsonOf = (id: number): string | undefined => {
      const dependency = this.#table.get(id);
      if (dependency.kind === 'absent' && dependency.path.startsWith('../')) return undefined;
      if (dependency.kind !== 'content' || dependency.hash === null) return this.#table.jsonOf(id);
      return canonicalJson({ ...dependency, hash: sharedHashOf(dependency.path, dependency.hash) });
    };
    return digestOfComponent(this.#preparedComponent(path), jsonOf, this.#sharedDigests);
  }

  /** Every dependency noted so far, whoever it was that looked, each once. */
  looks(): Iterable<PathDependency> {
    return this.#table.all();
  }

  /**
   * Tells for each prepared path one of `changed` that it depends on, the first by code unit; itself only where it is reached through a circle and
   * nothing else changed. Undefined where there is none. Linear in the size of the graph over all paths.
   */
  culprits(changed: ReadonlySet<string>): (path: string) => string | undefined {
    const find = culpritFinder(this.#table, changed);
    return (path) => {
      const node = this.#nodes.get(path);
      const component = this.#prepared.get(node);
      return node && component && find(node, component);
    };
  }

  /**
   * Whether all that `path` depends on holds, itself included. `holds` is asked at most once for each dependency over all calls that share `memo`,
   * which is the caller's to forget.
   */
  stillHolds(path: string, holds: (dependency: PathDependency) => boolean, memo: Map<unknown, boolean>): boolean {
    return componentHolds(this.#preparedComponent(path), this.#table, holds, memo);
  }

  #preparedComponent(path: string): Component<FileNode> {
    const component = this.#prepared.get(this.#nodes.get(path));
    if (component === undefined) throw new TypeError(`Expected a path that was prepared, found ${path}`);
    return component;
  }

  #node(path: string): FileNode {
    let node = this.#nodes.get(path);
    if (node === undefined) this.#nodes.set(path, (node = fileNode(path, importLanguageOf(path))));
    return node;
  }

  /** The node of a file whose content somebody depends on. */
  #target(path: string): FileNode {
    const node = this.#node(path);
    node.content ??= this.#recorder.contentOf(path);
    return node;
  }

  /** Loads what is reached from `starts`, one ring of imports at a time. */
  async #load(starts: readonly FileNode[]): Promise<void> {
    const seen = new Set(starts);
    let ring = [...seen].filter(({ component }) => component === undefined);
    while (ring.length > 0) {
      await Promise.all(ring.map((node) => this.#loadOne(node)));
      const next: FileNode[] = [];
      for (const node of ring)
        for (const target of node.targets)
          if (!seen.has(target)) {
            seen.add(target);
            // What has a component is loaded with all that it reaches.
            if (target.component === undefined) next.push(target);
          }
      ring = next;
    }
  }

  #loadOne(node: FileNode): Promise<void> {
    let loading = this.#loading.get(node);
    if (loading === undefined) this.#loading.set(node, (loading = this.#resolveImports(node)));
    return loading;
  }

  async #resolveImports(node: FileNode): Promise<void> {
    const { path, language } = node;
    if (language === undefined) return;
    const imports = await this.#importsOf(path);
    if (imports === undefined) return;
    const { result, looks } = this.#recorder.record((probe): Resolution[] => {
      if (language === 'python') return imports.specifiers.map((each) => resolvePython(path, pythonName(each), probe));
      const resolver = new ScriptResolver(path, probe);
      return [...imports.specifiers, ...resolver.implicitTypes].map((each) => resolver.resolve(each));
    });
    const files = new Set(result.flatMap((resolution) => resolution.files));
    node.looks = looks;
    node.isUnknown = imports.unknown === true;
    node.targets = [
      ...Array.from(files, (file) => this.#target(file)),
      ...(language === 'script' ? [this.#ambient] : []),
    ].filter((target) => target !== node);
  }

  /** Of a source file by its analyzer; other files in the tree, such as built ones, are read here. */
  async #importsOf(path: string): Promise<ImportsResult | undefined> {
    if (INSTALLED.test(path) && this.#tree.hashOf(path) === undefined) return undefined;
    const known = await this.#tree.importsOf(path);
    if (known !== undefined) return known;
    const seen = this.#recorder.observe(path);
    return seen.kind === 'file' ? scanImports(path, decoder.decode(seen.bytes)) : undefined;
  }

  #collect(start: FileNode, from: Component<FileNode>): Followed {
    const components = new Set([from]);
    const looks = new Set<number>();
    const contents = new Set<number>();
    const unknown: string[] = [];
    // A set takes in what is added while it is walked.
    for (const component of components) {
      for (const target of component.targets) components.add(target);
      const part = this.#partOf(component);
      for (const look of part.looks) looks.add(look);
      unknown.push(...part.unknown);
      for (const node of component.members)
        if (node !== start && node.content !== undefined) contents.add(node.content);
    }
    for (const content of contents) looks.add(content);
    const sorted = this.#table.sorted(looks);
    return {
      files: sorted.filter((id) => contents.has(id)).map((id) => this.#table.pathOf(id)),
      dependencies: sorted.map((id) => this.#table.get(id)),
      unknown: unknown.sort(byCodeUnit),
    };
  }

  /** What the members of a component come with, whoever imports them. */
  #partOf(component: Component<FileNode>): Part {
    let part = this.#parts.get(component);
    if (part === undefined) {
      const files = component.members.filter((node) => node !== this.#ambient);
      part = {
        looks: [...new Set(files.flatMap(({ looks }) => looks))],
        unknown: files.filter(({ isUnknown }) => isUnknown).map(({ path }) => path),
      };
      this.#parts.set(component, part);
    }
    return part;
  }
}

/** Numbers of the looks that imports were resolved by; paths of files with unknown imports. */
interface Part {
  readonly looks: readonly number[];
  readonly unknown: readonly string[];
}

/** `importlib.import_module('a.b')` is like `import a.b`. */
function pythonName(specifier: Specifier): Specifier {
  return specifier.kind === 'dynamic' ? { module: specifier.module, kind: 'import' } : specifier;
}
