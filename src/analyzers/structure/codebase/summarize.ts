import type { ResultEntry } from '../../../model/analyzer.js';
import type { JsonValue } from '../../../model/json.js';
import { byCodeUnit } from '../../../util/paths.js';
import { rounded } from '../numbers.js';
import type { Pattern, StructureResult } from '../result.js';
import { dependencyGraphOf, type DependencyGraph, type ImportingFile } from './dependency-graph.js';

export type CodebaseMetrics = {
  readonly totalFiles: number;
  /** Functions outside of class bodies. */
  readonly totalFunctions: number;
  readonly totalMethods: number;
  readonly totalClasses: number;
  /** Mean over all functions and methods; 0 without any. */
  readonly averageComplexity: number;
  /** Mean over files; 1 without any. */
  readonly averageDocumentationCoverage: number;
  readonly totalPatterns: number;
};

/** One pattern over the codebase; `examples` are the files that show it most surely. */
export type GlobalPattern = {
  readonly type: string;
  readonly files: number;
  readonly averageConfidence: number;
  readonly examples: readonly string[];
};

export type CodebaseSummary = {
  readonly metrics: CodebaseMetrics;
  readonly dependencyGraph: DependencyGraph;
  readonly globalPatterns: readonly GlobalPattern[];
  readonly topTeachingFiles: readonly (readonly [path: string, score: number])[];
};

const MAX_TEACHING_FILES = 10;
const MAX_EXAMPLES = 5;

/** Sums, graph and rankings over all results. Linear in the number of files and imports; the order of `results` does not matter. */
export function summarizeCodebase(
  results: Iterable<ResultEntry<StructureResult>>,
): CodebaseSummary & Readonly<Record<string, JsonValue>> {
  const sums = { files: 0, functions: 0, methods: 0, classes: 0, complexity: 0, coverage: 0, patterns: 0 };
  const sightings = new Map<string, [path: string, confidence: number][]>();
  const scores: [path: string, score: number][] = [];
  const files: ImportingFile[] = [];
  // Only what is needed later is kept: the results of a large codebase do not fit in memory together.
  for (const { path, result } of results) {
    addToSums(sums, result);
    noteSightings(sightings, path, result.patterns);
    scores.push([path, result.teachingValue.total]);
    files.push({ path, language: result.language, imports: result.symbols.imports });
  }
  return {
    metrics: metricsOf(sums),
    dependencyGraph: dependencyGraphOf(files),
    globalPatterns: globalPatternsOf(sightings),
    topTeachingFiles: scores
      .filter(([, score]) => score > 0)
      .sort(byScore)
      .slice(0, MAX_TEACHING_FILES),
  };
}

type Sums = Record<'files' | 'functions' | 'methods' | 'classes' | 'complexity' | 'coverage' | 'patterns', number>;

function addToSums(sums: Sums, { symbols, documentationCoverage, patterns }: StructureResult): void {
  sums.files += 1;
  sums.functions += symbols.functions.length;
  sums.classes += symbols.classes.length;
  sums.coverage += documentationCoverage;
  sums.patterns += patterns.length;
  for (const { complexity } of symbols.functions) sums.complexity += complexity;
  for (const { methods } of symbols.classes) {
    sums.methods += methods.length;
    for (const { complexity } of methods) sums.complexity += complexity;
  }
}

function metricsOf({ files, functions, methods, classes, complexity, coverage, patterns }: Sums): CodebaseMetrics {
  return {
    totalFiles: files,
    totalFunctions: functions,
    totalMethods: methods,
    totalClasses: classes,
    averageComplexity: rounded(complexity / Math.max(1, functions + methods), 4),
    averageDocumentationCoverage: files === 0 ? 1 : rounded(coverage / files, 4),
    totalPatterns: patterns,
  };
}

function noteSightings(
  sightings: Map<string, [path: string, confidence: number][]>,
  path: string,
  patterns: readonly Pattern[],
): void {
  for (const { type, confidence } of patterns) {
    const seen = sightings.get(type);
    if (seen === undefined) sightings.set(type, [[path, confidence]]);
    else seen.push([path, confidence]);
  }
}

function globalPatternsOf(sightings: ReadonlyMap<string, [path: string, confidence: number][]>): GlobalPattern[] {
  const patterns = [...sightings].map(([type, seen]) => ({
    type,
    files: seen.length,
    averageConfidence: rounded(seen.reduce((sum, [, confidence]) => sum + confidence, 0) / seen.length, 4),
    examples: seen
      .sort(byScore)
      .slice(0, MAX_EXAMPLES)
      .map(([path]) => path),
  }));
  return patterns.sort((a, b) => b.files - a.files || byCodeUnit(a.type, b.type));
}

/** Best first, equals by path. */
function byScore([pathA, a]: readonly [string, number], [pathB, b]: readonly [string, number]): number {
  return b - a || byCodeUnit(pathA, pathB);
}
