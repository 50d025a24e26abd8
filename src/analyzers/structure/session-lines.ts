import type { Tree } from '@vscode/tree-sitter-wasm';
import type { LineTable } from './line-table.js';

/** Candidates only; the syntax tree decides whether one is code. */
const SESSION = /\b(?:(?:req|request|ctx|context)\.session\b|session\s*(?=\[))/g;

/** Lines where code uses the session of a request: `req.session`, `request.session`, `session['user']`. */
export function sessionLines(tree: Tree, text: string, lines: LineTable): number[] {
  const found = new Set<number>();
  for (const match of text.matchAll(SESSION)) {
    const at = match.index + match[0].lastIndexOf('session');
    const type = tree.rootNode.descendantForIndex(at, at + 'session'.length - 1)?.type;
    if (type === 'identifier' || type === 'property_identifier') found.add(lines.lineOf(at));
  }
  return [...found];
}
