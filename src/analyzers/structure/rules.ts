import type { Node } from '@vscode/tree-sitter-wasm';
import type { SiteKind } from './facts.js';
import type { SourceWalk } from './walk.js';

/** What one type of syntax node means. A node without a rule is only walked through. */
export interface NodeRule {
  /** Adds one to the complexity of the function around it. */
  readonly point?: boolean | ((walk: SourceWalk) => boolean);
  /** Is one level of nesting. */
  readonly block?: boolean | ((walk: SourceWalk) => boolean);
  /** Is a function: points inside are its own, whether it is listed or not. */
  readonly isFunction?: boolean;
  readonly isClass?: boolean;
  readonly site?: SiteKind;
  /** Its children are not looked at. */
  readonly skip?: boolean;
  readonly enter?: (walk: SourceWalk) => void;
  readonly leave?: (walk: SourceWalk) => void;
}

/** A function as its language describes it; the walk adds what it counts. */
export interface FunctionDescription {
  readonly name: string;
  readonly startLine: number;
  readonly isMethod: boolean;
  readonly isAsync: boolean;
  readonly isStatic: boolean;
  readonly parameters: readonly string[];
  readonly returnType: string | null;
  readonly docstring: string | null;
}

export interface ClassDescription {
  readonly name: string;
  readonly startLine: number;
  readonly baseClasses: readonly string[];
  readonly docstring: string | null;
  readonly fields: readonly string[];
  readonly keywords: readonly string[];
}

/** All that differs between languages. Anonymous tokens are keyed in quotes: `"&&"`. */
export interface LanguageRules {
  readonly nodes: Readonly<Record<string, NodeRule>>;
  /** Every end of line besides `\n`, as the language's own parser counts them. Global. */
  readonly otherLineEnds: RegExp;
  /** Whether the error at the cursor is valid code that the grammar does not know yet, and has recovered from. */
  isKnownGap?(walk: SourceWalk): boolean;
  /** Undefined for a function that has no name of its own or by binding. */
  describeFunction(walk: SourceWalk, node: Node): FunctionDescription | undefined;
  describeClass(walk: SourceWalk, node: Node): ClassDescription;
  exportsOf(root: Node, text: string): string[];
}
