/** One pass over a syntax tree with a cursor: iterative, so that no nesting can overflow the stack, and without objects for nodes that mean nothing. */
import type { Language as Grammar, Node, Tree, TreeCursor } from '@vscode/tree-sitter-wasm';
import type { Call, ClassFact, DecoratorFact, FunctionFact, Site, SiteKind } from './facts.js';
import { SITE_KINDS } from './facts.js';
import { LineTable } from './line-table.js';
import type { ImportSymbol, SourceError } from './result.js';
import type { LanguageRules, NodeRule } from './rules.js';

/** Points and nesting of one function while it is open. `fact` is undefined for the module and for functions that are not listed. */
interface Frame {
  readonly fact: FunctionFact | undefined;
  readonly owner: FunctionFact | undefined;
  complexity: number;
  depth: number;
  deepest: number;
  /** Complexity when the last decorator list began: its points belong to the function that follows. */
  beforeDecorators: number;
}

/** More syntax errors than this in one file say nothing new. */
const MAX_ERRORS = 50;
const ERROR_TYPE_ID = 65535;
/** A longer callee is a chain of calls, of which the last name is kept. */
const MAX_CALLEE_LENGTH = 100;
const WHITE_SPACE = /\s/;
const COMMENTS = /(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/)*/.source;
/** The opening parenthesis of a call and a first argument that is a plain string. */
const FIRST_STRING = new RegExp(
  `(?:<[^()]{0,100}>)?\\(${COMMENTS}[rbu]?(?:'([^'\\\\\\n]*)'|"([^"\\\\\\n]*)"|\`([^\`\\\\$]*)\`)${COMMENTS}[,)]`,
  'y',
);

export class SourceWalk {
  readonly lines: LineTable;
  readonly functions: FunctionFact[] = [];
  readonly classes: ClassFact[] = [];
  readonly imports: ImportSymbol[] = [];
  readonly calls: Call[] = [];
  readonly news: (Site & { name: string })[] = [];
  readonly decorators: DecoratorFact[] = [];
  readonly sites = Object.fromEntries(SITE_KINDS.map((kind) => [kind, []])) as unknown as Record<SiteKind, Site[]>;
  readonly errors: SourceError[] = [];
  /** Start of each comment and decorator by its end, for documentation that stands before what it describes. */
  readonly leadingStarts = new Map<number, number>();
  /** Decorators seen whose target has not come yet. */
  pendingDecorators: DecoratorFact[] = [];
  readonly cursor: TreeCursor;
  readonly text: string;
  readonly #climber: TreeCursor;
  readonly #rules: LanguageRules;
  readonly #names: readonly string[];
  readonly #table: readonly (NodeRule | undefined)[];
  readonly #types: number[] = [];
  readonly #frames: Frame[] = [newFrame(undefined, undefined)];
  readonly #openClasses: ClassFact[] = [];
  readonly #blocks: boolean[] = [];
  #depth = 0;
  #errorCount = 0;

  constructor(tree: Tree, text: string, rules: LanguageRules, table: readonly (NodeRule | undefined)[]) {
    this.cursor = tree.walk();
    this.#climber = tree.walk();
    this.text = text;
    this.lines = new LineTable(text, rules.otherLineEnds);
    this.#rules = rules;
    this.#names = tree.language.types;
    this.#table = table;
    try {
      this.#run(tree.rootNode.hasError);
    } finally {
      this.cursor.delete();
      this.#climber.delete();
    }
    if (this.#errorCount > MAX_ERRORS)
      this.errors.push({ message: `${this.#errorCount - MAX_ERRORS} more syntax errors`, line: this.lines.count });
  }

  /** Type of the node `levels` above the current one, or undefined above the root. */
  ancestorType(levels: number): string | undefined {
    const id = this.#types[this.#depth - levels];
    return id === undefined ? undefined : this.#names[id];
  }

  /** A second cursor at the current node, to climb with. Valid until the next call: `copy()` of this version copies garbage, so one is kept and reset. */
  climber(): TreeCursor {
    this.#climber.resetTo(this.cursor);
    return this.#climber;
  }

  lineOf(index: number): number {
    return this.lines.lineOf(index);
  }

  textOf(node: Node): string {
    return this.text.slice(node.startIndex, node.endIndex);
  }

  /** Notes the comment at the cursor. */
  addComment(): void {
    this.leadingStarts.set(this.cursor.endIndex, this.cursor.startIndex);
  }

  /** Line where the code of a node that ends at the UTF-16 index `end` ends: comments after its last statement are not its own. */
  #endLine(end: number): number {
    let at = end;
    for (;;) {
      while (at > 0 && WHITE_SPACE.test(this.text.charAt(at - 1))) at -= 1;
      const start = this.leadingStarts.get(at);
      if (start === undefined) return this.lines.lineOf(Math.max(0, at - 1));
      at = start;
    }
  }

  /** The current node is a call whose first child is the callee. */
  addCall(): void {
    const { cursor, text } = this;
    const start = cursor.startIndex;
    if (!cursor.gotoFirstChild()) return;
    const end = cursor.endIndex;
    cursor.gotoParent();
    const whole = text.slice(start, end);
    const callee =
      whole.length > MAX_CALLEE_LENGTH ? (/[.\w$]*$/.exec(whole.slice(-MAX_CALLEE_LENGTH))?.[0] ?? '') : whole;
    FIRST_STRING.lastIndex = end;
    const match = FIRST_STRING.exec(text);
    const argument = match?.[1] ?? match?.[2] ?? match?.[3];
    this.calls.push({ callee, argument, start, line: this.lineOf(start), owner: this.owner });
  }

