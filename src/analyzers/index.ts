import type { Analyzer } from '../model/analyzer.js';

/** Built-in analyzers by id. A definition is loaded when it is asked for, its parser only when a file needs it. */
const BUILT_IN = {
  imports: async () => (await import('./imports/imports.js')).imports,
  structure: async () => (await import('./structure/structure.js')).structure,
} as const satisfies Record<string, () => Promise<Analyzer>>;

export type BuiltInAnalyzerId = keyof typeof BUILT_IN;

export const BUILT_IN_ANALYZER_IDS = Object.keys(BUILT_IN) as readonly BuiltInAnalyzerId[];

/** The definition of a built-in analyzer, or undefined where none has this id. */
export async function loadBuiltInAnalyzer(id: string): Promise<Analyzer | undefined> {
  return isBuiltIn(id) ? await BUILT_IN[id]() : undefined;
}

function isBuiltIn(id: string): id is BuiltInAnalyzerId {
  return Object.hasOwn(BUILT_IN, id);
}
