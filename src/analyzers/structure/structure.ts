import type { Analyzer } from '../../model/analyzer.js';
import { dependencyGraph } from './codebase/dependency-graph.js';
import { globalPatterns } from './codebase/global-patterns.js';
import { metrics } from './codebase/metrics.js';
import { topTeachingFiles } from './codebase/teaching-files.js';
import type { StructureResult } from './result.js';

/**
 * Functions, classes, imports, exports, complexity, documentation and patterns of one source file, and their sums over a codebase.
 * Not path-independent: the ending of the path decides the language. The parser is loaded with the first file that needs it.
 */
export const structure: Analyzer<StructureResult> = {
  id: 'structure',
  version: '1',
  // Not .pyi: a stub repeats the signatures of code that is counted where it lives.
  include: ['**/*.{py,ts,mts,cts,tsx,js,mjs,cjs,jsx}'],
  pathIndependent: false,
  // By name: in a bundle this code stands in a file that others share.
  modulePath: new URL(import.meta.url.endsWith('.ts') ? './structure.ts' : './structure.js', import.meta.url).href,
  async analyze(file) {
    const { analyzeSource } = await import('./analyze-source.js');
    return analyzeSource(file.path, file.text());
  },
  reducers: { metrics, dependencyGraph, globalPatterns, topTeachingFiles },
};

export default structure;
