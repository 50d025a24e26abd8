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

/**
 * What an answer depends on besides its own file, recorded as it is asked for: the answer is used again for as long as all of it would be
 * seen again. Paths are relative to the codebase root, or absolute.
 */
export interface InputContext {
  /** The bytes of a file, or undefined where there is no regular file; that it was not there is recorded as well. */
  read(path: string): Uint8Array | undefined;
  /** The same as text: UTF-8, without a byte-order mark. */
  readText(path: string): string | undefined;
  exists(path: string): boolean;
  /** Names in a folder, sorted by code unit; undefined where there is no folder. What belongs to documee itself is left out. */
  list(folder: string): readonly string[] | undefined;
  /** Value of an environment variable. */
  env(name: string): string | undefined;
  /**
   * Another result of this run, computed first if it has to be; undefined where that analyzer is not asked about that file. Only its surface is
   * compared later, if its analyzer has one.
   * @throws CacheError CACHE_CYCLE where the two would wait for each other; TypeError for an analyzer that is not part of the run.
   */
  resultOf<Result = unknown>(analyzer: string, path: string): Promise<Result | undefined>;
  /** Adds to what this result cost, e.g. tokens and money of a model call. */
  cost(cost: Readonly<Record<string, number>>): void;
  /** The result is returned but never kept. */
  uncacheable(reason: string): void;
}

/** What a task may ask and report while it runs. */
export interface AnalysisContext extends InputContext {
  /** Aborted when the run is. */
  readonly signal: AbortSignal;
}

/** One result as a reducer sees it. */
export interface ResultEntry<Result = unknown> {
  readonly path: SourcePath;
  readonly result: Result;
}

/** A value of the whole codebase that is computed anew only if what it takes from the results changed. */
export interface Reducer<Result = unknown, Input extends JsonValue = JsonValue> {
  /** What the value needs of one result: small, since it is kept for every file; undefined: nothing. */
  select(result: Result, path: SourcePath): Input | undefined;
  /** From the inputs of all files that have any, sorted by path. */
  reduce(inputs: Iterable<ReducerEntry<Input>>): JsonValue;
}

export interface ReducerEntry<Input extends JsonValue = JsonValue> {
  readonly path: SourcePath;
  readonly input: Input;
}

/** What every analyzer says of itself: all that shapes its answers is declared. */
export interface AnalyzerShape<Result = unknown> {
  /** 1-64 characters: letters, digits, `.`, `_`, `-`, `/`, `@`. */
  readonly id: string;
  /** Change it whenever the analyzer may answer differently. */
  readonly version: string;
  /** Part of the fingerprint, with defaults filled in. */
  readonly options?: JsonValue;
  /** Globs of the files it is asked about; all source files in scope without it. */
  readonly include?: readonly string[];
  /** Globs of files that are scanned as well, though it is not asked about them: what it depends on is then known without a look at each. */
  readonly alsoScans?: readonly string[];
  /** Equal content at another path is the same answer; such an analyzer can record no dependency. */
  readonly pathIndependent?: boolean;
  /** Its results never leave this machine: they are not sent to a shared cache, nor looked for there. */
  readonly local?: boolean;
  /** Names of environment variables that shape the answer; their values are part of the fingerprint. */
  readonly environment?: readonly string[];
  /** Ids of the analyzers whose results it asks for: they run before it, so that it can run in worker threads. */
  readonly uses?: readonly string[];
  /** Digest of the analyzer's own code where that is known; part of the fingerprint. */
  readonly codeDigest?: string;
  /** Module to load in worker threads; without it `analyze` runs in the caller's thread. */
  readonly modulePath?: string;
  /** What dependents compare of a result: those that use it run again only if this changes. Without it, all of the result. */
  surface?(result: Result): unknown;
  /**
   * Value of the whole codebase, from all current results sorted by path. Each property becomes a property of `analysis.json`.
   * Results are loaded only if it is called, and it is called only if one of them changed.
   */
  summarize?(results: Iterable<ResultEntry<Result>>): Readonly<Record<string, JsonValue>>;
  /** By the name that the value has in `analysis.json`: like `summarize`, but no result is loaded that did not change. */
  readonly reducers?: Readonly<Record<string, Reducer<Result>>>;
}

/** A function over one file. */
export interface Analyzer<Result = unknown> extends AnalyzerShape<Result> {
  analyze(file: SourceFile, context: AnalysisContext): Result | Promise<Result>;
}

/** An analyzer that is asked about many files at once, such as a command that is started for them. It runs in the caller's thread. */
export interface BatchAnalyzer<Result = unknown> extends AnalyzerShape<Result> {
  /**
   * One answer for each file, in any order, as soon as it is there; files without an answer count as failed. What it reads by `inputsOf` is
   * looked at once more when the answer comes: if it, or the file, is another by then, the answer is not kept.
   */
  analyzeMany(files: readonly BatchFile[], context: BatchContext): AsyncIterable<BatchAnswer<Result>>;
}

export type AnyAnalyzer<Result = unknown> = Analyzer<Result> | BatchAnalyzer<Result>;

export const isBatchAnalyzer = (analyzer: AnyAnalyzer): analyzer is BatchAnalyzer => 'analyzeMany' in analyzer;

export interface BatchFile {
  readonly path: SourcePath;
  readonly contentHash: ContentHash;
}

export interface BatchContext {
  /** Aborted when the run is. */
  readonly signal: AbortSignal;
  /** Absolute folder of the codebase. */
  readonly root: string;
  /** Every source file in scope of the run, sorted; for answers that depend on which files there are, record their listing or content. */
  readonly files: readonly BatchFile[];
  /** Records what the answer for `path` depends on besides the file itself. */
  inputsOf(path: SourcePath): InputContext;
  /**
   * Records, for each of these files, all that it imports and what that imports (TypeScript, JavaScript, Python), as one dependency. To be awaited
   * before they are looked at.
   */
  recordImports(paths: readonly SourcePath[]): Promise<void>;
}

export type BatchAnswer<Result = unknown> =
  | { readonly path: SourcePath; readonly result: Result; readonly durationMs?: number }
  /** Reported, never kept. */
  | { readonly path: SourcePath; readonly error: string };
