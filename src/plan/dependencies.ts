/** What a change of an input means. Values in, values out. */
import { isInput, type Dependency, type InputDependency, type SeenDependency } from '../model/dependency.js';
import type { Reason } from '../model/plan.js';

/** Why a result that saw `old` is not current where `now` would be seen. */
export function changeOf(old: SeenDependency, now: SeenDependency): Reason {
  if (old.kind === 'closure') return { kind: 'imports-changed', path: old.path, old: old.hash, new: hashOf(now) };
  if (old.kind === 'env') return { kind: 'environment-changed', name: old.name, old: old.hash, new: hashOf(now) };
  if (old.kind === 'absent') return { kind: 'dependency-appeared', path: old.path };
  if (old.kind === 'listing') return { kind: 'listing-changed', path: old.path, old: old.hash, new: hashOf(now) };
  const [before, after] = [old, now].map((dependency) => (dependency.kind === 'content' ? dependency.hash : null));
  return { kind: 'dependency-changed', path: old.path, old: before ?? null, new: after ?? null };
}

const hashOf = (dependency: SeenDependency): string | null => ('hash' in dependency ? dependency.hash : null);

/** Which look at the world this was, whatever was seen: what is looked at once is compared once. */
export function subjectOf(dependency: InputDependency): string {
  if (dependency.kind === 'env') return `env ${dependency.name}`;
  if (dependency.kind === 'content' || dependency.kind === 'listing') return `${dependency.kind} ${dependency.path}`;
  return `presence ${dependency.path}`;
}

/** What a dependency is called where tasks are looked for that have it: a path, or the name of a variable. */
export const nameOf = (dependency: Dependency): string =>
  dependency.kind === 'env' ? dependency.name : dependency.path;

/**
 * Inputs that a run has to look at although no source file changed; by subject. Contents of source files are not among them: the scan
 * compares them.
 */
export function addInputs(
  inputs: Map<string, InputDependency>,
  dependencies: Iterable<Dependency>,
  isScanned: (path: string) => boolean,
): void {
  for (const dependency of dependencies) {
    if (!isInput(dependency) || isCoveredByScan(dependency, isScanned)) continue;
    inputs.set(subjectOf(dependency), dependency);
  }
}

const isCoveredByScan = (dependency: InputDependency, isScanned: (path: string) => boolean): boolean =>
  ((dependency.kind === 'content' && dependency.hash !== null) || dependency.kind === 'exists') &&
  isScanned(dependency.path);