  /** The innermost listed function around the current node. */
  get owner(): FunctionFact | undefined {
    return this.#frame.owner;
  }

  get openClass(): ClassFact | undefined {
    return this.#openClasses.at(-1);
  }

  /** Decorators begin here; points in them count for what they decorate. */
  beginDecorators(): void {
    this.#frame.beforeDecorators = this.#frame.complexity;
  }

  get #frame(): Frame {
    return this.#frames[this.#frames.length - 1] as Frame;
  }

  #run(hasError: boolean): void {
    const { cursor } = this;
    for (;;) {
      const type = cursor.nodeTypeId;
      this.#types[this.#depth] = type;
      if (hasError) this.#noteError(type);
      const rule = this.#table[type];
      if (rule !== undefined) this.#enter(rule);
      if (rule?.skip !== true && cursor.gotoFirstChild()) {
        this.#depth += 1;
        continue;
      }
      for (;;) {
        const left = this.#table[this.#types[this.#depth] as number];
        if (left !== undefined) this.#leave(left);
        if (cursor.gotoNextSibling()) break;
        if (!cursor.gotoParent()) return;
        this.#depth -= 1;
      }
    }
  }

  #enter(rule: NodeRule): void {
    rule.enter?.(this);
    if (rule.isFunction === true) this.#openFunction();
    else if (rule.isClass === true) this.#openClass();
    const frame = this.#frame;
    if (rule.point !== undefined && holds(rule.point, this)) frame.complexity += 1;
    if (rule.block !== undefined) {
      const isBlock = holds(rule.block, this);
      this.#blocks[this.#depth] = isBlock;
      if (isBlock) frame.deepest = Math.max(frame.deepest, ++frame.depth);
    }
    if (rule.site !== undefined)
      this.sites[rule.site].push({ line: this.lineOf(this.cursor.startIndex), owner: frame.owner });
  }

  #leave(rule: NodeRule): void {
    if (rule.block !== undefined && this.#blocks[this.#depth] === true) this.#frame.depth -= 1;
    if (rule.isFunction === true) this.#closeFunction();
    else if (rule.isClass === true) this.#closeClass();
    rule.leave?.(this);
  }

  #openFunction(): void {
    const node = this.cursor.currentNode;
    const description = this.#rules.describeFunction(this, node);
    const outer = this.#frame;
    if (description === undefined) {
      this.#frames.push(newFrame(undefined, outer.owner));
      return;
    }
    const { isMethod, ...described } = description;
    const owner = isMethod ? this.openClass : undefined;
    const fact: FunctionFact = {
      ...described,
      owner,
      endLine: 0,
      complexity: 1,
      nestingDepth: 0,
      decorators: this.takeDecorators().map(({ name }) => name),
    };
    (owner?.methods ?? this.functions).push(fact);
    const frame = newFrame(fact, fact);
    if (fact.decorators.length > 0 && outer.beforeDecorators < outer.complexity) {
      frame.complexity += outer.complexity - outer.beforeDecorators;
      outer.complexity = outer.beforeDecorators;
    }
    this.#frames.push(frame);
  }

  #closeFunction(): void {
    const frame = this.#frames.pop();
    if (frame?.fact === undefined) return;
    frame.fact.endLine = this.#endLine(this.cursor.endIndex);
    frame.fact.complexity = frame.complexity;
    frame.fact.nestingDepth = frame.deepest;
  }

  #openClass(): void {
    const node = this.cursor.currentNode;
    const fact: ClassFact = {
      ...this.#rules.describeClass(this, node),
      methods: [],
      endLine: 0,
      decorators: this.takeDecorators().map(({ name }) => name),
    };
    this.classes.push(fact);
    this.#openClasses.push(fact);
  }

  #closeClass(): void {
    const fact = this.#openClasses.pop();
    if (fact !== undefined) fact.endLine = this.#endLine(this.cursor.endIndex);
  }

  takeDecorators(): DecoratorFact[] {
    const taken = this.pendingDecorators;
    if (taken.length > 0) this.pendingDecorators = [];
    return taken;
  }

  #noteError(type: number): void {
    const isMissing = this.cursor.nodeIsMissing;
    if (type !== ERROR_TYPE_ID && !isMissing) return;
    if (this.#rules.isKnownGap?.(this) === true) return;
    if (++this.#errorCount > MAX_ERRORS) return;
    const start = this.cursor.startIndex;
    const near =
      /[^\n\r]{0,40}/
        .exec(this.text.slice(start, start + 40))?.[0]
        .toWellFormed()
        .trim() ?? '';
    const message = isMissing ? `Expected ${this.cursor.nodeType}` : `Unexpected syntax near ${JSON.stringify(near)}`;
    this.errors.push({ message, line: this.lineOf(start) });
  }
}

function newFrame(fact: FunctionFact | undefined, owner: FunctionFact | undefined): Frame {
  return { fact, owner, complexity: 1, depth: 0, deepest: 0, beforeDecorators: 0 };
}

function holds(condition: boolean | ((walk: SourceWalk) => boolean), walk: SourceWalk): boolean {
  return typeof condition === 'boolean' ? condition : condition(walk);
}

/** `rules.nodes` by numeric type. Several ids may share one name, and a keyword one with a node: quotes tell them apart. */
export function ruleTable(grammar: Grammar, { nodes }: LanguageRules): (NodeRule | undefined)[] {
  return grammar.types.map((name, id) => nodes[grammar.nodeTypeIsNamed(id) ? name : JSON.stringify(name)]);
}
