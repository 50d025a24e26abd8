/** Dependencies as they are recorded on this machine, and as other machines can compare them: with SHA-256 in the place of the local hash. */
import { CacheError } from '../../model/errors.js';
import { isSeen, type ClosureDependency, type Dependency, type SeenDependency } from '../../model/dependency.js';
import type { RunStates } from '../run-states.js';
import type { ContentDigests } from './content-digests.js';

export interface TranslateContext {
  readonly states: RunStates;
  readonly digests: ContentDigests;
}

/**
 * What is said of them to other machines. What they import must be prepared.
 * @returns undefined where one has changed since it was recorded.
 */
export function toShared(dependencies: readonly Dependency[], context: TranslateContext): Dependency[] | undefined {
  return translate(dependencies, (dependency) => seenElsewhere(dependency, context));
}

/**
 * What this machine would record in their place, if all of them hold here: what is seen now is what the other machine saw. Other results are taken
 * over as they are, to be decided later. What they import must be prepared.
 * @returns undefined where one does not hold.
 */
export function toLocal(dependencies: readonly Dependency[], context: TranslateContext): Dependency[] | undefined {
  return translate(dependencies, (dependency) => seenHere(dependency, context));
}

function translate(
  dependencies: readonly Dependency[],
  translateSeen: (dependency: SeenDependency) => SeenDependency | undefined,
): Dependency[] | undefined {
  const translated: Dependency[] = [];
  for (const dependency of dependencies) {
    const other = isSeen(dependency) ? translateSeen(dependency) : dependency;
    if (other === undefined) return undefined;
    translated.push(other);
  }
  return translated;
}

function seenElsewhere(dependency: SeenDependency, context: TranslateContext): SeenDependency | undefined {
  if (dependency.kind === 'closure') {
    const hash = context.states.isCurrent(dependency) ? sharedClosure(dependency, context) : undefined;
    return hash === undefined ? undefined : { ...dependency, hash };
  }
  if (dependency.kind !== 'content' || dependency.hash === null) return dependency;
  const hash = context.digests.find(dependency.path, dependency.hash);
  return hash === undefined ? undefined : { ...dependency, hash };
}

function seenHere(dependency: SeenDependency, context: TranslateContext): SeenDependency | undefined {
  const { states, digests } = context;
  if (dependency.kind === 'closure') {
    const now = states.current(dependency);
    return sharedClosure(dependency, context) === dependency.hash ? now : undefined;
  }
  if (dependency.kind !== 'content') return states.isCurrent(dependency) ? dependency : undefined;
  const now = states.current(dependency);
  if (now.kind !== 'content') return undefined;
  const hash = now.hash === null ? null : digests.find(now.path, now.hash);
  return hash === dependency.hash ? now : undefined;
}

function sharedClosure({ path }: ClosureDependency, { states, digests }: TranslateContext): string | undefined {
  try {
    return states.closures.sharedDigestOf(path, (file, hash) => digests.of(file, hash));
  } catch (error) {
    if (error instanceof CacheError) return undefined;
    throw error;
  }
}
