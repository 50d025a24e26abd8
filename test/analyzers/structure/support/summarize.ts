import type { GlobalPattern } from '../../../../src/analyzers/structure/codebase/global-patterns.js';
import type { DependencyGraph } from '../../../../src/analyzers/structure/codebase/dependency-graph.js';
import type { CodebaseMetrics } from '../../../../src/analyzers/structure/codebase/metrics.js';
import type { StructureResult } from '../../../../src/analyzers/structure/result.js';
import { structure } from '../../../../src/analyzers/structure/structure.js';
import type { ResultEntry } from '../../../../src/model/analyzer.js';
import type { JsonValue } from '../../../../src/model/json.js';
import { byCodeUnit } from '../../../../src/util/paths.js';

/** What `structure` says of a codebase. */
export interface Summary {
  readonly metrics: CodebaseMetrics;
  readonly dependencyGraph: DependencyGraph;
  readonly globalPatterns: readonly GlobalPattern[];
  readonly topTeachingFiles: readonly (readonly [path: string, score: number])[];
}

/** As a run does it: what was selected goes through JSON, and comes sorted by path. */
export function summarizeCodebase(results: readonly ResultEntry<StructureResult>[]): Summary {
  const sorted = [...results].sort((a, b) => byCodeUnit(a.path, b.path));
  const values = Object.entries(structure.reducers ?? {}).map(([name, reducer]) => {
    const inputs = sorted.flatMap(({ path, result }) => {
      const input = reducer.select(result, path);
      return input === undefined ? [] : [{ path, input: JSON.parse(JSON.stringify(input)) as JsonValue }];
    });
    return [name, reducer.reduce(inputs)] as const;
  });
  return Object.fromEntries(values) as unknown as Summary;
}
