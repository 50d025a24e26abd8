import type { InputDependency } from '../../model/dependency.js';
import { canonicalJson } from '../../util/canonical-json.js';
import { isDependencyPath } from '../../util/dependency-path.js';
import { byCodeUnit } from '../../util/paths.js';
import type { ImportTree, SeenFile } from './import-graph.js';
import type { Probe } from './probe.js';

/** What is seen at one path. */
export type PathDependency = Exclude<InputDependency, { kind: 'env' }>;

/** Each dependency once, by a number, so that sets of them are cheap. */
export class DependencyTable {
  readonly #dependencies: PathDependency[] = [];
  readonly #ids = new Map<string, number>();
  readonly #json: string[] = [];
  /** Place of each in the order of paths, for as many as there were when it was made. */
  #ranks: Int32Array = new Int32Array(0);
  #byRank: readonly number[] = [];

  idOf(dependency: PathDependency): number {
    const key = `${dependency.kind} ${dependency.path}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#dependencies.push(dependency) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  /** Numbers in the order of paths, then kinds. */
  sorted(ids: Iterable<number>): number[] {
    this.#rank();
    const ranks = Int32Array.from(ids, (id) => this.#ranks[id] as number).sort();
    return Array.from(ranks, (rank) => this.#byRank[rank] as number);
  }

  get(id: number): PathDependency {
    return this.#dependencies[id] as PathDependency;
  }

  pathOf(id: number): string {
    return this.get(id).path;
  }

  /** The dependency as canonical JSON, made once. */
  jsonOf(id: number): string {
    return (this.#json[id] ??= canonicalJson(this.get(id)));
  }

  all(): Iterable<PathDependency> {
    return this.#dependencies.values();
  }

  #rank(): void {
    const count = this.#dependencies.length;
    if (this.#ranks.length === count) return;
    const keys = this.#dependencies.map((each) => `${each.path}\0${each.kind}`);
    const order = Array.from(keys.keys()).sort((a, b) => byCodeUnit(keys[a] as string, keys[b] as string));
    this.#byRank = order;
    this.#ranks = new Int32Array(count);
    for (const [rank, id] of order.entries()) this.#ranks[id] = rank;
  }
}

const ABSENT: SeenFile = { kind: 'absent' };

/** Looks at the tree, at each place once in a run, and notes by whom. */
export class LookRecorder {
  readonly #tree: ImportTree;
  readonly #table: DependencyTable;
  readonly #seen = new Map<string, SeenFile>();
  readonly #presence = new Map<string, boolean>();
  readonly #folders = new Map<string, ReturnType<NonNullable<ImportTree['list']>>>();
  readonly #shared = new Map<string, { readonly result: unknown; readonly looks: readonly number[] }>();
  readonly #realPaths = new Map<string, string | undefined>();

  constructor(tree: ImportTree, table: DependencyTable) {
    this.#tree = tree;
    this.#table = table;
  }

  /** Runs `resolve` and answers with all that it looked at. That something exists is no dependency of its own: files that are found are read. */
  record<Result>(resolve: (probe: Probe) => Result): { readonly result: Result; readonly looks: readonly number[] } {
    const looks = new Set<number>();
    return { result: resolve(this.#probe(looks)), looks: [...looks] };
  }

  #probe(looks: Set<number>): Probe {
    const note = (id: number | undefined): void => {
      if (id !== undefined) looks.add(id);
    };
    const tree = this.#tree;
    return {
      read: (path) => {
        const seen = this.observe(path);
        note(this.contentOf(path));
        return seen.kind === 'file' ? seen.bytes : undefined;
      },
      exists: (path) => {
        const exists = this.#exists(path);
        if (!exists) note(this.#absent(path));
        return exists;
      },
      isSource: (path) => tree.hashOf(path) !== undefined,
      ...(tree.list === undefined ? {} : { list: (folder) => this.#list(folder, note) }),
      ...(tree.realpath === undefined ? {} : { realpath: (path) => this.#realpath(path) }),
      levelsAbove: tree.levelsAbove ?? 0,
      once: (key, look) => {
        let found = this.#shared.get(key);
        if (found === undefined) this.#shared.set(key, (found = this.record(look)));
        for (const id of found.looks) looks.add(id);
        return found.result as ReturnType<typeof look>;
      },
    };
  }

  observe(path: string): SeenFile {
    const name = nameOf(path);
    if (!isDependencyPath(name)) return ABSENT;
    let seen = this.#seen.get(name);
    if (seen === undefined) {
      seen = this.#presence.get(name) === false ? ABSENT : this.#tree.observe(name);
      this.#seen.set(name, seen);
      this.#presence.set(name, seen.kind !== 'absent');
    }
    return seen;
  }

  /** The dependency on the bytes of `path`, or on there being none; undefined for what no record can name, which is no file either. */
  contentOf(path: string): number | undefined {
    const name = nameOf(path);
    if (!isDependencyPath(name)) return undefined;
    const known = this.#tree.hashOf(name);
    if (known !== undefined) return this.#table.idOf({ kind: 'content', path: name, hash: known });
    const seen = this.observe(name);
    if (seen.kind === 'absent') return this.#absent(name);
    return this.#table.idOf({ kind: 'content', path: name, hash: seen.kind === 'file' ? seen.hash : null });
  }

  #absent(path: string): number | undefined {
    const name = nameOf(path);
    return isDependencyPath(name) ? this.#table.idOf({ kind: 'absent', path: name }) : undefined;
  }

  #exists(path: string): boolean {
    const name = nameOf(path);
    if (!isDependencyPath(name)) return false;
    let exists = this.#presence.get(name);
    if (exists === undefined) {
      exists = this.#tree.hashOf(name) !== undefined || (!this.#isBelowAbsent(name) && this.#tree.exists(name));
      this.#presence.set(name, exists);
    }
    return exists;
  }

  /** A folder that is known to be absent holds nothing: most candidates are asked for in few folders. */
  #isBelowAbsent(name: string): boolean {
    const slash = name.lastIndexOf('/');
    return slash > 0 && this.#presence.get(name.slice(0, slash)) === false;
  }

  #list(folder: string, note: (id: number | undefined) => void): readonly string[] | undefined {
    const name = nameOf(folder);
    if (!isDependencyPath(name)) return undefined;
    if (!this.#folders.has(name)) this.#folders.set(name, this.#tree.list?.(name));
    const seen = this.#folders.get(name);
    if (seen !== undefined) note(this.#table.idOf({ kind: 'listing', path: name, hash: seen.hash }));
    else if (this.#exists(name)) note(this.#table.idOf({ kind: 'listing', path: name, hash: null }));
    else note(this.#absent(name));
    return seen?.names;
  }

  #realpath(path: string): string | undefined {
    if (!this.#realPaths.has(path)) this.#realPaths.set(path, this.#tree.realpath?.(path));
    return this.#realPaths.get(path);
  }
}

/** Dependencies call the root `.`. */
function nameOf(path: string): string {
  return path === '' ? '.' : path;
}
