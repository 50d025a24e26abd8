import os from 'node:os';
import path from 'node:path';

/** `path` is as in `model/dependency.ts`: POSIX, relative to the root, `.` for the root itself, with `../` outside of it. */
export type ResolvedPath = { readonly path: string; readonly absolute: string } | { readonly problem: string };

export interface ResolvePathOptions {
  /** Home folder of whoever runs this; default: that of the process. */
  readonly home?: string;
  /** Rules of the system that the paths are of; default: this one. */
  readonly rules?: path.PlatformPath;
}

/**
 * A path that is relative to `root`, or absolute, in its one spelling. `..` is taken as text: what it names through a link is not looked at.
 * A `problem` where the relative path would name nothing, or another thing, on another machine.
 * @throws TypeError where `text` is not a string or has a NUL in it.
 */
export function resolvePath(
  root: string,
  text: string,
  { home = os.homedir(), rules = path }: ResolvePathOptions = {},
): ResolvedPath {
  // Analyzers need not be typed.
  if (typeof text !== 'string') throw new TypeError(`Expected a path, found ${typeof text}`);
  if (text.includes('\0')) throw new TypeError(`Expected a path without NUL, found ${JSON.stringify(text)}`);
  if (!text.isWellFormed()) return { problem: `the path ${JSON.stringify(text)} is not valid Unicode` };
  const absolute = rules.resolve(root, text);
  const relative = rules.relative(root, absolute);
  if (rules.isAbsolute(relative)) return { problem: `${absolute} is on another drive than the codebase` };
  if (leadsOut(relative, rules) && isInForeignHome(root, absolute, home, rules))
    return { problem: `${absolute} is in the home folder of a user, outside of the codebase` };
  if (relative === '') return { path: '.', absolute };
  return { path: rules.sep === '/' ? relative : relative.split(rules.sep).join('/'), absolute };
}

/** Homes where systems keep them. `/home/package.json`, which tools look for on their way up, is in none. */
const POSIX_HOME = /^(\/root(?=\/|$)|\/(?:home|Users)\/[^/]+(?=\/))/;
const WINDOWS_HOME = /^[a-z]:\\Users\\[^\\]+(?=\\)/i;

/** Whether `absolute` is in a home folder that `root` is not in. */
function isInForeignHome(root: string, absolute: string, home: string, rules: path.PlatformPath): boolean {
  const usual = (rules.sep === '/' ? POSIX_HOME : WINDOWS_HOME).exec(absolute)?.[0];
  return [usual, home].some(
    (folder) =>
      folder && rules.isAbsolute(folder) && isWithin(folder, absolute, rules) && !isWithin(folder, root, rules),
  );
}

function isWithin(folder: string, absolute: string, rules: path.PlatformPath): boolean {
  return !leadsOut(rules.relative(folder, absolute), rules);
}

const leadsOut = (relative: string, rules: path.PlatformPath): boolean =>
  relative === '..' || relative.startsWith(`..${rules.sep}`) || rules.isAbsolute(relative);
