import type { FileDiff, FileTable } from '../model/file-state.js';
import type { ContentHash, ResultKey, SourcePath } from '../model/ids.js';
import type { PlannedTask, Reason } from '../model/plan.js';
import { inner } from '../util/nested-map.js';
import { byCodeUnit } from '../util/paths.js';
import { identityChanges, isSameAnalyzer, type AnalyzerIdentity } from './analyzer-identity.js';
import { resultKey } from './result-key.js';

/** An analyzer as planning sees it. */
export interface PlanAnalyzer {
  readonly id: string;
  readonly identity: AnalyzerIdentity;
  /** Undefined: it is asked about every file. */
  readonly matches: ((path: string) => boolean) | undefined;
  /** Its results never leave this machine. */
  readonly isLocal?: boolean;
}

/** What the last committed run knew. */
export interface PreviousRun {
  readonly analyzers: ReadonlyMap<string, PreviousAnalyzer>;
  /** Key of the record that holds the result; undefined where there was none. */
  keyOf(path: string, analyzer: string): ResultKey | undefined;
  hashOf(path: string): ContentHash | undefined;
  /** Tasks without a kept result. */
  readonly notKept: readonly { readonly path: string; readonly analyzer: string; readonly why: string }[];
}

export interface PreviousAnalyzer {
  readonly identity: AnalyzerIdentity;
  /** Number of kept results. */
  readonly results: number;
}

/** A record that the last run refers to and that cannot be used. */
export interface DamagedRecord {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly key: ResultKey;
  /** Undefined where it is just gone. */
  readonly problem: string | undefined;
  /** It is gone from a store in which values live for so long. */
  readonly ttlSeconds?: number | undefined;
}

export interface PlanInput {
  readonly files: FileTable;
  /** Against the last committed run. */
  readonly diff: FileDiff;
  /** Sorted by id. */
  readonly analyzers: readonly PlanAnalyzer[];
  readonly previous: PreviousRun | undefined;
  readonly damaged: readonly DamagedRecord[];
  /** By analyzer, then path: tasks of which something else changed that their result depends on. */
  readonly stale: ReadonlyMap<string, ReadonlyMap<string, Reason>>;
  /** Number of the newest invalidation since the last committed run, or ever, that covers this task; the whole is undefined where there was none. */
  readonly invalidatedBy: ((path: string, analyzer: string) => number | undefined) | undefined;
  readonly force: boolean;
}

/** A task that needs a look at its record, or a run for `reason` where there is none. */
export interface Candidate {
  readonly index: number;
  readonly path: SourcePath;
  readonly analyzer: PlanAnalyzer;
  readonly analyzerId: string;
  readonly contentHash: ContentHash;
  /** It failed, or was not kept, before. */
  readonly isSuspect: boolean;
  readonly key: ResultKey;
  readonly reason: Reason;
}

export interface Plan {
  /** Sorted by path, then analyzer. Every other task is unchanged. */
  readonly candidates: readonly Candidate[];
  /** Number of tasks of each analyzer. */
  readonly taskCounts: ReadonlyMap<string, number>;
}

/**
 * What every (analyzer, file) needs and why, from facts alone. Its cost grows with what changed, not with the codebase: tasks that
 * are unchanged are counted, not listed.
 */
export function makePlan(input: PlanInput): Plan {
  const facts = gatherFacts(input);
  const candidates: Candidate[] = [];
  const taskCounts = new Map<string, number>();
  for (const analyzer of input.analyzers) {
    const before = candidates.length;
    for (const index of suspects(analyzer, facts)) {
      const reason = reasonToRun(index, analyzer, facts);
      if (reason !== undefined) candidates.push(makeCandidate(index, analyzer, input.files, reason));
    }
    taskCounts.set(analyzer.id, countTasks(analyzer, facts, candidates.length - before));
  }
  candidates.sort((a, b) => a.index - b.index || byCodeUnit(a.analyzer.id, b.analyzer.id));
  return { candidates, taskCounts };
}

interface Facts extends PlanInput {
  readonly added: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
  /** By analyzer, then path. */
  readonly notKeptBy: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly damagedBy: ReadonlyMap<string, ReadonlyMap<string, DamagedRecord>>;
}

function gatherFacts(input: PlanInput): Facts {
  const notKeptBy = new Map<string, Map<string, string>>();
  for (const { analyzer, path, why } of input.previous?.notKept ?? []) inner(notKeptBy, analyzer).set(path, why);
  const damagedBy = new Map<string, Map<string, DamagedRecord>>();
  for (const damaged of input.damaged) inner(damagedBy, damaged.analyzer).set(damaged.path, damaged);
  return { ...input, added: new Set(input.diff.added), changed: new Set(input.diff.changed), notKeptBy, damagedBy };
}

/** Positions of the files whose task may not be unchanged. */
function suspects(analyzer: PlanAnalyzer, facts: Facts): Iterable<number> {
  const before = facts.previous?.analyzers.get(analyzer.id);
  const comparable = before !== undefined && isSameAnalyzer(before.identity, analyzer.identity);
  if (facts.force || !comparable || facts.invalidatedBy !== undefined) return everyTask(analyzer, facts.files);
  const indexes = new Set<number>();
  const add = (path: string): void => {
    const index = facts.files.indexOf(path);
    if (index >= 0 && asks(analyzer, path)) indexes.add(index);
  };
  facts.diff.added.forEach(add);
  facts.diff.changed.forEach(add);
  facts.notKeptBy.get(analyzer.id)?.forEach((_, path) => add(path));
  facts.damagedBy.get(analyzer.id)?.forEach((_, path) => add(path));
  facts.stale.get(analyzer.id)?.forEach((_, path) => add(path));
  return indexes;
}

