import type { ImportSymbol, StructureResult } from '../result.js';

/** What of one Python import decides where it leads; `names` are those that may be modules themselves. */
export type PythonImport = readonly [module: string, isRelative: boolean, names: readonly string[]];

/** What of a file's imports decides where they lead, in an order that does not depend on theirs. */
export type FileImports =
  | { readonly python: readonly PythonImport[] }
  | { readonly relative: readonly string[]; readonly other: readonly string[] };

export function fileImports({ language, symbols: { imports } }: StructureResult): FileImports {
  if (language === 'python') return { python: unique(imports.map(pythonImport)) };
  const modules = (isRelative: boolean): string[] =>
    unique(imports.filter((found) => found.isRelative === isRelative).map(({ module }) => module));
  return { relative: modules(true), other: modules(false) };
}

const pythonImport = ({ module, isRelative, kind, symbols }: ImportSymbol): PythonImport => [
  module,
  isRelative,
  kind === 'from' ? symbols : [],
];

/** Each once, sorted by its JSON. */
function unique<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText.keys()].sort().map((text) => byText.get(text) as T);
}
