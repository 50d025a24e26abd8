import type { PlannedTask, Reason } from '../model/plan.js';
import { canonicalJson } from '../util/canonical-json.js';
import { identityChanges, own, type AnalyzerIdentity } from './analyzer-identity.js';

/** One thing that a result depends on, then and now; null where there is or was none. */
export interface ExplainedInput {
  /** `content`, `analyzer version`, `analyzer code`, `options`, `environment NAME`. */
  readonly input: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly changed: boolean;
}

/** Why one task hits or misses. */
export interface ExplainedTask extends PlannedTask {
  readonly inputs: readonly ExplainedInput[];
  /** Every reason that would make it run by itself; `reason` is the first of them. */
  readonly changes: readonly Reason[];
}

export interface TaskFacts {
  readonly task: PlannedTask;
  readonly contentHash: { readonly old: string | null; readonly new: string };
  readonly identity: { readonly old: AnalyzerIdentity | undefined; readonly new: AnalyzerIdentity };
}

/** Each input of a task with its old and its new value. */
export function explainTask({ task, contentHash, identity }: TaskFacts): ExplainedTask {
  const [before, now] = [identity.old, identity.new];
  const variables = [...new Set([...Object.keys(before?.environment ?? {}), ...Object.keys(now.environment)])].sort();
  const inputs = [
    compared('content', contentHash.old, contentHash.new),
    compared('analyzer version', before?.version ?? null, now.version),
    compared('analyzer code', before?.codeDigest ?? null, now.codeDigest),
    compared('options', before === undefined ? null : canonicalJson(before.options), canonicalJson(now.options)),
    ...variables.map((name) =>
      compared(
        `environment ${name}`,
        before === undefined ? null : (own(before.environment, name) ?? null),
        own(now.environment, name) ?? null,
      ),
    ),
  ];
  return { ...task, inputs, changes: before === undefined ? [] : identityChanges(before, now) };
}

function compared(input: string, old: string | null, now: string | null): ExplainedInput {
  return { input, old, new: now, changed: old !== now };
}