const asks = (analyzer: PlanAnalyzer, path: string): boolean => analyzer.matches?.(path) ?? true;

function* everyTask(analyzer: PlanAnalyzer, files: FileTable): Generator<number> {
  for (let index = 0; index < files.paths.length; index++)
    if (asks(analyzer, files.paths[index] as string)) yield index;
}

/** The first reason not to take the last run's result, or undefined where there is none: the task is unchanged. */
function reasonToRun(index: number, analyzer: PlanAnalyzer, facts: Facts): Reason | undefined {
  const path = facts.files.paths[index] as SourcePath;
  if (facts.force) return { kind: 'forced' };
  const contentHash = facts.files.contentHash(index);
  const before = facts.previous?.analyzers.get(analyzer.id);
  const notKept = facts.notKeptBy.get(analyzer.id)?.get(path);
  if (facts.previous === undefined) return neverSeen(path, analyzer, facts, contentHash);
  if (before === undefined || facts.added.has(path)) return { kind: 'never-seen', new: contentHash };
  if (notKept === undefined && facts.previous.keyOf(path, analyzer.id) === undefined)
    return { kind: 'never-seen', new: contentHash };
  const epoch = facts.invalidatedBy?.(path, analyzer.id);
  if (epoch !== undefined) return { kind: 'invalidated', epoch };
  if (facts.changed.has(path))
    return { kind: 'content-changed', old: facts.previous.hashOf(path) ?? null, new: contentHash };
  const [change] = identityChanges(before.identity, analyzer.identity);
  if (change !== undefined) return change;
  if (notKept !== undefined) return { kind: 'not-kept', why: notKept };
  const stale = facts.stale.get(analyzer.id)?.get(path);
  if (stale !== undefined) return stale;
  const damaged = facts.damagedBy.get(analyzer.id)?.get(path);
  if (damaged === undefined) return undefined;
  const { key, problem, ttlSeconds } = damaged;
  if (problem !== undefined) return { kind: 'record-corrupt', key, problem };
  return ttlSeconds === undefined ? { kind: 'record-missing', key } : { kind: 'expired', key, ttlSeconds };
}

/** Without an analysis, an invalidation is the better reason: it is what took the analysis away. */
function neverSeen(path: string, analyzer: PlanAnalyzer, { invalidatedBy }: Facts, contentHash: ContentHash): Reason {
  const epoch = invalidatedBy?.(path, analyzer.id);
  return epoch === undefined ? { kind: 'never-seen', new: contentHash } : { kind: 'invalidated', epoch };
}

/** A task that is certain to need a look. */
export function makeCandidate(index: number, analyzer: PlanAnalyzer, files: FileTable, reason: Reason): Candidate {
  const path = files.paths[index] as SourcePath;
  const { fingerprint, pathIndependent } = analyzer.identity;
  const contentHash = files.contentHash(index);
  return {
    index,
    path,
    analyzer,
    analyzerId: analyzer.id,
    contentHash,
    isSuspect: reason.kind === 'not-kept',
    key: resultKey(fingerprint, pathIndependent ? null : path, contentHash),
    reason,
  };
}

/** From the last run's count and the difference where that is known, so that an unchanged run asks no glob 100,000 times. */
function countTasks(analyzer: PlanAnalyzer, facts: Facts, candidateCount: number): number {
  const { files, diff } = facts;
  if (analyzer.matches === undefined) return files.paths.length;
  if (candidateCount === files.paths.length) return candidateCount;
  const before = facts.previous?.analyzers.get(analyzer.id);
  const count = (paths: readonly string[]): number =>
    paths.reduce((sum, path) => sum + (asks(analyzer, path) ? 1 : 0), 0);
  if (before === undefined || !isSameAnalyzer(before.identity, analyzer.identity)) return count(files.paths);
  const notKept = facts.notKeptBy.get(analyzer.id)?.size ?? 0;
  return before.results + notKept + count(diff.added) - count(diff.removed);
}

/** What a candidate came to after the look-ups. */
export type Decided = Pick<PlannedTask, 'decision' | 'reason'>;

export const UNCHANGED: Decided = { decision: 'reuse', reason: { kind: 'unchanged' } };

/** Every task with its decision, sorted by path, then analyzer: what `plan` prints. */
export function listTasks(
  files: FileTable,
  analyzers: readonly PlanAnalyzer[],
  candidates: readonly Candidate[],
  decided: ReadonlyMap<Candidate, Decided>,
): PlannedTask[] {
  const tasks: PlannedTask[] = [];
  let next = 0;
  for (const [index, path] of files.paths.entries()) {
    for (const analyzer of analyzers) {
      if (!asks(analyzer, path)) continue;
      const candidate = candidates[next];
      const isCandidate = candidate?.index === index && candidate.analyzer === analyzer;
      if (isCandidate) next++;
      tasks.push({ path, analyzer: analyzer.id, ...((isCandidate ? decided.get(candidate) : undefined) ?? UNCHANGED) });
    }
  }
  return tasks;
}

/** Names one (analyzer, file); no path holds a NUL. */
export const taskName = (path: string, analyzer: string): string => `${path}\0${analyzer}`;
