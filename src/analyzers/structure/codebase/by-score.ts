import { byCodeUnit } from '../../../util/paths.js';

export type Score = readonly [path: string, score: number];

/** Best first, equals by path. */
export function byScore([pathA, a]: Score, [pathB, b]: Score): number {
  return b - a || byCodeUnit(pathA, pathB);
}
