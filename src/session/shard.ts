import { sha256Hex } from '../util/hash.js';

/** One of `count` parts of a codebase, which several machines analyze at the same time; `index` from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MAX_SHARDS = 1000;

/** @throws TypeError for one that is none. */
export function assertShard({ index, count }: Shard): void {
  const isCount = Number.isInteger(count) && count >= 1 && count <= MAX_SHARDS;
  if (!isCount || !Number.isInteger(index) || index < 1 || index > count)
    throw new TypeError(
      `Expected shard to be { index: 1..count, count: 1..${MAX_SHARDS} }, found ${index} of ${count}`,
    );
}

/** Whether a path is in the part: each is in exactly one, on every machine, however many files there are. */
export function shardFilter({ index, count }: Shard): (path: string) => boolean {
  return (path) => Number.parseInt(sha256Hex(path).slice(0, 8), 16) % count === index - 1;
}
