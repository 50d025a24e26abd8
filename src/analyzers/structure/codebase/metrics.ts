import type { Reducer } from '../../../model/analyzer.js';
import { rounded } from '../numbers.js';
import type { StructureResult } from '../result.js';

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

/** Sums over one file, the complexity over functions and methods. */
type FileSums = readonly [
  functions: number,
  methods: number,
  classes: number,
  complexity: number,
  coverage: number,
  patterns: number,
];

export const metrics: Reducer<StructureResult, FileSums> = {
  select({ symbols: { functions, classes }, documentationCoverage, patterns }) {
    const methods = classes.flatMap((each) => each.methods);
    const complexity = [...functions, ...methods].reduce((sum, each) => sum + each.complexity, 0);
    return [functions.length, methods.length, classes.length, complexity, documentationCoverage, patterns.length];
  },
  reduce(inputs): CodebaseMetrics {
    const sums = [0, 0, 0, 0, 0, 0];
    let files = 0;
    for (const { input } of inputs) {
      files += 1;
      for (const [index, value] of input.entries()) sums[index] = (sums[index] ?? 0) + value;
    }
    const [functions = 0, methods = 0, classes = 0, complexity = 0, coverage = 0, patterns = 0] = sums;
    return {
      totalFiles: files,
      totalFunctions: functions,
      totalMethods: methods,
      totalClasses: classes,
      averageComplexity: rounded(complexity / Math.max(1, functions + methods), 4),
      averageDocumentationCoverage: files === 0 ? 1 : rounded(coverage / files, 4),
      totalPatterns: patterns,
    };
  },
};
