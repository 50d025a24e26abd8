/** Loads tree-sitter and its grammars, once for each thread; a WebAssembly runtime cannot be shared between threads. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Language as Grammar, Parser, Tree } from '@vscode/tree-sitter-wasm';

/** Some broken inputs cost a grammar quadratic time. A file that takes longer is a failure, since a partial answer would depend on the machine's speed. */
const PARSE_LIMIT_MS = 30_000;

export interface GrammarParser {
  readonly grammar: Grammar;
  /**
   * The caller must `delete()` the tree: it lives outside the garbage collector's reach.
   * @throws Error where it takes more than 30 s.
   */
  parse(text: string): Tree;
}

const loaded = new Map<string, Promise<GrammarParser>>();
let runtime: Promise<typeof Parser> | undefined;
const require = createRequire(import.meta.url);

/** The parser of one grammar, e.g. `python`. */
export function loadParser(name: string): Promise<GrammarParser> {
  let parser = loaded.get(name);
  if (parser === undefined) loaded.set(name, (parser = makeParser(name)));
  return parser;
}

async function makeParser(name: string): Promise<GrammarParser> {
  const { default: treeSitter } = await import('@vscode/tree-sitter-wasm');
  runtime ??= treeSitter.Parser.init().then(() => treeSitter.Parser);
  const Parser = await runtime;
  const folder = path.dirname(require.resolve('@vscode/tree-sitter-wasm'));
  const grammar = await treeSitter.Language.load(path.join(folder, `tree-sitter-${name}.wasm`));
  const parser = new Parser().setLanguage(grammar);
  return {
    grammar,
    parse(text) {
      const giveUpAt = performance.now() + PARSE_LIMIT_MS;
      const tree = parser.parse(text, null, { progressCallback: () => performance.now() > giveUpAt });
      if (tree !== null) return tree;
      parser.reset();
      throw new Error(`Parsing took more than ${PARSE_LIMIT_MS / 1000} s`);
    },
  };
}
