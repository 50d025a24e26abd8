import type { AnalyzerShape } from '../model/analyzer.js';
import type { Fingerprint } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Reason } from '../model/plan.js';
import { canonicalJson, toJsonValue } from '../util/canonical-json.js';
import { sha256Digest } from '../util/hash.js';

/** All that shapes an analyzer's answers besides the files, kept in `analysis.json` so that a change can be named. */
export interface AnalyzerIdentity {
  readonly version: string;
  readonly fingerprint: Fingerprint;
  readonly codeDigest: string | null;
  readonly options: JsonValue;
  /** Digest of each declared variable's value; null where it is not set. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Which files it is asked about; shapes the tasks, not the answers, so it is no part of the fingerprint. */
  readonly include: readonly string[] | null;
  readonly pathIndependent: boolean;
}

/** Identity of `analyzer` under the environment `variables`. */
export function identityOf(
  analyzer: AnalyzerShape,
  variables: Readonly<Record<string, string | undefined>>,
): AnalyzerIdentity {
  const environment = Object.fromEntries(
    [...(analyzer.environment ?? [])].sort().map((name) => {
      const value = own(variables, name);
      return [name, value === undefined ? null : sha256Digest(value)];
    }),
  );
  const shaping = {
    id: analyzer.id,
    version: analyzer.version,
    codeDigest: analyzer.codeDigest ?? null,
    options: analyzer.options === undefined ? null : toJsonValue(analyzer.options),
    environment,
    pathIndependent: analyzer.pathIndependent ?? false,
  };
  const { id: _, ...rest } = shaping;
  const fingerprint = sha256Digest(canonicalJson(shaping)) as Fingerprint;
  return { ...rest, fingerprint, include: analyzer.include ?? null };
}

/** Both are asked about the same files. */
export const asksAlike = (a: Pick<AnalyzerIdentity, 'include'>, b: Pick<AnalyzerIdentity, 'include'>): boolean =>
  JSON.stringify(a.include) === JSON.stringify(b.include);

/** Both are asked about the same files, and what one answered the other would answer. */
export const isSameAnalyzer = (
  a: Pick<AnalyzerIdentity, 'fingerprint' | 'include'>,
  b: Pick<AnalyzerIdentity, 'fingerprint' | 'include'>,
): boolean => a.fingerprint === b.fingerprint && asksAlike(a, b);

/** Every way in which `now` differs from `before`, the most telling first; empty where the fingerprints are equal. */
export function identityChanges(before: AnalyzerIdentity, now: AnalyzerIdentity): Reason[] {
  if (before.fingerprint === now.fingerprint) return [];
  const reasons: Reason[] = [];
  if (before.version !== now.version) {
    reasons.push({ kind: 'analyzer-version-changed', old: before.version, new: now.version });
  }
  reasons.push(...optionChanges(before.options, now.options, ''));
  for (const name of new Set([...Object.keys(before.environment), ...Object.keys(now.environment)])) {
    const change = { old: own(before.environment, name) ?? null, new: own(now.environment, name) ?? null };
    if (change.old !== change.new) reasons.push({ kind: 'environment-changed', name, ...change });
  }
  if (before.codeDigest !== now.codeDigest) {
    reasons.push({ kind: 'analyzer-code-changed', old: before.codeDigest, new: now.codeDigest });
  }
  if (before.pathIndependent !== now.pathIndependent) {
    reasons.push({
      kind: 'option-changed',
      option: 'pathIndependent',
      old: String(before.pathIndependent),
      new: String(now.pathIndependent),
    });
  }
  // A set of declared names can change while every value stays absent.
  if (reasons.length === 0)
    reasons.push({ kind: 'option-changed', option: 'environment', old: namesOf(before), new: namesOf(now) });
  return reasons;
}

const namesOf = (identity: AnalyzerIdentity): string => Object.keys(identity.environment).join(' ');

/** Option by option, named by JSON pointer; values as canonical JSON, null where there was none. */
function optionChanges(before: JsonValue | undefined, now: JsonValue | undefined, pointer: string): Reason[] {
  const [old, fresh] = [asText(before), asText(now)];
  if (old === fresh) return [];
  if (!isPlainObject(before) || !isPlainObject(now))
    return [{ kind: 'option-changed', option: pointer, old, new: fresh }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) =>
    optionChanges(own(before, name), own(now, name), `${pointer}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`),
  );
}

/** An option or a variable may be called `constructor`, which every object seems to have. */
export function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

const asText = (value: JsonValue | undefined): string | null => (value === undefined ? null : canonicalJson(value));

function isPlainObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
