import type { FileDiff, FileTable } from '../model/file-state.js';
import type { SourcePath } from '../model/ids.js';

/** How `files` differ from an earlier set whose entries, sorted by path, say whether the content with this hash is the one they knew. */
export function diffFiles(
  before: Iterable<readonly [path: string, isSame: (table: FileTable, index: number) => boolean]>,
  files: FileTable,
): FileDiff {
  const added: SourcePath[] = [];
  const changed: SourcePath[] = [];
  const removed: SourcePath[] = [];
  let index = 0;
  let unchangedCount = 0;
  for (const [path, isSame] of before) {
    for (; index < files.paths.length && (files.paths[index] as string) < path; index++)
      added.push(files.paths[index] as SourcePath);
    if (files.paths[index] !== path) {
      removed.push(path as SourcePath);
      continue;
    }
    if (isSame(files, index)) unchangedCount++;
    else changed.push(path as SourcePath);
    index++;
  }
  for (; index < files.paths.length; index++) added.push(files.paths[index] as SourcePath);
  return { added, changed, removed, unchangedCount };
}

/** The difference of everything in `files` to nothing. */
export function diffFromNothing(files: FileTable): FileDiff {
  return { added: files.paths, changed: [], removed: [], unchangedCount: 0 };
}

export function isEmptyDiff(diff: FileDiff): boolean {
  return diff.added.length + diff.changed.length + diff.removed.length === 0;
}
