import path from 'node:path';
import type { EventListener } from '../model/event.js';
import type { FileDiff } from '../model/file-state.js';
import { parseCodebaseId, type ContentHash, type VersionId } from '../model/ids.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { StoreDocuments } from '../store/documents/store-documents.js';
import type { Store } from '../store/store.js';
import { openFileDocuments } from '../store/documents/open-file-documents.js';
import { systemClock, type Clock } from '../util/clock.js';
import { realFs, type FileSystem } from '../util/fs.js';
import { changedSince, committedHashes, writeFileHashes, type HashesInput } from './changed-files.js';
import { CodebaseCache, isInvalidatedAsAWhole } from './codebase-cache.js';
import type { Selection } from './epochs.js';
import { diffVersions, listVersions, openVersion, type VersionDiff, type VersionSummary } from './history.js';
import { deleteCodebase, invalidateCodebase, type InvalidationReport } from './invalidate.js';
import { listCodebases, type CodebaseSummary } from './list-codebases.js';
import { LoadedAnalysis, type FileAnalysis } from './loaded-analysis.js';
import { LocalState } from './local-state.js';
import { pruneCodebase, type PruneLimits, type PruneReport } from './prune.js';
import { summarizeRuns, type RunStatistics } from './run-log.js';
import { saveAnalysis, type AnalysisInput, type SaveReport } from './save-analysis.js';
import { verifyCodebase, type VerifyReport } from './verify.js';

export interface ManagerOptions {
  /** Folder of the files: of all of them, or with `store` of those that never leave this machine (default then: none are kept). */
  readonly basePath?: string;
  /** Where everything else is kept, under the same names; default: files in `basePath`. The manager closes it. */
  readonly store?: Store;
  /** Codebase that `basePath` lies in: then no folder between the two may be a link, or anybody else's. */
  readonly root?: string;
  /** Told of documents that could not be used, among others. */
  readonly onEvent?: EventListener;
  /** The disk and the clock, for tests. */
  readonly ports?: { readonly fs?: FileSystem; readonly clock?: Clock };
}

/**
 * The kept analyses of one or more codebases. Every method takes a codebase id and throws CacheError CACHE_BAD_CODEBASE_ID for one
 * that cannot name a folder, CACHE_FOLDER_UNSAFE for a folder that somebody else could have planted. A miss is `undefined`.
 */
export class PersistenceManager {
  readonly documents: DocumentStore;
  /** Absolute; undefined where nothing is kept in files. */
  readonly basePath: string | undefined;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #onEvent: EventListener;
  #closed = false;

  private constructor(documents: DocumentStore, { basePath, onEvent, ports }: ManagerOptions) {
    this.documents = documents;
    this.basePath = basePath;
    this.#fs = ports?.fs ?? realFs;
    this.#clock = ports?.clock ?? systemClock;
    this.#onEvent = onEvent ?? ((): void => undefined);
  }

  /** Nothing is created before something is written. */
  static async open(options: ManagerOptions): Promise<PersistenceManager> {
    const { store } = options;
    if (options.basePath === '' || (store === undefined && typeof options.basePath !== 'string'))
      throw new TypeError('Expected basePath to be a non-empty string, or a store');
    const basePath = options.basePath === undefined ? undefined : path.resolve(options.basePath);
    const root = options.root === undefined ? undefined : path.resolve(options.root);
    const files = basePath === undefined ? undefined : openFileDocuments(options.ports?.fs ?? realFs, basePath, root);
    const documents = store === undefined ? files : new StoreDocuments(store, files?.capabilities);
    if (documents === undefined) throw new TypeError('Expected basePath or store');
    return Promise.resolve(new PersistenceManager(documents, { ...options, basePath }));
  }

  /** Where everything is kept, for messages: a folder, or a store without credentials. */
  get place(): string {
    return this.documents.capabilities.editable ? (this.basePath ?? '') : this.documents.description;
  }

