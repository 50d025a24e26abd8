/** No system takes a longer one. */
const MAX_CHARACTERS = 32_767;
/** `.`, or parts without `.` and empty ones, of which only the first may be `..`. The schemas of dependencies say the same. */
const DEPENDENCY_PATH =
  /^(?![A-Za-z]:)(?:\.|(?:\.\.\/)*(?:\.\.|(?!\.{1,2}(?:\/|$))[^/\\\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\0]+)*))$/;

/**
 * Whether a record may name `path` as a dependency: POSIX, relative to the root, in its shortest form, possibly outside of it. On Windows a
 * backslash or a drive would lead anywhere, a server included, so no record may have one, wherever it was made.
 */
export const isDependencyPath = (path: string): boolean => path.length <= MAX_CHARACTERS && DEPENDENCY_PATH.test(path);
