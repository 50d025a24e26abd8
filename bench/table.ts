/** One line of the table: what was measured, over how much, against what, and what was promised. */
export interface Row {
  readonly what: string;
  readonly size: string;
  readonly ours: string;
  readonly reference: string;
  /** Ours / reference, or the figure itself where `unit` is set. */
  readonly value: number;
  readonly unit?: string;
  readonly atMost: number;
  readonly goal: number;
}

export function formatRow({ what, size, ours, reference, value, unit = 'x', atMost, goal }: Row): string {
  const verdict = value <= goal ? 'goal met' : value <= atMost ? 'within bound' : 'MISSED';
  const shown = (figure: number): string => `${figure.toFixed(unit === 'x' ? 2 : 0)} ${unit}`;
  return `${what} | ${size} | ${ours} | ${reference} | ${shown(value)} | at most ${shown(atMost)}, goal ${shown(goal)} | ${verdict}`;
}

export const HEADER = 'what | size | ours, median | reference, median | ratio | promised | verdict';

export const ms = (value: number): string => `${value.toFixed(0)} ms`;
