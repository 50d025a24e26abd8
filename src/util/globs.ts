import picomatch from 'picomatch';
import { CacheError, messageOf } from '../model/errors.js';

/** Longer patterns are refused, as are those with more wildcards: a crafted path could make their match take very long. */
const MAX_PATTERN_CHARACTERS = 512;
/** `*` in one segment, `**` in all, `{...}` in all. A match takes time in the order of path length to this power. */
const MAX_WILDCARDS = 4;

/** True where a relative POSIX path matches. */
export type PathMatcher = (path: string) => boolean;

/** A dot in front is nothing special, and paths have `/` on every system. */
const OPTIONS = {
  dot: true,
  flags: 's',
  noextglob: true,
  strictBrackets: true,
  nonegate: true,
  strictSlashes: true,
  windows: false,
} as const;

/**
 * A matcher for any of `patterns`: `*`, `?`, `**`, `[...]` and `{a,b}`; everything else, `(`, `+` and `!` included, stands for
 * itself. Without patterns nothing matches.
 * @throws CacheError CACHE_BAD_PATTERN with `pattern` and `problem`.
 */
export function compileGlobs(patterns: readonly string[]): PathMatcher {
  const matchers = patterns.map(compileGlob);
  if (matchers.length <= 1) return matchers[0] ?? (() => false);
  return (path) => matchers.some((matches) => matches(path));
}

function compileGlob(pattern: string): PathMatcher {
  const problem = patternProblem(pattern);
  if (problem !== undefined) throw badPattern(pattern, problem);
  try {
    const matches = picomatch(asGlobOnly(pattern), OPTIONS);
    return (path) => matches(path);
  } catch (error) {
    throw badPattern(pattern, `cannot be understood: ${messageOf(error)}`, error);
  }
}

function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'is empty';
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    return `has ${pattern.length} characters, more than ${MAX_PATTERN_CHARACTERS}`;
  const segments = pattern.split('/');
  if (segments.filter((segment) => segment === '**').length > MAX_WILDCARDS)
    return `has more than ${MAX_WILDCARDS} "**"`;
  if (segments.some((segment) => count(segment, '*') > MAX_WILDCARDS))
    return `has more than ${MAX_WILDCARDS} "*" between two slashes`;
  if (count(pattern, '{') > MAX_WILDCARDS) return `has more than ${MAX_WILDCARDS} "{"`;
  return undefined;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** What the library would take for a part of a regular expression stands for itself: folders called `(app)` exist. */
function asGlobOnly(pattern: string): string {
  return pattern.replace(/^(\.\/)+/, '').replace(/\\.|[()|+]/gs, (found) => (found.length > 1 ? found : `\\${found}`));
}

function badPattern(pattern: string, problem: string, cause?: unknown): CacheError {
  const shown = JSON.stringify(pattern.length > 40 ? `${pattern.slice(0, 40)}…` : pattern);
  return new CacheError('CACHE_BAD_PATTERN', `Pattern ${shown} ${problem}.`, { cause, pattern, problem });
}
