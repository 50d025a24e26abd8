import type { AnalysisContext, Analyzer, SourceFile } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import { assertJson } from '../util/canonical-json.js';
import type { Outcome } from './outcome.js';

/** Asks `analyzer` about one file. An analyzer that throws, or answers what is not JSON, is an outcome; this never throws. */
export function analyzeOne(analyzer: Analyzer, file: SourceFile, signal: AbortSignal): Outcome | Promise<Outcome> {
  const context = new TaskContext(signal);
  const startedAt = performance.now();
  const answered = (result: unknown): Outcome => toOutcome(result, context, performance.now() - startedAt);
  try {
    const answer: unknown = analyzer.analyze(file, context);
    return isPromise(answer) ? Promise.resolve(answer).then(answered, threw) : answered(answer);
  } catch (error) {
    return threw(error);
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const threw = (cause: unknown): Outcome => ({ ok: false, reason: 'analyzer-threw', message: messageOf(cause), cause });

function toOutcome(result: unknown, context: TaskContext, durationMs: number): Outcome {
  let resultText: string;
  try {
    assertJson(result);
    // A property may be a function that answers otherwise, or throws, the second time.
    resultText = JSON.stringify(result, null, 2);
  } catch (error) {
    return { ok: false, reason: 'result-not-json', message: messageOf(error) };
  }
  return {
    ok: true,
    resultText,
    durationMs: Math.round(durationMs * 1000) / 1000,
    cost: context.costs,
    uncacheable: context.uncacheableReason,
  };
}

class TaskContext implements AnalysisContext {
  readonly signal: AbortSignal;
  readonly costs: Record<string, number> = {};
  uncacheableReason: string | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  cost(cost: Readonly<Record<string, number>>): void {
    for (const [unit, amount] of Object.entries(cost)) {
      if (!Number.isFinite(amount) || amount < 0)
        throw new TypeError(`Expected cost.${unit} to be a number of at least 0`);
      const sum = (this.costs[unit] ?? 0) + amount;
      if (!Number.isFinite(sum)) throw new TypeError(`Expected the sum of cost.${unit} to be finite`);
      this.costs[unit] = sum;
    }
  }

  uncacheable(reason: string): void {
    this.uncacheableReason ??= reason;
  }
}
