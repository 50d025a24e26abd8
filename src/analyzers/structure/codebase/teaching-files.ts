import type { Reducer } from '../../../model/analyzer.js';
import type { StructureResult } from '../result.js';
import { byScore, type Score } from './by-score.js';

const MAX_TEACHING_FILES = 10;

/** The files that teach most, best first. */
export const topTeachingFiles: Reducer<StructureResult, number> = {
  select: ({ teachingValue: { total } }) => (total > 0 ? total : undefined),
  reduce(inputs): Score[] {
    const scores = Array.from(inputs, ({ path, input }) => [path, input] as const);
    return scores.sort(byScore).slice(0, MAX_TEACHING_FILES);
  },
};
