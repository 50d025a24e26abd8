import os from 'node:os';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { realFs, type FileSystem } from '../util/fs.js';
import { CHUNK, DONE, NEXT, type StatAssignment, type StoredTuples } from './stat-assignment.js';

/** A scan cache of fewer bytes lists so few files that they are done before a thread has started. */
const LEAST_CACHE_BYTES = 1024 * 1024;
/** Longest wait for a chunk that the thread has taken, in ms; after that it is done here as well. */
const PATIENCE_MS = 250;

/** Run from sources (tests), a thread would need a loader, which takes longer than the work. */
const WORKER = new URL('./stat-worker.js', import.meta.url);
const FROM_SOURCES = import.meta.url.endsWith('.ts');

/**
 * A second thread for the one thing that an unchanged run spends its time on: comparing every file's stat with its stored tuple. Both sides take chunks
 * from one counter, so a thread that starts late, or never, costs nothing but its share.
 */
export class StatThread {
  readonly #worker: Worker;
  #assignment: StatAssignment | undefined;
  #ended = false;

  private constructor() {
    this.#worker = new Worker(WORKER, { execArgv: [], env: SHARE_ENV });
    this.#worker.unref();
    this.#worker.on('error', () => (this.#ended = true));
    this.#worker.on('exit', () => (this.#ended = true));
  }

  /** Started as early as possible; undefined where it would not pay, or would go around an injected file system. */
  static start(fs: FileSystem, cacheBytes: number): StatThread | undefined {
    const pays = cacheBytes >= LEAST_CACHE_BYTES && os.availableParallelism() > 1;
    return pays && fs === realFs && !FROM_SOURCES ? new StatThread() : undefined;
  }

  assign(
    work: Pick<StatAssignment, 'base' | 'device' | 'maxFileBytes'>,
    paths: readonly string[],
    stored: StoredTuples,
  ): void {
    const chunks = Math.ceil(paths.length / CHUNK);
    this.#assignment = {
      base: work.base,
      device: work.device,
      maxFileBytes: work.maxFileBytes,
      paths: paths.join('\0'),
      tuples: new BigInt64Array(sharedCopy(stored.tuples)),
      modes: new Uint32Array(sharedCopy(stored.modes)),
      flags: new Uint8Array(sharedCopy(stored.flags)),
      control: new Int32Array(new SharedArrayBuffer(4)),
      states: new Int32Array(new SharedArrayBuffer(chunks * 4)),
      same: new Uint8Array(new SharedArrayBuffer(paths.length)),
    };
    this.#worker.postMessage(this.#assignment);
  }

  /** Number of a chunk that nobody has taken, for this side; undefined where none is left. */
  claim(): number | undefined {
    const { control, states } = this.#assignment as StatAssignment;
    const chunk = Atomics.add(control, NEXT, 1);
    return chunk < states.length ? chunk : undefined;
  }

  /** Chunks that the thread took, once it has answered; one it does not finish counts as unanswered. */
  async *taken(
    pause: () => Promise<void>,
  ): AsyncGenerator<{ readonly chunk: number; readonly isSame: (at: number) => boolean }> {
    const { states, same } = this.#assignment as StatAssignment;
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (let chunk = 0; chunk < states.length; chunk++) {
      if (states[chunk] === 0) continue;
      while (Atomics.load(states, chunk) !== DONE && !this.#ended && performance.now() < giveUpAt) await pause();
      const answered = Atomics.load(states, chunk) === DONE;
      yield { chunk, isSame: (at) => answered && same[at] === 1 };
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** A copy that both threads see. */
function sharedCopy({ buffer, byteOffset, byteLength }: ArrayBufferView): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(byteLength);
  new Uint8Array(copy).set(new Uint8Array(buffer, byteOffset, byteLength));
  return copy;
}
