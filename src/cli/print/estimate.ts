import type { Estimate, LastCost } from '../../index.js';
import { escape } from './escape.js';
import { counted, duration } from './units.js';

/** `3.2 s, 1,200 tokens, 0.04 usd`; '' where nothing is known. */
export function costText({ durationMs, cost }: Pick<LastCost, 'durationMs' | 'cost'>): string {
  return [duration(durationMs), ...amounts(cost)].join(', ');
}

/** `1,200 tokens`, `0.04 usd`. */
export const amounts = (cost: LastCost['cost']): string[] =>
  Object.entries(cost).map(
    ([unit, amount]) => `${amount.toLocaleString('en', { maximumFractionDigits: 4 })} ${escape(unit)}`,
  );

/** One sentence, with what it rests on; undefined where nothing is known of any task. */
export function estimateSentence(estimate: Estimate): string | undefined {
  const { known, assumed, unknown } = estimate;
  if (known + assumed === 0) return undefined;
  const rests = [
    ...(assumed > 0 ? [`${counted(assumed, 'task')} by the average`] : []),
    ...(unknown > 0 ? [`${counted(unknown, 'task')} never ran and ${unknown === 1 ? 'is' : 'are'} not counted`] : []),
  ];
  return `${costText(estimate)}, by what they took before${rests.length > 0 ? ` (${rests.join('; ')})` : ''}`;
}
