import type { Node } from '@vscode/tree-sitter-wasm';
import type { ClassDescription, FunctionDescription } from '../rules.js';
import type { SourceWalk } from '../walk.js';
import { bindingOf, hasToken, memberName, statementStart } from './ecmascript-names.js';
import { jsdocBefore } from './jsdoc.js';

/** Undefined for a function that is neither named nor bound to a name, e.g. a callback. */
export function describeFunction(walk: SourceWalk, node: Node): FunctionDescription | undefined {
  const identity = identityOf(walk, node);
  if (identity === undefined) return undefined;
  const { name, startLine, isMethod, isStatic, anchor } = identity;
  const returnType = node.childForFieldName('return_type');
  return {
    name,
    startLine,
    isMethod,
    isStatic,
    isAsync: hasToken(node, 'async'),
    parameters: parametersOf(walk, node),
    returnType: returnType === null ? null : walk.textOf(returnType).replace(/^:\s*/, ''),
    docstring: jsdocBefore(walk, anchor) ?? jsdocBefore(walk, node.startIndex),
  };
}

interface Identity {
  readonly name: string;
  readonly startLine: number;
  readonly isMethod: boolean;
  readonly isStatic: boolean;
  readonly anchor: number;
}

function identityOf(walk: SourceWalk, node: Node): Identity | undefined {
  const name = node.childForFieldName('name');
  if (node.type === 'method_definition')
    return {
      name: name === null ? '' : memberName(walk, name),
      startLine: walk.lineOf((name ?? node).startIndex),
      isMethod: walk.ancestorType(1) === 'class_body',
      isStatic: hasToken(node, 'static'),
      anchor: node.startIndex,
    };
  const isDeclaration = node.type.endsWith('_declaration');
  const binding = isDeclaration ? undefined : bindingOf(walk);
  if (name === null && binding === undefined) return undefined;
  return {
    name: name === null ? (binding?.name ?? '') : walk.textOf(name),
    startLine: walk.lineOf(name === null ? (binding?.at ?? node.startIndex) : node.startIndex),
    isMethod: binding?.isClassField ?? false,
    isStatic: binding?.isStatic ?? false,
    anchor: binding?.anchor ?? statementStart(walk.climber()),
  };
}

function parametersOf(walk: SourceWalk, node: Node): string[] {
  const single = node.childForFieldName('parameter');
  if (single !== null) return [walk.textOf(single)];
  return (node.childForFieldName('parameters')?.namedChildren ?? []).flatMap((parameter) =>
    parameter === null || parameter.type === 'comment' || parameter.type === 'ERROR'
      ? []
      : [parameterName(walk, parameter)],
  );
}

/** The bare name, or the source text of a pattern; without type, default and dots. */
function parameterName(walk: SourceWalk, parameter: Node): string {
  let name = parameter;
  for (;;) {
    const inner: Node | null =
      name.type === 'rest_pattern'
        ? name.firstNamedChild
        : name.type === 'assignment_pattern'
          ? name.childForFieldName('left')
          : name.childForFieldName('pattern');
    if (inner === null) return walk.textOf(name);
    name = inner;
  }
}

export function describeClass(walk: SourceWalk, node: Node): ClassDescription {
  const name = node.childForFieldName('name');
  const binding = node.type === 'class' ? bindingOf(walk) : undefined;
  const keyword = node.children.find((child) => child?.type === 'class') ?? node;
  return {
    name: name === null ? (binding?.name ?? '<anonymous>') : walk.textOf(name),
    startLine: walk.lineOf(keyword.startIndex),
    baseClasses: baseClassesOf(walk, node),
    docstring: jsdocBefore(walk, binding?.anchor ?? statementStart(walk.climber())),
    fields: fieldsOf(walk, node),
    keywords: [],
  };
}

/** What follows `extends`, then what follows `implements`, as source text. */
function baseClassesOf(walk: SourceWalk, node: Node): string[] {
  const heritage = node.children.find((child) => child?.type === 'class_heritage');
  return (heritage?.namedChildren ?? []).flatMap((clause) => {
    if (clause === null || clause.type === 'comment') return [];
    if (clause.type === 'extends_clause') return [walk.textOf(clause).replace(/^extends\s*/, '')];
    if (clause.type !== 'implements_clause') return [walk.textOf(clause)];
    return clause.namedChildren.flatMap((child) =>
      child === null || child.type === 'comment' ? [] : [walk.textOf(child)],
    );
  });
}

function fieldsOf(walk: SourceWalk, node: Node): string[] {
  return (node.childForFieldName('body')?.namedChildren ?? []).flatMap((member) => {
    const name = member?.childForFieldName(member.type === 'field_definition' ? 'property' : 'name');
    const isField = member?.type === 'field_definition' || member?.type === 'public_field_definition';
    return isField && name !== null && name !== undefined ? [memberName(walk, name)] : [];
  });
}
