import { ImportGraph } from '../analyzers/imports/import-graph.js';
import { importLanguageOf } from '../analyzers/imports/scan-imports.js';
import type { InputDependency } from '../model/dependency.js';
import type { ContentHash } from '../model/ids.js';
import type { ScanResult } from '../scan/scan.js';
import { ScannedHashes } from '../scan/scanned-hashes.js';
import { TimeSlice } from '../util/clock.js';
import { throwIfAborted } from './execute.js';
import type { Session } from './session.js';
import { TreeOnDisk } from './tree-on-disk.js';

/** So long an answer about the disk stands for the disk: many files are asked about right after each other, and share most of what they import. */
const MEMO_MS = 50;

export interface ImportClosuresOptions {
  readonly session: Session;
  readonly scanned: Pick<ScanResult, 'files'>;
}

/** What the files of one run import, and what that imports. */
export class ImportClosures {
  readonly #options: ImportClosuresOptions;
  #opening: Promise<ImportGraph> | undefined;
  #graph: ImportGraph | undefined;
  #memo: { readonly madeAt: number; readonly answers: Map<unknown, boolean> } | undefined;

  constructor(options: ImportClosuresOptions) {
    this.#options = options;
  }

  /**
   * Loads what these files import, transitively; at first also which files mean something to all scripts. Only what is new costs anything.
   * @throws CacheError CACHE_ABORTED.
   */
  async prepare(paths: Iterable<string>): Promise<void> {
    const graph = await (this.#opening ??= this.#open());
    await graph.prepare(paths);
    this.#graph = graph;
  }

  /** `sha256:…` over all that `path` depends on by imports, itself included: of any path that is prepared, whatever its language. Otherwise undefined. */
  digestOf(path: string): string | undefined {
    return this.#graph?.isPrepared(path) === true ? this.#graph.digestOf(path) : undefined;
  }

  /** The same with other hashes of contents: see `ImportGraph.sharedDigestOf`. */
  sharedDigestOf(path: string, sharedHashOf: (path: string, hash: ContentHash) => string): string | undefined {
    return this.#graph?.isPrepared(path) === true ? this.#graph.sharedDigestOf(path, sharedHashOf) : undefined;
  }

  /** All that the imports of this run depend on, sources included, each once. */
  looks(): Iterable<InputDependency> {
    return this.#graph?.looks() ?? [];
  }

  /** Tells for a prepared path one of `changed` that it depends on; undefined where there is none. */
  culprits(changed: ReadonlySet<string>): (path: string) => string | undefined {
    return this.#graph?.culprits(changed) ?? (() => undefined);
  }

  /**
   * Whether all that `path` depends on is what it was, the file included; false for what is not prepared. What `isStillCurrent` said is used
   * again for 50 ms.
   */
  isStillCurrent(path: string, isStillCurrent: (dependency: InputDependency) => boolean): boolean {
    if (this.#graph?.isPrepared(path) !== true) return false;
    const now = performance.now();
    if (this.#memo === undefined || now - this.#memo.madeAt > MEMO_MS) this.#memo = { madeAt: now, answers: new Map() };
    return this.#graph.stillHolds(path, isStillCurrent, this.#memo.answers);
  }

  async #open(): Promise<ImportGraph> {
    const { session, scanned } = this.#options;
    const { settings, fs, hasher, cacheFolders } = session;
    const { root, maxFileBytes } = settings;
    const hashes = new ScannedHashes(scanned.files);
    const tree = new TreeOnDisk({
      ...{ fs, root, hasher, maxFileBytes, hiddenFolders: cacheFolders },
      hashOf: (name) => hashes.get(name),
    });
    const slice = new TimeSlice();
    const ambient: string[] = [];
    for (const name of scanned.files.paths) {
      if (importLanguageOf(name) !== 'script') continue;
      if (tree.lex(name)?.ambient === true) ambient.push(name);
      if (!slice.due()) continue;
      throwIfAborted(session, 0);
      await slice.yieldTurn();
    }
    return new ImportGraph(tree, { ambient });
  }
}
