import path from 'node:path';

/** Order of paths everywhere: by UTF-16 code unit, whatever the locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `absolute` relative to `root` with `/`, or undefined where it lies outside. The root itself is ''. */
export function relativePosix(root: string, absolute: string): string | undefined {
  const relative = path.relative(root, absolute);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return undefined;
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}

/** First index in the sorted list `items` whose value is not below `wanted`. */
export function lowerBound(items: readonly string[], wanted: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
