import type { ResultEntry } from '../model/analyzer.js';
import { messageOf } from '../model/errors.js';
import { assertJson } from '../util/canonical-json.js';
import type { CodebaseValues } from '../persistence/analysis-document.js';
import type { ResultReader } from './result-reader.js';
import type { Session } from './session.js';

/**
 * Values of the whole codebase from all current results. An analyzer whose summary throws is reported and has no values. Names are
 * the analyzers' own; where two give the same, the later analyzer by id wins.
 */
export async function summarizeAll(session: Session, reader: ResultReader): Promise<CodebaseValues> {
  const values: Record<string, CodebaseValues[string]> = {};
  for (const { analyzer } of session.analyzers) {
    if (analyzer.summarize === undefined) continue;
    const entries: ResultEntry[] = [];
    for await (const { path, result } of reader.read({ analyzer: analyzer.id })) entries.push({ path, result });
    try {
      for (const [name, value] of Object.entries(analyzer.summarize(entries))) {
        assertJson(value, name);
        if (!RESERVED.has(name)) values[name] = value;
      }
    } catch (error) {
      session.warn(
        'CACHE_SUMMARY_FAILED',
        `Analyzer ${analyzer.id} could not summarize its results: ${messageOf(error)}`,
        error,
      );
    }
  }
  return values;
}

/** Names of `analysis.json` itself. */
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    '$schema',
    'formatVersion',
    'codebaseId',
    'versionId',
    'previousVersionId',
    'createdAt',
    'epoch',
    'tool',
    'contentHash',
    'scope',
  ],
  ...['analyzers', 'totals', 'durationMs', 'savedMs', 'notKept', 'fileHashesDigest', 'files', 'digest', '__proto__'],
]);
