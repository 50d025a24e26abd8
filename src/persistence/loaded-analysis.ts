import type { CodebaseId, ContentHash, Fingerprint, RecordId, SourcePath, VersionId } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { own } from '../plan/analyzer-identity.js';
import type { AnalysisDocument, AnalysisHead, CodebaseValues } from './analysis-document.js';
import type { CodebaseCache, StoredRecord, Wanted } from './codebase-cache.js';

/** The kept results of one file, by analyzer. */
export interface FileAnalysis {
  readonly path: SourcePath;
  /** Of the content that was analyzed; null for a file without results. */
  readonly contentHash: ContentHash | null;
  /** The whole record of each analyzer, as in its file. */
  readonly records: Readonly<Record<string, StoredRecord>>;
  /** The results alone. */
  readonly results: Readonly<Record<string, JsonValue>>;
}

const BATCH = 128;

/** One version of a codebase's analysis. Records are loaded, and checked, when they are asked for. */
export class LoadedAnalysis {
  readonly #cache: CodebaseCache;
  readonly #document: AnalysisDocument;

  constructor(cache: CodebaseCache, document: AnalysisDocument) {
    this.#cache = cache;
    this.#document = document;
  }

  get codebaseId(): CodebaseId {
    return this.head.codebaseId;
  }

  get versionId(): VersionId {
    return this.head.versionId;
  }

  /** Everything of `analysis.json` that is not per file. */
  get head(): AnalysisHead {
    return this.#document.head;
  }

  /** What the analyzers said of the whole codebase: metrics, dependencyGraph, ... */
  values(): CodebaseValues {
    return this.#document.values();
  }

  /** Sorted by code unit. */
  paths(): SourcePath[] {
    return Array.from(this.#document.entries(), ([path]) => path);
  }

  /** Undefined where `path` is no source file of this version, or where nothing of `analyzerId` is kept. */
  async loadFile(path: string, analyzerId?: string): Promise<FileAnalysis | undefined> {
    const kept = this.#document.recordsOf(path);
    if (kept === undefined) return undefined;
    const selected = [...kept].filter(([analyzer]) => analyzerId === undefined || analyzer === analyzerId);
    if (analyzerId !== undefined && selected.length === 0) return undefined;
    const wanted = selected.map(([analyzer, id]) => this.#wanted(path, analyzer, id));
    const found = await this.#cache.findRecords(wanted);
    const records = new Map<string, StoredRecord>();
    for (const [index, [analyzer]] of selected.entries()) {
      const lookUp = found[index];
      if (lookUp?.outcome === 'hit') records.set(analyzer, lookUp.record);
    }
    if (analyzerId !== undefined && records.size === 0) return undefined;
    return toFileAnalysis(path as SourcePath, records);
  }

  /** Every file with its results, sorted by path. A record that cannot be used is left out and reported as an event. */
  async *files(): AsyncGenerator<FileAnalysis> {
    let batch: { path: SourcePath; kept: ReadonlyMap<string, RecordId> }[] = [];
    for (const [path, kept] of this.#document.entries()) {
      batch.push({ path, kept });
      if (batch.length < BATCH) continue;
      yield* await this.#loadBatch(batch);
      batch = [];
    }
    yield* await this.#loadBatch(batch);
  }

  async #loadBatch(
    batch: readonly { path: SourcePath; kept: ReadonlyMap<string, RecordId> }[],
  ): Promise<FileAnalysis[]> {
    const wanted = batch.flatMap(({ path, kept }) =>
      [...kept].map(([analyzer, id]) => this.#wanted(path, analyzer, id)),
    );
    const found = await this.#cache.findRecords(wanted);
    let next = 0;
    return batch.map(({ path, kept }) => {
      const records = new Map<string, StoredRecord>();
      for (const analyzer of kept.keys()) {
        const lookUp = found[next++];
        if (lookUp?.outcome === 'hit') records.set(analyzer, lookUp.record);
      }
      return toFileAnalysis(path, records);
    });
  }

  #wanted(path: string, analyzerId: string, id: RecordId): Wanted {
    return wantedFrom(this.#document, path, analyzerId, id);
  }
}

/** What the record of one task of `document` must say of itself. */
export function wantedFrom(document: AnalysisDocument, path: string, analyzerId: string, id: RecordId): Wanted {
  const entry = own(document.head.analyzers, analyzerId);
  return {
    id,
    analyzerId,
    fingerprint: entry?.fingerprint ?? ('' as Fingerprint),
    path: entry?.pathIndependent === true ? null : path,
    contentHash: undefined,
    requestedPath: path,
  };
}

function toFileAnalysis(path: SourcePath, records: ReadonlyMap<string, StoredRecord>): FileAnalysis {
  const [first] = records.values();
  return {
    path,
    contentHash: first?.contentHash ?? null,
    records: Object.fromEntries(records),
    results: Object.fromEntries([...records].map(([analyzer, { result }]) => [analyzer, result])),
  };
}
