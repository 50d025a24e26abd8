import type { RunTotals } from '../model/event.js';
import type { VersionId } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { JsonLinesMap } from '../codec/json-lines-map.js';
import {
  ANALYSIS_FORMAT,
  ANALYSIS_SCHEMA,
  type AnalysisDocument,
  type AnalysisHead,
  type CodebaseValues,
} from '../persistence/analysis-document.js';
import { commitAnalysis, newVersionId, type CommitInput, type NewHead } from '../persistence/commit.js';
import type { FileHashesDocument } from '../persistence/file-hashes-document.js';
import type { RunLogEntry } from '../persistence/run-log.js';
import { isEmptyDiff } from '../plan/diff.js';
import { taskName } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';
import { TOOL } from '../util/tool.js';
import { countRun, type RunCount } from './count-run.js';
import type { ResultKeeper } from './keep-results.js';
import type { NewDependencies } from './new-dependencies.js';
import { warnUnwritable } from './open-session.js';
import type { ResultReader } from './result-reader.js';
import { durable, type Prepared, type Session } from './session.js';
import { summarizeAll, type Summary } from './summarize.js';
import { NOTHING } from './tally.js';

export interface RunFigures {
  readonly versionId: VersionId | null;
  readonly changed: boolean;
  readonly totals: RunTotals;
  readonly analyzers: RunCount['analyzers'];
  readonly durationMs: number;
  readonly savedMs: number;
  readonly savedCost: RunCount['savedCost'];
  readonly cost: RunCount['cost'];
}

export interface CommittedRun {
  readonly figures: RunFigures;
  readonly values: () => CodebaseValues;
}

export interface CommitRunInput {
  readonly session: Session;
  readonly prepared: Prepared;
  readonly keeper: ResultKeeper;
  readonly files: JsonLinesMap;
  readonly reader: ResultReader;
  /** By performance.now(). */
  readonly startedAt: number;
  readonly fileHashes: () => Promise<FileHashesDocument>;
  readonly dependencies: () => Promise<NewDependencies>;
}

/** Publishes the run if it changed anything, and remembers on this machine what the next one can skip. */
export async function commitRun(input: CommitRunInput): Promise<CommittedRun> {
  const { session, prepared, keeper, startedAt } = input;
  const { settings } = session;
  const { document } = prepared.previous;
  const counted = await countRun(session, prepared, keeper);
  const changed = document === undefined || hasChanged(input);
  // An invalidation that covered nothing is noted once; else every later run would have to ask what it covers.
  const isOvertaken = document !== undefined && (session.cache?.epochs.current ?? 0) > document.head.epoch;
  // The next run would look for what depends on them in vain once more.
  const isPastInputs = prepared.inputCheck.inputsChanged;
  // A part is no analysis.
  const mustCommit = settings.shard === undefined && (changed || isOvertaken || isPastInputs);
  const failedBefore = summariesMissing(document);
  // A result that is never kept may differ although nothing that is kept does.
  const mustSummarize = settings.shard === undefined && (mustCommit || failedBefore > 0 || keeper.transient.size > 0);
  const summary = mustSummarize ? await summarizeAll(input) : undefined;
  const elapsedMs = (): number => Math.round((performance.now() - startedAt) * 100) / 100;
  let versionId = document?.head.versionId ?? null;
  let digest = document?.digest;
  const currentValues = summary && withRunMetrics(summary.values, counted, elapsedMs());
  if (summary !== undefined && currentValues !== undefined && (mustCommit || summary.failed.size < failedBefore)) {
    const dependencies = await input.dependencies();
    const head = newHead(input, { counted, summary, dependencies, durationMs: elapsedMs() });
    const { reducerInputs } = summary;
    const committed = await tryCommit(input, head, { dependencies, reducerInputs, values: currentValues });
    versionId = committed?.head.versionId ?? null;
    digest = committed?.digest;
    if (committed !== undefined) session.emit({ type: 'committed', versionId: committed.head.versionId });
  }
  if (digest !== undefined) await saveLocalState(session, prepared, digest, versionId !== document?.head.versionId);
  const { totals, analyzers, savedMs, savedCost, cost } = counted;
  const figures: RunFigures = {
    ...{ versionId, changed, totals, analyzers, durationMs: elapsedMs() },
    ...{ savedMs, savedCost, cost },
  };
  session.local?.appendRun(runLogEntry(session, prepared, figures));
  return { figures, values: () => currentValues ?? document?.values() ?? {} };
}

/** Analyzers that could not summarize what is committed. */
const summariesMissing = (document: AnalysisDocument | undefined): number =>
  Object.values(document?.head.analyzers ?? {}).filter(({ summaryFailed }) => summaryFailed === true).length;

function hasChanged({ session, prepared, keeper }: CommitRunInput): boolean {
  const { previous, decisions, damage } = prepared;
  if (previous.document === undefined || previous.hashesLost || !isEmptyDiff(previous.diff)) return true;
  if (decisions.found.size > 0 || keeper.kept.size > 0 || (damage?.damaged.length ?? 0) > 0) return true;
  if (damage?.hashesLost === true) return true;
  const { head } = previous.document;
  const now = session.analyzers.map(({ plan: { id, identity } }) => [id, identity.fingerprint, identity.include]);
  const before = Object.entries(head.analyzers)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([id, { fingerprint, include }]) => [id, fingerprint, include]);
  if (JSON.stringify(now) !== JSON.stringify(before)) return true;
  if (JSON.stringify(scopeOf(session)) !== JSON.stringify(head.scope)) return true;
  if (decisions.decided.size === 0) return false;
  return JSON.stringify(namesOf(sortedNotKept(keeper))) !== JSON.stringify(namesOf(head.notKept));
}

