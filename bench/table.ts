/** One line of the table: what was measured, over how much, against what, and what was promised. */
export interface Row {
  readonly what: string;
  readonly size: string;
  readonly ours: string;
  readonly reference: string;
  /** Ours / reference, or the figure itself where `unit` is set. */
  readonly value: number;
  readonly unit?: string;
  readonly goal?: number;
  /** At most one of the two: figures without are there to compare with. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

export function formatRow({ what, size, ours, reference, value, unit = 'x', goal, ...bound }: Row): string {
  const shown = (figure: number): string => `${figure.toFixed(unit === 'x' ? 2 : 0)} ${unit}`;
  return `${what} | ${size} | ${ours} | ${reference} | ${shown(value)} | ${promised()} | ${verdict()}`;

  function promised(): string {
    const { atMost, atLeast } = bound;
    const kept = atMost !== undefined ? `at most ${shown(atMost)}` : `at least ${shown(atLeast ?? 0)}`;
    if (atMost === undefined && atLeast === undefined) return 'nothing';
    return goal === undefined ? kept : `${kept}, goal ${shown(goal)}`;
  }

  function verdict(): string {
    const { atMost, atLeast } = bound;
    if (atMost === undefined && atLeast === undefined) return 'for comparison';
    const isWithin = (limit: number): boolean => (atMost === undefined ? value >= limit : value <= limit);
    if (goal !== undefined && isWithin(goal)) return 'goal met';
    return isWithin(atMost ?? atLeast ?? NaN) ? 'within bound' : 'MISSED';
  }
}

export const HEADER = 'what | size | ours, median | reference, median | ratio | promised | verdict';

export const ms = (value: number): string => `${value.toFixed(0)} ms`;

export const perSecond = (count: number, durationMs: number): string =>
  `${Math.round((count * 1000) / durationMs).toLocaleString('en-US')} /s`;
