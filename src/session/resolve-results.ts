/**
 * Results that depend on other results. Each task is settled once: reused if what it depended on came out the same, run otherwise; what it
 * asks for while it runs is settled first, on demand. Nothing is decided by the order in which tasks happen to run.
 */
import { CacheError } from '../model/errors.js';
import type { Dependency, ResultDependency } from '../model/dependency.js';
import type { FileTable } from '../model/file-state.js';
import type { RecordId, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { Reason } from '../model/plan.js';
import type { StoredRecord } from '../persistence/codebase-cache.js';
import { makeCandidate, taskName, type Candidate, type PlanAnalyzer } from '../plan/make-plan.js';
import { resultDigest, threw } from '../run/analyze-one.js';
import { Interruptible } from '../run/interruptible.js';
import type { DemandedResult, TaskResult } from '../run/task.js';
import type { DependentTask } from './check-inputs.js';
import type { KnownRecord } from './decisions.js';
import type { KeptRecord } from './keep-results.js';
import { lookUpCandidates, surfaceOf, wantedOf, type LookUp, type LookUpInput } from './look-up.js';
import type { Session } from './session.js';
import { isGone, nameOf, newEntry, pending, type Entry } from './task-entry.js';
import { Waiting } from './waiting.js';

export interface ResolverInput extends Omit<LookUpInput, 'candidates'> {
  readonly files: FileTable;
  readonly lookUp: LookUp;
  /** Unchanged themselves, but used results that may come out otherwise. */
  readonly dependents: readonly DependentTask[];
}

/** Runs one claimed task in this thread, now. */
export type RunNow = (candidate: Candidate) => Promise<void>;

export class ResultResolver {
  readonly #input: ResolverInput;
  readonly #session: Session;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Waiting((error, members) => this.#markCircle(error, members));
  /** Under way; who asked may be over already. */
  readonly #demands = new Set<Promise<unknown>>();
  readonly #analyzers: ReadonlyMap<string, PlanAnalyzer>;
  #runNow: RunNow = () => Promise.reject(new TypeError('Expected a run, not a plan'));

  constructor(input: ResolverInput) {
    this.#input = input;
    this.#session = input.session;
    this.#analyzers = new Map(input.session.analyzers.map(({ plan }) => [plan.id, plan]));
    for (const candidate of input.lookUp.decisions.decided.keys()) this.#add(candidate, undefined, false);
    for (const [candidate, records] of input.lookUp.undecided) this.#add(candidate, records, false);
    for (const { path, analyzerId, dependencies } of input.dependents) {
      const candidate = this.#candidateOf(path, analyzerId, UNSETTLED);
      if (candidate !== undefined) this.#add(candidate, [{ dependencies }], true);
    }
  }

  /** How many tasks may still turn out to have to run. */
  get undecidedCount(): number {
    let count = 0;
    for (const { open } of this.#entries.values()) if (open !== undefined) count++;
    return count;
  }

  /** @param runNow used for a task whose result is asked for before its turn. */
  start(runNow: RunNow): void {
    this.#runNow = runNow;
  }

  /** Decides all tasks of these analyzers that are still open; stops early, without an error, when the run is aborted. */
  async decide(analyzers: ReadonlySet<string>): Promise<void> {
    const { signal } = this.#session;
    for (const entry of [...this.#entries.values()]) {
      if (signal.aborted) return;
      if (entry.open === undefined || !analyzers.has(entry.candidate.analyzerId)) continue;
      await this.#decide(entry).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Waits until nothing runs any more that was asked for: whoever asked need not have waited for it. */
  async idle(): Promise<void> {
    // Each may ask for others.
    while (this.#demands.size > 0) await Promise.allSettled(this.#demands);
  }

  /** Decides all open tasks without running any: what depends on a task that would run is said to depend on it. */
  async foresee(): Promise<void> {
    for (const entry of this.#entries.values()) await this.#foresee(entry, new Set());
  }

  /** After `foresee`: what dependents would see of a result; undefined where only a run can tell, null where there is none. */
  async foreseenSurface(dependency: ResultDependency): Promise<string | null | undefined> {
    const { analyzer, path } = dependency;
    const entry = this.#entries.get(taskName(path, analyzer));
    if (entry !== undefined && this.#input.lookUp.decisions.toRun.has(entry.candidate)) return undefined;
    return this.#analyzers.has(analyzer) ? this.#surfaceOf('', analyzer, path) : null;
  }

  /** True for the first who asks: it runs the task. */
  claim(candidate: Candidate): boolean {
    const entry = this.#entryOf(candidate);
    if (entry === undefined) return true;
    const isFirst = !entry.isClaimed;
    entry.isClaimed = true;
    return isFirst;
  }

  /** It was to run, and another machine has a record of it by now: it is decided anew, by what other results come to. */
  offer(candidate: Candidate, records: readonly KnownRecord[]): void {
    const entry = this.#entryOf(candidate);
    if (entry === undefined) return;
    Object.assign(entry, {
      open: records,
      isDependent: false,
      deciding: undefined,
      settling: undefined,
      isClaimed: false,
    });
    this.#input.lookUp.decisions.reopen(candidate);
  }

  /** One call answers all these tasks. */
  together(candidates: readonly Candidate[]): void {
    const own = candidates.filter((candidate) => this.#entryOf(candidate) !== undefined);
    this.#waiting.together(own.map(nameOf));
  }

  /** To be kept of a task that ran: in a circle, all fail alike, or it would depend on who was first which of them saw an error. */
  judge(candidate: Candidate, result: TaskResult): TaskResult {
    const entry = this.#entryOf(candidate);
    if (entry === undefined) return result;
    this.#waiting.end(nameOf(candidate));
    return entry.circle === undefined ? result : { ...result, outcome: threw(entry.circle) };
  }

  /** What came of a task that ran, and what is in the store of it. */
  finished(candidate: Candidate, { outcome }: TaskResult, kept: KeptRecord | undefined): void {
    const entry = this.#entryOf(candidate);
    if (entry === undefined) return;
    if (!outcome.ok) entry.outcome = { ok: false, message: outcome.message };
    else {
      const { resultText } = outcome;
      const isUsed = this.#input.isUsed(candidate.analyzerId);
      const surface = kept?.surface ?? outcome.surface ?? (isUsed ? digestOfText(resultText) : undefined);
      const isInMemory = kept === undefined || entry.keepsText;
      entry.outcome = { ok: true, surface, id: kept?.id, resultText: isInMemory ? resultText : undefined };
    }
    entry.finish();
  }

  /** The answer to `resultOf` of a running task. @throws CacheError CACHE_CYCLE, CACHE_DEPENDENCY_FAILED; TypeError. */
  async demand(asker: Candidate, analyzerId: string, path: string): Promise<DemandedResult> {
    const target = this.#targetOf(analyzerId, path);
    if (target === undefined) return NO_RESULT;
    const answer = this.#waiting.during(nameOf(asker), target, () => this.#answer(analyzerId, path as SourcePath));
    this.#demands.add(answer);
    try {
      return await answer;
    } finally {
      this.#demands.delete(answer);
    }
  }

  #markCircle(error: CacheError, members: readonly string[]): void {
    for (const name of members) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) entry.circle ??= error;
    }
  }

  #targetOf(analyzerId: string, path: string): string | undefined {
    const analyzer = this.#analyzers.get(analyzerId);
    if (analyzer === undefined)
      throw new TypeError(
        `Expected analyzer "${analyzerId}", whose result is asked for, to be part of the run: add it to the analyzers`,
      );
    const isTask = this.#input.files.indexOf(path) >= 0 && analyzer.matches?.(path) !== false;
    return isTask ? taskName(path, analyzerId) : undefined;
  }

  async #answer(analyzerId: string, path: SourcePath): Promise<DemandedResult> {
    const name = taskName(path, analyzerId);
    const isPlanned = this.#input.previous !== undefined || this.#entries.has(name);
    const before = isPlanned ? this.#entries.get(name) : this.#addUnplanned(analyzerId, path);
    if (before !== undefined) await this.#settle(before);
    const record = await this.#recordOf(before, analyzerId, path);
    if (record !== undefined) return { value: record.result, hash: surfaceOf(record) };
    // Who asked at the same time may have found it gone, too.
    const entry = this.#entries.get(name) ?? this.#addUnchanged(analyzerId, path);
    if (isGone(entry)) this.#runAgain(entry);
    await this.#settle(entry);
    const ran = entry.outcome;
    if (ran?.ok !== true) throw failed(analyzerId, path, ran?.message ?? 'it was interrupted');
    const value = JSON.parse(ran.resultText ?? 'null') as JsonValue;
    return { value, hash: ran.surface ?? resultDigest(value) };
  }

  /** The kept record of a settled task; undefined where it is not in the store, or no longer. */
  async #recordOf(entry: Entry | undefined, analyzerId: string, path: SourcePath): Promise<StoredRecord | undefined> {
    const { cache } = this.#session;
    const id = this.#recordIdOf(entry, analyzerId, path);
    const candidate = entry?.candidate ?? this.#candidateOf(path, analyzerId, UNSETTLED);
    if (cache === undefined || id === undefined || candidate === undefined) return undefined;
    const found = await cache.findRecord(wantedOf(candidate, id));
    return found.outcome === 'hit' ? found.record : undefined;
  }

  #recordIdOf(entry: Entry | undefined, analyzerId: string, path: SourcePath): RecordId | undefined {
    if (entry?.outcome !== undefined) return entry.outcome.ok ? entry.outcome.id : undefined;
    const found = entry && this.#input.lookUp.decisions.found.get(entry.candidate);
    return found?.id ?? this.#input.previous?.recordsOf(path)?.get(analyzerId);
  }

  /** The last run left its result, and nothing has changed since. */
  #addUnchanged(analyzerId: string, path: SourcePath): Entry {
    const candidate = this.#candidateOf(path, analyzerId, UNSETTLED);
    if (candidate === undefined) throw failed(analyzerId, path, 'it is no source file');
    return this.#add(candidate, undefined, false);
  }

  /** Of another part of the codebase: nobody has looked for it. */
  #addUnplanned(analyzerId: string, path: SourcePath): Entry {
    const entry = this.#addUnchanged(analyzerId, path);
    const reason: Reason = { kind: 'never-seen', new: entry.candidate.contentHash };
    entry.deciding = this.#reconsider(entry, reason).then(() => this.#decideNow(entry));
    return entry;
  }

  /** A record that was there when it was decided has gone since. It stays one task, so that whoever asks waits for one run. */
  #runAgain(entry: Entry): void {
    const { candidate } = entry;
    Object.assign(entry, { ...pending(), settling: undefined, outcome: undefined, isClaimed: false, keepsText: true });
    this.#input.lookUp.decisions.run(candidate, { kind: 'record-missing', key: candidate.key });
  }

  #settle(entry: Entry): Promise<void> {
    return (entry.settling ??= this.#settleNow(entry));
  }

  async #settleNow(entry: Entry): Promise<void> {
    await this.#decide(entry);
    if (!this.#input.lookUp.decisions.toRun.has(entry.candidate)) return;
    if (!entry.isClaimed) {
      entry.isClaimed = true;
      await this.#runNow(entry.candidate);
    }
    await this.#untilDone(entry);
  }

  /** A task that is stopped is never handed over. @throws CacheError CACHE_ABORTED */
  async #untilDone(entry: Entry): Promise<void> {
    const { signal } = this.#session;
    const interruptible = Interruptible.open(signal);
    try {
      await interruptible.wait(entry.done);
    } finally {
      interruptible.close();
    }
    if (entry.outcome === undefined)
      throw new CacheError('CACHE_ABORTED', 'The run was aborted.', { cause: signal.reason });
  }

  /** Whoever asks meanwhile waits for the same decision. */
  #decide(entry: Entry): Promise<void> {
    return (entry.deciding ??= this.#decideNow(entry));
  }

  /** Compares what its records saw of other results with what these come to, in the order in which they were asked for. */
  async #decideNow(entry: Entry): Promise<void> {
    const { candidate, open, isDependent } = entry;
    if (open === undefined) return;
    let broken: Reason | undefined;
    for (const record of open) {
      const change = await this.#firstChange(entry, record.dependencies);
      if (change === undefined) {
        entry.open = undefined;
        if (!isDependent) this.#input.lookUp.decisions.reuse(candidate, record as KnownRecord);
        return;
      }
      broken ??= change;
    }
    entry.open = undefined;
    if (isDependent) {
      await this.#reconsider(entry, broken ?? candidate.reason);
      await this.#decideNow(entry);
    } else this.#input.lookUp.decisions.run(candidate, candidate.reason);
  }

  async #firstChange(entry: Entry, dependencies: readonly Dependency[]): Promise<Reason | undefined> {
    for (const dependency of dependencies) {
      if (dependency.kind !== 'result') continue;
      const now = await this.#surfaceFor(entry, dependency);
      if (now !== dependency.hash) return surfaceChanged(dependency, now ?? null);
    }
    return undefined;
  }

  /** Undefined where there is no telling: it failed, is not asked any more, or waits for the very task that asks. */
  async #surfaceFor(entry: Entry, dependency: ResultDependency): Promise<string | null | undefined> {
    const { analyzer, path } = dependency;
    const name = taskName(path, analyzer);
    // The last run left both as they are.
    if (
      entry.isDependent &&
      !this.#entries.has(name) &&
      this.#input.files.indexOf(path) >= 0 &&
      this.#analyzers.has(analyzer)
    )
      return this.#analyzers.get(analyzer)?.matches?.(path) === false ? null : dependency.hash;
    try {
      return (await this.#surfaceOf(nameOf(entry.candidate), analyzer, path)) ?? null;
    } catch (error) {
      if (this.#session.signal.aborted) throw error;
      if (error instanceof CacheError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  async #surfaceOf(asker: string, analyzerId: string, path: string): Promise<string | null> {
    const target = this.#targetOf(analyzerId, path);
    if (target === undefined) return null;
    return this.#waiting.during(asker, target, async () => {
      const entry = this.#entries.get(target);
      if (entry !== undefined) await this.#settle(entry);
      const ran = entry?.outcome?.ok === true ? entry.outcome : undefined;
      const known = ran ?? (entry && this.#input.lookUp.decisions.found.get(entry.candidate));
      return known?.surface ?? (await this.#answer(analyzerId, path as SourcePath)).hash;
    });
  }

  /** Another result came out otherwise: there may be a record that saw just that. */
  async #reconsider(entry: Entry, reason: Reason): Promise<void> {
    const candidate = { ...entry.candidate, reason };
    const looked = await lookUpCandidates({ ...this.#input, candidates: [candidate] });
    // Who waits for it, waits for this very object.
    Object.assign(entry, { candidate, open: looked.undecided.get(candidate), isDependent: false });
    const { decisions } = this.#input.lookUp;
    const found = looked.decisions.found.get(candidate);
    const decided = looked.decisions.decided.get(candidate);
    if (found !== undefined) decisions.reuse(candidate, found);
    else if (decided !== undefined) decisions.run(candidate, decided.reason);
    if (looked.decisions.replacing.has(candidate)) decisions.replace(candidate);
  }

  async #foresee(entry: Entry, visited: Set<Entry>): Promise<void> {
    const { candidate, open, isDependent } = entry;
    if (open === undefined || visited.has(entry)) return;
    visited.add(entry);
    let reason: Reason | undefined;
    for (const record of open) {
      const change = await this.#foreseeChange(entry, record.dependencies, visited);
      if (change === undefined) {
        entry.open = undefined;
        if (!isDependent) this.#input.lookUp.decisions.reuse(candidate, record as KnownRecord);
        return;
      }
      reason ??= change;
    }
    entry.open = undefined;
    const mayHold = reason?.kind === 'dependency-would-run';
    if (isDependent && !mayHold) return this.#reconsiderForeseen(entry, reason ?? candidate.reason, visited);
    this.#input.lookUp.decisions.run(
      candidate,
      isDependent || mayHold ? (reason ?? candidate.reason) : candidate.reason,
    );
  }

  async #reconsiderForeseen(entry: Entry, reason: Reason, visited: Set<Entry>): Promise<void> {
    await this.#reconsider(entry, reason);
    visited.delete(entry);
    await this.#foresee(entry, visited);
  }

  async #foreseeChange(
    entry: Entry,
    dependencies: readonly Dependency[],
    visited: Set<Entry>,
  ): Promise<Reason | undefined> {
    let unknown: Reason | undefined;
    for (const dependency of dependencies) {
      if (dependency.kind !== 'result') continue;
      const { analyzer, path } = dependency;
      const other = this.#entries.get(taskName(path, analyzer));
      if (other !== undefined) await this.#foresee(other, visited);
      const wouldRun =
        other !== undefined && (other.open !== undefined || this.#input.lookUp.decisions.toRun.has(other.candidate));
      if (wouldRun) {
        unknown ??= { kind: 'dependency-would-run', analyzer, path };
        continue;
      }
      const now = await this.#surfaceFor(entry, dependency);
      if (now !== dependency.hash) return surfaceChanged(dependency, now ?? null);
    }
    return unknown;
  }

  #add(candidate: Candidate, open: Entry['open'], isDependent: boolean): Entry {
    const entry = newEntry(candidate, open, isDependent);
    this.#entries.set(nameOf(candidate), entry);
    return entry;
  }

  #entryOf(candidate: Candidate): Entry | undefined {
    const entry = this.#entries.get(nameOf(candidate));
    return entry?.candidate === candidate ? entry : undefined;
  }

  #candidateOf(path: string, analyzerId: string, reason: Reason): Candidate | undefined {
    const { files } = this.#input;
    const index = files.indexOf(path);
    const analyzer = this.#analyzers.get(analyzerId);
    return index < 0 || analyzer === undefined ? undefined : makeCandidate(index, analyzer, files, reason);
  }
}

const NO_RESULT: DemandedResult = { value: undefined, hash: null };
/** Of a task that is not known to be stale. */
const UNSETTLED: Reason = { kind: 'unchanged' };

const digestOfText = (resultText: string): string => resultDigest(JSON.parse(resultText) as JsonValue);

const surfaceChanged = ({ analyzer, path, hash }: ResultDependency, now: string | null): Reason => ({
  ...{ kind: 'surface-changed', analyzer, path },
  ...{ old: hash, new: now },
});

function failed(analyzer: string, path: string, message: string): CacheError {
  return new CacheError(
    'CACHE_DEPENDENCY_FAILED',
    `The result of ${analyzer} for ${path} is needed, and its analysis failed: ${message}`,
    {
      analyzer,
      path,
    },
  );
}
