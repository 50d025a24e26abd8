/**
 * Splits JavaScript and TypeScript, with or without JSX, into the tokens that imports are made of. It tells code from comments, strings,
 * templates, regular expressions and JSX text, and nothing else. Where a file contradicts it, it says so in `isSound` instead of guessing on.
 */

export const WORD = 1;
/** A string, or a template without substitutions; its text is between `valueStart` and `valueEnd`. */
export const STRING = 2;
/** One character of punctuation, in `code`. */
export const PUNCTUATION = 3;
/** A template with substitutions, a regular expression, a JSX element. */
export const OTHER = 4;
export const END = 5;
export type TokenKind = typeof WORD | typeof STRING | typeof PUNCTUATION | typeof OTHER | typeof END;

/** What is open around the current token. */
const BLOCK = 1;
const OBJECT = 2;
const PAREN = 3;
/** The parentheses of `if (…)`, after which an expression begins. */
const HEAD_PAREN = 4;
const BRACKET = 5;
const TEMPLATE = 6;
const JSX_TAG = 7;
const JSX_CHILDREN = 8;
const JSX_EXPRESSION = 9;

const SPACE = 1;
const NAME = 2;
const CLASS_OF = new Uint8Array(128);
for (const code of [9, 10, 11, 12, 13, 32]) CLASS_OF[code] = SPACE;
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$')
  CLASS_OF[character.charCodeAt(0)] = NAME;

/** Words after which an expression begins, so that `/` begins a regular expression and `<` an element. */
const OPERATORS = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield extends default'.split(' '),
);
const HEADS = new Set(['if', 'while', 'for', 'with']);
const BEFORE_OBJECT = new Set(
  'return typeof instanceof in of new delete void throw case await yield default as satisfies'.split(' '),
);

const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const BACKTICK = 96;
const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const LESS = 60;
const GREATER = 62;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const NEW_LINE = 10;

/** `) {`, `=> {` or `extends B<C> {`, `; {`, `{ {`, `} {`, `): string[] {`. */
const BLOCK_BEGINS_AFTER = new Set([CLOSE_PAREN, GREATER, 59, OPEN_BRACE, CLOSE_BRACE, CLOSE_BRACKET]);

/** The rest of `<Name` as a list of type parameters, which an element cannot begin with. */
const TYPE_PARAMETERS = /\s*(?:,|=(?!>)|extends\s+[^\s=/>])|\s+[\w$]+\s+extends\s/y;
const TAG_NAME = /[\w$.:\u0080-\uffff-]*/y;

export class ScriptTokens {
  kind: TokenKind = END;
  code = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Whether the token stands after a dot, so that a word is a property. */
  isMember = false;
  /** False once the text cannot be what it was taken for. */
  isSound = true;
  readonly text: string;
  readonly #jsx: boolean;
  readonly #onComment: (start: number, end: number) => void;
  readonly #open: number[] = [];
  readonly #unclosed = new Set<string>();
  #at = 0;
  /** Whether what came last can end an expression. */
  #endsExpression = false;
  #lastWord = '';

  constructor(text: string, { jsx, onComment }: { jsx: boolean; onComment: (start: number, end: number) => void }) {
    this.text = text;
    this.#jsx = jsx;
    this.#onComment = onComment;
    if (text.startsWith('#!')) this.#at = this.#lineEnd(0);
  }

  /** Number of brackets, templates and elements that are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** Text of the current word, or value of the current string as it is written. */
  get value(): string {
    return this.text.slice(this.valueStart, this.valueEnd);
  }

  next(): TokenKind {
    return (this.kind = this.#scan());
  }

  #scan(): TokenKind {
    const { text } = this;
    const mode = this.#open[this.#open.length - 1];
    if (mode === JSX_TAG || mode === JSX_CHILDREN) return this.#element();
    const wasDot = this.kind === PUNCTUATION && this.code === 46;
    this.isMember = wasDot && !(text.charCodeAt(this.#at - 2) === 46 && text.charCodeAt(this.#at - 3) === 46);
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== code) return this.#end();
      const kind = code < 128 ? CLASS_OF[code] : isWideSpace(code) ? SPACE : NAME;
      if (kind === SPACE) this.#at += 1;
      else if (kind === NAME) return this.#word();
      else if (code === SLASH) {
        const after = text.charCodeAt(this.#at + 1);
        if (after === SLASH) this.#comment(this.#lineEnd(this.#at));
        else if (after === STAR) this.#comment(this.#after('*/', this.#at + 2));
        else return this.#slash();
      } else if (code === QUOTE || code === DOUBLE_QUOTE) return this.#string(code);
      else if (code === BACKTICK) {
        this.#at += 1;
        return this.#template(true);
      } else return this.#punctuation(code);
    }
  }

  #end(): TokenKind {
    if (this.#open.length > 0) this.isSound = false;
    return END;
  }

  #comment(end: number): void {
    this.#onComment(this.#at, end);
    this.#at = end;
  }

