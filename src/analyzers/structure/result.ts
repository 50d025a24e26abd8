/** The answer of the analyzer `structure` for one file. `docs/structure.md` defines every number; type aliases, since those are JSON values to TypeScript. */

export const LANGUAGES = ['python', 'typescript', 'tsx', 'javascript', 'jsx'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A function or a method. Lines are 1-based, `endLine` is inclusive. */
export type FunctionSymbol = {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Source text of the annotation, or null. */
  readonly returnType: string | null;
  readonly docstring: string | null;
  readonly startLine: number;
  readonly endLine: number;
  /** McCabe, at least 1. */
  readonly complexity: number;
  /** Deepest nesting of control-flow statements; 0 without any. */
  readonly nestingDepth: number;
  readonly isAsync: boolean;
  readonly decorators: readonly string[];
};

export type ClassSymbol = {
  readonly name: string;
  readonly methods: readonly FunctionSymbol[];
  readonly baseClasses: readonly string[];
  readonly docstring: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly decorators: readonly string[];
};

export const IMPORT_KINDS = ['import', 'from', 'es6', 'require', 'dynamic'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export type ImportSymbol = {
  readonly module: string;
  /** Names as the other module exports them; `*` is all of it. */
  readonly symbols: readonly string[];
  readonly isRelative: boolean;
  readonly kind: ImportKind;
  readonly line: number;
};

export type Symbols = {
  readonly functions: readonly FunctionSymbol[];
  readonly classes: readonly ClassSymbol[];
  readonly imports: readonly ImportSymbol[];
  readonly exports: readonly string[];
};

export const PATTERN_TYPES = [
  'api_route',
  'async',
  'comprehension',
  'context_manager',
  'decorator',
  'error_handling',
  'factory',
  'generator',
  'jwt_auth',
  'oauth',
  'observer',
  'orm_model',
  'react_component',
  'react_hook',
  'session_auth',
  'singleton',
] as const;
export type PatternType = (typeof PATTERN_TYPES)[number];

export type Pattern = {
  readonly type: PatternType;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly evidence: readonly string[];
  readonly lines: readonly number[];
};

export type ComplexitySummary = {
  readonly average: number;
  readonly max: number;
  readonly min: number;
  readonly averageNestingDepth: number;
  readonly highComplexityFunctions: readonly string[];
  readonly trivialFunctions: readonly string[];
};

/** Every score is from 0 to 1. */
export type TeachingValue = {
  readonly total: number;
  readonly documentation: number;
  readonly complexity: number;
  readonly pattern: number;
  readonly structure: number;
  readonly explanation: string;
};

export const ISSUE_TYPES = [
  'deep-nesting',
  'high-complexity',
  'long-function',
  'missing-documentation',
  'too-many-parameters',
] as const;
export const SEVERITIES = ['info', 'warning', 'error'] as const;

export type Issue = {
  readonly type: (typeof ISSUE_TYPES)[number];
  readonly severity: (typeof SEVERITIES)[number];
  readonly message: string;
  readonly line: number;
};

export type SourceError = { readonly message: string; readonly line: number };

export type StructureResult = {
  readonly language: Language;
  readonly symbols: Symbols;
  readonly patterns: readonly Pattern[];
  readonly complexity: ComplexitySummary;
  readonly documentationCoverage: number;
  readonly teachingValue: TeachingValue;
  readonly issues: readonly Issue[];
  readonly errors: readonly SourceError[];
};

/** Functions and methods of a file, in the order of `functions`, then of each class. */
export function allFunctions({ functions, classes }: Symbols): FunctionSymbol[] {
  return [...functions, ...classes.flatMap(({ methods }) => methods)];
}
