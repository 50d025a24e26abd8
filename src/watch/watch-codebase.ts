/** Rounds without end: wait until something may have changed, then let a run find out what did. Events never decide what is current. */
import { analyzeCodebase, type AnalysisRun, type AnalyzeOptions } from '../analyze-codebase.js';
import { CacheError, systemCode } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import { systemClock } from '../util/clock.js';
import { realFs } from '../util/fs.js';
import { startHeartbeat } from './heartbeat.js';
import { RoundTrigger, type Triggered } from './round-trigger.js';
import type { Round, RoundHead } from './round.js';
import { openTreeWatch, type OpenTreeWatch } from './tree-watch.js';
import { WarningFilter } from './warning-filter.js';
import { WatchedRoot } from './watched-root.js';

export interface WatchOptions extends AnalyzeOptions {
  /** A round begins when nothing happened for so long, or 2 s after the first change; default 100. */
  readonly debounceMs?: number;
  /** A round is made this often whatever is heard, for what lies outside of the root or in skipped folders; default 5 minutes. */
  readonly intervalMs?: number;
  /** Asked before each round but the first: options may follow from a file. The root and the cache stay as they are. */
  readonly reload?: () => Promise<AnalyzeOptions>;
}

/** For tests: the operating system's events, and how often is looked without them. */
export interface WatchPorts {
  readonly openTreeWatch?: OpenTreeWatch;
  readonly beatMs?: number;
  readonly pollMs?: number;
}

const DEFAULT_DEBOUNCE_MS = 100;
const DEFAULT_INTERVAL_MS = 300_000;
const DEFAULT_BEAT_MS = 5000;
const DEFAULT_POLL_MS = 2000;

/**
 * A run at once, and another one whenever something may have changed; each answers exactly as `analyzeCodebase` would at that time. The next
 * round begins only when the one before was taken, so rounds never overlap; a run is closed when the next round is asked for. End it by
 * leaving the loop, or by `signal`.
 * @throws what `analyzeCodebase` throws in the first round; later ones are rounds that failed. CacheError CACHE_ABORTED when `signal` was aborted.
 */
export async function* watchCodebase(options: WatchOptions, ports: WatchPorts = {}): AsyncGenerator<Round, void> {
  const { debounceMs = DEFAULT_DEBOUNCE_MS, intervalMs = DEFAULT_INTERVAL_MS } = options;
  const { beatMs = DEFAULT_BEAT_MS, pollMs = DEFAULT_POLL_MS } = ports;
  const fs = options.ports?.fs ?? realFs;
  const clock = options.ports?.clock ?? systemClock;
  const signal = options.signal ?? new AbortController().signal;
  const trigger = new RoundTrigger(debounceMs);
  const root = new WatchedRoot(options, fs, trigger, ports.openTreeWatch ?? openTreeWatch);
  const warnings = new WarningFilter(options.onEvent);
  const heartbeat = startHeartbeat(trigger, {
    ...{ clock, beatMs, intervalMs, pollMs },
    isPolling: () => root.isMissing || root.limit !== undefined,
    onSleep: () => root.distrust(),
  });
  try {
    let why: Triggered = { cause: 'start', paths: [] };
    for (let number = 1; ; why = await trigger.next(signal)) {
      const wasMissing = root.isMissing;
      await root.refresh();
      if (root.isMissing && wasMissing) continue;
      const cause = wasMissing ? 'root-back' : why.cause;
      warnings.startRound();
      if (root.limit !== undefined) warnings.listen(limitWarning(root.limit, pollMs));
      const head: RoundHead = { number, cause, paths: why.paths, startedAt: clock.now() };
      const round = root.isMissing && number > 1 ? rootMissing(head) : await makeRound(head, options, warnings.listen);
      try {
        yield round;
      } finally {
        if (round.outcome === 'finished') await round.run.close();
      }
      number += 1;
    }
  } finally {
    heartbeat.stop();
    trigger.close();
    root.close();
  }
}

const rootMissing = (head: RoundHead): Round => ({ ...head, outcome: 'root-missing' });

async function makeRound(head: RoundHead, options: WatchOptions, onEvent: EventListener): Promise<Round> {
  try {
    const { reload } = options;
    const current =
      head.number === 1 || reload === undefined ? options : { ...(await reload()), signal: options.signal };
    const run: AnalysisRun = await analyzeCodebase({ ...current, onEvent });
    return { ...head, outcome: 'finished', run };
  } catch (error) {
    if (head.number === 1 || !isOperational(error) || options.signal?.aborted === true) throw error;
    return { ...head, outcome: 'failed', error };
  }
}

/** What may be otherwise next time: not a mistake in the program. */
const isOperational = (error: unknown): error is Error =>
  error instanceof CacheError || (error instanceof Error && systemCode(error) !== undefined);

function limitWarning(limit: string, pollMs: number): Parameters<EventListener>[0] {
  const message = `Changes cannot be heard of (${limit}): it is looked for them every ${pollMs / 1000} s. On Linux more watches help: sysctl fs.inotify.max_user_watches=524288`;
  return { type: 'warning', code: 'CACHE_WATCH_LIMITED', message };
}
