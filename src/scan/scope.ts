import path from 'node:path';
import { canonicalJson } from '../util/canonical-json.js';
import { compileGlobs, type PathMatcher } from '../util/globs.js';
import { byCodeUnit } from '../util/paths.js';

/** Never entered, and as files never taken: what version control, package managers and documee keep for themselves. */
const SKIPPED_NAMES: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.documee', 'node_modules']);

/** Whether nothing of that name, and nothing below it, is ever a source file. */
export const skipsName = (name: string): boolean => SKIPPED_NAMES.has(name);

export interface ScopeOptions {
  readonly root: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly analyzerIncludes: readonly (readonly string[])[];
  readonly gitignore: boolean;
  readonly skipFolders: readonly string[];
}

/** Which names are looked at, apart from ignore files. Pure: it knows paths relative to the root, not the disk. */
export interface Scope {
  readonly gitignore: boolean;
  /** Equal text: equal answers. */
  readonly description: string;
  skipsName(name: string): boolean;
  /** Nothing below this folder can be in scope. */
  skipsFolder(path: string): boolean;
  hasFile(path: string): boolean;
}

/** @throws CacheError CACHE_BAD_PATTERN. */
export function compileScope(options: ScopeOptions): Scope {
  const { root, include, exclude, analyzerIncludes, gitignore } = options;
  const skipFolders = options.skipFolders.map((folder) => posixRelative(root, folder)).sort(byCodeUnit);
  const skipped = new Set(skipFolders);
  const included = anyOf([include]);
  const wanted = anyOf(analyzerIncludes);
  const excluded = compileGlobs(exclude);
  // `a/**` covers all that is below whatever it matches; for other patterns a matching folder says nothing of its files.
  const excludedTrees = compileGlobs(exclude.filter((pattern) => /(^|\/)\*\*$/.test(pattern)));
  return {
    gitignore,
    description: canonicalJson({ include, exclude, analyzerIncludes, gitignore, skipFolders }),
    skipsName,
    skipsFolder: (folder) => skipped.has(folder) || excludedTrees(folder),
    hasFile: (file) => included(file) && wanted(file) && !excluded(file),
  };
}

/** Matches what one of the lists matches; an empty list, and no list at all, match everything. */
function anyOf(lists: readonly (readonly string[])[]): PathMatcher {
  if (lists.length === 0 || lists.some((patterns) => patterns.length === 0)) return () => true;
  return compileGlobs([...new Set(lists.flat())]);
}

function posixRelative(root: string, folder: string): string {
  return path.relative(root, folder).split(path.sep).join('/');
}
