import type { ContentHash, ResultKey, SourcePath } from './ids.js';

/**
 * Why a task runs or need not: which input, its old and its new value. Where several inputs changed, the first in this order
 * is named; `explain` shows all.
 */
export type Reason =
  /** Reuse: nothing that the result depends on changed since the last run. */
  | { readonly kind: 'unchanged' }
  /** Reuse: a record of these very inputs was kept from an earlier run (a revert, another branch, other options). */
  | { readonly kind: 'found-by-key' }
  /** Reuse: another machine kept a record of these very inputs in the shared cache. */
  | { readonly kind: 'found-in-remote' }
  | { readonly kind: 'forced' }
  /** No result of this analyzer for this path is known. */
  | { readonly kind: 'never-seen'; readonly new: ContentHash }
  | { readonly kind: 'content-changed'; readonly old: ContentHash | null; readonly new: ContentHash }
  | { readonly kind: 'analyzer-version-changed'; readonly old: string; readonly new: string }
  | { readonly kind: 'analyzer-code-changed'; readonly old: string | null; readonly new: string | null }
  /** One option, by its JSON pointer; '' is the whole value. */
  | {
      readonly kind: 'option-changed';
      readonly option: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  /** Values are shown as digests: an environment may hold secrets. */
  | {
      readonly kind: 'environment-changed';
      readonly name: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  /** A file that the result depends on besides its own; null where there was, or is, no regular file. */
  | {
      readonly kind: 'dependency-changed';
      readonly path: string;
      readonly old: ContentHash | null;
      readonly new: ContentHash | null;
    }
  /** Something is at a path where there was nothing. */
  | { readonly kind: 'dependency-appeared'; readonly path: string }
  /** Names came to a folder or went; null where it was, or is, no folder. */
  | {
      readonly kind: 'listing-changed';
      readonly path: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  /** Something that a file imports, directly or not, came, went or changed; which one could not be told by a path. */
  | {
      readonly kind: 'imports-changed';
      readonly path: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  /** What dependents see of another result; null where there was, or is, none. */
  | {
      readonly kind: 'surface-changed';
      readonly analyzer: string;
      readonly path: string;
      readonly old: string | null;
      readonly new: string | null;
    }
  /** Of a plan only: another result that it depends on would run; it is reused if that one comes out the same. */
  | { readonly kind: 'dependency-would-run'; readonly analyzer: string; readonly path: string }
  /** The last analysis failed or was not kept; such are tried again. */
  | { readonly kind: 'not-kept'; readonly why: string }
  | { readonly kind: 'record-missing'; readonly key: ResultKey }
  /** The record is gone from a store in which values live for `ttlSeconds`. */
  | { readonly kind: 'expired'; readonly key: ResultKey; readonly ttlSeconds: number }
  | { readonly kind: 'record-corrupt'; readonly key: ResultKey; readonly problem: string }
  | { readonly kind: 'invalidated'; readonly epoch: number };

export type ReasonKind = Reason['kind'];
export type Decision = 'reuse' | 'run';

/** What one (analyzer, file) needs, and why. */
export interface PlannedTask {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly decision: Decision;
  readonly reason: Reason;
}