  /** Commits an analysis: records that are new, then hashes, then `analysis.json`. */
  async saveAnalysis(id: string, analysis: AnalysisInput): Promise<SaveReport> {
    return saveAnalysis(await this.#cache(id), analysis, this.#clock);
  }

  /** The committed analysis; results are loaded on demand. */
  async loadAnalysis(id: string): Promise<LoadedAnalysis | undefined> {
    const cache = await this.#cache(id);
    const document = await cache.openAnalysis();
    if (document === undefined || (await isInvalidatedAsAWhole(cache, document))) return undefined;
    return new LoadedAnalysis(cache, document);
  }

  /** The current results of one file: of all analyzers, or of one. */
  async loadFileAnalysis(id: string, path: string, analyzerId?: string): Promise<FileAnalysis | undefined> {
    return (await this.loadAnalysis(id))?.loadFile(path, analyzerId);
  }

  /** Number of the newest invalidation, 0 before the first: read it before computing what `saveAnalysis` is to keep. */
  async epoch(id: string): Promise<number> {
    return (await this.#cache(id)).epochs.current;
  }

  /** Content hash by path: of the committed analysis, else as saved by `saveFileHashes`. */
  async getFileHashes(id: string): Promise<Map<string, ContentHash> | undefined> {
    return committedHashes(await this.#cache(id));
  }

  /** For pipelines without analyses. Once an analysis is committed, that decides which files changed. */
  async saveFileHashes(id: string, hashes: HashesInput): Promise<void> {
    await writeFileHashes(await this.#cache(id), hashes);
  }

  /** How `currentHashes` differ from the committed analysis, or from the saved hashes where there is none. */
  async changedFiles(id: string, currentHashes: HashesInput): Promise<FileDiff> {
    return changedSince(await this.#cache(id), currentHashes);
  }

  /** No result from before this call is served after it: of the whole codebase, or of a selection. */
  async invalidate(id: string, selection: Selection = {}): Promise<InvalidationReport> {
    return invalidateCodebase(await this.#cache(id), selection, this.#clock);
  }

  /** Removes everything but the list of invalidations, which gets an entry for everything; false where there was nothing. */
  async deleteAnalysis(id: string): Promise<boolean> {
    return deleteCodebase(await this.#cache(id), this.#clock);
  }

  async listCodebases(): Promise<CodebaseSummary[]> {
    this.#assertOpen();
    return listCodebases(this.documents);
  }

  /** Kept versions, newest first. */
  async listVersions(id: string): Promise<VersionSummary[]> {
    return listVersions(await this.#cache(id));
  }

  async loadVersion(id: string, versionId: string): Promise<LoadedAnalysis | undefined> {
    const cache = await this.#cache(id);
    const document = await openVersion(cache, versionId as VersionId);
    return document && new LoadedAnalysis(cache, document);
  }

  /** From version `a` to version `b`. @throws CacheError CACHE_NO_VERSION */
  async diffVersions(id: string, a: string, b: string): Promise<VersionDiff> {
    return diffVersions(await this.#cache(id), a as VersionId, b as VersionId);
  }

  /** Removes what no kept version refers to, by age and size. @throws TypeError for a limit that is none */
  async prune(id: string, limits: PruneLimits = {}): Promise<PruneReport> {
    return pruneCodebase(await this.#cache(id), limits, this.#clock);
  }

  /** Every document against its digest and schema; with `repair`, bad ones are removed, so that the next run makes them anew. */
  async verify(id: string, { repair = false } = {}): Promise<VerifyReport> {
    return verifyCodebase(await this.#cache(id), { repair });
  }

  /** What the runs on this machine came to. */
  async statistics(id: string): Promise<RunStatistics> {
    this.#assertOpen();
    const codebase = parseCodebaseId(id);
    const folder = await this.documents.capabilities.localFolder?.(codebase, false);
    return summarizeRuns(folder === undefined ? undefined : new LocalState(this.#fs, folder));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.documents.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #cache(id: string): Promise<CodebaseCache> {
    this.#assertOpen();
    return CodebaseCache.open(this.documents, parseCodebaseId(id), this.#onEvent);
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError('Expected the PersistenceManager to be open, but it was closed');
  }
}
