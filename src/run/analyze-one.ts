import type { AnalysisContext, Analyzer, AnalyzerShape, SourceFile } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import { assertJson, canonicalJson } from '../util/canonical-json.js';
import { sha256Digest } from '../util/hash.js';
import type { Outcome } from './outcome.js';
import { TrackedInput, type AskResult, type InputSource } from './tracked-input.js';

/** What one analysis is given besides its file. */
export interface Surroundings {
  readonly source: InputSource;
  readonly askResult: AskResult;
  readonly signal: AbortSignal;
}

/** Asks `analyzer` about one file. An analyzer that throws, or answers what is not JSON, is an outcome; this never throws. */
export function analyzeOne(
  analyzer: Analyzer,
  file: SourceFile,
  { source, askResult, signal }: Surroundings,
): Outcome | Promise<Outcome> {
  const context = new TrackedInput(analyzer, source, askResult);
  const startedAt = performance.now();
  const answered = (result: unknown): Outcome => {
    context.end();
    return toOutcome(analyzer, result, context, Math.max(0, performance.now() - startedAt - context.waitedMs));
  };
  const failed = (cause: unknown): Outcome => {
    context.end();
    return threw(cause);
  };
  try {
    const answer: unknown = analyzer.analyze(file, contextOf(context, signal));
    return isPromise(answer) ? Promise.resolve(answer).then(answered, failed) : answered(answer);
  } catch (error) {
    return failed(error);
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

export const threw = (cause: unknown): Outcome => ({
  ...{ ok: false, reason: 'analyzer-threw', message: messageOf(cause) },
  cause,
});

/** What an analyzer answered, with what was recorded meanwhile. */
export function toOutcome(analyzer: AnalyzerShape, result: unknown, inputs: TrackedInput, durationMs: number): Outcome {
  let resultText: string;
  try {
    assertJson(result);
    // A property may be a function that answers otherwise, or throws, the second time.
    resultText = JSON.stringify(result, null, 2);
  } catch (error) {
    return { ok: false, reason: 'result-not-json', message: messageOf(error) };
  }
  let surface: string | null;
  try {
    surface = surfaceOf(analyzer, result);
  } catch (cause) {
    return { ok: false, reason: 'analyzer-threw', message: `its surface failed: ${messageOf(cause)}`, cause };
  }
  return {
    ok: true,
    resultText,
    durationMs: Math.round(durationMs * 1000) / 1000,
    cost: inputs.costs,
    uncacheable: inputs.uncacheableReason,
    dependencies: inputs.dependencies,
    surface,
  };
}

function surfaceOf(analyzer: AnalyzerShape, result: unknown): string | null {
  const surface = analyzer.surface?.(result);
  if (surface === undefined) return null;
  assertJson(surface, 'the surface');
  return resultDigest(surface);
}

/** `sha256:…` of a JSON value in canonical form: of a surface, or of a whole result where its analyzer has none. */
export const resultDigest = (result: JsonValue): string => sha256Digest(canonicalJson(result));

/** Functions that need no object, so that an analyzer may take them out of the context. */
const contextOf = (inputs: TrackedInput, signal: AbortSignal): AnalysisContext => ({
  signal,
  read: (path) => inputs.read(path),
  readText: (path) => inputs.readText(path),
  exists: (path) => inputs.exists(path),
  list: (folder) => inputs.list(folder),
  env: (name) => inputs.env(name),
  resultOf: (analyzer, path) => inputs.resultOf(analyzer, path),
  cost: (cost) => inputs.cost(cost),
  uncacheable: (reason) => inputs.uncacheable(reason),
});
