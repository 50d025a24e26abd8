import type { Node } from '@vscode/tree-sitter-wasm';

/** The docstring of a `block`: its first statement where that is a plain string, cleaned as `inspect.cleandoc` does it; else null. */
export function docstringOf(text: string, block: Node | null): string | null {
  const first = block?.namedChildren.find((child) => child !== null && child.type !== 'comment');
  if (first?.type !== 'expression_statement' || first.childCount !== 1) return null;
  let value = first.firstNamedChild;
  while (value?.type === 'parenthesized_expression')
    value = value.namedChildren.find((child) => child?.type !== 'comment') ?? null;
  const literal = value === null ? undefined : literalText(text, value);
  return literal === undefined ? null : cleanDocstring(literal);
}

/** Value of a string literal, adjacent ones joined; undefined for bytes, f-strings and everything else. */
export function literalText(text: string, node: Node): string | undefined {
  if (node.type === 'concatenated_string') {
    const parts = node.namedChildren
      .filter((child) => child !== null && child.type !== 'comment')
      .map((child) => (child === null ? undefined : literalText(text, child)));
    return parts.includes(undefined) ? undefined : parts.join('');
  }
  if (node.type !== 'string') return undefined;
  const start = node.firstChild;
  const end = node.lastChild;
  if (start?.type !== 'string_start' || end?.type !== 'string_end') return undefined;
  const prefix = text.slice(start.startIndex, start.endIndex).toLowerCase();
  if (/[bft]/.test(prefix)) return undefined;
  const content = text.slice(start.endIndex, end.startIndex).replace(/\r\n?/g, '\n');
  return prefix.includes('r') ? content : unescape(content);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Named characters (`\N{...}`) stay as they are written: the table of their names is not at hand. */
function unescape(content: string): string {
  if (!content.includes('\\')) return content;
  return content.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g,
    (whole: string, ...[x, u, long, octal, other]: (string | undefined)[]) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16)) ?? whole;
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return SIMPLE_ESCAPES[other ?? ''] ?? whole;
    },
  );
}

function codePoint(value: number): string | undefined {
  return value > 0x10ffff ? undefined : String.fromCodePoint(value);
}

/** Source: Python documentation, `inspect.cleandoc`. */
function cleanDocstring(docstring: string): string {
  const lines = expandTabs(docstring).split('\n');
  const margin = Math.min(...lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [indentOf(line)])));
  const cleaned = lines.map((line, index) =>
    index === 0 ? line.trimStart() : line.slice(Number.isFinite(margin) ? margin : 0),
  );
  while (cleaned.at(-1) === '') cleaned.pop();
  const first = cleaned.findIndex((line) => line !== '');
  return cleaned.slice(Math.max(first, 0)).join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let column = 0;
  let expanded = '';
  for (const character of text) {
    const piece = character === '\t' ? ' '.repeat(8 - (column % 8)) : character;
    expanded += piece;
    column = character === '\n' || character === '\r' ? 0 : column + piece.length;
  }
  return expanded;
}
