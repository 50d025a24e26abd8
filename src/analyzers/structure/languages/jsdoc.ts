import type { SourceWalk } from '../walk.js';

/** Text of the JSDoc block that stands before `anchor` with only white space, other comments or decorators between; else null. */
export function jsdocBefore({ text, leadingStarts }: SourceWalk, anchor: number): string | null {
  let at = anchor;
  for (;;) {
    while (at > 0 && /\s/.test(text.charAt(at - 1))) at -= 1;
    const start = leadingStarts.get(at);
    if (start === undefined) return null;
    if (text.startsWith('/**', start) && at - start > 4) return cleanComment(text.slice(start + 3, at - 2));
    at = start;
  }
}

function cleanComment(content: string): string {
  const lines = content.split(/\r\n|[\n\r\u2028\u2029]/);
  return lines
    .map((line, index) => (index === 0 ? line : line.replace(/^\s*\*? ?/, '')).trimEnd())
    .join('\n')
    .trim();
}
