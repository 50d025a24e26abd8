// Generated from schemas/ by scripts/generate-types.ts. Do not edit.

/**
 * What analyze --json prints: one document. Properties may be added without a new schemaVersion.
 */
export interface AnalyzeOutput {
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
  readonly totals: AnalyzeTotals;
  /**
   * Totals of each analyzer by id.
   */
  readonly analyzers: {
    readonly [k: string]: AnalyzeAnalyzerTotals;
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
   * What the reused results cost when they were computed, by unit, e.g. tokens or usd.
   */
  readonly savedCost?: {
    readonly [k: string]: number;
  };
  /**
   * What the kept results of this run cost, by unit, e.g. tokens or usd.
   */
  readonly cost?: {
    readonly [k: string]: number;
  };
  readonly remote?: AnalyzeOutputRemote;
  /**
   * Tasks that gave no result, in the order in which they failed.
   */
  readonly failures?: readonly AnalyzeFailure[];
  /**
   * Files in scope that could not be taken in.
   */
  readonly skipped?: readonly AnalyzeSkipped[];
  /**
   * What costs time but no result, e.g. a cache folder that cannot be written.
   */
  readonly warnings?: readonly AnalyzeWarning[];
  /**
   * Stored documents that could not be used; they count as absent and are written anew.
   */
  readonly corrupt?: readonly AnalyzeCorrupt[];
  readonly [k: string]: unknown;
}
/**
 * files counts source files in scope, the others count (file, analyzer) tasks.
 */
export interface AnalyzeTotals {
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
export interface AnalyzeAnalyzerTotals {
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
 * What came of the shared cache; absent where the run had none.
 */
export interface AnalyzeOutputRemote {
  /**
   * Address, without credentials.
   */
  readonly store: string;
  /**
   * What this run might do with it.
   */
  readonly mode: 'read' | 'write' | 'read-write';
  /**
   * Results that were taken over.
   */
  readonly found: number;
  /**
   * Records that were not taken: they do not prove themselves, or are not signed by a trusted key.
   */
  readonly refused: number;
  /**
   * Results of this run that are there now.
   */
  readonly sent: number;
  /**
   * Results that are kept on this machine to be sent later.
   */
  readonly pending: number;
}
/**
 * A task that gave no result. It is tried again in the next run.
 */
export interface AnalyzeFailure {
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
export interface AnalyzeSkipped {
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
export interface AnalyzeWarning {
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
export interface AnalyzeCorrupt {
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
