import type { ContentHash } from './ids.js';

/**
 * One thing that a result depends on besides its own file, with what was seen of it. Paths are POSIX and relative to the codebase root; they
 * begin with `../` outside of it, and `.` is the root itself. A path that was not there is a dependency as much as one that was.
 */
export type Dependency = SeenDependency | ResultDependency;

/** What can be told without asking an analyzer. */
export type SeenDependency = InputDependency | ClosureDependency;

/** One place that can be looked at. */
export type InputDependency =
  /** The bytes of a file; the hash is null where there was something that is no regular file. */
  | { readonly kind: 'content'; readonly path: string; readonly hash: ContentHash | null }
  /** Nothing had that path. */
  | { readonly kind: 'absent'; readonly path: string }
  /** Something had that path, whatever it was. */
  | { readonly kind: 'exists'; readonly path: string }
  /** The names in a folder: `sha256:…` of them; null where there was something that is no folder. */
  | { readonly kind: 'listing'; readonly path: string; readonly hash: string | null }
  /** `sha256:…` of a variable's value, which may be a secret; null where it was not set. */
  | { readonly kind: 'env'; readonly name: string; readonly hash: string | null };

/**
 * All that a file imports, and what that imports: the contents of every file that is reached, and every look that led there. `sha256:…` over all of
 * it, the file included, since there may be thousands.
 */
export interface ClosureDependency {
  readonly kind: 'closure';
  readonly path: string;
  readonly hash: string;
}

/** The surface of another result, or all of it where it has none: `sha256:…`; null where there is no such result. */
export interface ResultDependency {
  readonly kind: 'result';
  readonly analyzer: string;
  readonly path: string;
  readonly hash: string | null;
}

export const isSeen = (dependency: Dependency): dependency is SeenDependency => dependency.kind !== 'result';

export const isInput = (dependency: Dependency): dependency is InputDependency =>
  isSeen(dependency) && dependency.kind !== 'closure';
