import { Tinypool } from 'tinypool';
import { claimOf } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import type { HashedFile } from './source-file.js';
import type { ThreadedAnalyzer } from './task.js';
import type { BatchRequest } from './worker.js';

/** Threads that load analyzers by their module. */
export interface WorkerPool {
  /**
   * One outcome for each file; null where the thread loads another analyzer from that module. Rejects if the thread died or `signal`
   * was aborted.
   */
  analyze(
    analyzer: ThreadedAnalyzer,
    files: readonly HashedFile[],
    signal: AbortSignal,
  ): Promise<readonly Outcome[] | null>;
  close(): Promise<void>;
}

/** Run from sources (tests), threads need the TypeScript loader that this thread has. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');
const WORKER = new URL(FROM_SOURCES ? './worker.ts' : './worker.js', import.meta.url).href;

function sourceLoader(): string[] {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return ['--import', `data:text/javascript,import { register } from ${loader}; register();`];
}

/** All bytes in one buffer, which moves to the thread as it is; views of pooled buffers would be copied with the whole pool. */
function pack(files: readonly HashedFile[]): Pick<BatchRequest, 'files' | 'bytes'> {
  const bytes = new Uint8Array(files.reduce((sum, file) => sum + file.bytes.length, 0));
  let start = 0;
  const entries = files.map((file) => {
    bytes.set(file.bytes, start);
    const entry = { path: file.path, contentHash: file.contentHash, start, end: start + file.bytes.length };
    start = entry.end;
    return entry;
  });
  return { files: entries, bytes };
}

export function openWorkerPool(threads: number): WorkerPool {
  const pool = new Tinypool({
    ...{ filename: WORKER, minThreads: threads, maxThreads: threads },
    ...(FROM_SOURCES ? { execArgv: sourceLoader() } : {}),
  });
  // A thread that dies while it is idle loses nothing; without a listener it would end the process of whoever uses the library.
  pool.on('error', () => undefined);
  return {
    analyze({ analyzer, module }, files, signal) {
      const request: BatchRequest = { module, claim: claimOf(analyzer, analyzer.codeDigest), ...pack(files) };
      return pool.run(request, { signal, transferList: [request.bytes.buffer] }) as Promise<readonly Outcome[] | null>;
    },
    close: () => pool.destroy(),
  };
}
