import type { Dependency } from '../model/dependency.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import { hasDependencies } from '../plan/record-id.js';
import { TimeSlice } from '../util/clock.js';
import type { AnalysisDocument } from './analysis-document.js';
import type { CodebaseCache } from './codebase-cache.js';
import { DependenciesDocument, type FileDependencies } from './dependencies-document.js';
import { wantedFrom } from './loaded-analysis.js';

/** A result that has dependencies which nobody can tell any more: it is not known to be current. */
export interface LostDependencies {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly id: RecordId;
  /** Undefined where the record is just gone, or was invalidated. */
  readonly problem: string | undefined;
}

export interface RebuiltDependencies {
  readonly dependencies: DependenciesDocument;
  readonly lost: readonly LostDependencies[];
}

const BATCH = 128;

/** For a `dependencies.json` that was lost: the same from the records of `analysis` that have any, all of which are read. */
export async function rebuildDependencies(
  cache: CodebaseCache,
  analysis: AnalysisDocument,
): Promise<RebuiltDependencies> {
  const lines: (readonly [SourcePath, FileDependencies])[] = [];
  const lost: LostDependencies[] = [];
  const slice = new TimeSlice();
  let batch: Task[] = [];
  const takeBatch = async (): Promise<void> => {
    const found = await cache.findRecords(
      batch.map(({ path, analyzer, id }) => wantedFrom(analysis, path, analyzer, id)),
    );
    for (const [index, { path, analyzer, id, line }] of batch.entries()) {
      const lookUp = found[index];
      if (lookUp?.outcome === 'hit') line.set(analyzer, lookUp.record.dependencies);
      else lost.push({ path, analyzer, id, problem: lookUp?.outcome === 'corrupt' ? lookUp.problem : undefined });
    }
    batch = [];
    if (slice.due()) await slice.yieldTurn();
  };
  for (const [path, records] of analysis.entries()) {
    const line: Task['line'] = new Map();
    for (const [analyzer, id] of records) if (hasDependencies(id)) batch.push({ path, analyzer, id, line });
    lines.push([path, line]);
    if (batch.length >= BATCH) await takeBatch();
  }
  await takeBatch();
  return { dependencies: DependenciesDocument.fromEntries(lines), lost };
}

interface Task extends Pick<LostDependencies, 'path' | 'analyzer' | 'id'> {
  /** What is found for its file is put here. */
  readonly line: Map<string, readonly Dependency[]>;
}
