/** Questions about all that a file reaches, answered once for each component: no list of what is reached is ever made. */
import { canonicalJson } from '../../util/canonical-json.js';
import { sha256Digest } from '../../util/hash.js';
import { fold, type Component } from './components.js';
import { AMBIENT, type FileNode } from './file-node.js';
import type { DependencyTable, PathDependency } from './look-recorder.js';

type FileComponent = Component<FileNode>;

/**
 * `sha256:…` of a component and all that it leads to; the order of nothing counts.
 * @param jsonOf canonical JSON of a dependency by its number; undefined: it does not count.
 */
export function digestOfComponent(
  start: FileComponent,
  jsonOf: (id: number) => string | undefined,
  memo: Map<FileComponent, string>,
): string {
  return fold(start, memo, (component, ofTarget) => {
    const contents: string[] = [];
    for (const { path, content } of component.members)
      if (content !== undefined) contents.push(jsonOf(content) ?? canonicalJson(path));
      else if (path !== AMBIENT) contents.push(canonicalJson(path));
    const looks = Array.from(looksOf(component), jsonOf).filter((json) => json !== undefined);
    const targets = Array.from(component.targets, ofTarget);
    const parts = [contents, looks, targets].map((part) => part.sort().join(','));
    return sha256Digest(`[[${parts.join('],[')}]]`);
  });
}

/** Whether all that a component depends on holds. Dependencies have their answers in `memo` as well: most are shared by many files. */
export function componentHolds(
  start: FileComponent,
  table: DependencyTable,
  holds: (dependency: PathDependency) => boolean,
  memo: Map<unknown, boolean>,
): boolean {
  const hasHeld = (id: number): boolean => {
    const dependency = table.get(id);
    let known = memo.get(dependency);
    if (known === undefined) memo.set(dependency, (known = holds(dependency)));
    return known;
  };
  return fold<FileNode, boolean>(
    start,
    memo,
    (component, ofTarget) =>
      every(component.targets, ofTarget) &&
      component.members.every(({ content }) => content === undefined || hasHeld(content)) &&
      every(looksOf(component), hasHeld),
  );
}

/** What changed for a component: the first of its looks and of all that it leads to, and the first two of its own files. */
interface Changes {
  readonly elsewhere: string | undefined;
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/**
 * Finds a changed path that a file depends on: the first by code unit, its own only where it is reached through a circle and nothing else changed.
 * Undefined where there is none.
 */
export function culpritFinder(
  table: DependencyTable,
  changed: ReadonlySet<string>,
): (file: FileNode, component: FileComponent) => string | undefined {
  const memo = new Map<FileComponent, Changes>();
  const changesOf = (component: FileComponent, ofTarget: (target: FileComponent) => Changes): Changes => {
    let elsewhere: string | undefined;
    for (const target of component.targets) {
      const below = ofTarget(target);
      elsewhere = smaller(elsewhere, smaller(below.elsewhere, below.first));
    }
    for (const id of looksOf(component)) {
      const path = table.pathOf(id);
      if (changed.has(path)) elsewhere = smaller(elsewhere, path);
    }
    const own = component.members.map(({ path }) => path).filter((path) => changed.has(path));
    const first = own.reduce<string | undefined>(smaller, undefined);
    const second = own.filter((path) => path !== first).reduce<string | undefined>(smaller, undefined);
    return { elsewhere, first, second };
  };
  return ({ path }, component) => {
    if (changed.size === 0) return undefined;
    const { elsewhere, first, second } = fold(component, memo, changesOf);
    const other = smaller(elsewhere, first === path ? second : first);
    return other ?? (component.members.length > 1 ? first : undefined);
  };
}

/** Numbers of the looks of all members, each once. */
function looksOf({ members }: FileComponent): Iterable<number> {
  const looks = new Set<number>();
  for (const node of members) for (const look of node.looks) looks.add(look);
  return looks;
}

function every<Value>(values: Iterable<Value>, test: (value: Value) => boolean): boolean {
  for (const value of values) if (!test(value)) return false;
  return true;
}

function smaller(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined) return b;
  return b === undefined || a <= b ? a : b;
}
