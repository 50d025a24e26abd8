import type { SourcePath } from '../../../model/ids.js';
import { byCodeUnit } from '../../../util/paths.js';

/** The files without a part, sorted. */
export function unansweredOf(files: readonly SourcePath[], parts: ReadonlyMap<SourcePath, unknown>): SourcePath[] {
  return files.filter((path) => !parts.has(path)).sort(byCodeUnit);
}
