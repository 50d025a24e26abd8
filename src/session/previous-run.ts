import type { FileDiff } from '../model/file-state.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import { diffByHashes, diffByKeys } from '../persistence/diff-committed.js';
import { DependenciesDocument } from '../persistence/dependencies-document.js';
import type { FileHashesDocument } from '../persistence/file-hashes-document.js';
import { rebuildDependencies } from '../persistence/rebuild-dependencies.js';
import { diffFromNothing } from '../plan/diff.js';
import type { PreviousAnalyzer, PreviousRun } from '../plan/make-plan.js';
import { keyOfRecord } from '../plan/record-id.js';
import type { ScanResult } from '../scan/scan.js';

/** The last committed run, and what changed in the files since. */
export interface Previous {
  readonly document: AnalysisDocument | undefined;
  /** Undefined where there is none, or not the one that was committed. Loaded when first asked for. */
  readonly fileHashes: () => Promise<FileHashesDocument | undefined>;
  /** What each task of `document` depends on; made anew from the records where the file is not the committed one. */
  readonly dependencies: () => Promise<DependenciesDocument>;
  readonly diff: FileDiff;
  /** The hashes were needed and are not those of `document`; they are written again. */
  readonly hashesLost: boolean;
}

export async function openPrevious(cache: CodebaseCache | undefined, scanned: ScanResult): Promise<Previous> {
  const document = await cache?.openAnalysis(scanned.delta?.tag);
  if (cache === undefined || document === undefined) {
    return {
      document: undefined,
      fileHashes: () => Promise.resolve(undefined),
      dependencies: () => Promise.resolve(DependenciesDocument.empty),
      diff: diffFromNothing(scanned.files),
      hashesLost: false,
    };
  }
  let opened: Promise<FileHashesDocument | undefined> | undefined;
  const fileHashes = (): Promise<FileHashesDocument | undefined> => (opened ??= cache.openFileHashes(document));
  let recorded: Promise<DependenciesDocument> | undefined;
  const dependencies = (): Promise<DependenciesDocument> => (recorded ??= openDependencies(cache, document));
  // The scan cache was saved with this very analysis, so its difference is the one to it.
  if (scanned.delta?.tag === document.digest)
    return { document, fileHashes, dependencies, diff: scanned.delta.diff, hashesLost: false };
  const hashes = await fileHashes();
  return {
    document,
    fileHashes,
    dependencies,
    hashesLost: hashes === undefined,
    diff: hashes === undefined ? diffByKeys(document, scanned.files) : diffByHashes(hashes, scanned.files),
  };
}

async function openDependencies(cache: CodebaseCache, document: AnalysisDocument): Promise<DependenciesDocument> {
  return (await cache.openDependencies(document)) ?? (await rebuildDependencies(cache, document)).dependencies;
}

/** The last run as planning sees it. */
export function previousRun(document: AnalysisDocument, hashes: FileHashesDocument | undefined): PreviousRun {
  const analyzers = new Map<string, PreviousAnalyzer>();
  for (const [id, entry] of Object.entries(document.head.analyzers)) {
    analyzers.set(id, { identity: entry, results: entry.results });
  }
  return {
    analyzers,
    keyOf: (path, analyzer) => {
      const id = document.recordsOf(path)?.get(analyzer);
      return id && keyOfRecord(id);
    },
    hashOf: (path) => hashes?.get(path),
    notKept: document.head.notKept,
  };
}
