import path from 'node:path';
import { appendLine, fileSystemTimeNs, overwriteInPlace, readIfPresent, type FileSystem } from '../util/fs.js';
import { INPUT_CACHE_NAME, RUN_LOG_NAME, SCAN_CACHE_NAME, STAMP_NAME } from './layout.js';

/** Longer run logs are cut to their newer half. */
const MAX_RUN_LOG_BYTES = 512 * 1024;
/** The log is cut before a line is added, not after. */
const MAX_RUN_LOG_READ_BYTES = 2 * MAX_RUN_LOG_BYTES;
/** About 100 bytes for each source file. */
const MAX_SCAN_CACHE_BYTES = 512 * 1024 * 1024;
const MAX_INPUT_CACHE_BYTES = 128 * 1024 * 1024;

/**
 * What a codebase keeps on this machine only. Losing any of it costs time, so nothing here throws. All of it is written in place:
 * new names in the folder would hide whether records came or went.
 */
export class LocalState {
  readonly #fs: FileSystem;
  readonly #folder: string;

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  readScanCache(): Buffer | undefined {
    return this.#quietly(() => readIfPresent(this.#fs, this.#file(SCAN_CACHE_NAME), MAX_SCAN_CACHE_BYTES));
  }

  saveScanCache(bytes: Uint8Array): void {
    this.#quietly(() => overwriteInPlace(this.#fs, this.#file(SCAN_CACHE_NAME), bytes));
  }

  /** Tuples of files that results depend on and that are no source files. */
  readInputCache(): Buffer | undefined {
    return this.#quietly(() => readIfPresent(this.#fs, this.#file(INPUT_CACHE_NAME), MAX_INPUT_CACHE_BYTES));
  }

  saveInputCache(bytes: Uint8Array): void {
    this.#quietly(() => overwriteInPlace(this.#fs, this.#file(INPUT_CACHE_NAME), bytes));
  }

  /** Makes sure that saving the caches later adds no name to the folder. */
  touchCaches(): void {
    for (const name of [SCAN_CACHE_NAME, INPUT_CACHE_NAME])
      this.#quietly(() => appendLine(this.#fs, this.#file(name), ''));
  }

  /** The time on the clock of the file system that holds the cache, which differs from the process clock. */
  stamp(): { timeNs: bigint; device: bigint } | undefined {
    return this.#quietly(() => fileSystemTimeNs(this.#fs, this.#file(STAMP_NAME)));
  }

  appendRun(run: object): void {
    this.#quietly(() => appendLine(this.#fs, this.#file(RUN_LOG_NAME), `${JSON.stringify(run)}\n`, MAX_RUN_LOG_BYTES));
  }

  /** Runs on this machine, oldest first; lines that cannot be read are left out. */
  readRuns(): unknown[] {
    const read = (): Buffer | undefined => readIfPresent(this.#fs, this.#file(RUN_LOG_NAME), MAX_RUN_LOG_READ_BYTES);
    const text = this.#quietly(read)?.toString() ?? '';
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return [];
      }
    });
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }

  #quietly<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch {
      return undefined;
    }
  }
}
