/** The thread that looks at files for `stat-thread.ts`. It needs one call of the disk and starts sooner without the port. */
import { lstatSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { CHUNK, CLAIMED, DONE, isStored, NEXT, type StatAssignment } from './stat-assignment.js';

const OPTIONS = { bigint: true, throwIfNoEntry: false } as const;

parentPort?.once('message', (assignment: StatAssignment) => {
  const { base, states, control, same } = assignment;
  const paths = assignment.paths.split('\0');
  const chunks = states.length;
  for (let chunk = Atomics.add(control, NEXT, 1); chunk < chunks; chunk = Atomics.add(control, NEXT, 1)) {
    Atomics.store(states, chunk, CLAIMED);
    const end = Math.min(paths.length, (chunk + 1) * CHUNK);
    for (let at = chunk * CHUNK; at < end; at++) same[at] = look(base + (paths[at] as string), at, assignment);
    Atomics.store(states, chunk, DONE);
  }
});

/** What cannot be seen is for the other side to judge. */
function look(file: string, at: number, assignment: StatAssignment): 0 | 1 {
  try {
    const stat = lstatSync(file, OPTIONS);
    return stat !== undefined && isStored(stat, at, assignment) ? 1 : 0;
  } catch {
    return 0;
  }
}
