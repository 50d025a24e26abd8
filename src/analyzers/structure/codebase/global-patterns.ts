import type { Reducer } from '../../../model/analyzer.js';
import { byCodeUnit } from '../../../util/paths.js';
import { rounded } from '../numbers.js';
import type { StructureResult } from '../result.js';
import { byScore, type Score } from './by-score.js';

/** One pattern over the codebase; `examples` are the files that show it most surely. */
export type GlobalPattern = {
  readonly type: string;
  readonly files: number;
  readonly averageConfidence: number;
  readonly examples: readonly string[];
};

const MAX_EXAMPLES = 5;

type Sighting = readonly [type: string, confidence: number];

/** Most frequent first, equals by name. */
export const globalPatterns: Reducer<StructureResult, readonly Sighting[]> = {
  select: ({ patterns }) =>
    patterns.length === 0 ? undefined : patterns.map(({ type, confidence }) => [type, confidence] as const),
  reduce(inputs): GlobalPattern[] {
    const sightings = new Map<string, Score[]>();
    for (const { path, input } of inputs) {
      for (const [type, confidence] of input) {
        const seen = sightings.get(type);
        if (seen === undefined) sightings.set(type, [[path, confidence]]);
        else seen.push([path, confidence]);
      }
    }
    const patterns = [...sightings].map(([type, seen]) => globalPattern(type, seen));
    return patterns.sort((a, b) => b.files - a.files || byCodeUnit(a.type, b.type));
  },
};

function globalPattern(type: string, seen: Score[]): GlobalPattern {
  return {
    type,
    files: seen.length,
    averageConfidence: rounded(seen.reduce((sum, [, confidence]) => sum + confidence, 0) / seen.length, 4),
    examples: seen
      .sort(byScore)
      .slice(0, MAX_EXAMPLES)
      .map(([path]) => path),
  };
}
