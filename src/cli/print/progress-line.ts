import type { RunEvent } from '../../index.js';
import { count, duration } from './units.js';

/** How far a run is. */
export interface ProgressState {
  readonly phase: 'scanning' | 'analyzing' | 'finishing';
  readonly done: number;
  /** Undefined while the tree is walked. */
  readonly total: number | undefined;
  /** When this phase began, in ms of the clock that is handed in. */
  readonly since: number;
}

export function progressAfter(state: ProgressState, event: RunEvent, now: number): ProgressState {
  switch (event.type) {
    case 'scan-progress':
      return { ...state, done: event.done, total: event.total };
    case 'planned':
      return { phase: event.run === 0 ? 'finishing' : 'analyzing', done: 0, total: event.run, since: now };
    case 'task-finished':
    case 'task-failed': {
      const done = state.done + 1;
      return { ...state, done, phase: done === state.total ? 'finishing' : state.phase };
    }
    default:
      return state;
  }
}

const LABELS = { scanning: 'Scanning', analyzing: 'Analyzing', finishing: 'Finishing' } as const;
const BAR_CHARACTERS = 24;
/** A rate from less time than this says nothing, in ms. */
const LEAST_ELAPSED_MS = 200;

export interface LineStyle {
  readonly columns: number;
  readonly ascii: boolean;
  /** What is counted: files, or tasks where several analyzers look at each file. */
  readonly noun: string;
}

/** `Analyzing [####----] 1,200/5,000 files  240/s  16 s left`, no longer than the line. */
export function progressLine(state: ProgressState, now: number, { columns, ascii, noun }: LineStyle): string {
  const bar = state.total === undefined || state.total === 0 ? '' : drawBar(state.done / state.total, ascii);
  const parts = [...(bar === '' ? [] : [bar]), progressText(state, now, noun)];
  const line = `${LABELS[state.phase]} ${parts.join(' ')}`;
  // The last column would wrap on some terminals.
  return line.slice(0, Math.max(columns - 1, 0));
}

/** The same without a bar, for logs. */
export function progressLogLine(state: ProgressState, now: number, noun: string): string {
  return `${LABELS[state.phase]} ${progressText(state, now, noun)}`;
}

function progressText({ done, total, since }: ProgressState, now: number, noun: string): string {
  const figures = `${count(done)}${total === undefined ? '' : `/${count(total)}`} ${noun}`;
  const elapsedMs = now - since;
  if (elapsedMs < LEAST_ELAPSED_MS || done === 0) return figures;
  const perSecond = (done / elapsedMs) * 1000;
  const rate = `${perSecond < 10 ? Math.round(perSecond * 10) / 10 : count(Math.round(perSecond))}/s`;
  if (total === undefined || done >= total) return `${figures}  ${rate}`;
  const leftMs = ((total - done) / perSecond) * 1000;
  return `${figures}  ${rate}  ${duration(Math.ceil(leftMs / 1000) * 1000)} left`;
}

function drawBar(share: number, ascii: boolean): string {
  const full = Math.round(Math.min(share, 1) * BAR_CHARACTERS);
  const [complete, incomplete] = ascii ? ['#', '-'] : ['█', '░'];
  const bar = complete.repeat(full) + incomplete.repeat(BAR_CHARACTERS - full);
  return ascii ? `[${bar}]` : bar;
}
