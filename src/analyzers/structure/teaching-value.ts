import { falling, mean, rounded } from './numbers.js';
import { allFunctions, type ComplexitySummary, type Pattern, type Symbols, type TeachingValue } from './result.js';

/** Share of each score in the total. */
const WEIGHTS = { documentation: 0.35, complexity: 0.2, pattern: 0.25, structure: 0.2 } as const;
/** Patterns that a file must show, at full confidence, for the full score. */
const ENOUGH_PATTERNS = 4;

interface Scored {
  readonly symbols: Symbols;
  readonly patterns: readonly Pattern[];
  readonly complexity: ComplexitySummary;
  readonly documentationCoverage: number;
  readonly lineCount: number;
}

/** How well a file serves as an example, each score from 0 to 1. A file without functions and classes teaches by its patterns only. */
export function teachingValueOf(file: Scored): TeachingValue {
  const functions = allFunctions(file.symbols);
  const isEmpty = functions.length === 0 && file.symbols.classes.length === 0;
  const scores = {
    documentation: isEmpty ? 0 : rounded(file.documentationCoverage, 2),
    complexity: functions.length === 0 ? 0 : rounded(complexityScore(file.complexity.average), 2),
    pattern: rounded(patternScore(file.patterns), 2),
    structure: isEmpty ? 0 : rounded(structureScore(file), 2),
  };
  const total = Object.entries(WEIGHTS).reduce(
    (sum, [name, weight]) => sum + weight * scores[name as keyof typeof WEIGHTS],
    0,
  );
  return { total: rounded(total, 2), ...scores, explanation: explanationOf(file, isEmpty) };
}

/** Best from 2 to 5: below there is little to learn, above it is hard to follow. */
function complexityScore(average: number): number {
  return average < 2 ? 0.6 + 0.4 * (average - 1) : falling(average, 5, 20);
}

function patternScore(patterns: readonly Pattern[]): number {
  return Math.min(1, patterns.reduce((sum, { confidence }) => sum + confidence, 0) / ENOUGH_PATTERNS);
}

/** Mean of three: short functions, flat functions, a file that can be read in one go. */
function structureScore({ symbols, complexity, lineCount }: Scored): number {
  const lengths = allFunctions(symbols).map(({ startLine, endLine }) => endLine - startLine + 1);
  return mean([
    falling(mean(lengths), 30, 100),
    falling(complexity.averageNestingDepth, 2, 6),
    falling(lineCount, 400, 1500),
  ]);
}

function explanationOf({ documentationCoverage, complexity, patterns }: Scored, isEmpty: boolean): string {
  const shown = patterns.length === 0 ? 'no known pattern' : patterns.map(({ type }) => type).join(', ');
  if (isEmpty) return `No functions or classes; shows ${shown}.`;
  const words = documentationCoverage >= 0.8 ? 'Well' : documentationCoverage >= 0.4 ? 'Partly' : 'Hardly';
  const percent = Math.round(documentationCoverage * 100);
  return `${words} documented (${percent} % coverage), average complexity ${rounded(complexity.average, 1)}; shows ${shown}.`;
}
