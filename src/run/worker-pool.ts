import { Tinypool } from 'tinypool';
import type { AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import type { HashedFile } from './source-file.js';
import type { BatchRequest } from './worker.js';

/** Threads that load analyzers by their module. */
export interface WorkerPool {
  /** One outcome for each file. Rejects if the thread died or `signal` was aborted. */
  analyze(module: AnalyzerModule, files: readonly HashedFile[], signal: AbortSignal): Promise<readonly Outcome[]>;
  close(): Promise<void>;
}

/** The worker is the file beside this one, compiled or not. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href;

export function openWorkerPool(threads: number): WorkerPool {
  const pool = new Tinypool({ filename: WORKER, minThreads: threads, maxThreads: threads });
  return {
    analyze(module, files, signal) {
      const request: BatchRequest = {
        module,
        files: files.map(({ path, bytes, contentHash }) => ({ path, bytes, contentHash })),
      };
      return pool.run(request, { signal }) as Promise<readonly Outcome[]>;
    },
    close: () => pool.destroy(),
  };
}
