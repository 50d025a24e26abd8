import type { ResultEntry } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import { assertJson } from '../util/canonical-json.js';
import { RESERVED_NAMES, type CodebaseValues } from '../persistence/analysis-document.js';
import type { ResultReader } from './result-reader.js';
import type { Session } from './session.js';

export interface Summary {
  readonly values: CodebaseValues;
  /** Analyzers whose summary threw: reported, and tried again in the next run. */
  readonly failed: ReadonlySet<string>;
}

/**
 * Values of the whole codebase from all current results. An analyzer whose summary throws is reported and has no values. Names are
 * the analyzers' own; where two give the same, the later analyzer by id wins.
 */
export async function summarizeAll(session: Session, reader: ResultReader): Promise<Summary> {
  const failed = new Set<string>();
  const values: Record<string, CodebaseValues[string]> = {};
  for (const { analyzer } of session.analyzers) {
    if (analyzer.summarize === undefined) continue;
    const entries: ResultEntry[] = [];
    for await (const { path, result } of reader.read({ analyzer: analyzer.id })) entries.push({ path, result });
    try {
      for (const [name, value] of Object.entries(analyzer.summarize(entries))) {
        assertJson(value, name);
        if (!RESERVED_NAMES.has(name)) values[name] = value;
      }
    } catch (error) {
      failed.add(analyzer.id);
      session.warn(
        'CACHE_SUMMARY_FAILED',
        `Analyzer ${analyzer.id} could not summarize its results: ${messageOf(error)}`,
        error,
      );
    }
  }
  return { values, failed };
}
