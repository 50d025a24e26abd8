import type { FileTuple } from '../util/read-stable.js';

/** A file's bytes as they were hashed, and the tuple that it had then. */
export interface HeldFile {
  readonly bytes: Buffer;
  readonly tuple: FileTuple;
}

/**
 * Bytes of files that are new or changed, kept from their hashing to their analysis, so that these are one read. Bounded: what does
 * not fit is read again.
 */
export class HeldFiles {
  readonly #files = new Map<string, HeldFile>();
  #roomBytes: number;

  constructor(roomBytes: number) {
    this.#roomBytes = roomBytes;
  }

  /** Copies `bytes`, which may be a view of a buffer that is used again. */
  hold(path: string, bytes: Uint8Array, tuple: FileTuple): void {
    if (bytes.length > this.#roomBytes) return;
    this.#roomBytes -= bytes.length;
    this.#files.set(path, { bytes: Buffer.from(bytes), tuple });
  }

  /** Hands a file over, once. */
  take(path: string): HeldFile | undefined {
    const held = this.#files.get(path);
    if (held !== undefined) this.#files.delete(path);
    return held;
  }
}