const scopeOf = ({ settings: { include, exclude, gitignore } }: Session): AnalysisHead['scope'] => ({
  include,
  exclude,
  gitignore,
});

/** A message may name a time or a temporary place: another one is no change. */
const namesOf = (notKept: AnalysisHead['notKept']): string[][] =>
  notKept.map(({ path, analyzer, kind }) => [path, analyzer, kind]);

const sortedNotKept = ({ notKept }: ResultKeeper): AnalysisHead['notKept'] =>
  [...notKept].sort((a, b) => byCodeUnit(taskName(a.path, a.analyzer), taskName(b.path, b.analyzer)));

interface HeadFacts {
  readonly counted: RunCount;
  readonly summary: Summary;
  readonly dependencies: NewDependencies;
  readonly durationMs: number;
}

function newHead(
  { session, prepared, keeper }: CommitRunInput,
  { counted, summary, dependencies, durationMs }: HeadFacts,
): NewHead {
  const { settings, clock, cache } = session;
  const previousVersionId = prepared.previous.document?.head.versionId ?? null;
  const analyzers = session.analyzers.map(({ plan: { id, identity } }) => {
    const { version, fingerprint, codeDigest, options, environment, include, pathIndependent } = identity;
    const kept = counted.kept.get(id) ?? { results: 0, recordsDependencies: false, ...NOTHING };
    const uses = [...(dependencies.uses.get(id) ?? [])];
    const shape = { version, fingerprint, codeDigest, options, environment, include, pathIndependent };
    const failure = summary.failed.has(id) ? ({ summaryFailed: true } as const) : {};
    const names = summary.names.get(id);
    const values = names === undefined ? {} : { values: names };
    return [id, { ...shape, ...kept, uses, ...values, ...failure }] as const;
  });
  return {
    $schema: ANALYSIS_SCHEMA,
    formatVersion: ANALYSIS_FORMAT,
    codebaseId: settings.codebaseId,
    versionId: newVersionId(clock, previousVersionId),
    previousVersionId,
    createdAt: new Date(clock.now()).toISOString(),
    // Never lower: an entry that was deleted by hand must not make older results young.
    epoch: Math.max(cache?.epochs.current ?? 0, prepared.previous.document?.head.epoch ?? 0),
    tool: TOOL,
    contentHash: settings.contentHash,
    scope: scopeOf(session),
    analyzers: Object.fromEntries(analyzers),
    totals: counted.totals,
    durationMs,
    savedMs: counted.savedMs,
    notKept: sortedNotKept(keeper),
    inputs: [...dependencies.inputs],
  };
}

/** The figures of the run among those of the code. */
function withRunMetrics(values: CodebaseValues, { totals }: RunCount, durationMs: number): CodebaseValues {
  const { metrics } = values;
  const known = isJsonObject(metrics) ? metrics : { totalFiles: totals.files };
  const tasks = totals.analyzed + totals.reused;
  return { ...values, metrics: { ...known, durationMs, hitRate: tasks === 0 ? 1 : totals.reused / tasks } };
}

const isJsonObject = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function tryCommit(
  { session, files, fileHashes }: CommitRunInput,
  head: NewHead,
  derived: Pick<CommitInput, 'reducerInputs' | 'values'> & { readonly dependencies: NewDependencies },
): Promise<AnalysisDocument | undefined> {
  const { cache, settings, local } = session;
  if (cache === undefined || !session.writable) return undefined;
  try {
    // Before the folder is stamped: saving the caches must add no name to it.
    local?.touchCaches();
    const { document: dependencies, presence } = derived.dependencies;
    const input = { ...derived, head, files, fileHashes: await fileHashes(), dependencies, presence };
    return await commitAnalysis(cache.documents, cache.id, input, {
      durable: durable(session),
      keepVersions: settings.keepVersions,
    });
  } catch (error) {
    session.writable = false;
    warnUnwritable(session.warn, error);
    return undefined;
  }
}

/** All records that `digest` refers to were there when this run ended: seen in the listing, or written by it. */
async function saveLocalState(
  { cache, local, writable }: Session,
  { scanned, damage, states }: Prepared,
  digest: string,
  committed: boolean,
): Promise<void> {
  if (cache === undefined || local === undefined || !writable) return;
  const stamp = committed ? await cache.documents.listingStamp(cache.id) : damage?.listingStamp;
  const bytes = scanned.encodeCache(digest, stamp === undefined ? undefined : Buffer.from(stamp));
  if (bytes !== undefined) local.saveScanCache(bytes);
  const inputs = states.places.encodeCache();
  if (inputs !== undefined) local.saveInputCache(inputs);
}

function runLogEntry(session: Session, { decisions }: Prepared, figures: RunFigures): RunLogEntry {
  const reasons: Record<string, number> = {};
  for (const { reason } of decisions.decided.values()) reasons[reason.kind] = (reasons[reason.kind] ?? 0) + 1;
  const { versionId, totals, durationMs, savedMs, savedCost, cost } = figures;
  const at = new Date(session.clock.now()).toISOString();
  return { at, versionId, totals, durationMs, savedMs, savedCost, cost, reasons };
}
