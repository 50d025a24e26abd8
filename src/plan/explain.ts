import { isSeen, type Dependency } from '../model/dependency.js';
import type { PlannedTask, Reason } from '../model/plan.js';
import { canonicalJson } from '../util/canonical-json.js';
import { identityChanges, own, type AnalyzerIdentity } from './analyzer-identity.js';
import { changeOf } from './dependencies.js';

/** One thing that a result depends on, then and now; null where there is or was none. */
export interface ExplainedInput {
  /**
   * `content`, `analyzer version`, `analyzer code`, `options`, `environment NAME`, `file PATH`, `presence of PATH`, `folder PATH`,
   * `imports of PATH`, `result of ANALYZER for PATH`.
   */
  readonly input: string;
  readonly old: string | null;
  /** `undecided` for a result that would be computed anew. */
  readonly new: string | null;
  readonly changed: boolean;
}

/** Why one task hits or misses. */
export interface ExplainedTask extends PlannedTask {
  readonly inputs: readonly ExplainedInput[];
  /** Every reason that would make it run by itself; `reason` is the first of them. */
  readonly changes: readonly Reason[];
}

/** A dependency of the last result as it was seen, and as it would be seen now; undefined where only a run can tell. */
export interface DependencyPair {
  readonly old: Dependency;
  readonly now: Dependency | undefined;
}

export interface TaskFacts {
  readonly task: PlannedTask;
  readonly contentHash: { readonly old: string | null; readonly new: string };
  readonly identity: { readonly old: AnalyzerIdentity | undefined; readonly new: AnalyzerIdentity };
  readonly dependencies: readonly DependencyPair[];
}

/** Each input of a task with its old and its new value. */
export function explainTask({ task, contentHash, identity, dependencies }: TaskFacts): ExplainedTask {
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
    ...dependencies.map(comparedPair),
  ];
  const changes = before === undefined ? [] : [...identityChanges(before, now), ...dependencies.flatMap(changesOf)];
  return { ...task, inputs, changes };
}

function compared(input: string, old: string | null, now: string | null): ExplainedInput {
  return { input, old, new: now, changed: old !== now };
}

function comparedPair({ old, now }: DependencyPair): ExplainedInput {
  return compared(nameOf(old), shown(old), now === undefined ? 'undecided' : shown(now));
}

function nameOf(dependency: Dependency): string {
  switch (dependency.kind) {
    case 'content':
      return `file ${dependency.path}`;
    case 'listing':
      return `folder ${dependency.path}`;
    case 'env':
      return `environment ${dependency.name}`;
    case 'closure':
      return `imports of ${dependency.path}`;
    case 'result':
      return `result of ${dependency.analyzer} for ${dependency.path}`;
    default:
      return `presence of ${dependency.path}`;
  }
}

function shown(dependency: Dependency): string | null {
  if (dependency.kind === 'absent') return 'absent';
  if (dependency.kind === 'exists') return 'present';
  // A folder where a file is read, a file where a folder is listed.
  if ('hash' in dependency && dependency.hash === null && 'path' in dependency && dependency.kind !== 'result')
    return dependency.kind === 'content' ? 'no regular file' : 'no folder';
  return dependency.hash;
}

function changesOf({ old, now }: DependencyPair): Reason[] {
  if (now === undefined || shown(old) === shown(now)) return [];
  if (isSeen(old)) return isSeen(now) ? [changeOf(old, now)] : [];
  const { analyzer, path, hash } = old;
  return [{ kind: 'surface-changed', analyzer, path, old: hash, new: now.kind === 'result' ? now.hash : null }];
}
