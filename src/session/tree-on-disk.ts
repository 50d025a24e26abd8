import path from 'node:path';
import type { ImportTree, SeenFile } from '../analyzers/imports/import-graph.js';
import type { ImportsResult } from '../analyzers/imports/result.js';
import { scanImports } from '../analyzers/imports/scan-imports.js';
import { systemCode } from '../model/errors.js';
import type { ContentHash } from '../model/ids.js';
import { observeFile, observeFolder, observePresence, placeOf, type ObserveOptions } from '../scan/observe.js';
import { relativePosix } from '../util/paths.js';

export interface TreeOnDiskOptions extends ObserveOptions {
  /** Of the source files of the run. */
  readonly hashOf: (name: string) => ContentHash | undefined;
}

/**
 * The codebase as imports are resolved in it: hashes of sources are those of the scan, all else is as it is on the disk. What cannot be seen counts
 * as no file, no folder, or nothing at all; the states of a run never take such a dependency for current, so no answer that rests on it is kept.
 */
export class TreeOnDisk implements ImportTree {
  readonly levelsAbove: number;
  readonly #options: TreeOnDiskOptions;
  readonly #imports = new Map<string, ImportsResult | undefined>();
  readonly #decoder = new TextDecoder();

  constructor(options: TreeOnDiskOptions) {
    this.#options = options;
    this.levelsAbove = options.root.split(path.sep).filter((part) => part !== '').length;
  }

  hashOf(name: string): ContentHash | undefined {
    return this.#options.hashOf(name);
  }

  importsOf(name: string): Promise<ImportsResult | undefined> {
    return Promise.resolve(this.lex(name));
  }

  /** What a source file of the run imports by its bytes, whether or not the run has an analyzer for that; read once. */
  lex(name: string): ImportsResult | undefined {
    if (!this.#imports.has(name) && this.hashOf(name) !== undefined) {
      const seen = this.observe(name);
      const text = seen.kind === 'file' ? this.#decoder.decode(seen.bytes) : undefined;
      this.#imports.set(name, text === undefined ? undefined : scanImports(name, text));
    }
    return this.#imports.get(name);
  }

  observe(name: string): SeenFile {
    return unlessUnseen<SeenFile>({ kind: 'other' }, () => observeFile(name, this.#options));
  }

  exists(name: string): boolean {
    return unlessUnseen(false, () => observePresence(name, this.#options));
  }

  list(folder: string): { readonly names: readonly string[]; readonly hash: string } | undefined {
    const seen = unlessUnseen('other', () => observeFolder(folder, this.#options));
    return typeof seen === 'string' ? undefined : seen;
  }

  realpath(name: string): string | undefined {
    const { fs, root } = this.#options;
    return unlessUnseen(undefined, () => relativePosix(root, fs.realpathSync(placeOf(root, name))));
  }
}

/** `look()`, or `otherwise` where the system refuses. */
function unlessUnseen<Value>(otherwise: Value, look: () => Value): Value {
  try {
    return look();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return otherwise;
  }
}
