import type { Analyzer, AnyAnalyzer, BatchFile } from '../model/analyzer.js';
import type { ClosureDependency, SeenDependency } from '../model/dependency.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { FileSystem } from '../util/fs.js';
import type { ContentHasher } from '../util/hash.js';
import type { FileTuple } from '../util/read-stable.js';
import type { AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import type { Slots } from './slots.js';
import type { WorkerPool } from './worker-pool.js';

/** An analyzer that is ready to run. */
export interface RunAnalyzer {
  readonly analyzer: AnyAnalyzer;
  /** Where worker threads find it; without it, it runs in this thread. */
  readonly module: AnalyzerModule | undefined;
}

export interface ThreadedAnalyzer extends RunAnalyzer {
  readonly analyzer: Analyzer;
  readonly module: AnalyzerModule;
}

/** One (analyzer, file) to run. */
export interface Task {
  readonly path: SourcePath;
  readonly analyzerId: string;
  /** Of the content that the plan was made for. */
  readonly contentHash: ContentHash;
  /** It failed before: never in the caller's thread, if it can be avoided. */
  readonly isSuspect?: boolean;
}

/** What an analysis answered, and for which bytes. */
export interface TaskResult {
  readonly outcome: Outcome;
  /** Of the bytes that were analyzed; that of the plan where the file could not be read. */
  readonly contentHash: ContentHash;
  readonly sizeBytes: number;
}

/** A file's bytes and the tuple that it had when they were read. */
export interface HeldBytes {
  readonly bytes: Uint8Array;
  readonly tuple: FileTuple;
}

/** Another result as its asker gets it. */
export interface DemandedResult {
  /** Undefined where there is no such result. */
  readonly value: JsonValue | undefined;
  /** What is recorded of it: its surface, or all of it; null where there is no such result. */
  readonly hash: string | null;
}

/** Tells whether what was seen of an input would be seen again. */
export interface CurrentInputs {
  /** As far as this run knows: files of the scan are as it found them. */
  isCurrent(dependency: SeenDependency): boolean;
  /** Looks at the disk once more. */
  isStillCurrent(dependency: SeenDependency): boolean;
}

export interface RunOptions<T extends Task = Task> {
  readonly fs: FileSystem;
  readonly root: string;
  readonly hasher: ContentHasher;
  readonly analyzers: ReadonlyMap<string, RunAnalyzer>;
  readonly maxFileBytes: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folders of caches: not named in listings. */
  readonly hiddenFolders: readonly string[];
  readonly states: CurrentInputs;
  /** Follows the imports of these files; the answer gives what to record of each of them. */
  readonly followImports: (paths: readonly SourcePath[]) => Promise<(path: SourcePath) => ClosureDependency>;
  /** Every source file in scope, sorted; asked for by analyzers of many files only. */
  readonly files: () => readonly BatchFile[];
  /**
   * A result that the analysis of `asker` asks for, computed first if it has to be. Rejects with CACHE_CYCLE, or with why there is none.
   */
  readonly resultOf: (asker: T, analyzerId: string, path: SourcePath) => Promise<DemandedResult>;
  /** Told of tasks that are answered by one call: while one of them waits for another result, all that have no answer yet wait with it. */
  readonly together: (tasks: readonly T[]) => void;
  /**
   * Analyzers whose results one asks for, so far as is known; default: what it declares. Those of a circle run at the same time, so that
   * threads cannot wait for them.
   */
  readonly usesOf?: (analyzerId: string) => readonly string[];
  /** Asked right before a task is started; where it answers false, somebody else runs it. */
  readonly claim: (task: T) => boolean;
  /** Bytes that were read, and hashed, for the plan; handed over once. */
  readonly takeHeld: (path: string) => HeldBytes | undefined;
  readonly concurrency: number;
  /** As many; held by what is analyzed in this thread. */
  readonly slots: Slots;
  readonly signal: AbortSignal;
  /** Made when the first task needs it. */
  readonly pool: () => Promise<WorkerPool>;
  /** Called once for each task, as soon as it is done. */
  readonly onResult: (task: T, result: TaskResult) => Promise<void>;
}
