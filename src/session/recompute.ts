import type { FileTable } from '../model/file-state.js';
import type { TaskFailure } from '../model/event.js';
import type { JsonValue } from '../model/json.js';
import type { ContentHash } from '../model/ids.js';
import { makeCandidate } from '../plan/make-plan.js';
import { runInSession, throwIfAborted } from './execute.js';
import { ResultKeeper } from './keep-results.js';
import type { Recompute } from './result-reader.js';
import type { Session } from './session.js';

/** For a record that turned out to be unusable when it was served: the same task once more, kept in place of the bad record. */
export function recomputer(session: Session, files: FileTable, failures: TaskFailure[]): Recompute {
  return async (path, analyzerId) => {
    throwIfAborted(session, 0);
    const analyzer = session.analyzers.find(({ plan }) => plan.id === analyzerId);
    const index = files.indexOf(path);
    if (analyzer === undefined || index < 0) return undefined;
    const candidate = makeCandidate(index, analyzer.plan, files, { kind: 'forced' });
    const reason = { kind: 'record-missing', key: candidate.key } as const;
    const decisions = {
      decided: new Map([[candidate, { decision: 'run', reason }]] as const),
      replacing: new Set([candidate]),
    };
    // What is computed now takes the invalidations of now into account.
    const epoch = (await session.cache?.latestEpochs())?.current ?? 0;
    const keeper = new ResultKeeper(session, decisions, epoch);
    let answer: { result: JsonValue; contentHash: ContentHash } | undefined;
    await runInSession(session, [candidate], async (task, result) => {
      await keeper.take(task, result);
      const { outcome, contentHash } = result;
      if (outcome.ok) answer = { result: JSON.parse(outcome.resultText) as JsonValue, contentHash };
    });
    failures.push(...keeper.failures);
    return answer;
  };
}
