import { byCodeUnit } from '../../../../src/util/paths.js';
import type { StructureResult } from '../../../../src/analyzers/structure/result.js';

/** What an oracle found, and what we found, in one comparable shape. */
export interface Found {
  readonly functions: readonly FoundFunction[];
  readonly classes: readonly FoundClass[];
  readonly imports: readonly FoundImport[];
}
export interface FoundFunction {
  readonly name: string;
  /** `Class:line` for a method. */
  readonly owner: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly complexity: number;
  readonly parameters: readonly string[];
  readonly isAsync: boolean;
  readonly docstring?: string | null;
  readonly decorators?: number;
}
export interface FoundClass {
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly docstring?: string | null;
  readonly baseClasses: number;
}
export interface FoundImport {
  readonly module: string;
  readonly symbols: readonly string[];
  readonly line: number;
}

export interface Tally {
  files: number;
  functions: number;
  classes: number;
  imports: number;
  /** Files that the grammar could not parse although the language's own parser could. */
  grammarErrors: string[];
  disagreements: string[];
}

export function newTally(): Tally {
  return { files: 0, functions: 0, classes: 0, imports: 0, grammarErrors: [], disagreements: [] };
}

/** Our answer, in the shape of the oracle's. */
export function foundIn({ symbols }: StructureResult): Found {
  const { functions, classes, imports } = symbols;
  return {
    functions: [
      ...functions.map((each) => foundFunction(each, null)),
      ...classes.flatMap(({ name, startLine, methods }) =>
        methods.map((each) => foundFunction(each, `${name}:${startLine}`)),
      ),
    ],
    classes: classes.map(({ name, startLine, endLine, docstring, baseClasses }) => ({
      name,
      startLine,
      endLine,
      docstring,
      baseClasses: baseClasses.length,
    })),
    imports: imports
      .filter(({ kind }) => kind !== 'require' && kind !== 'dynamic')
      .map(({ module, symbols: names, line }) => ({ module, symbols: names, line })),
  };
}

function foundFunction(each: StructureResult['symbols']['functions'][number], owner: string | null): FoundFunction {
  const { name, startLine, endLine, complexity, parameters, isAsync, docstring, decorators } = each;
  return {
    name,
    owner,
    startLine,
    endLine,
    complexity,
    parameters,
    isAsync,
    docstring,
    decorators: decorators.length,
  };
}

/** Adds one file to the tally. `keys` are the properties of functions and classes that the oracle knows. */
export function compare(tally: Tally, file: string, ours: StructureResult, theirs: Found): void {
  tally.files += 1;
  tally.functions += theirs.functions.length;
  tally.classes += theirs.classes.length;
  tally.imports += theirs.imports.length;
  if (ours.errors.length > 0) {
    tally.grammarErrors.push(`${file}:${ours.errors[0]?.line ?? 0} ${ours.errors[0]?.message ?? ''}`);
    return;
  }
  const own = foundIn(ours);
  for (const kind of ['functions', 'classes', 'imports'] as const) {
    const example = theirs[kind][0];
    const keys = example === undefined ? undefined : Object.keys(example);
    compareLists(tally, `${file} ${kind}`, linesOf(own[kind], keys), linesOf(theirs[kind], keys));
  }
}

function linesOf(items: readonly object[], keys: readonly string[] | undefined): string[] {
  return items
    .map((item) => {
      const values = item as Readonly<Record<string, unknown>>;
      return JSON.stringify((keys ?? Object.keys(item)).map((key) => values[key]));
    })
    .sort(byCodeUnit);
}

function compareLists(tally: Tally, label: string, ours: string[], theirs: string[]): void {
  const missing = difference(theirs, ours);
  const extra = difference(ours, theirs);
  for (const item of missing) tally.disagreements.push(`${label} expected ${item}`);
  for (const item of extra) tally.disagreements.push(`${label} found    ${item}`);
}

/** Items of `a` that are not in `b`, with multiplicity. */
function difference(a: readonly string[], b: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of b) counts.set(item, (counts.get(item) ?? 0) + 1);
  return a.filter((item) => {
    const count = counts.get(item) ?? 0;
    counts.set(item, count - 1);
    return count <= 0;
  });
}

export function summaryOf({ files, functions, classes, imports, grammarErrors, disagreements }: Tally): string {
  return `${files} files, ${functions} functions, ${classes} classes, ${imports} imports; ${grammarErrors.length} files the grammar rejects, ${disagreements.length} disagreements`;
}
