import { systemCode } from '../model/errors.js';
import type { FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';
import { currentTuple, readStable, sameTuple, tupleOf, type FileTuple } from '../util/read-stable.js';
import type { Outcome } from './outcome.js';
import { HashedFile } from './source-file.js';
import type { RunOptions, Task, TaskResult } from './task.js';
import { changedInput } from './tracked-input.js';

/** A task's file as it was read, once, for all analyzers that are asked about it. */
export type ReadFile =
  | { readonly ok: true; readonly file: HashedFile; readonly tuple: FileTuple; readonly absolute: string }
  | { readonly ok: false; readonly message: string };

export type GoodRead = Extract<ReadFile, { ok: true }>;

type ReadOptions = Pick<RunOptions, 'fs' | 'root' | 'hasher' | 'maxFileBytes' | 'takeHeld'>;

export function readTask(
  { path, contentHash }: Task,
  { fs, root, hasher, maxFileBytes, takeHeld }: ReadOptions,
): ReadFile {
  const absolute = `${root}/${path}`;
  const held = takeHeld(path);
  if (held !== undefined)
    return { ok: true, file: new HashedFile(path, held.bytes, contentHash), tuple: held.tuple, absolute };
  const read = readStable(fs, absolute, { maxBytes: maxFileBytes });
  if (!read.ok) return { ok: false, message: read.message };
  const { bytes, tuple } = read;
  const file = new HashedFile(path, bytes, hasher.hash(bytes));
  // The planned content was found inside of the root. Other content may come by a link that was put on the way since.
  if (file.contentHash !== contentHash && !isInside(fs, root, absolute, tuple)) return { ok: false, message: OUTSIDE };
  return { ok: true, file, tuple, absolute };
}

const OUTSIDE = 'it is reached by a link that leads out of the codebase, or that changes while it is read';

/** Whether the bytes with `tuple` are those of a file in the root: it is found there, under its path without links. */
function isInside(fs: FileSystem, root: string, absolute: string, tuple: FileTuple): boolean {
  try {
    const real = fs.realpathSync(absolute);
    const there = tupleOf(fs.lstatSync(real, { bigint: true }));
    return relativePosix(root, real) !== undefined && there.ino === tuple.ino && there.dev === tuple.dev;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

export function unreadResult({ contentHash }: Task, { message }: { readonly message: string }): TaskResult {
  return { outcome: { ok: false, reason: 'source-unreadable', message }, contentHash, sizeBytes: 0 };
}

export const CHANGED_DURING_RUN = 'the file changed during the run';

/**
 * A result whose file is not, or no longer, the one that was planned is answered but kept under neither content's key; nor is one that saw
 * an input in another state than the rest of the run.
 */
export function judge(
  task: Task,
  { file, tuple, absolute }: GoodRead,
  outcome: Outcome,
  { fs, states }: ReadOptions & Pick<RunOptions, 'states'>,
): TaskResult {
  const { contentHash, bytes } = file;
  const facts = { contentHash, sizeBytes: bytes.length };
  if (!outcome.ok) return { outcome, ...facts };
  const isSame = contentHash === task.contentHash && isStill(tuple, currentTuple(fs, absolute));
  const uncacheable = isSame
    ? (outcome.uncacheable ?? changedInput(outcome.dependencies, (input) => states.isCurrent(input)))
    : CHANGED_DURING_RUN;
  return { outcome: { ...outcome, uncacheable }, ...facts };
}

const isStill = (then: FileTuple, now: FileTuple | undefined): boolean => now !== undefined && sameTuple(then, now);
