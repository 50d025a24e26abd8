import { performance } from 'node:perf_hooks';
import type { MonotonicClock } from '../../store/tiered/monotonic-clock.js';

/** So much of its own work counts as well, in ms: loading the client of a store, on a machine that has nothing else to do. */
const COUNTED_WORK_MS = 300;

/**
 * A clock that goes while this process has nothing to do but wait. What it is busy with itself counts up to `countedWorkMs` in all, from the first
 * look on: a machine that is short of processors is no reason to do without a remote that answers.
 */
export function waitingClock({ countedWorkMs = COUNTED_WORK_MS } = {}): MonotonicClock {
  let first: ReturnType<typeof performance.eventLoopUtilization> | undefined;
  let latestMs = 0;
  return {
    nowMs() {
      first ??= performance.eventLoopUtilization();
      const { idle, active } = performance.eventLoopUtilization();
      const waitedMs = idle - first.idle;
      const workedMs = active - first.active;
      return (latestMs = Math.max(latestMs, waitedMs + Math.min(workedMs, countedWorkMs)));
    },
  };
}
