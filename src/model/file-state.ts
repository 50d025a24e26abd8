import type { ContentHash, SourcePath } from './ids.js';

/** What is known of one source file. */
export interface FileState {
  readonly path: SourcePath;
  readonly contentHash: ContentHash;
  readonly sizeBytes: number;
}

/**
 * The source files of a codebase, sorted by code unit of their path. Columns instead of objects: 100,000 files cost a few
 * megabytes, and a hash becomes a string only for who asks.
 */
export interface FileTable {
  readonly paths: readonly SourcePath[];
  /** Position of `path` in `paths`, or -1. */
  indexOf(path: string): number;
  contentHash(index: number): ContentHash;
  sizeBytes(index: number): number;
}

/** Content hash by path; a Map, since a file may be called `__proto__`. */
export type FileHashes = ReadonlyMap<SourcePath, ContentHash>;

/** How one set of files differs from another; each list is sorted by code unit. */
export interface FileDiff {
  readonly added: readonly SourcePath[];
  readonly changed: readonly SourcePath[];
  readonly removed: readonly SourcePath[];
  readonly unchangedCount: number;
}

/** Why a path in scope could not be taken in as a source file. */
export const SCAN_PROBLEMS = [
  'unreadable',
  'vanished',
  'not-utf8-name',
  'dangling-link',
  'link-outside-root',
  'link-loop',
  'not-a-file',
  'unstable',
  'too-large',
] as const;
export type ScanProblemReason = (typeof SCAN_PROBLEMS)[number];

export interface ScanProblem {
  readonly path: string;
  readonly reason: ScanProblemReason;
  readonly message: string;
}
