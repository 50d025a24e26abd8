import type { FileDiff, FileTable } from '../model/file-state.js';
import type { ContentHash, RecordId, SourcePath } from '../model/ids.js';
import { diffFiles } from '../plan/diff.js';
import { keyOfRecord } from '../plan/record-id.js';
import { resultKey } from '../plan/result-key.js';
import type { AnalysisDocument } from './analysis-document.js';
import type { FileHashesDocument } from './file-hashes-document.js';

/** How `files` differ from the hashes that were committed. */
export function diffByHashes(hashes: FileHashesDocument, files: FileTable): FileDiff {
  const before = function* (): Generator<readonly [string, (table: FileTable, index: number) => boolean]> {
    for (const [path, text] of hashes.map.entries())
      yield [path, (table, index) => text === `"${table.contentHash(index)}"`];
  };
  return diffFiles(before(), files);
}

/**
 * Without the hashes the committed keys decide: a file is the same if its content leads to the same keys. A file without any result
 * counts as changed.
 */
export function diffByKeys(document: AnalysisDocument, files: FileTable): FileDiff {
  const analyzers = new Map(Object.entries(document.head.analyzers));
  const isSame = (records: ReadonlyMap<string, RecordId>, path: SourcePath, contentHash: ContentHash): boolean =>
    records.size > 0 &&
    [...records].every(([analyzerId, id]) => {
      const analyzer = analyzers.get(analyzerId);
      return (
        analyzer !== undefined &&
        resultKey(analyzer.fingerprint, analyzer.pathIndependent ? null : path, contentHash) === keyOfRecord(id)
      );
    });
  const before = function* (): Generator<readonly [string, (table: FileTable, index: number) => boolean]> {
    for (const [path, records] of document.entries())
      yield [path, (table, index) => isSame(records, path, table.contentHash(index))];
  };
  return diffFiles(before(), files);
}
