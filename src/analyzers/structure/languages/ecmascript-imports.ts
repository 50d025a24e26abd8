import type { Node } from '@vscode/tree-sitter-wasm';
import type { ImportKind } from '../result.js';
import type { SourceWalk } from '../walk.js';

/** `import` statements, those of TypeScript with `= require()` included. */
export function addImport(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const source = node.childForFieldName('source');
  if (source !== null) {
    add(walk, 'es6', unquoted(walk, source), importedNames(walk, node), node.startIndex);
    return;
  }
  const clause = node.namedChildren.find((child) => child?.type === 'import_require_clause');
  const required = clause?.childForFieldName('source') ?? undefined;
  if (required !== undefined) add(walk, 'require', unquoted(walk, required), [], node.startIndex);
}

/** `export … from` needs the other module as much as an import does. */
export function addReExport(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const source = node.childForFieldName('source');
  if (source === null) return;
  const clause = node.namedChildren.find((child) => child?.type === 'export_clause');
  add(walk, 'es6', unquoted(walk, source), clause ? specifierNames(walk, clause) : ['*'], node.startIndex);
}

/** Records the call at the cursor, as an import where it is `require('x')` or `import('x')`. */
export function addCallOrRequire(walk: SourceWalk): void {
  walk.addCall();
  const call = walk.calls.at(-1);
  if (call?.argument === undefined) return;
  if (call.callee === 'require') add(walk, 'require', call.argument, usedNames(walk), call.start);
  else if (call.callee === 'import') add(walk, 'dynamic', call.argument, usedNames(walk), call.start);
}

function add(walk: SourceWalk, kind: ImportKind, module: string, symbols: string[], at: number): void {
  const isRelative = /^\.{1,2}(?:\/|$)/.test(module);
  walk.imports.push({ module, symbols, isRelative, kind, line: walk.lineOf(at) });
}

function unquoted(walk: SourceWalk, node: Node): string {
  return walk.textOf(node).slice(1, -1);
}

function importedNames(walk: SourceWalk, statement: Node): string[] {
  const clause = statement.namedChildren.find((child) => child?.type === 'import_clause');
  return (clause?.namedChildren ?? []).flatMap((child) => {
    if (child?.type === 'identifier') return ['default'];
    if (child?.type === 'namespace_import') return ['*'];
    return child?.type === 'named_imports' ? specifierNames(walk, child) : [];
  });
}

/** Names as the other module knows them: `a` of `{ a as b }`. */
function specifierNames(walk: SourceWalk, list: Node): string[] {
  return list.namedChildren.flatMap((specifier) => {
    const name = specifier?.childForFieldName('name');
    if (name === null || name === undefined) return [];
    return [name.type === 'string' ? unquoted(walk, name) : walk.textOf(name)];
  });
}

/** What is taken out of the module at once: `a` of `const { a } = require('x')` and of `require('x').a`. */
function usedNames(walk: SourceWalk): string[] {
  const up = walk.climber();
  do {
    if (!up.gotoParent()) return [];
  } while (up.nodeType === 'await_expression' || up.nodeType === 'parenthesized_expression');
  const user = up.currentNode;
  const property = user.type === 'member_expression' ? user.childForFieldName('property') : null;
  if (property !== null) return usedMember(walk, property);
  const pattern = user.type === 'variable_declarator' ? user.childForFieldName('name') : null;
  return pattern?.type === 'object_pattern' ? patternKeys(walk, pattern) : [];
}

/** A method called on the module at once (`import('x').then`) is not a name of it. */
function usedMember(walk: SourceWalk, property: Node): string[] {
  const name = walk.textOf(property);
  return name === 'then' || name === 'catch' || name === 'finally' ? [] : [name];
}

function patternKeys(walk: SourceWalk, pattern: Node): string[] {
  return pattern.namedChildren.flatMap((member) => {
    if (member?.type === 'shorthand_property_identifier_pattern') return [walk.textOf(member)];
    const key = member?.type === 'pair_pattern' ? member.childForFieldName('key') : member?.childForFieldName('left');
    return key === null || key === undefined ? [] : [walk.textOf(key)];
  });
}
