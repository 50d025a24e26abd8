import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  /** Longest time to wait in total, in ms: what is left of the lease that is waited for. */
  readonly forMs: number;
  /** The first wait, in ms; each later one is half as long again. Default 25. */
  readonly firstWaitMs?: number;
  /** No wait is longer, in ms. Default 1,000. */
  readonly longestWaitMs?: number;
  readonly signal?: AbortSignal;
}

const BACK_OFF = 1.5;

/**
 * Asks again and again, less and less often, until `poll` answers something other than undefined; undefined where it never did. Ends at the end
 * of `forMs`, whatever `poll` is doing then. Rejects with what `poll` rejects with, or with the reason of `signal`.
 */
export async function pollUntil<T>(
  poll: () => Promise<T | undefined>,
  { forMs, firstWaitMs = 25, longestWaitMs = 1000, signal }: PollOptions,
): Promise<T | undefined> {
  const endsAt = performance.now() + forMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * BACK_OFF, longestWaitMs)) {
    const leftMs = endsAt - performance.now();
    if (!(leftMs > 0)) return undefined;
    // The last look is a little before the end, not at it.
    await pause(leftMs > firstWaitMs ? Math.min(waitMs, Math.max(leftMs / 2, firstWaitMs)) : leftMs, signal);
    const answer = await inTime(poll, endsAt - performance.now(), signal);
    if (answer !== undefined) return answer;
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** What `poll` answers within `ms`; otherwise undefined, and its answer is dropped. */
async function inTime<T>(
  poll: () => Promise<T | undefined>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (!(ms > 0)) return undefined;
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const answer = poll();
    answer.catch(() => undefined);
    const end = delay(ms, undefined, { signal: ended.signal }).catch(() => undefined);
    const first = await Promise.race([answer, end]);
    signal?.throwIfAborted();
    return first;
  } finally {
    signal?.removeEventListener('abort', stop);
    ended.abort();
  }
}
