import type { ContentHash, SourcePath } from './ids.js';
import type { JsonValue } from './json.js';

/** The file that an analyzer is asked about. `bytes` are exactly those that `contentHash` was taken from. */
export interface SourceFile {
  readonly path: SourcePath;
  readonly bytes: Uint8Array;
  readonly contentHash: ContentHash;
  /** The bytes decoded as UTF-8; a byte-order mark is dropped, invalid bytes become U+FFFD. */
  text(): string;
}

/** What a task may report while it runs; recorded with its result. */
export interface AnalysisContext {
  /** Aborted when the run is. */
  readonly signal: AbortSignal;
  /** Adds to what this result cost, e.g. tokens and money of a model call. */
  cost(cost: Readonly<Record<string, number>>): void;
  /** The result is returned but never kept. */
  uncacheable(reason: string): void;
}

/** One result as a reducer sees it. */
export interface ResultEntry<Result = unknown> {
  readonly path: SourcePath;
  readonly result: Result;
}

/** A function over one file, with all that shapes its answer declared. */
export interface Analyzer<Result = unknown> {
  /** 1-64 characters: letters, digits, `.`, `_`, `-`, `/`, `@`. */
  readonly id: string;
  /** Change it whenever the analyzer may answer differently. */
  readonly version: string;
  /** Part of the fingerprint, with defaults filled in. */
  readonly options?: JsonValue;
  /** Globs of the files it is asked about; all source files in scope without it. */
  readonly include?: readonly string[];
  /** Equal content at another path is the same answer. */
  readonly pathIndependent?: boolean;
  /** Names of environment variables that shape the answer; their values are part of the fingerprint. */
  readonly environment?: readonly string[];
  /** Digest of the analyzer's own code where that is known; part of the fingerprint. */
  readonly codeDigest?: string;
  /** Module to load in worker threads; without it `analyze` runs in the caller's thread. */
  readonly modulePath?: string;
  analyze(file: SourceFile, context: AnalysisContext): Result | Promise<Result>;
  /**
   * Value of the whole codebase, from all current results sorted by path. Each property becomes a property of `analysis.json`.
   * Results are loaded only if it is called, and it is called only if one of them changed.
   */
  summarize?(results: Iterable<ResultEntry<Result>>): Readonly<Record<string, JsonValue>>;
}
