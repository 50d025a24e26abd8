/** How functions and classes of JavaScript and TypeScript come by their names, and where their documentation stands. */
import type { Node, TreeCursor } from '@vscode/tree-sitter-wasm';
import type { SourceWalk } from '../walk.js';

export interface Binding {
  readonly name: string;
  /** UTF-16 index of the name. */
  readonly at: number;
  /** UTF-16 index of the statement or member that a documentation block would stand before. */
  readonly anchor: number;
  readonly isClassField: boolean;
  readonly isStatic: boolean;
}

/** What may stand between a function and what binds it: `const f = (() => {}) as Handler`. */
const TRANSPARENT = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'type_assertion',
]);

/** The variable, property, class field or default export that the function or class at the cursor is bound to. */
export function bindingOf(walk: SourceWalk): Binding | undefined {
  const up = walk.climber();
  do {
    if (!up.gotoParent()) return undefined;
  } while (TRANSPARENT.has(up.nodeType));
  return bindingAt(walk, up);
}

function bindingAt(walk: SourceWalk, up: TreeCursor): Binding | undefined {
  const binder = up.currentNode;
  if (binder.type === 'export_statement')
    return {
      name: 'default',
      at: walk.cursor.startIndex,
      anchor: binder.startIndex,
      isClassField: false,
      isStatic: false,
    };
  const target = targetOf(binder);
  const name = target === undefined ? undefined : boundName(walk, target);
  if (target === undefined || name === undefined) return undefined;
  const isClassField = binder.type === 'field_definition' || binder.type === 'public_field_definition';
  return {
    name,
    at: target.startIndex,
    anchor: isClassField ? binder.startIndex : statementStart(up),
    isClassField,
    isStatic: isClassField && hasToken(binder, 'static'),
  };
}

/** The node that names what is bound: of `a.b.c = …` it is `c`. */
function targetOf(binder: Node): Node | undefined {
  switch (binder.type) {
    case 'variable_declarator':
    case 'public_field_definition':
      return binder.childForFieldName('name') ?? undefined;
    case 'field_definition':
      return binder.childForFieldName('property') ?? undefined;
    case 'pair':
      return binder.childForFieldName('key') ?? undefined;
    case 'assignment_expression': {
      const left = binder.childForFieldName('left');
      if (left?.type === 'member_expression') return left.childForFieldName('property') ?? undefined;
      if (left?.type === 'subscript_expression') return left.childForFieldName('index') ?? undefined;
      return left ?? undefined;
    }
    default:
      return undefined;
  }
}

const NAME_NODES = new Set([
  'identifier',
  'property_identifier',
  'private_property_identifier',
  'string',
  'computed_property_name',
]);

/** The name that `target` gives, or undefined for patterns and subscripts that are computed. */
function boundName(walk: SourceWalk, target: Node): string | undefined {
  const isSubscript = target.type === 'identifier' && walk.text.charAt(target.startIndex - 1) === '[';
  const isNumberKey = target.type === 'number' && walk.text.charAt(target.startIndex - 1) !== '[';
  return (NAME_NODES.has(target.type) && !isSubscript) || isNumberKey ? memberName(walk, target) : undefined;
}

/** Name of a member as written, without the quotes of a string; a computed one keeps its brackets. */
export function memberName(walk: SourceWalk, name: Node): string {
  const text = walk.textOf(name);
  return name.type === 'string' ? text.slice(1, -1) : text;
}

/** Start of the statement around the current node of `up`, as far as it says nothing else; moves `up`. */
export function statementStart(up: TreeCursor): number {
  let start = up.startIndex;
  for (let child = up.currentNode; up.gotoParent(); child = up.currentNode) {
    if (!continuesStatement(up, child)) break;
    start = up.startIndex;
  }
  return start;
}

function continuesStatement(up: TreeCursor, child: Node): boolean {
  switch (up.nodeType) {
    case 'lexical_declaration':
    case 'variable_declaration':
    case 'using_declaration':
      return up.currentNode.firstNamedChild?.id === child.id;
    case 'assignment_expression':
    case 'expression_statement':
    case 'export_statement':
    case 'ambient_declaration':
      return true;
    default:
      return false;
  }
}

/** Whether `node` has the keyword `token` directly. */
export function hasToken(node: Node, token: string): boolean {
  return node.children.some((child) => child?.type === token);
}
