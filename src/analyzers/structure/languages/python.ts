import type { Node } from '@vscode/tree-sitter-wasm';
import type { ImportSymbol } from '../result.js';
import type { ClassDescription, FunctionDescription, LanguageRules, NodeRule } from '../rules.js';
import type { SourceWalk } from '../walk.js';
import { docstringOf, literalText } from './python-docstring.js';

const POINT: NodeRule = { point: true };
const BRANCH: NodeRule = { point: true, block: true };
const COMPREHENSION: NodeRule = { site: 'comprehension' };

export const python: LanguageRules = {
  // A carriage return alone ends a line; a form feed does not.
  otherLineEnds: /\r(?!\n)/g,
  nodes: {
    function_definition: { isFunction: true },
    lambda: { isFunction: true },
    class_definition: { isClass: true },
    decorated_definition: { enter: (walk) => walk.beginDecorators() },
    decorator: { enter: addDecorator },
    if_statement: BRANCH,
    elif_clause: POINT,
    for_statement: BRANCH,
    while_statement: BRANCH,
    match_statement: { block: true },
    case_clause: { point: (walk) => !isDefaultCase(walk) },
    try_statement: { block: true, site: 'try' },
    except_clause: { point: true, site: 'catch' },
    with_statement: { block: true, site: 'with' },
    conditional_expression: POINT,
    for_in_clause: POINT,
    // The guard of a `case` has the same node type, but is part of the case.
    if_clause: { point: (walk) => walk.ancestorType(1) !== 'case_clause' },
    '"and"': POINT,
    '"or"': POINT,
    list_comprehension: COMPREHENSION,
    set_comprehension: COMPREHENSION,
    dictionary_comprehension: COMPREHENSION,
    generator_expression: COMPREHENSION,
    comment: { enter: (walk) => walk.addComment() },
    yield: { site: 'yield' },
    await: { site: 'await' },
    raise_statement: { site: 'raise' },
    call: { enter: (walk) => walk.addCall() },
    import_statement: { skip: true, enter: addImports },
    import_from_statement: { skip: true, enter: addFromImport },
    future_import_statement: { skip: true, enter: addFromImport },
  },
  describeFunction,
  describeClass,
  exportsOf,
};

function isDefaultCase({ cursor, text }: SourceWalk): boolean {
  const node = cursor.currentNode;
  if (node.childForFieldName('guard') !== null) return false;
  const patterns = node.namedChildren.filter((child) => child?.type === 'case_pattern');
  const [only] = patterns;
  return (
    patterns.length === 1 &&
    only !== null &&
    only !== undefined &&
    /^[(\s]*_[)\s]*$/.test(text.slice(only.startIndex, only.endIndex))
  );
}

function addDecorator(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const expression = node.firstNamedChild;
  const callee = expression?.type === 'call' ? expression.childForFieldName('function') : expression;
  if (callee === null) return;
  const argument = expression?.childForFieldName('arguments')?.firstNamedChild;
  const decorator = {
    name: walk.textOf(callee).replace(/\s+/g, ''),
    line: walk.lineOf(node.startIndex),
    argument: argument?.type === 'string' ? literalText(walk.text, argument) : undefined,
  };
  walk.decorators.push(decorator);
  walk.pendingDecorators.push(decorator);
}

function describeFunction(walk: SourceWalk, node: Node): FunctionDescription | undefined {
  const name = node.childForFieldName('name');
  if (node.type === 'lambda' || name === null) return undefined;
  const returnType = node.childForFieldName('return_type');
  const levels = walk.ancestorType(1) === 'decorated_definition' ? 2 : 1;
  return {
    name: walk.textOf(name),
    startLine: walk.lineOf(node.startIndex),
    isMethod: walk.ancestorType(levels) === 'block' && walk.ancestorType(levels + 1) === 'class_definition',
    isAsync: node.firstChild?.type === 'async',
    isStatic: false,
    parameters: parametersOf(walk, node.childForFieldName('parameters')),
    returnType: returnType === null ? null : walk.textOf(returnType),
    docstring: docstringOf(walk.text, node.childForFieldName('body')),
  };
}

function parametersOf(walk: SourceWalk, list: Node | null): string[] {
  const names: string[] = [];
  for (const parameter of list?.namedChildren ?? []) {
    if (parameter === null) continue;
    const name = parameterName(parameter);
    if (name !== undefined) names.push(walk.textOf(name));
  }
  return names;
}

