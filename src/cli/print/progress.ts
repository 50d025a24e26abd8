import { isCi, type EventListener } from '../../index.js';
import type { Invocation } from '../command.js';
import { progressAfter, progressLine, progressLogLine, type ProgressState } from './progress-line.js';

/** A bar for people, lines for logs, nothing for scripts. */
export type ProgressMode = 'bar' | 'lines' | 'none';

export interface Progress {
  readonly onEvent: EventListener;
  stop(): void;
}

type Watched = Pick<Invocation, 'stderr' | 'env' | 'options' | 'console'>;

export function progressMode({ stderr, env, options }: Pick<Watched, 'stderr' | 'env' | 'options'>): ProgressMode {
  // Where every task is printed, that shows how far it is.
  if (options.quiet === true || options.progress === false || options.verbose === true) return 'none';
  if (isCi(env)) return 'lines';
  if (stderr.isTTY !== true) return 'none';
  // Such a terminal cannot go back to the start of a line.
  return env['TERM'] === 'dumb' ? 'lines' : 'bar';
}

/** Whether the terminal may not show block characters. Source: POSIX, "Internationalization Variables": the first that is set counts. */
export function isAsciiOnly(env: Watched['env'], platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') return env['WT_SESSION'] === undefined;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  if (locale === undefined) return platform !== 'darwin';
  return !/utf-?8/i.test(locale);
}

/** @param noun what is counted. */
export function openProgress(watched: Watched, noun: string): Progress {
  const mode = progressMode(watched);
  if (mode === 'none') return { onEvent: () => undefined, stop: () => undefined };
  return mode === 'lines' ? openLines(watched, noun) : openBar(watched, noun);
}

/** Time between two lines of a log, in ms. */
const LINE_EVERY_MS = 5000;

function openLines({ console }: Watched, noun: string): Progress {
  let state = newState();
  let printedAt = state.since;
  return {
    onEvent(event) {
      const now = performance.now();
      state = progressAfter(state, event, now);
      if (now - printedAt < LINE_EVERY_MS) return;
      printedAt = now;
      console.note(progressLogLine(state, now, noun));
    },
    stop: () => undefined,
  };
}

/** A run that takes no longer than this needs no bar, in ms. */
const BAR_AFTER_MS = 300;
const DEFAULT_COLUMNS = 80;

/** The bar is loaded only for a run that lasts. */
function openBar({ stderr, env, console }: Watched, noun: string): Progress {
  let state = newState();
  let bar: { start(total: number, value: number): void; stop(): void } | undefined;
  let isShown = false;
  let isOver = false;
  const ascii = isAsciiOnly(env);
  const format = (): string =>
    progressLine(state, performance.now(), { columns: stderr.columns ?? DEFAULT_COLUMNS, ascii, noun });
  const show = async (): Promise<void> => {
    const { SingleBar } = (await import('cli-progress')).default;
    bar = new SingleBar({
      stream: stderr as unknown as NodeJS.WritableStream,
      format,
      clearOnComplete: true,
      gracefulExit: false,
      linewrap: true,
      fps: 8,
    });
    resume();
  };
  const resume = (): void => {
    if (bar === undefined || isShown || isOver) return;
    isShown = true;
    bar.start(1, 0);
  };
  const pause = (): void => {
    if (!isShown) return;
    isShown = false;
    bar?.stop();
  };
  const timer = setTimeout(() => void show(), BAR_AFTER_MS);
  console.clearBar = pause;
  return {
    onEvent(event) {
      state = progressAfter(state, event, performance.now());
      resume();
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
      pause();
    },
  };
}

const newState = (): ProgressState => ({ phase: 'scanning', done: 0, total: undefined, since: performance.now() });
