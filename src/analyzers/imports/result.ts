/** The answer of the analyzer `imports` for one file; type aliases, since those are JSON values to TypeScript. */

export const SPECIFIER_KINDS = [
  /** `import … from`, `export … from`, `import 'x'`; in Python `import a.b`. */
  'import',
  /** Python: `from a import b`, with the names in `symbols`. */
  'from',
  /** `require('x')`, `require.resolve('x')`, `import x = require('x')`. */
  'require',
  /** `import('x')` as a value or a type, `import.meta.resolve('x')`, `importlib.import_module('x')`. */
  'dynamic',
  /** `declare module 'x'`, which adds to that module where there is one. */
  'augments',
  /** `/// <reference path="x" />`, relative to the file whether it begins with a dot or not. */
  'path',
  /** `/// <reference types="x" />`. */
  'types',
] as const;
export type SpecifierKind = (typeof SPECIFIER_KINDS)[number];

export type Specifier = {
  /** As it is written: `./a.js`, `@scope/pkg/sub`, `..a.b`. */
  readonly module: string;
  readonly kind: SpecifierKind;
  /** Python only: the names of `from … import`; `*` is all of them. */
  readonly symbols?: readonly string[];
};

export type ImportsResult = {
  /** Each once, in the order of the source. */
  readonly specifiers: readonly Specifier[];
  /** The file means something to files that do not import it: a script of globals, `declare global`, `declare module 'x'`. */
  readonly ambient: boolean;
  /** Something is imported by a name that is computed when the code runs. */
  readonly unknown?: true;
};

/** Collects an answer; a specifier that is found again is the same one. */
export class ImportCollector {
  readonly #specifiers = new Map<string, Specifier>();
  ambient = false;
  unknown = false;

  add(kind: SpecifierKind, module: string): void {
    if (module !== '') this.#specifiers.set(`${kind} ${module}`, { module, kind });
  }

  addNames(module: string, names: readonly string[]): void {
    const key = `from ${module}`;
    const known = this.#specifiers.get(key)?.symbols ?? [];
    this.#specifiers.set(key, { module, kind: 'from', symbols: [...new Set([...known, ...names])] });
  }

  result(): ImportsResult {
    const found = { specifiers: [...this.#specifiers.values()], ambient: this.ambient };
    return this.unknown ? { ...found, unknown: true } : found;
  }
}

/** Globs of the files whose imports can be followed. */
export const IMPORTING_FILES: readonly string[] = ['**/*.{py,pyi,ts,mts,cts,tsx,js,mjs,cjs,jsx}'];
