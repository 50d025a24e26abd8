import type { ContentHash } from './ids.js';

/**
 * One thing that a result depends on besides its own file, with what was seen of it. Paths are POSIX and relative to the codebase root; they
 * begin with `../` outside of it, and `.` is the root itself. A path that was not there is a dependency as much as one that was.
 */
export type Dependency = InputDependency | ResultDependency;

/** What can be looked at without asking an analyzer. */
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

/** The surface of another result, or all of it where it has none: `sha256:…`; null where there is no such result. */
export interface ResultDependency {
  readonly kind: 'result';
  readonly analyzer: string;
  readonly path: string;
  readonly hash: string | null;
}

export const isInput = (dependency: Dependency): dependency is InputDependency => dependency.kind !== 'result';
