import type { Analyzer } from '../../model/analyzer.js';
import { IMPORTING_FILES, type ImportsResult } from './result.js';
import { scanImports } from './scan-imports.js';

/**
 * What each source file imports, as it is written there. `ImportGraph` finds the files.
 * Not path-independent: the ending of the path decides the language, and an empty file is a script in one and nothing in another.
 */
export const imports: Analyzer<ImportsResult> = {
  id: 'imports',
  version: '1',
  include: IMPORTING_FILES,
  pathIndependent: false,
  // By name: in a bundle this code stands in a file that others share.
  modulePath: new URL(import.meta.url.endsWith('.ts') ? './imports.ts' : './imports.js', import.meta.url).href,
  analyze: (file) => scanImports(file.path, file.text()),
};

export default imports;
