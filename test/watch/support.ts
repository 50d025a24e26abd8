import { analyzeCodebase, defineAnalyzer, type AnalyzeOptions } from '../../src/index.js';
import type { RunEvent } from '../../src/model/event.js';
import type { Round } from '../../src/watch/round.js';
import { watchCodebase, type WatchOptions, type WatchPorts } from '../../src/watch/watch-codebase.js';
import { temporaryFolder } from '../support/temporary.js';

/** Longest wait for something that has to happen, in ms: a machine may be busy. */
const PATIENCE_MS = 15_000;

export const words = defineAnalyzer({
  id: 'words',
  version: '1',
  analyze: (file) => ({ words: file.text().split(/\s+/).length, text: file.text() }),
});

/** A round with what has to be read before the next one begins. */
export type Seen = Round & { readonly results: string; readonly ran: readonly string[] };

/** A watch that goes on in the background. */
export interface Watching {
  readonly rounds: readonly Seen[];
  readonly events: readonly RunEvent[];
  /** The first round, from the `from`-th on, that is as wanted; those to come are waited for. */
  until(wanted: (round: Seen) => boolean, from?: number): Promise<Seen>;
  /** Ends it; answers what it ended with. */
  stop(): Promise<unknown>;
}

const running: Watching[] = [];

export function startWatch(options: WatchOptions, ports: WatchPorts = {}): Watching {
  const controller = new AbortController();
  const rounds: Seen[] = [];
  const events: RunEvent[] = [];
  const waiting = new Set<() => void>();
  let ran: string[] = [];
  const onEvent = (event: RunEvent): void => {
    events.push(event);
    if (event.type === 'task-finished') ran.push(event.path);
    options.onEvent?.(event);
  };
  const ended = (async (): Promise<unknown> => {
    try {
      for await (const round of watchCodebase(
        { debounceMs: 20, ...options, onEvent, signal: controller.signal },
        ports,
      )) {
        const results = round.outcome === 'finished' ? await resultsOf(round.run) : '';
        rounds.push({ ...round, results, ran: ran.sort() });
        ran = [];
        for (const wake of waiting) wake();
      }
      return undefined;
    } catch (error) {
      return error;
    } finally {
      for (const wake of waiting) wake();
    }
  })();
  const watching: Watching = {
    rounds,
    events,
    until: (wanted, from = 0) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such round in ${PATIENCE_MS} ms; rounds: ${rounds.map(describeRound).join('; ')}`));
        }, PATIENCE_MS);
        const look = (): void => {
          const found = rounds.slice(from).find(wanted);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    stop() {
      controller.abort();
      return ended;
    },
  };
  running.push(watching);
  return watching;
}

const describeRound = ({ number, cause, outcome, ran }: Seen): string =>
  `${number} ${cause} ${outcome} [${ran.join(' ')}]`;

/** For `afterEach`: a failed test leaves nothing behind that runs. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((watching) => watching.stop()));
}

/** All results in one text. */
async function resultsOf(run: Awaited<ReturnType<typeof analyzeCodebase>>): Promise<string> {
  const lines: string[] = [];
  for await (const { path, analyzer, result } of run.results()) lines.push(JSON.stringify([path, analyzer, result]));
  return lines.join('\n');
}

/** What a run answers that knows nothing of any other. */
export async function fromScratch(options: AnalyzeOptions): Promise<string> {
  const run = await analyzeCodebase({ ...options, basePath: temporaryFolder(), changeDetection: 'content' });
  try {
    return await resultsOf(run);
  } finally {
    await run.close();
  }
}
