import { makePlan } from '../plan/make-plan.js';
import { isEmptyDiff } from '../plan/diff.js';
import type { ScanResult } from '../scan/scan.js';
import { checkInputs, dependentTasks } from './check-inputs.js';
import { findDamage, type DamageReport } from './find-damage.js';
import { lookUpCandidates, RecordListing } from './look-up.js';
import { openPrevious, previousRun, type Previous } from './previous-run.js';
import { ResultResolver } from './resolve-results.js';
import { openStates, scanSession } from './scan-session.js';
import type { Prepared, Session } from './session.js';
import { shardFilter } from './shard.js';
import { isUsedBy } from './uses.js';

/** Everything that is known before the first analysis: the tree, what changed in it, what that means, and what is kept of it anywhere. */
export async function prepare(session: Session): Promise<Prepared> {
  const scanned = await scanSession(session);
  const { shard } = session.settings;
  const { analyzers, isOwn } = ownTasks(session);
  // What the last analysis says of a part would have to be cut out of it: its results are found by their keys.
  const previous = await openPrevious(shard === undefined ? session.cache : undefined, scanned);
  const { document } = previous;
  const states = openStates(session, scanned);
  const damage = await checkRecords(session, previous, scanned);
  const inputCheck = await checkInputs(previous, scanned, states);
  const plan = makePlan({
    files: scanned.files,
    diff: previous.diff,
    analyzers,
    previous: document && previousRun(document, isEmptyDiff(previous.diff) ? undefined : await previous.fileHashes()),
    damaged: damage?.damaged ?? [],
    stale: inputCheck.stale,
    invalidatedBy: await invalidationsSince(session, document?.head.epoch ?? 0),
    force: session.settings.force,
  });
  const dependents = await dependentTasks(session, previous, plan.candidates, inputCheck);
  const common = {
    ...{ session, states, previous: document },
    isUsed: isUsedBy(session, document),
    listing: new RecordListing(session.cache),
  };
  const lookUp = await lookUpCandidates({ ...common, candidates: plan.candidates });
  const resolver = new ResultResolver({ ...common, files: scanned.files, lookUp, dependents });
  return {
    scanned,
    previous,
    damage,
    states,
    inputCheck,
    ...{ plan, analyzers, isOwn, isUsed: common.isUsed },
    decisions: lookUp.decisions,
    resolver,
    listing: common.listing,
  };
}

/** Of a part of the codebase, each analyzer is asked about the files of that part. */
function ownTasks({ analyzers, settings: { shard } }: Session): Pick<Prepared, 'analyzers' | 'isOwn'> {
  const plans = analyzers.map(({ plan }) => plan);
  if (shard === undefined) return { analyzers: plans, isOwn: () => true };
  const isIn = shardFilter(shard);
  const own = plans.map((plan) => ({
    ...plan,
    matches: (path: string) => isIn(path) && plan.matches?.(path) !== false,
  }));
  return { analyzers: own, isOwn: ({ path }) => isIn(path) };
}

async function invalidationsSince(
  session: Session,
  epoch: number,
): Promise<((path: string, analyzer: string) => number | undefined) | undefined> {
  const epochs = session.cache?.epochs;
  if (epochs === undefined || epochs.current <= epoch) return undefined;
  const invalidated = await epochs.coverage();
  return (path, analyzer) => invalidated.after(epoch, path, analyzer);
}

async function checkRecords(
  session: Session,
  previous: Previous,
  scanned: ScanResult,
): Promise<DamageReport | undefined> {
  const { cache } = session;
  if (cache === undefined || previous.document === undefined) return undefined;
  return findDamage(cache, previous.document, scanned.extra && Buffer.from(scanned.extra).toString());
}
