import type { ClassSymbol, FunctionSymbol, ImportSymbol, Language, SourceError } from './result.js';

/** Syntax whose places patterns are made of. */
export const SITE_KINDS = ['await', 'catch', 'comprehension', 'jsx', 'raise', 'try', 'with', 'yield'] as const;
export type SiteKind = (typeof SITE_KINDS)[number];

/** One place of some syntax; `owner` is the innermost listed function around it. */
export interface Site {
  readonly line: number;
  readonly owner: FunctionFact | undefined;
}

/** One call: `router.get('/users', …)` has the callee `router.get` and the argument `/users`. */
export interface Call extends Site {
  readonly callee: string;
  /** The first argument where it is a plain string. */
  readonly argument: string | undefined;
  /** UTF-16 index where the call begins. */
  readonly start: number;
}

/** A decorator; `argument` is its first argument where that is a plain string. */
export interface DecoratorFact {
  readonly name: string;
  readonly line: number;
  readonly argument: string | undefined;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A function while its body is still being walked. */
export type FunctionFact = Writable<FunctionSymbol> & {
  readonly owner: ClassFact | undefined;
  readonly isStatic: boolean;
};

export type ClassFact = Writable<Omit<ClassSymbol, 'methods'>> & {
  readonly methods: FunctionFact[];
  /** Names of the fields assigned in the class body, static ones included. */
  readonly fields: readonly string[];
  /** Keyword arguments of a Python class, e.g. `metaclass=Singleton`. */
  readonly keywords: readonly string[];
};

/** All that one walk over a file found, in source order. Pure data: patterns and scores read nothing else. */
export interface FileFacts {
  readonly language: Language;
  readonly lineCount: number;
  readonly functions: readonly FunctionFact[];
  readonly classes: readonly ClassFact[];
  readonly imports: readonly ImportSymbol[];
  readonly exports: readonly string[];
  readonly decorators: readonly DecoratorFact[];
  readonly calls: readonly Call[];
  /** `new` expressions, by the name of what is made. */
  readonly news: readonly (Site & { readonly name: string })[];
  readonly sites: Readonly<Record<SiteKind, readonly Site[]>>;
  /** Lines where `request.session` and the like are read or written. */
  readonly sessionLines: readonly number[];
  readonly errors: readonly SourceError[];
}
