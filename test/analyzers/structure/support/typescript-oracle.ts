import ts from 'typescript';
import type { Found, FoundClass, FoundFunction, FoundImport } from './compare.js';

const SCRIPT_KINDS: Readonly<Record<string, ts.ScriptKind>> = {
  ts: ts.ScriptKind.TS,
  mts: ts.ScriptKind.TS,
  cts: ts.ScriptKind.TS,
  tsx: ts.ScriptKind.TSX,
};

/** What the TypeScript compiler finds in a file, or undefined where it reports a syntax error. */
export function typescriptFinds(path: string, text: string): Found | undefined {
  const kind = SCRIPT_KINDS[path.slice(path.lastIndexOf('.') + 1)] ?? ts.ScriptKind.JSX;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const { parseDiagnostics = [] } = source as ts.SourceFile & { parseDiagnostics?: readonly ts.Diagnostic[] };
  if (parseDiagnostics.length > 0) return undefined;
  const functions: FoundFunction[] = [];
  const classes: FoundClass[] = [];
  const imports: FoundImport[] = [];
  const waiting: ts.Node[] = [source];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isFunction(node)) functions.push(...describe(node, source));
    else if (ts.isClassLike(node)) classes.push(describeClass(node, source));
    else imports.push(...importOf(node, source));
    ts.forEachChild(node, (child) => void waiting.push(child));
  }
  return { functions, classes, imports };
}

type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.AccessorDeclaration;

function isFunction(node: ts.Node): node is FunctionNode {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

function describe(node: FunctionNode, source: ts.SourceFile): FoundFunction[] {
  const identity = node.body === undefined ? undefined : identify(node, source);
  if (identity === undefined) return [];
  return [
    {
      name: identity.name,
      owner: identity.owner === undefined ? null : ownerName(identity.owner, source),
      startLine: lineAt(source, identity.at),
      endLine: lineAt(source, node.end - 1),
      complexity: complexityOf(node),
      parameters: node.parameters.map(({ name }) => name.getText(source)),
      isAsync: ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false,
    },
  ];
}

interface Identity {
  readonly name: string;
  readonly at: number;
  readonly owner?: ts.ClassLikeDeclaration;
}

function identify(node: FunctionNode, source: ts.SourceFile): Identity | undefined {
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node) || ts.isConstructorDeclaration(node)) {
    const owner = ts.isClassLike(node.parent) ? node.parent : undefined;
    const keyword = node.getChildren(source).find(({ kind }) => kind === ts.SyntaxKind.ConstructorKeyword);
    const name = ts.isConstructorDeclaration(node) ? keyword : node.name;
    return { name: name === undefined ? '' : nameText(name, source), at: (name ?? node).getStart(source), owner };
  }
  if (node.name !== undefined) {
    const owner = ts.isFunctionExpression(node) ? bindingOf(node)?.owner : undefined;
    return { name: node.name.text, at: keywordStart(node, source), owner };
  }
  const binding = ts.isFunctionDeclaration(node) ? undefined : bindingOf(node);
  if (binding === undefined)
    return ts.isFunctionDeclaration(node) || isDefaultExport(node)
      ? { name: 'default', at: keywordStart(node, source) }
      : undefined;
  return { name: nameText(binding.name, source), at: binding.name.getStart(source), owner: binding.owner };
}

/** Start of the function without `export`, `default` and `declare`. */
function keywordStart(node: FunctionNode, source: ts.SourceFile): number {
  const async = ts.getModifiers(node)?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const keyword = node.getChildren(source).find(({ kind }) => kind === ts.SyntaxKind.FunctionKeyword);
  return (async ?? keyword ?? node).getStart(source);
}

interface Binding {
  readonly name: ts.Node;
  readonly owner?: ts.ClassLikeDeclaration;
}

function binderOf(node: ts.Node): ts.Node {
  let parent = node.parent;
  while (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isTypeAssertionExpression(parent)
  )
    parent = parent.parent;
  return parent;
}

function isDefaultExport(node: ts.Node): boolean {
  return ts.isExportAssignment(binderOf(node));
}

