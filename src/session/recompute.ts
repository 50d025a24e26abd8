import type { FileTable } from '../model/file-state.js';
import type { JsonValue } from '../model/json.js';
import type { ContentHash } from '../model/ids.js';
import { makeCandidate } from '../plan/make-plan.js';
import { runInSession } from './execute.js';
import { ResultKeeper } from './keep-results.js';
import type { Recompute } from './result-reader.js';
import type { Session } from './session.js';

/** For a record that turned out to be unusable when it was served: the same task once more, kept in place of the bad record. */
export function recomputer(session: Session, files: FileTable): Recompute {
  return async (path, analyzerId) => {
    const analyzer = session.analyzers.find(({ plan }) => plan.id === analyzerId);
    const index = files.indexOf(path);
    if (analyzer === undefined || index < 0) return undefined;
    const candidate = makeCandidate(index, analyzer.plan, files, { kind: 'forced' });
    const reason = { kind: 'record-missing', key: candidate.key } as const;
    const keeper = new ResultKeeper(session, {
      decided: new Map([[candidate, { decision: 'run', reason }]]),
      replacing: new Set([candidate]),
    });
    let answer: { result: JsonValue; contentHash: ContentHash } | undefined;
    await runInSession(session, [candidate], async (task, result) => {
      await keeper.take(task, result);
      const { outcome, contentHash } = result;
      if (outcome.ok) answer = { result: JSON.parse(outcome.resultText) as JsonValue, contentHash };
    });
    return answer;
  };
}
