import { isEmptyDiff } from '../plan/diff.js';
import { taskName, type Candidate } from '../plan/make-plan.js';
import { commitRun, type CommittedRun } from './commit-run.js';
import type { KeptRecord, ResultKeeper } from './keep-results.js';
import { renewFound } from './look-up.js';
import { newDependencies } from './new-dependencies.js';
import { hasSameTasks, newFileHashes, newFilesMap } from './new-analysis.js';
import { recomputer } from './recompute.js';
import { ResultReader } from './result-reader.js';
import type { Prepared, Session } from './session.js';

export interface FinishedRun {
  readonly reader: ResultReader;
  readonly committed: CommittedRun;
}

/** Keeps what the run came to: the new analysis, if anything changed, and what the next run can skip. */
export async function finishRun(
  session: Session,
  prepared: Prepared,
  keeper: ResultKeeper,
  startedAt: number,
): Promise<FinishedRun> {
  const { scanned, previous, analyzers, decisions, inputCheck, states } = prepared;
  const before = previous.document;
  const candidates = decisions.candidates().filter(prepared.isOwn);
  const recordOf = (candidate: Candidate): KeptRecord | undefined =>
    decisions.found.get(candidate) ?? keeper.kept.get(candidate);
  const isUntouched = candidates.length === 0 && isEmptyDiff(previous.diff);
  const files =
    before !== undefined && isUntouched && hasSameTasks(before, analyzers)
      ? before.files
      : newFilesMap({
          files: scanned.files,
          previous,
          analyzers,
          candidates,
          recordOf: (candidate) => recordOf(candidate)?.id,
        });
  const ran = (): ReadonlySet<string> =>
    new Set([...decisions.toRun].map(({ path, analyzerId }) => taskName(path, analyzerId)));
  for (const [name, result] of session.shared?.unkept ?? []) keeper.transient.set(name, result);
  const reader = new ResultReader(
    session,
    files,
    keeper.transient,
    ran,
    recomputer(session, prepared, keeper.failures),
  );
  await renewFound(decisions, session);
  const committed = await commitRun({
    session,
    prepared,
    keeper,
    files,
    reader,
    startedAt,
    fileHashes: () => newFileHashes(scanned.files, previous),
    dependencies: () =>
      newDependencies({
        ...{ previous, analyzers, candidates },
        check: inputCheck,
        dependenciesOf: (candidate) => recordOf(candidate)?.dependencies,
        states,
      }),
  });
  return { reader, committed };
}
