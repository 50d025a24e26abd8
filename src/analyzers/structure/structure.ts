import { createRequire } from 'node:module';
import type { Analyzer } from '../../model/analyzer.js';
import type { StructureResult } from './result.js';

// An unchanged run loads this module and nothing else of the analyzer. `summarize` is synchronous, so `import()` will not do there.
const require = createRequire(import.meta.url);

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
  modulePath: import.meta.url,
  async analyze(file) {
    const { analyzeSource } = await import('./analyze-source.js');
    return analyzeSource(file.path, file.text());
  },
  summarize(results) {
    const { summarizeCodebase } = require('./codebase/summarize.js') as typeof import('./codebase/summarize.js');
    return summarizeCodebase(results);
  },
};

export default structure;