function bindingOf(node: ts.Node): Binding | undefined {
  const parent = binderOf(node);
  if (ts.isVariableDeclaration(parent)) return ts.isIdentifier(parent.name) ? { name: parent.name } : undefined;
  if (ts.isPropertyAssignment(parent)) return { name: parent.name };
  if (ts.isPropertyDeclaration(parent)) return { name: parent.name, owner: parent.parent };
  if (!ts.isBinaryExpression(parent) || parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  const { left } = parent;
  if (ts.isIdentifier(left)) return { name: left };
  if (ts.isPropertyAccessExpression(left)) return { name: left.name };
  if (ts.isElementAccessExpression(left) && ts.isStringLiteral(left.argumentExpression))
    return { name: left.argumentExpression };
  return undefined;
}

function nameText(name: ts.Node, source: ts.SourceFile): string {
  const text = name.getText(source);
  return ts.isStringLiteral(name) ? text.slice(1, -1) : text;
}

function describeClass(node: ts.ClassLikeDeclaration, source: ts.SourceFile): FoundClass {
  const keyword = node.getChildren(source).find(({ kind }) => kind === ts.SyntaxKind.ClassKeyword) ?? node;
  return {
    name: className(node, source),
    startLine: lineAt(source, keyword.getStart(source)),
    endLine: lineAt(source, node.end - 1),
    baseClasses: (node.heritageClauses ?? []).reduce((sum, { types }) => sum + types.length, 0),
  };
}

function className(node: ts.ClassLikeDeclaration, source: ts.SourceFile): string {
  if (node.name !== undefined) return node.name.text;
  const binding = ts.isClassDeclaration(node) ? undefined : bindingOf(node);
  if (binding !== undefined) return nameText(binding.name, source);
  return ts.isClassDeclaration(node) || isDefaultExport(node) ? 'default' : '<anonymous>';
}

function ownerName(owner: ts.ClassLikeDeclaration, source: ts.SourceFile): string {
  const { name, startLine } = describeClass(owner, source);
  return `${name}:${startLine}`;
}

function complexityOf(node: FunctionNode): number {
  let total = 1;
  const waiting: ts.Node[] = [];
  const push = (child: ts.Node): void => void waiting.push(child);
  ts.forEachChild(node, push);
  for (let inner = waiting.pop(); inner !== undefined; inner = waiting.pop()) {
    if (isFunction(inner)) continue;
    total += pointsOf(inner);
    ts.forEachChild(inner, push);
  }
  return total;
}

function pointsOf(node: ts.Node): number {
  switch (node.kind) {
    case ts.SyntaxKind.IfStatement:
    case ts.SyntaxKind.ForStatement:
    case ts.SyntaxKind.ForInStatement:
    case ts.SyntaxKind.ForOfStatement:
    case ts.SyntaxKind.WhileStatement:
    case ts.SyntaxKind.DoStatement:
    case ts.SyntaxKind.CaseClause:
    case ts.SyntaxKind.CatchClause:
    case ts.SyntaxKind.ConditionalExpression:
      return 1;
    case ts.SyntaxKind.BinaryExpression:
      return LOGICAL.has((node as ts.BinaryExpression).operatorToken.kind) ? 1 : 0;
    default:
      return 0;
  }
}

const LOGICAL = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function importOf(node: ts.Node, source: ts.SourceFile): FoundImport[] {
  const line = lineAt(source, node.getStart(source));
  if (ts.isImportDeclaration(node))
    return [{ module: specifier(node.moduleSpecifier, source), symbols: importedNames(node.importClause), line }];
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const clause = node.exportClause;
    const symbols = clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map(exportedName) : ['*'];
    return [{ module: specifier(node.moduleSpecifier, source), symbols, line }];
  }
  return [];
}

function specifier(node: ts.Expression, source: ts.SourceFile): string {
  return node.getText(source).slice(1, -1);
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const names = clause?.name === undefined ? [] : ['default'];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return names;
  return ts.isNamespaceImport(bindings) ? [...names, '*'] : [...names, ...bindings.elements.map(exportedName)];
}

function exportedName({ name, propertyName }: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (propertyName ?? name).text;
}

/** Lines as the compiler counts them, 1-based. */
function lineAt(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}
