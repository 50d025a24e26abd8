/** Splits Python into its logical lines of plain code: strings become `"`, comments nothing, line breaks within brackets a space. */

const STRING_START = /(?<![\w])([rRbBuUfFtT]{0,2})('''|"""|'|")/y;
/** What a logical line of plain code can be skipped by at once. */
const PLAIN = /[^'"#\\\n;:()[\]{}rRbBuUfFtT]+/y;
const DYNAMIC = /\b(?:__import__|import_module)\s*\(\s*$/;

export interface PythonStatements {
  /** Code of each statement; a statement after `:` or `;` is its own. */
  readonly statements: readonly string[];
  /** What is imported by a call: literals, and whether there is any other. */
  readonly called: readonly string[];
  readonly isCallUnknown: boolean;
  /** False where the text cannot be Python. */
  readonly isSound: boolean;
}

export function pythonStatements(text: string): PythonStatements {
  return new Splitter(text).run();
}

class Splitter {
  readonly #text: string;
  readonly #statements: string[] = [];
  readonly #called: string[] = [];
  #isCallUnknown = false;
  #isSound = true;
  #at = 0;
  #depth = 0;
  #code = '';

  constructor(text: string) {
    // Python ends lines by a carriage return as well.
    this.#text = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  run(): PythonStatements {
    const text = this.#text;
    while (this.#at < text.length) {
      PLAIN.lastIndex = this.#at;
      const plain = PLAIN.exec(text)?.[0];
      if (plain !== undefined) {
        this.#at += plain.length;
        this.#code += plain;
      } else this.#step(text.charAt(this.#at));
    }
    this.#end();
    if (this.#depth !== 0) this.#isSound = false;
    return {
      statements: this.#statements,
      called: this.#called,
      isCallUnknown: this.#isCallUnknown,
      isSound: this.#isSound,
    };
  }

  #step(character: string): void {
    const text = this.#text;
    if (character === '#') {
      const end = text.indexOf('\n', this.#at);
      this.#at = end === -1 ? text.length : end;
      return;
    }
    if (this.#string()) return;
    this.#at += 1;
    if (character === '\\') {
      this.#at += 1;
      this.#code += ' ';
    } else if (character === '\n') {
      if (this.#depth === 0) this.#end();
      else this.#code += ' ';
    } else if ((character === ';' || character === ':') && this.#depth === 0) this.#end();
    else this.#plain(character);
  }

  #plain(character: string): void {
    if ('([{'.includes(character)) this.#depth += 1;
    else if (')]}'.includes(character)) this.#depth -= 1;
    if (this.#depth < 0) {
      this.#depth = 0;
      this.#isSound = false;
    }
    this.#code += character;
    if (character === '(' && DYNAMIC.test(this.#code)) this.#call();
  }

  /** The argument of `import_module(`, at the cursor. */
  #call(): void {
    const match = /\s*[rRuU]?(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s*[,)]/y;
    match.lastIndex = this.#at;
    const literal = match.exec(this.#text);
    const name = literal?.[1] ?? literal?.[2];
    if (name !== undefined) this.#called.push(name);
    // A definition of that name is no call.
    else if (!/\bdef\s+\w+\s*\($/.test(this.#code)) this.#isCallUnknown = true;
  }

  #end(): void {
    this.#statements.push(this.#code);
    this.#code = '';
  }

  /** Skips the string at the cursor, if there is one. */
  #string(): boolean {
    STRING_START.lastIndex = this.#at;
    const match = STRING_START.exec(this.#text);
    if (match === null) return false;
    const [whole, prefix, quote] = match as unknown as [string, string, string];
    this.#at += whole.length;
    this.#skipString(quote, /[ft]/i.test(prefix));
    this.#code += '"';
    return true;
  }

  #skipString(quote: string, isFormat: boolean): void {
    const text = this.#text;
    for (; this.#at < text.length; this.#at += 1) {
      const character = text.charAt(this.#at);
      // A backslash takes no brace along: `f"\{x}"` has a field.
      if (character === '\\') this.#at += isFormat && text.charAt(this.#at + 1) === '{' ? 0 : 1;
      else if (character === '\n' && quote.length === 1) break;
      else if (text.startsWith(quote, this.#at)) {
        this.#at += quote.length;
        return;
      } else if (isFormat && character === '{') {
        if (text.charAt(this.#at + 1) === '{') this.#at += 1;
        else if (!this.#skipField(quote)) break;
      }
    }
    this.#isSound = false;
  }

  /** Skips `{value!r:format}` from its brace, and stops on the brace that closes it; false where none does. Python 3.12 lets quotes come again inside. */
  #skipField(quote: string): boolean {
    const text = this.#text;
    let depth = 0;
    for (this.#at += 1; this.#at < text.length; this.#at += 1) {
      const character = text.charAt(this.#at);
      if (depth === 0 && character === '}') return true;
      if (depth === 0 && character === ':') return this.#skipFormat(quote);
      if ('([{'.includes(character)) depth += 1;
      else if (')]}'.includes(character)) depth -= 1;
      else if (character === '#') this.#at = Math.max(this.#at, text.indexOf('\n', this.#at));
      else if (character === '"' || character === "'") {
        const inner = text.startsWith(character.repeat(3), this.#at) ? character.repeat(3) : character;
        const isFormat = /(?<!\w)(?:[ft]r?|r[ft])$/i.test(text.slice(Math.max(0, this.#at - 4), this.#at));
        this.#at += inner.length;
        this.#skipString(inner, isFormat);
        this.#at -= 1;
      }
    }
    return false;
  }

  #skipFormat(quote: string): boolean {
    const text = this.#text;
    for (; this.#at < text.length; this.#at += 1) {
      const character = text.charAt(this.#at);
      if (character === '}') return true;
      if (character === '{' && !this.#skipField(quote)) return false;
      if (text.startsWith(quote, this.#at)) return false;
    }
    return false;
  }
}
