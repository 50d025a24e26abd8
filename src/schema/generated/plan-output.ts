// Generated from schemas/ by scripts/generate-types.ts. Do not edit.

/**
 * What plan --json prints: one document. Properties may be added without a new schemaVersion.
 */
export interface PlanOutput {
  /**
   * Version of this output.
   */
  readonly schemaVersion?: 1;
  /**
   * Codebase that was asked about.
   */
  readonly codebaseId?: string;
  /**
   * What each (analyzer, file) needs.
   */
  readonly tasks: readonly PlanOutputTask[];
  readonly estimate?: PlanEstimate;
  readonly totals: PlanTotals;
  readonly [k: string]: unknown;
}
/**
 * One task.
 */
export interface PlanOutputTask {
  /**
   * File, POSIX, relative to the root.
   */
  readonly path: string;
  /**
   * Id of the analyzer.
   */
  readonly analyzer: string;
  /**
   * Whether the task would run.
   */
  readonly decision: 'run' | 'reuse';
  readonly reason: PlanOutputReason;
  readonly [k: string]: unknown;
}
/**
 * Why: which input, with its old and new value where there are any.
 */
export interface PlanOutputReason {
  /**
   * Which input decided, e.g. content-changed.
   */
  readonly kind: string;
  readonly [k: string]: unknown;
}
/**
 * What the tasks that would run are expected to take, from what they took before.
 */
export interface PlanEstimate {
  /**
   * Time, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * By unit, e.g. tokens or usd.
   */
  readonly cost: {
    readonly [k: string]: number;
  };
  /**
   * Tasks whose own last run is known.
   */
  readonly known: number;
  /**
   * Tasks that are taken to cost what their analyzer's results cost on average.
   */
  readonly assumed: number;
  /**
   * Tasks of analyzers that never ran: in no sum.
   */
  readonly unknown: number;
  readonly [k: string]: unknown;
}
/**
 * Tasks counted by decision.
 */
export interface PlanTotals {
  /**
   * Source files in scope.
   */
  readonly files?: number;
  /**
   * Tasks that would run.
   */
  readonly run: number;
  /**
   * How many of those run only if another result comes out otherwise.
   */
  readonly possible?: number;
  /**
   * Tasks that would be answered from the cache.
   */
  readonly reuse: number;
  /**
   * Results that would be dropped because their file is gone, unreadable or out of scope.
   */
  readonly removed?: number;
  readonly [k: string]: unknown;
}
