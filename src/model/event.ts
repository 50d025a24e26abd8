import type { Reason } from './plan.js';
import type { SourcePath, VersionId } from './ids.js';
import type { ScanProblem } from './file-state.js';

/** How far the walk and the hashing got; `total` is unknown while the tree is walked. */
export interface ScanProgress {
  readonly type: 'scan-progress';
  readonly done: number;
  readonly total: number | undefined;
}

export interface RunTotals {
  /** Source files in scope. The other totals count (file, analyzer) tasks. */
  readonly files: number;
  readonly analyzed: number;
  readonly reused: number;
  readonly removed: number;
  readonly failed: number;
  readonly uncacheable: number;
}

export const FAILURE_REASONS = ['analyzer-threw', 'result-not-json', 'source-unreadable', 'worker-died'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** An analysis that gave no result. It is reported and tried again in the next run, never kept as an answer. */
export interface TaskFailure {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly reason: FailureReason;
  readonly message: string;
  readonly cause?: unknown;
}

/** Everything a run has to say while it goes on; progress, metrics and tests read the same stream. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly codebaseId: string; readonly root: string }
  | ScanProgress
  | { readonly type: 'scan-finished'; readonly files: number; readonly hashed: number; readonly durationMs: number }
  | ({ readonly type: 'file-skipped' } & ScanProblem)
  /** Once, before the first task. */
  | { readonly type: 'planned'; readonly run: number; readonly reuse: number }
  | {
      readonly type: 'task-finished';
      readonly analyzer: string;
      readonly path: SourcePath;
      readonly reason: Reason;
      readonly durationMs: number;
    }
  | ({ readonly type: 'task-failed' } & TaskFailure)
  /** A result that was returned but not kept. */
  | { readonly type: 'task-uncacheable'; readonly analyzer: string; readonly path: SourcePath; readonly why: string }
  /** A stored document that could not be used; it counts as absent and is rewritten. */
  | { readonly type: 'document-corrupt'; readonly document: string; readonly problem: string }
  /** Something that costs time but no result, e.g. a cache folder that cannot be written. At most once for each code. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly cause?: unknown }
  | { readonly type: 'committed'; readonly versionId: VersionId }
  | { readonly type: 'run-finished'; readonly totals: RunTotals; readonly durationMs: number };

export type EventListener = (event: RunEvent) => void;