/** The bare name: `args` for `*args`, whatever its type or default. */
function parameterName(node: Node): Node | undefined {
  switch (node.type) {
    case 'identifier':
    case 'tuple_pattern':
      return node;
    case 'default_parameter':
    case 'typed_default_parameter':
      return node.childForFieldName('name') ?? undefined;
    case 'typed_parameter':
    case 'list_splat_pattern':
    case 'dictionary_splat_pattern':
      return node.firstNamedChild === null ? undefined : parameterName(node.firstNamedChild);
    default:
      return undefined;
  }
}

function describeClass(walk: SourceWalk, node: Node): ClassDescription {
  const name = node.childForFieldName('name');
  const body = node.childForFieldName('body');
  const superclasses = (node.childForFieldName('superclasses')?.namedChildren ?? []).filter((base) => base !== null);
  const isKeyword = ({ type }: Node): boolean => type === 'keyword_argument' || type === 'dictionary_splat';
  return {
    name: name === null ? '' : walk.textOf(name),
    startLine: walk.lineOf(node.startIndex),
    baseClasses: superclasses
      .filter((base) => !isKeyword(base) && base.type !== 'comment')
      .map((base) => walk.textOf(base)),
    keywords: superclasses.filter(isKeyword).map((base) => walk.textOf(base)),
    docstring: docstringOf(walk.text, body),
    fields: body === null ? [] : assignedNames(body, walk.text),
  };
}

/** Names assigned by the statements directly in `block`. */
function assignedNames(block: Node, text: string): string[] {
  const names: string[] = [];
  for (const statement of block.namedChildren) {
    const assignment = statement?.type === 'expression_statement' ? statement.firstNamedChild : null;
    if (assignment?.type === 'assignment') names.push(...targetsOf(assignment, text));
  }
  return names;
}

function targetsOf(assignment: Node, text: string): string[] {
  const left = assignment.childForFieldName('left');
  const right = assignment.childForFieldName('right');
  const targets = left?.type === 'pattern_list' || left?.type === 'tuple_pattern' ? left.namedChildren : [left];
  const names = targets.flatMap((target) =>
    target?.type === 'identifier' ? [text.slice(target.startIndex, target.endIndex)] : [],
  );
  return right?.type === 'assignment' ? [...names, ...targetsOf(right, text)] : names;
}

function addImports(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const line = walk.lineOf(node.startIndex);
  for (const name of importedNames(walk, node))
    walk.imports.push({ module: name, symbols: [], isRelative: false, kind: 'import', line });
}

function addFromImport(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const source = node.childForFieldName('module_name');
  const module = source === null ? '__future__' : dotted(walk, source);
  const isWildcard = node.namedChildren.some((child) => child?.type === 'wildcard_import');
  const found: ImportSymbol = {
    module,
    symbols: isWildcard ? ['*'] : importedNames(walk, node),
    isRelative: module.startsWith('.'),
    kind: 'from',
    line: walk.lineOf(node.startIndex),
  };
  walk.imports.push(found);
}

function importedNames(walk: SourceWalk, node: Node): string[] {
  return node.childrenForFieldName('name').flatMap((child) => {
    const name = child?.type === 'aliased_import' ? child.childForFieldName('name') : child;
    return name === null ? [] : [dotted(walk, name)];
  });
}

/** A dotted name without white space and line continuations. */
function dotted(walk: SourceWalk, node: Node): string {
  return walk.textOf(node).replace(/[\s\\]+/g, '');
}

/** `__all__` where it is a literal list, otherwise the public names that the top level defines, in source order. */
function exportsOf(root: Node, text: string): string[] {
  const listed: string[] = [];
  const defined: string[] = [];
  let isListed = false;
  for (const statement of root.namedChildren) {
    const inner = statement?.type === 'decorated_definition' ? statement.childForFieldName('definition') : statement;
    if (inner?.type === 'function_definition' || inner?.type === 'class_definition') {
      const name = inner.childForFieldName('name');
      if (name !== null) defined.push(text.slice(name.startIndex, name.endIndex));
    }
    const assignment = inner?.type === 'expression_statement' ? inner.firstNamedChild : null;
    if (assignment?.type !== 'assignment' && assignment?.type !== 'augmented_assignment') continue;
    const names = targetsOf(assignment, text);
    if (names.includes('__all__')) {
      const literal = literalNames(assignment.childForFieldName('right'), text);
      if (literal !== undefined) {
        isListed = true;
        listed.push(...literal);
      }
    } else if (assignment.type === 'assignment') defined.push(...names);
  }
  return [...new Set(isListed ? listed : defined.filter((name) => !name.startsWith('_')))];
}

function literalNames(value: Node | null, text: string): string[] | undefined {
  if (value?.type !== 'list' && value?.type !== 'tuple') return undefined;
  return value.namedChildren.flatMap((item) => (item?.type === 'string' ? [literalText(text, item) ?? ''] : []));
}
