/** What the caller's thread and the worker threads send each other. */
import type { MessagePort } from 'node:worker_threads';
import type { ContentHash, ContentHashAlgorithm, SourcePath } from '../model/ids.js';
import type { AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';

/** What every thread is told once: how it reads what analyzers ask for. */
export interface ThreadSettings {
  readonly root: string;
  readonly contentHash: ContentHashAlgorithm;
  readonly maxFileBytes: number;
  /** Absolute folders of caches: not named in listings. */
  readonly hiddenFolders: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a thread is asked. */
export interface BatchRequest {
  readonly module: AnalyzerModule;
  /** What the caller's analyzer says of itself (`claimOf`). */
  readonly claim: string;
  /** The bytes of each are those from `start` to `end` of `bytes`. */
  readonly files: readonly {
    readonly path: SourcePath;
    readonly contentHash: ContentHash;
    readonly start: number;
    readonly end: number;
  }[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Analyzers whose results are all there; for any other, the caller has to run the file. */
  readonly uses: readonly string[];
  /** Where to ask for those results; undefined where there are none. */
  readonly port: MessagePort | undefined;
}

/** The file asks for a result that may not be there before the thread is free again. */
export const NEEDS_CALLER = 'needs-caller';
/** The batch took too long already; the file is to be sent once more. */
export const NOT_BEGUN = 'not-begun';
export type ThreadAnswer = Outcome | typeof NEEDS_CALLER | typeof NOT_BEGUN;

/**
 * How long a thread may work on a batch before it answers, in ms; the file that it is at is finished. An aborted run loses what was not
 * answered. A message there and back takes about 0.1 ms.
 */
export const BATCH_MS = 50;
