import type { Analyzer } from '../model/analyzer.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import type { FileSystem } from '../util/fs.js';
import type { ContentHasher } from '../util/hash.js';
import type { FileTuple } from '../util/read-stable.js';
import type { AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import type { WorkerPool } from './worker-pool.js';

/** An analyzer that is ready to run. */
export interface RunAnalyzer {
  readonly analyzer: Analyzer;
  /** Where worker threads find it; without it, it runs in this thread. */
  readonly module: AnalyzerModule | undefined;
}

export interface ThreadedAnalyzer extends RunAnalyzer {
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

export interface RunOptions<T extends Task = Task> {
  readonly fs: FileSystem;
  readonly root: string;
  readonly hasher: ContentHasher;
  readonly analyzers: ReadonlyMap<string, RunAnalyzer>;
  readonly maxFileBytes: number;
  /** Bytes that were read, and hashed, for the plan; handed over once. */
  readonly takeHeld: (path: string) => HeldBytes | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Made when the first task needs it. */
  readonly pool: () => Promise<WorkerPool>;
  /** Called once for each task, as soon as it is done. */
  readonly onResult: (task: T, result: TaskResult) => Promise<void>;
}
