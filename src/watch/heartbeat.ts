import type { Clock } from '../util/clock.js';
import type { RoundTrigger } from './round-trigger.js';

/** A clock that jumps further than this was asleep, in ms; busy machines delay timers by less. */
const SLEEP_MS = 10_000;

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly beatMs: number;
  readonly intervalMs: number;
  readonly pollMs: number;
  readonly isPolling: () => boolean;
  readonly onSleep: () => void;
}

/** Makes rounds begin that no event asks for. It keeps the process alive until it is stopped. */
export function startHeartbeat(trigger: RoundTrigger, options: HeartbeatOptions): { stop(): void } {
  const { clock, beatMs, intervalMs, pollMs, isPolling, onSleep } = options;
  let beatAt = clock.now();
  const beat = setInterval(() => {
    const now = clock.now();
    const jumpMs = Math.abs(now - beatAt - beatMs);
    beatAt = now;
    if (jumpMs <= SLEEP_MS) return;
    onSleep();
    trigger.force('sleep');
  }, beatMs);
  const interval = setInterval(() => trigger.force('interval'), intervalMs);
  const poll = setInterval(() => {
    if (isPolling()) trigger.force('poll');
  }, pollMs);
  return {
    stop() {
      for (const timer of [beat, interval, poll]) clearInterval(timer);
    },
  };
}
