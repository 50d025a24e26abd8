import type { Dependency } from '../model/dependency.js';
import { isDependencyPath } from '../util/dependency-path.js';

/** A record with more of them is not shared: each has to be looked at before it can be taken. */
export const MAX_SHARED_DEPENDENCIES = 10_000;

const SHA256_DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Contents that a local hash stands for can be forged, so they prove nothing to another machine. */
const WEAK_HASH = 'its hash is not SHA-256';

/**
 * Why a record with these dependencies is neither sent to other machines nor taken from them, in one line; undefined: it is. What lies outside of
 * the root differs between machines, and a record from elsewhere must not choose what is opened there.
 */
export function whyNotShared(dependencies: readonly Dependency[]): string | undefined {
  if (dependencies.length > MAX_SHARED_DEPENDENCIES) return `it has more than ${MAX_SHARED_DEPENDENCIES} dependencies`;
  for (const dependency of dependencies) {
    const problem = problemOf(dependency);
    if (problem !== undefined) return `it depends on ${nameOf(dependency)}: ${problem}`;
  }
  return undefined;
}

function problemOf(dependency: Dependency): string | undefined {
  switch (dependency.kind) {
    case 'env':
      return hashProblem(dependency.hash);
    case 'absent':
    case 'exists':
      return pathProblem(dependency.path);
    case 'content':
    case 'listing':
    case 'closure':
    case 'result':
      return pathProblem(dependency.path) ?? hashProblem(dependency.hash);
    default:
      return 'it is of a kind that is not known';
  }
}

function pathProblem(path: string): string | undefined {
  if (!isDependencyPath(path)) return 'its path is not in its shortest form';
  return path === '..' || path.startsWith('../') ? 'it is outside of the root' : undefined;
}

const hashProblem = (hash: string | null): string | undefined =>
  hash === null || SHA256_DIGEST.test(hash) ? undefined : WEAK_HASH;

function nameOf(dependency: Dependency): string {
  const name = dependency.kind === 'env' ? dependency.name : dependency.path;
  return `${dependency.kind} ${JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)}`;
}
