// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { CodebaseId, Fingerprint, RecordId, SourcePath, VersionId } from '../../model/ids.js';
import type { InputDependency } from '../../model/dependency.js';
import type { JsonValue } from '../../model/json.js';

/**
 * The last completed run of a codebase, analysis.json, and each kept version of it, versions/<versionId>.json. Names that are not listed are values of the whole codebase that an analyzer chose.
 */
export interface Analysis {
  /**
   * Kind of this document.
   */
  readonly $schema: 'urn:documee:schema:analysis:1';
  /**
   * Version of this format; a reader treats any other as absent.
   */
  readonly formatVersion: 1;
  /**
   * Codebase that was analyzed.
   */
  readonly codebaseId: CodebaseId;
  /**
   * Names this version; sorts by time: date, time in UTC, random hex digits.
   */
  readonly versionId: VersionId;
  /**
   * Version that this run was compared with; null in the first run.
   */
  readonly previousVersionId: VersionId | null;
  /**
   * When the run was committed, ISO 8601 in UTC.
   */
  readonly createdAt: string;
  /**
   * Newest invalidation that this analysis takes into account; 0 before the first.
   */
  readonly epoch: number;
  readonly tool: AnalysisTool;
  /**
   * Algorithm of the content hashes.
   */
  readonly contentHash: 'xxh64' | 'sha256';
  readonly scope: AnalysisScope;
  /**
   * The analyzers of the run by id.
   */
  readonly analyzers: {
    readonly [k: string]: AnalysisAnalyzer;
  };
  readonly totals: AnalysisTotals;
  /**
   * How long the run took, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * What the reused results took when they were computed, in milliseconds.
   */
  readonly savedMs: number;
  /**
   * Tasks without a kept result; they are tried again in the next run.
   */
  readonly notKept: readonly AnalysisNotKept[];
  /**
   * SHA-256 over all bytes of the file_hashes.json that belongs to this analysis.
   */
  readonly fileHashesDigest: string;
  /**
   * SHA-256 over all bytes of the dependencies.json that belongs to this analysis; null where no result has dependencies.
   */
  readonly dependenciesDigest: string | null;
  /**
   * SHA-256 over all bytes of the reducer_inputs.json that belongs to this analysis; null where no value of the codebase is made by a reducer.
   */
  readonly reducersDigest: string | null;
  /**
   * What the current results depend on besides source files, other results and what is in presence, each once: looked at in every run.
   */
  readonly inputs: readonly InputDependency[];
  /**
   * Records of the current results by POSIX path relative to the root, then by analyzer id. A file without results has an empty object.
   */
  readonly files: {
    readonly [k: string]: {
      readonly [k: string]: RecordId;
    };
  };
  /**
   * What the current results depend on that cannot change while a folder has the same names, by that folder, POSIX, relative to the root; the root is '.'. Looked at only where the folder changed.
   */
  readonly presence: {
    readonly [k: string]: FolderPresence;
  };
  /**
   * Totals and averages of the codebase, by the analyzer structure.
   */
  readonly metrics?: {
    readonly [k: string]: unknown;
  };
  /**
   * Imports between the files, cycles and external packages, by the analyzer structure.
   */
  readonly dependencyGraph?: {
    readonly [k: string]: unknown;
  };
  /**
   * Patterns found in more than one file, by the analyzer structure.
   */
  readonly globalPatterns?: {
    readonly [k: string]: unknown;
  };
  /**
   * Paths with their teaching value, best first, by the analyzer structure.
   */
  readonly topTeachingFiles?: {
    readonly [k: string]: unknown;
  };
  /**
   * SHA-256 over the exact bytes before the line of this property.
   */
  readonly digest: string;
  readonly [k: string]: unknown;
}
/**
 * What wrote the document.
 */
export interface AnalysisTool {
  /**
   * Name of the package.
   */
  readonly name: string;
  /**
   * Version of the package.
   */
  readonly version: string;
}
/**
 * Which files were taken in.
 */
export interface AnalysisScope {
  /**
   * Globs of the files taken in; empty: all.
   */
  readonly include: readonly string[];
  /**
   * Globs of the files left out.
   */
  readonly exclude: readonly string[];
  /**
   * Whether what .gitignore names was left out.
   */
  readonly gitignore: boolean;
}
/**
 * One analyzer: what shapes its answers, and what it did.
 */
export interface AnalysisAnalyzer {
  /**
   * Version that the analyzer gave itself.
   */
  readonly version: string;
  /**
   * SHA-256 over id, version, code digest, options and declared environment.
   */
  readonly fingerprint: Fingerprint;
  /**
   * Digest of the analyzer's code; null where it is not known.
   */
  readonly codeDigest: string | null;
  /**
   * Options with defaults filled in: any JSON value, null where there are none.
   */
  readonly options: JsonValue;
  /**
   * Digests of the declared environment variables by name, never their values; null: not set.
   */
  readonly environment: {
    readonly [k: string]: string | null;
  };
  /**
   * Globs of the files it is asked about; null: all source files in scope.
   */
  readonly include: readonly string[] | null;
  /**
   * Whether equal content at another path is the same answer.
   */
  readonly pathIndependent: boolean;
  /**
   * How many current results it has.
   */
  readonly results: number;
  /**
   * It could not summarize its results; the next run tries again.
   */
  readonly summaryFailed?: true;
  /**
   * What its current results took to compute, reused ones included, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * Ids of the analyzers whose results its current results depend on, sorted.
   */
  readonly uses: readonly string[];
  /**
   * Names of the values of the codebase that it gave. Absent where it gave none.
   */
  readonly values?: readonly string[];
  /**
   * Whether one of its results had dependencies, in this run or in those before it: then records of one key have several names.
   */
  readonly recordsDependencies: boolean;
  /**
   * What its current results cost besides time, reused ones included, each in the unit of its name, e.g. tokens or usd.
   */
  readonly cost: {
    readonly [k: string]: number;
  };
}
/**
 * How much the run did. files counts source files in scope, the others count (file, analyzer) tasks.
 */
export interface AnalysisTotals {
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
}
/**
 * One task without a kept result.
 */
export interface AnalysisNotKept {
  /**
   * File, POSIX, relative to the root.
   */
  readonly path: SourcePath;
  /**
   * Id of the analyzer.
   */
  readonly analyzer: string;
  /**
   * failed: it gave no result. uncacheable: it asked that its result is not kept.
   */
  readonly kind: 'failed' | 'uncacheable';
  /**
   * The reason in one line.
   */
  readonly why: string;
}
export interface FolderPresence {
  /**
   * Paths relative to the folder at which nothing is.
   */
  readonly absent: readonly string[];
  /**
   * Names in the folder at which something is.
   */
  readonly exists: readonly string[];
  /**
   * SHA-256 of the names in the folder; null where no result depends on all of them.
   */
  readonly listing: string | null;
}
