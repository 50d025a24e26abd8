// Generated from schemas/ by scripts/generate-types.ts. Do not edit.

/**
 * What exec --json prints instead of the report of the tool: one document. Properties may be added without a new schemaVersion.
 */
export interface ExecOutput {
  /**
   * Version of this output.
   */
  readonly schemaVersion: 1;
  /**
   * Codebase that was analyzed.
   */
  readonly codebaseId: string;
  /**
   * Version that is current after the run; null where the cache could not be written.
   */
  readonly versionId: string | null;
  /**
   * Whether this run made a new version.
   */
  readonly changed: boolean;
  readonly totals: ExecTotals;
  /**
   * Totals of each analyzer by id.
   */
  readonly analyzers: {
    readonly [k: string]: ExecAnalyzerTotals;
  };
  /**
   * How long the run took, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * What the reused results took when they were computed, in milliseconds.
   */
  readonly savedMs: number;
  /**
   * Tasks that gave no result, in the order in which they failed.
   */
  readonly failures?: readonly ExecFailure[];
  /**
   * Files in scope that could not be taken in.
   */
  readonly skipped?: readonly ExecSkipped[];
  /**
   * What costs time but no result, e.g. a cache folder that cannot be written.
   */
  readonly warnings?: readonly ExecWarning[];
  /**
   * Stored documents that could not be used; they count as absent and are written anew.
   */
  readonly corrupt?: readonly ExecCorrupt[];
  /**
   * Exit code of the process: what the tool would have given for all files; where a call failed, that of the call or 1.
   */
  readonly exitCode: number;
  /**
   * Calls of the tool in the order in which they ended; empty where nothing had to run.
   */
  readonly calls: readonly ExecCallOutput[];
  readonly [k: string]: unknown;
}
/**
 * files counts source files in scope, the others count (file, analyzer) tasks.
 */
export interface ExecTotals {
  /**
   * Source files in scope.
   */
  readonly files: number;
  /**
   * Tasks that ran and answered.
   */
  readonly analyzed: number;
  /**
   * Tasks answered from the cache.
   */
  readonly reused: number;
  /**
   * Results dropped because their file is gone, unreadable or out of scope.
   */
  readonly removed: number;
  /**
   * Tasks that gave no result.
   */
  readonly failed: number;
  /**
   * Tasks whose result was not kept.
   */
  readonly uncacheable: number;
  readonly [k: string]: unknown;
}
/**
 * Tasks of one analyzer.
 */
export interface ExecAnalyzerTotals {
  /**
   * Tasks that ran and answered.
   */
  readonly analyzed: number;
  /**
   * Tasks answered from the cache.
   */
  readonly reused: number;
  /**
   * Tasks that gave no result.
   */
  readonly failed: number;
  readonly [k: string]: unknown;
}
/**
 * A task that gave no result. It is tried again in the next run.
 */
export interface ExecFailure {
  /**
   * File, POSIX, relative to the root.
   */
  readonly path: string;
  /**
   * Id of the analyzer.
   */
  readonly analyzer: string;
  /**
   * What sort of failure, e.g. analyzer-threw.
   */
  readonly reason: string;
  /**
   * What the analyzer, or the system, said.
   */
  readonly message: string;
  readonly [k: string]: unknown;
}
/**
 * A file that could not be taken in.
 */
export interface ExecSkipped {
  /**
   * File, POSIX, relative to the root.
   */
  readonly path: string;
  /**
   * What sort of problem, e.g. dangling-link.
   */
  readonly reason: string;
  /**
   * The problem in words.
   */
  readonly message: string;
  readonly [k: string]: unknown;
}
/**
 * One warning.
 */
export interface ExecWarning {
  /**
   * Stable code, e.g. CACHE_UNWRITABLE.
   */
  readonly code: string;
  /**
   * What happened and what to do.
   */
  readonly message: string;
  readonly [k: string]: unknown;
}
/**
 * A stored document that could not be used.
 */
export interface ExecCorrupt {
  /**
   * Name below the folder of the codebase.
   */
  readonly document: string;
  /**
   * What is wrong with it.
   */
  readonly problem: string;
  readonly [k: string]: unknown;
}
/**
 * One call of the tool.
 */
export interface ExecCallOutput {
  /**
   * Files that were passed.
   */
  readonly files: number;
  /**
   * How long it took, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * Exit code of the tool; null where it was stopped or never ran.
   */
  readonly exitCode: number | null;
  /**
   * Why nothing of it could be used; null where its report was taken.
   */
  readonly problem: string | null;
  readonly [k: string]: unknown;
}
