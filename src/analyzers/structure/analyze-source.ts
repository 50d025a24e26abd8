import type { Tree } from '@vscode/tree-sitter-wasm';
import type { FileFacts } from './facts.js';
import { languageOf, type LanguageDefinition } from './languages/index.js';
import { findPatterns } from './patterns/index.js';
import type { FunctionSymbol, StructureResult } from './result.js';
import type { NodeRule } from './rules.js';
import { loadParser, type GrammarParser } from './runtime.js';
import { complexityOf, documentationCoverageOf, issuesOf } from './scores.js';
import { sessionLines } from './session-lines.js';
import { teachingValueOf } from './teaching-value.js';
import { ruleTable, SourceWalk } from './walk.js';

const tables = new Map<string, readonly (NodeRule | undefined)[]>();

/** The answer for `text` as the source of `path`, whose ending decides the language. Broken code is answered as far as it can be parsed. */
export async function analyzeSource(path: string, text: string): Promise<StructureResult> {
  const definition = languageOf(path);
  if (definition === undefined)
    throw new TypeError(`Expected a path with the ending of a known language, found ${path}`);
  const parser = await loadParser(definition.grammar);
  const tree = parser.parse(text);
  try {
    return answer(factsOf(tree, text, definition, parser));
  } finally {
    tree.delete();
  }
}

function factsOf(
  tree: Tree,
  text: string,
  { language, grammar, rules }: LanguageDefinition,
  parser: GrammarParser,
): FileFacts {
  let table = tables.get(grammar);
  if (table === undefined) tables.set(grammar, (table = ruleTable(parser.grammar, rules)));
  const walk = new SourceWalk(tree, text, rules, table);
  return {
    language,
    lineCount: walk.lines.count,
    functions: walk.functions,
    classes: walk.classes,
    imports: walk.imports,
    exports: rules.exportsOf(tree.rootNode, text),
    decorators: walk.decorators,
    calls: walk.calls,
    news: walk.news,
    sites: walk.sites,
    sessionLines: sessionLines(tree, text, walk.lines),
    errors: walk.errors,
  };
}

function answer(facts: FileFacts): StructureResult {
  const { language, imports, exports, errors } = facts;
  const symbols = {
    functions: facts.functions.map(functionSymbol),
    classes: facts.classes.map(({ name, methods, baseClasses, docstring, startLine, endLine, decorators }) => ({
      name,
      methods: methods.map(functionSymbol),
      baseClasses,
      docstring,
      startLine,
      endLine,
      decorators,
    })),
    imports,
    exports,
  };
  const patterns = findPatterns(facts);
  const complexity = complexityOf(symbols);
  const documentationCoverage = documentationCoverageOf(symbols);
  return {
    language,
    symbols,
    patterns,
    complexity,
    documentationCoverage,
    teachingValue: teachingValueOf({
      symbols,
      patterns,
      complexity,
      documentationCoverage,
      lineCount: facts.lineCount,
    }),
    issues: issuesOf(symbols),
    errors,
  };
}

function functionSymbol(fact: FileFacts['functions'][number]): FunctionSymbol {
  const { name, parameters, returnType, docstring, startLine, endLine } = fact;
  const { complexity, nestingDepth, isAsync, decorators } = fact;
  return { name, parameters, returnType, docstring, startLine, endLine, complexity, nestingDepth, isAsync, decorators };
}
