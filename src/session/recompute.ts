import type { TaskFailure } from '../model/event.js';
import type { JsonValue } from '../model/json.js';
import type { ContentHash } from '../model/ids.js';
import { makeCandidate, type Candidate } from '../plan/make-plan.js';
import { runTasks } from '../run/run-tasks.js';
import { Decisions } from './decisions.js';
import { runOptions, throwIfAborted } from './execute.js';
import { ResultKeeper } from './keep-results.js';
import type { Recompute } from './result-reader.js';
import type { Prepared, Session } from './session.js';

/** For a record that turned out to be unusable when it was served: the same task once more, kept in place of the bad record. */
export function recomputer(session: Session, prepared: Prepared, failures: TaskFailure[]): Recompute {
  const { files } = prepared.scanned;
  return async (path, analyzerId) => {
    throwIfAborted(session, 0);
    const analyzer = session.analyzers.find(({ plan }) => plan.id === analyzerId);
    const index = files.indexOf(path);
    if (analyzer === undefined || index < 0) return undefined;
    const candidate: Candidate = makeCandidate(index, analyzer.plan, files, { kind: 'forced' });
    const decisions = new Decisions();
    decisions.run(candidate, { kind: 'record-missing', key: candidate.key });
    decisions.replace(candidate);
    // What is computed now takes the invalidations of now into account.
    const epoch = (await session.cache?.latestEpochs())?.current ?? 0;
    const keeper = new ResultKeeper(session, decisions, { epoch });
    let answer: { result: JsonValue; contentHash: ContentHash } | undefined;
    const options = runOptions(session, prepared, {
      takeHeld: () => undefined,
      async onResult(task, result) {
        await keeper.take(task, result);
        const { outcome, contentHash } = result;
        if (outcome.ok) answer = { result: JSON.parse(outcome.resultText) as JsonValue, contentHash };
      },
    });
    await runTasks([candidate], options);
    await prepared.resolver.idle();
    failures.push(...keeper.failures);
    return answer;
  };
}