  #lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end === -1 ? this.text.length : end;
  }

  #after(closer: string, from: number): number {
    const end = this.text.indexOf(closer, from);
    if (end !== -1) return end + closer.length;
    this.isSound = false;
    return this.text.length;
  }

  #word(): TokenKind {
    const { text } = this;
    let at = this.#at + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code < 128 ? CLASS_OF[code] === NAME : code === code && !isWideSpace(code)) at += 1;
      else break;
    }
    this.valueStart = this.#at;
    this.valueEnd = at;
    this.#at = at;
    // No word that matters here is longer.
    this.#lastWord = at - this.valueStart <= 10 ? text.slice(this.valueStart, at) : '-';
    this.#endsExpression = this.isMember || !OPERATORS.has(this.#lastWord);
    if (this.isMember) this.#lastWord = '-';
    return WORD;
  }

  #string(quote: number): TokenKind {
    const { text } = this;
    let at = this.#at + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code === BACKSLASH) at += text.charCodeAt(at + 1) === 13 && text.charCodeAt(at + 2) === NEW_LINE ? 3 : 2;
      else if (code === NEW_LINE || code !== code) {
        this.isSound = false;
        this.#at = Math.min(at, text.length);
        return OTHER;
      } else at += 1;
    }
    return this.#literal(this.#at + 1, at);
  }

  #literal(start: number, end: number): TokenKind {
    this.valueStart = start;
    this.valueEnd = end;
    this.#at = end + 1;
    this.#endsExpression = true;
    return STRING;
  }

  /** From behind the opening backtick, or behind the `}` of a substitution. */
  #template(isHead: boolean): TokenKind {
    const { text } = this;
    const start = this.#at;
    for (let at = start; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === BACKTICK) {
        if (isHead) return this.#literal(start, at);
        this.#at = at + 1;
        this.#endsExpression = true;
        return OTHER;
      } else if (code === 36 && text.charCodeAt(at + 1) === OPEN_BRACE) {
        this.#open.push(TEMPLATE);
        this.#at = at + 2;
        this.#endsExpression = false;
        return OTHER;
      } else if (code !== code) {
        this.isSound = false;
        this.#at = text.length;
        return OTHER;
      }
    }
  }

  #slash(): TokenKind {
    if (!this.#endsExpression) {
      const end = this.#regularExpressionEnd();
      if (end !== undefined) {
        this.#at = end;
        this.#endsExpression = true;
        return OTHER;
      }
    }
    this.code = SLASH;
    this.#at += 1;
    this.#endsExpression = false;
    return PUNCTUATION;
  }

  #regularExpressionEnd(): number | undefined {
    const { text } = this;
    let inClass = false;
    for (let at = this.#at + 1; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === OPEN_BRACKET) inClass = true;
      else if (code === CLOSE_BRACKET) inClass = false;
      else if (code === SLASH && !inClass) return at + 1;
      else if (code === NEW_LINE || code !== code) return undefined;
    }
  }

  #punctuation(code: number): TokenKind {
    const { text } = this;
    const open = this.#open;
    const ended = this.#endsExpression;
    const lastWord = this.kind === WORD ? this.#lastWord : '';
    this.#endsExpression = false;
    switch (code) {
      case OPEN_PAREN:
        open.push(
          HEADS.has(lastWord) || (lastWord === 'await' && text.startsWith('for', this.valueStart - 4))
            ? HEAD_PAREN
            : PAREN,
        );
        break;
      case OPEN_BRACKET:
        open.push(BRACKET);
        break;
      case OPEN_BRACE:
        open.push(this.#opensBlock(lastWord) ? BLOCK : OBJECT);
        break;
      case CLOSE_PAREN:
        this.#endsExpression = this.#close(PAREN, HEAD_PAREN) === PAREN;
        break;
      case CLOSE_BRACKET:
        this.#close(BRACKET, BRACKET);
        this.#endsExpression = true;
        break;
      case CLOSE_BRACE:
        return this.#closeBrace();
      case LESS:
        if (this.#jsx && !ended && this.#beginsElement()) {
          this.#at += 1;
          this.#beginTag();
          return this.#element();
        }
        if (text.charCodeAt(this.#at + 1) === LESS) this.#at += 1; // A shift is one token, so that its second half begins no element.
        break;
      case 33: // `a!` ends an expression where `!a` begins one.
        this.#endsExpression = ended && text.charCodeAt(this.#at + 1) !== 61 && !this.#isFirstOnLine();
        break;
      case 43:
      case 45: // So does `a++`.
        this.#endsExpression = ended && text.charCodeAt(this.#at + 1) === code;
        if (text.charCodeAt(this.#at + 1) === code) this.#at += 1;
        break;
    }
    this.code = code;
    this.#at += 1;
    return PUNCTUATION;
  }

  #isFirstOnLine(): boolean {
    const { text } = this;
    let at = this.#at - 1;
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at -= 1;
    return text.charCodeAt(at) === NEW_LINE;
  }

  #opensBlock(lastWord: string): boolean {
    if (this.kind === WORD) return !BEFORE_OBJECT.has(lastWord);
    if (this.kind !== PUNCTUATION) return this.kind !== STRING || this.#open.length === 0;
    return BLOCK_BEGINS_AFTER.has(this.code);
  }

  #close(one: number, other: number): number | undefined {
    const open = this.#open.pop();
    if (open !== one && open !== other) this.isSound = false;
    return open;
  }

  #closeBrace(): TokenKind {
    const open = this.#open.pop();
    this.#at += 1;
    if (open === TEMPLATE) return this.#template(false);
    if (open === JSX_EXPRESSION) return this.#element();
    if (open !== BLOCK && open !== OBJECT) this.isSound = false;
    this.#endsExpression = open === OBJECT;
    this.code = CLOSE_BRACE;
    return PUNCTUATION;
  }

  /** Whether the `<` at the cursor, where an expression may begin, is an element and no list of type parameters. */
  #beginsElement(): boolean {
    const { text } = this;
    const after = text.charCodeAt(this.#at + 1);
    if (after === GREATER) return true;
    if (!(after < 128 ? CLASS_OF[after] === NAME : after === after)) return false;
    TAG_NAME.lastIndex = this.#at + 1;
    const name = TAG_NAME.exec(text)?.[0] ?? '';
    const end = this.#at + 1 + name.length;
    TYPE_PARAMETERS.lastIndex = end;
    if (TYPE_PARAMETERS.test(text)) return false;
    if (text.charCodeAt(end) !== GREATER) return true;
    if (this.#unclosed.has(name)) return false;
    if (text.includes(`</${name}`, end)) return true;
    this.#unclosed.add(name);
    return false;
  }

  #beginTag(): void {
    TAG_NAME.lastIndex = this.#at;
    this.#at += TAG_NAME.exec(this.text)?.[0].length ?? 0;
    this.#open.push(JSX_TAG);
  }

  /** Goes on in a tag or between tags, up to the next expression or the end of the outermost element. */
  #element(): TokenKind {
    for (;;) {
      const mode = this.#open[this.#open.length - 1];
      if (mode !== JSX_TAG && mode !== JSX_CHILDREN) {
        this.#endsExpression = true;
        return OTHER;
      }
      if (!(mode === JSX_TAG ? this.#tag() : this.#children())) return OTHER;
    }
  }

  /** One step within `<a …>`; false where an expression begins. */
  #tag(): boolean {
    const { text } = this;
    const code = text.charCodeAt(this.#at);
    if (code !== code) return this.#broken();
    if (code === OPEN_BRACE) return this.#expression();
    if (code === QUOTE || code === DOUBLE_QUOTE) this.#at = this.#after(code === QUOTE ? "'" : '"', this.#at + 1);
    else if (code === SLASH && text.charCodeAt(this.#at + 1) === STAR) this.#comment(this.#after('*/', this.#at + 2));
    else if (code === SLASH && text.charCodeAt(this.#at + 1) === SLASH) this.#comment(this.#lineEnd(this.#at));
    else if (code === SLASH) {
      this.#at = this.#after('>', this.#at);
      this.#open.pop();
    } else if (code === GREATER) {
      this.#at += 1;
      this.#open[this.#open.length - 1] = JSX_CHILDREN;
    } else if (code === LESS) this.#skipTypeArguments();
    else this.#at += 1;
    return true;
  }

  #skipTypeArguments(): void {
    const { text } = this;
    let depth = 0;
    for (; this.#at < text.length; this.#at += 1) {
      const code = text.charCodeAt(this.#at);
      if (code === LESS) depth += 1;
      else if (code === GREATER && text.charCodeAt(this.#at - 1) !== 61 && --depth === 0) break;
    }
    this.#at += 1;
  }

  /** One step between `<a>` and `</a>`; false where an expression begins. */
  #children(): boolean {
    const { text } = this;
    const code = text.charCodeAt(this.#at);
    if (code !== code) return this.#broken();
    if (code === OPEN_BRACE) return this.#expression();
    this.#at += 1;
    if (code !== LESS) return true;
    let at = this.#at;
    while (CLASS_OF[text.charCodeAt(at)] === SPACE) at += 1;
    if (text.charCodeAt(at) === SLASH) {
      this.#at = this.#after('>', at);
      this.#open.pop();
    } else {
      this.#at = at;
      this.#beginTag();
    }
    return true;
  }

  #expression(): boolean {
    this.#open.push(JSX_EXPRESSION);
    this.#at += 1;
    this.#endsExpression = false;
    return false;
  }

  #broken(): boolean {
    this.isSound = false;
    this.#open.length = 0;
    return false;
  }
}

function isWideSpace(code: number): boolean {
  return (
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x2028 ||
    code === 0x2029 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x3000
  );
}
