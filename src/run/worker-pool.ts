import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import { answerDemands, type AnswerDemand } from './demands.js';
import { claimOf } from './load-analyzer.js';
import type { HashedFile } from './source-file.js';
import type { ThreadedAnalyzer } from './task.js';
import type { BatchRequest, ThreadAnswer, ThreadSettings } from './thread-protocol.js';

/** Threads that load analyzers by their module. */
export interface WorkerPool {
  /**
   * One answer for each file, if only that there was no time for it; null where the thread loads another analyzer from that module. Rejects if the thread died or `signal`
   * was aborted.
   */
  analyze(request: PoolRequest): Promise<readonly ThreadAnswer[] | null>;
  close(): Promise<void>;
}

export interface PoolRequest {
  readonly analyzer: ThreadedAnalyzer;
  readonly files: readonly HashedFile[];
  readonly signal: AbortSignal;
  /** Analyzers whose results are all there. */
  readonly uses: readonly string[];
  /** Gives those results. */
  readonly answerDemand: AnswerDemand;
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

export function openWorkerPool(threads: number, settings: ThreadSettings): WorkerPool {
  const pool = new Tinypool({
    ...{ filename: WORKER, minThreads: threads, maxThreads: threads },
    // A live environment, such as that of the process, is no plain object.
    workerData: { ...settings, environment: { ...settings.environment } } satisfies ThreadSettings,
    ...(FROM_SOURCES ? { execArgv: sourceLoader() } : {}),
  });
  // A thread that dies while it is idle loses nothing; without a listener it would end the process of whoever uses the library.
  pool.on('error', () => undefined);
  return {
    async analyze({ analyzer: { analyzer, module }, files, signal, uses, answerDemand }) {
      const claim = claimOf(analyzer, analyzer.codeDigest);
      const channel = uses.length === 0 ? undefined : new MessageChannel();
      if (channel !== undefined) answerDemands(channel.port1, answerDemand);
      const request: BatchRequest = { module, claim, ...pack(files), uses, port: channel?.port2 };
      const transferList = [request.bytes.buffer, ...(channel === undefined ? [] : [channel.port2])];
      try {
        return (await pool.run(request, { signal, transferList })) as readonly ThreadAnswer[] | null;
      } finally {
        channel?.port1.close();
      }
    },
    close: () => pool.destroy(),
  };
}
