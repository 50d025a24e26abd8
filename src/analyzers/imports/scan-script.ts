import { ImportCollector, type ImportsResult } from './result.js';
import { looseScript } from './loose-script.js';
import { END, PUNCTUATION, ScriptTokens, STRING, WORD } from './script-tokens.js';

export interface ScriptDialect {
  /** Whether `<a>` may be an element. */
  readonly jsx: boolean;
  readonly isJavaScript: boolean;
}

const REFERENCE = /^\/\/\/\s*<\s*(?:reference|amd-dependency)\s[^>]*?\b(path|types)\s*=\s*(?:"([^"]*)"|'([^']*)')/;
const JSX_SOURCE = /@jsxImportSource\s+(\S+)/;
/** Types in the comments of JavaScript: `{import('x').T}`, `@import { T } from 'x'`. */
const IN_COMMENT = /\bimport\s*\(\s*(['"`])([^'"`\n]+)\1|@import\b[^;]*?\bfrom\s*(['"])([^'"\n]+)\3/g;

/** How `import a = require` ends before its parenthesis. */
const IMPORT_EQUALS = /\bimport\s+(?:type\s+)?[\w$]+\s*=\s*require$/;
/** The longest such beginning that is looked at. */
const MAX_IMPORT_EQUALS = 200;

const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const COMMA = 44;
const DOT = 46;

/** What a script or module imports. Where the text cannot be read for certain, everything that looks like an import is taken for one. */
export function scanScript(text: string, dialect: ScriptDialect): ImportsResult {
  const scan = new ScriptScan(text, dialect);
  return scan.run() ?? looseScript(text);
}

/** The last words before the current token, in order, as far as they can begin an import. */
type Lead = '' | 'import' | 'from' | 'require' | 'call' | 'meta' | 'declare' | 'export' | 'module';

class ScriptScan {
  readonly #found = new ImportCollector();
  readonly #tokens: ScriptTokens;
  readonly #dialect: ScriptDialect;
  readonly #hasJsxSource: boolean;
  #isModule = false;
  #isCommonJs = false;

  constructor(text: string, dialect: ScriptDialect) {
    this.#dialect = dialect;
    this.#hasJsxSource = text.includes('@jsxImportSource');
    this.#tokens = new ScriptTokens(text, {
      jsx: dialect.jsx,
      onComment: (start, end) => this.#comment(text, start, end),
    });
  }

  /** Undefined where the text contradicts what it was taken for. */
  run(): ImportsResult | undefined {
    const tokens = this.#tokens;
    let lead: Lead = '';
    let kind: 'dynamic' | 'require' = 'dynamic';
    for (let token = tokens.next(); token !== END; token = tokens.next()) {
      if (token === WORD) {
        const word = this.#word(lead);
        if (lead === 'call') this.#found.unknown = true;
        if (word === 'import') kind = 'dynamic';
        else if (word === 'require' && lead !== 'import') kind = 'require';
        lead = word;
      } else if (token === STRING) {
        if (lead === 'call') {
          const value = this.#value();
          const after = tokens.next();
          if (after === PUNCTUATION && (tokens.code === CLOSE_PAREN || tokens.code === COMMA))
            this.#found.add(kind, value);
          else this.#found.unknown = true;
          if (after === END) break;
        } else this.#string(lead);
        lead = '';
      } else if (token === PUNCTUATION) lead = this.#punctuation(lead);
      else {
        if (lead === 'call') this.#found.unknown = true;
        lead = '';
      }
    }
    return tokens.isSound ? this.#result() : undefined;
  }

  #result(): ImportsResult {
    const isScript = !this.#isModule && !(this.#dialect.isJavaScript && this.#isCommonJs);
    if (isScript) this.#found.ambient = true;
    return this.#found.result();
  }

  #value(): string {
    return unescaped(this.#tokens.value);
  }

  #word(lead: Lead): Lead {
    const tokens = this.#tokens;
    const length = tokens.valueEnd - tokens.valueStart;
    if (length < 2 || length > 7) return '';
    const word = tokens.value;
    if (tokens.isMember) return this.#member(word, lead);
    switch (word) {
      case 'import':
      case 'export':
        // `import('x')` and `import a = B.c` make no module.
        if (word === 'export' && tokens.depth === 0) this.#isModule = true;
        return word;
      case 'as':
        // `export as namespace X`
        if (lead === 'export') this.#found.ambient = true;
        return '';
      case 'from':
      case 'declare':
      case 'require':
      case 'module':
        return word;
      case 'exports':
        this.#isCommonJs = true;
        return '';
      case 'global':
        if (lead === 'declare') this.#found.ambient = true;
        return '';
      default:
        return '';
    }
  }

  /** `import.meta`, `import.meta.resolve`, `import.defer`, `require.resolve`, `module.require`, `module.exports`. */
  #member(word: string, lead: Lead): Lead {
    if (word === 'require') return 'require';
    if (word === 'exports' && lead === 'module') this.#isCommonJs = true;
    if (lead === 'import') return word === 'defer' || word === 'source' ? 'import' : word === 'meta' ? 'meta' : '';
    if (word === 'resolve') return lead === 'meta' ? 'import' : lead === 'require' ? 'require' : '';
    return '';
  }

  #punctuation(lead: Lead): Lead {
    const tokens = this.#tokens;
    const { code } = tokens;
    if (code === OPEN_PAREN && (lead === 'import' || lead === 'require')) {
      if (lead === 'require') this.#isCommonJs = true;
      if (lead === 'require' && tokens.depth === 1 && IMPORT_EQUALS.test(before(tokens))) this.#isModule = true;
      return 'call';
    }
    if (code === DOT || code === 63) return lead === 'call' ? '' : lead;
    // `require()` asks for nothing: somebody's own function.
    if (lead === 'call' && code !== CLOSE_PAREN) this.#found.unknown = true;
    return '';
  }

  #string(lead: Lead): void {
    if (lead === 'import' || lead === 'from') {
      this.#found.add('import', this.#value());
      if (this.#tokens.depth === 0) this.#isModule = true;
    } else if (lead === 'module') {
      const name = this.#value();
      this.#found.ambient = true;
      if (!name.includes('*')) this.#found.add('augments', name);
    }
  }

  #comment(text: string, start: number, end: number): void {
    if (text.charCodeAt(start + 1) === 47) {
      if (text.charCodeAt(start + 2) === 47) this.#reference(text.slice(start, end));
      return;
    }
    const { isJavaScript } = this.#dialect;
    if (!isJavaScript && !this.#hasJsxSource) return;
    const comment = text.slice(start, end);
    const source = JSX_SOURCE.exec(comment)?.[1];
    if (source !== undefined) this.#found.add('import', `${source}/jsx-runtime`);
    if (!isJavaScript || !comment.includes('import')) return;
    for (const match of comment.matchAll(IN_COMMENT)) this.#found.add('dynamic', match[2] ?? match[4] ?? '');
  }

  #reference(comment: string): void {
    const match = REFERENCE.exec(comment);
    if (match !== null) this.#found.add(match[1] === 'types' ? 'types' : 'path', match[2] ?? match[3] ?? '');
  }
}

/** The text up to the last word. */
function before({ text, valueEnd }: ScriptTokens): string {
  return text.slice(Math.max(0, valueEnd - MAX_IMPORT_EQUALS), valueEnd);
}

/** The value of a string from its source; escapes in the names of modules are rare enough for a slow way. */
export function unescaped(source: string): string {
  if (!source.includes('\\')) return source;
  return source.replace(/\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[\s\S]))/g, (...match) => {
    const [, long, short, byte, character] = match as (string | undefined)[];
    const digits = long ?? short ?? byte;
    if (digits !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(digits, 16), 0x10ffff));
    return character === undefined || /[\r\n]/.test(character) ? '' : character;
  });
}
