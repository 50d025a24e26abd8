import type { ExecAnalyzer } from './exec-analyzer.js';
import type { ExecOptions } from './exec-options.js';

/**
 * A command-line tool as an analyzer. Looks at the tool and at what shapes its answers; starts nothing but `versionCommand`.
 * @throws CacheError CACHE_BAD_COMMAND, CACHE_COMMAND_NOT_FOUND, CACHE_BAD_PATTERN, CACHE_USAGE for the format, CACHE_COMMAND_FAILED for
 * `versionCommand`; TypeError for options that are none.
 */
export async function execAnalyzer(options: ExecOptions): Promise<ExecAnalyzer> {
  // Loaded by those only who run a tool: the formats are a good part of the library.
  const { makeExecAnalyzer } = await import('./exec-analyzer.js');
  return makeExecAnalyzer(options);
}
