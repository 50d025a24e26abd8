import type { LanguageRules, NodeRule } from '../rules.js';
import type { SourceWalk } from '../walk.js';
import { exportsOf } from './ecmascript-exports.js';
import { describeClass, describeFunction } from './ecmascript-functions.js';
import { addCallOrRequire, addImport, addReExport } from './ecmascript-imports.js';

const POINT: NodeRule = { point: true };
const BRANCH: NodeRule = { point: true, block: true };
const FUNCTION: NodeRule = { isFunction: true };
const CLASS: NodeRule = { isClass: true };
const SKIP: NodeRule = { skip: true };
const JSX: NodeRule = { site: 'jsx' };
const LOGICAL: NodeRule = { point: (walk) => walk.ancestorType(1) === 'binary_expression' };

/** JavaScript and JSX share one grammar. */
export const javascript: LanguageRules = {
  // ECMAScript counts these as ends of lines, too.
  otherLineEnds: /\r(?!\n)|[\u2028\u2029]/g,
  nodes: {
    function_declaration: FUNCTION,
    generator_function_declaration: FUNCTION,
    function_expression: FUNCTION,
    generator_function: FUNCTION,
    arrow_function: FUNCTION,
    method_definition: FUNCTION,
    class_declaration: CLASS,
    class: CLASS,
    decorator: { enter: addDecorator },
    // Decorators of a field that is no function must not go to the next method.
    field_definition: { leave: (walk) => void walk.takeDecorators() },
    // `else if` is one more branch, but not one level deeper.
    if_statement: { point: true, block: (walk) => walk.ancestorType(1) !== 'else_clause' },
    for_statement: BRANCH,
    for_in_statement: BRANCH,
    while_statement: BRANCH,
    do_statement: BRANCH,
    switch_statement: { block: true },
    switch_case: POINT,
    try_statement: { block: true, site: 'try' },
    catch_clause: { point: true, site: 'catch' },
    ternary_expression: POINT,
    '"&&"': LOGICAL,
    '"||"': LOGICAL,
    '"??"': LOGICAL,
    throw_statement: { site: 'raise' },
    yield_expression: { site: 'yield' },
    await_expression: { site: 'await' },
    new_expression: { enter: addNew },
    jsx_element: JSX,
    jsx_self_closing_element: JSX,
    call_expression: { enter: addCallOrRequire },
    import_statement: { skip: true, enter: addImport },
    export_statement: { enter: addReExport },
    comment: { enter: (walk) => walk.addComment() },
    string: SKIP,
    regex: SKIP,
  },
  describeFunction,
  describeClass,
  exportsOf,
};

/** Decorators of parameters belong to no function or class and are passed over. */
function addDecorator(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  walk.leadingStarts.set(node.endIndex, node.startIndex);
  if (walk.ancestorType(1)?.endsWith('_parameter') === true) return;
  const expression = node.firstNamedChild;
  const callee = expression?.type === 'call_expression' ? expression.childForFieldName('function') : expression;
  if (callee === null) return;
  if (walk.pendingDecorators.length === 0) walk.beginDecorators();
  const argument = expression?.childForFieldName('arguments')?.firstNamedChild;
  const decorator = {
    name: walk.textOf(callee).replace(/\s+/g, ''),
    line: walk.lineOf(node.startIndex),
    argument: argument?.type === 'string' ? walk.textOf(argument).slice(1, -1) : undefined,
  };
  walk.decorators.push(decorator);
  walk.pendingDecorators.push(decorator);
}

function addNew(walk: SourceWalk): void {
  const node = walk.cursor.currentNode;
  const made = node.childForFieldName('constructor');
  if (made !== null) walk.news.push({ name: walk.textOf(made), line: walk.lineOf(node.startIndex), owner: walk.owner });
}
