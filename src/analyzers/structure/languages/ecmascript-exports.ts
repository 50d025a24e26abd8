import type { Node } from '@vscode/tree-sitter-wasm';

/** Names that a module exports, in source order; `*` for all of another module, `default` also for `module.exports =` and `export =`. */
export function exportsOf(root: Node, text: string): string[] {
  const names: string[] = [];
  for (const statement of root.namedChildren) {
    if (statement?.type === 'export_statement') names.push(...exportedNames(statement, text));
    else if (
      statement?.type === 'expression_statement' &&
      /^(?:module\.)?exports\b/.test(text.slice(statement.startIndex, statement.startIndex + 15))
    )
      names.push(...commonJsNames(statement, text));
  }
  return [...new Set(names)];
}

function exportedNames(statement: Node, text: string): string[] {
  const children = statement.children.filter((child) => child !== null);
  if (children.some(({ type }) => type === 'default' || type === '=')) return ['default'];
  const declaration = statement.childForFieldName('declaration');
  if (declaration !== null) return declaredNames(declaration, text);
  const namespace = children.find(({ type }) => type === 'namespace_export')?.firstNamedChild;
  if (namespace) return [nameText(namespace, text)];
  const clause = children.find(({ type }) => type === 'export_clause');
  if (clause === undefined) return children.some(({ type }) => type === '*') ? ['*'] : [];
  return clause.namedChildren.flatMap((specifier) => {
    const name = specifier?.childForFieldName('alias') ?? specifier?.childForFieldName('name');
    return name ? [nameText(name, text)] : [];
  });
}

function declaredNames(declaration: Node, text: string): string[] {
  if (declaration.type === 'ambient_declaration')
    return declaration.namedChildren.flatMap((child) => (child ? declaredNames(child, text) : []));
  const name = declaration.childForFieldName('name');
  if (name !== null) return [nameText(name, text)];
  return declaration.namedChildren.flatMap((child) => {
    const target = child?.type === 'variable_declarator' ? child.childForFieldName('name') : null;
    return target === null ? [] : boundNames(target, text);
  });
}

/** Names that a pattern binds, in source order. Iterative: patterns nest as deep as somebody likes to write. */
function boundNames(target: Node, text: string): string[] {
  const names: string[] = [];
  const waiting = [target];
  for (let pattern = waiting.pop(); pattern !== undefined; pattern = waiting.pop()) {
    if (pattern.type === 'identifier' || pattern.type === 'shorthand_property_identifier_pattern')
      names.push(nameText(pattern, text));
    else waiting.push(...patternParts(pattern).reverse());
  }
  return names;
}

function patternParts(pattern: Node): Node[] {
  switch (pattern.type) {
    case 'pair_pattern':
      return [pattern.childForFieldName('value')].filter((part) => part !== null);
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return [pattern.childForFieldName('left')].filter((part) => part !== null);
    case 'object_pattern':
    case 'array_pattern':
    case 'rest_pattern':
      return pattern.namedChildren.filter((part) => part !== null);
    default:
      return [];
  }
}

/** Of `exports.a = module.exports.b = …` both names; of `module.exports = { a, b }` the names in the object. */
function commonJsNames(statement: Node, text: string): string[] {
  const names: string[] = [];
  let value = statement.firstNamedChild;
  while (value?.type === 'assignment_expression') {
    const left = value.childForFieldName('left');
    const right: Node | null = value.childForFieldName('right');
    const target = left === null ? '' : nameText(left, text);
    const member = /^(?:module\.)?exports\.([\w$]+)$/.exec(target)?.[1];
    if (member !== undefined) names.push(member);
    else if (target === 'module.exports')
      names.push(...(right?.type === 'object' ? objectKeys(right, text) : ['default']));
    value = right;
  }
  return names;
}

function objectKeys(object: Node, text: string): string[] {
  return object.namedChildren.flatMap((member) => {
    if (member?.type === 'shorthand_property_identifier') return [nameText(member, text)];
    const key = member?.childForFieldName('key') ?? member?.childForFieldName('name');
    return key && key.type !== 'computed_property_name' ? [nameText(key, text)] : [];
  });
}

function nameText(node: Node, text: string): string {
  const whole = text.slice(node.startIndex, node.endIndex);
  return node.type === 'string' ? whole.slice(1, -1) : whole;
}
