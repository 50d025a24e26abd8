/** What changed since the last analysis besides the files themselves, and whose results that makes stale. */
import { isInput, type Dependency, type InputDependency, type ResultDependency } from '../model/dependency.js';
import type { SourcePath } from '../model/ids.js';
import type { Reason } from '../model/plan.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { DependenciesDocument } from '../persistence/dependencies-document.js';
import { asksAlike, own } from '../plan/analyzer-identity.js';
import { inputsByFolder, type VouchedInput } from '../persistence/presence.js';
import { changeOf, nameOf, subjectOf } from '../plan/dependencies.js';
import { taskName, type Candidate } from '../plan/make-plan.js';
import type { InputStates } from '../scan/input-states.js';
import type { ScanResult } from '../scan/scan.js';
import { inner } from '../util/nested-map.js';
import type { Previous } from './previous-run.js';
import type { RunStates } from './run-states.js';
import type { Session } from './session.js';

/** A task whose result is current if other results come out the same. */
export interface DependentTask {
  readonly path: SourcePath;
  readonly analyzerId: string;
  /** Of the last run, in order. */
  readonly dependencies: readonly Dependency[];
}

export interface InputCheck {
  /** By analyzer, then path: why the last result is not current. */
  readonly stale: ReadonlyMap<string, ReadonlyMap<string, Reason>>;
  /** What the last run said that has to be looked at in every run, as far as it still holds, by subject. */
  readonly inputs: ReadonlyMap<string, InputDependency>;
  /** What a folder vouched for, and does not hold any more, or is no longer for this folder to vouch for. */
  readonly dropped: readonly VouchedInput[];
  /** Depended on by results that stay, and perhaps not yet among those that are looked at. */
  readonly confirmed: readonly Dependency[];
  /** What has to be looked at is not what the last run said, whoever depends on it. */
  readonly inputsChanged: boolean;
  /** The dependencies of the last analysis; empty where there is none. */
  readonly dependencies: () => Promise<DependenciesDocument>;
}

/** Everything is looked at; what depends on what changed is found in the list of the last run. */
export async function checkInputs(previous: Previous, scanned: ScanResult, states: RunStates): Promise<InputCheck> {
  const { document, diff, dependencies } = previous;
  const stale = new Map<string, Map<string, Reason>>();
  const inputs = new Map<string, InputDependency>();
  const confirmed: Dependency[] = [];
  if (document === undefined) return { stale, inputs, dropped: [], confirmed, inputsChanged: false, dependencies };
  const isSince = scanned.delta?.tag === document.digest;
  const { places } = states;
  const changed = document.head.inputs.filter((input) => !isHeld(input, isSince, places));
  const presence = checkPresence(document, isSince, places);
  for (const input of document.head.inputs) inputs.set(subjectOf(input), input);
  for (const input of changed) inputs.delete(subjectOf(input));
  confirmed.push(...presence.moved.map(({ input }) => input));
  const dropped = [...presence.broken, ...presence.moved];
  const inputsChanged = changed.length + dropped.length > 0;
  const others = [...changed, ...presence.broken.map(({ input }) => input)];
  const names = new Set(others.map(nameOf));
  for (const list of [diff.added, diff.changed, diff.removed]) for (const path of list) names.add(path);
  const found = { stale, inputs, dropped, confirmed, inputsChanged, dependencies };
  if (names.size === 0 || document.head.dependenciesDigest === null) return found;
  const recorded = await dependencies();
  for (const [path, byAnalyzer] of recorded.mentioning(names)) {
    for (const [analyzer, list] of byAnalyzer) {
      const other = list.filter(isInput).find((one) => !places.isCurrent(one));
      // What was a source file may be a plain input from now on.
      if (other === undefined) confirmed.push(...list);
      else inner(stale, analyzer).set(path, changeOf(other, places.current(other)));
    }
  }
  await checkClosures(recorded, { previous, states, names, others, stale });
  return found;
}

interface ClosureCheck {
  readonly previous: Previous;
  readonly states: RunStates;
  /** What changed. */
  readonly names: ReadonlySet<string>;
  readonly others: readonly InputDependency[];
  readonly stale: Map<string, Map<string, Reason>>;
}

/** Adds the tasks of which something that they import changed. */
async function checkClosures(
  recorded: DependenciesDocument,
  { previous, states, names, others, stale }: ClosureCheck,
): Promise<void> {
  const all = [...recorded.closures()];
  if (all.length === 0) return;
  await states.prepare(all.map(([, , closure]) => closure));
  const culpritOf = states.closures.culprits(names);
  const hashes = await previous.fileHashes();
  const changed = new Set<string>(previous.diff.changed);
  const changeAt = (path: string): Reason | undefined => {
    if (changed.has(path)) {
      const now = states.places.current({ kind: 'content', path, hash: null });
      const hash = now.kind === 'content' ? now.hash : null;
      return { kind: 'dependency-changed', path, old: hashes?.get(path) ?? null, new: hash };
    }
    const other = others.find((one) => one.kind !== 'env' && one.path === path);
    if (other !== undefined) return changeOf(other, states.places.current(other));
    return previous.diff.added.includes(path as SourcePath) ? { kind: 'dependency-appeared', path } : undefined;
  };
  for (const [path, analyzer, closure] of all) {
    if (states.isCurrent(closure) || stale.get(analyzer)?.has(path) === true) continue;
    const culprit = culpritOf(closure.path);
    const named = culprit === undefined ? undefined : changeAt(culprit);
    inner(stale, analyzer).set(path, named ?? changeOf(closure, states.current(closure)));
  }
}

/** The unchanged folders of the tree answer for most of them without a look at the disk. */
const isHeld = (input: InputDependency, isSince: boolean, places: InputStates): boolean =>
  (isSince && places.heldSinceLastRun(input) === true) || places.isCurrent(input);

interface PresenceCheck {
  readonly broken: readonly VouchedInput[];
  /** They hold, but another folder vouches for them now, or none: a folder came on the way, or a link. */
  readonly moved: readonly VouchedInput[];
}

/** Only folders that changed are asked for; in an unchanged tree none is. */
function checkPresence({ presence }: AnalysisDocument, isSince: boolean, places: InputStates): PresenceCheck {
  const [broken, moved]: [VouchedInput[], VouchedInput[]] = [[], []];
  if (isSince && places.isTreeUntouched) return { broken, moved };
  const isTouched = (folder: string): boolean => !(isSince && places.isFolderUntouched(folder));
  for (const [folder, inputs] of inputsByFolder(presence, isTouched)) {
    for (const input of inputs) {
      if (!isHeld(input, isSince, places)) broken.push({ folder, input });
      else if (places.voucherOf(input) !== folder) moved.push({ folder, input });
    }
  }
  return { broken, moved };
}

/**
 * Tasks that are unchanged themselves but used results, directly or not, that may come out otherwise: those of `candidates`, of files that came
 * or went, and of analyzers that are no longer asked.
 */
export async function dependentTasks(
  session: Session,
  { document, diff }: Previous,
  candidates: readonly Candidate[],
  { dependencies }: InputCheck,
): Promise<DependentTask[]> {
  const using = Object.entries(document?.head.analyzers ?? {}).filter(([, { uses }]) => uses.length > 0);
  if (document === undefined || using.length === 0) return [];
  const used = new Set(using.flatMap(([, { uses }]) => uses));
  const asked = new Set(session.analyzers.map(({ plan }) => plan.id));
  // Nobody can tell by a path which of their results went.
  const reshaped = new Set([...used].filter((id) => isReshaped(id, document, session)));
  const certain = new Set(candidates.map(({ path, analyzerId }) => taskName(path, analyzerId)));
  const seeds = candidates.filter(({ analyzerId }) => used.has(analyzerId)).map(({ path }) => path);
  const recordedBy = await dependencies();
  const found = new Map<string, DependentTask>();
  const moved = new Set<string>([...diff.added, ...diff.removed]);
  const isOpen = ({ analyzer, path }: ResultDependency): boolean =>
    reshaped.has(analyzer) ||
    moved.has(path) ||
    certain.has(taskName(path, analyzer)) ||
    found.has(taskName(path, analyzer));
  /** Answers the paths of what was found and is used in turn. */
  const take = (tasks: Iterable<DependentTask>): Set<string> => {
    const reached = new Set<string>();
    for (const task of tasks) {
      const { path, analyzerId, dependencies: list } = task;
      const name = taskName(path, analyzerId);
      if (!asked.has(analyzerId) || certain.has(name) || found.has(name)) continue;
      if (!list.some((one) => one.kind === 'result' && isOpen(one))) continue;
      found.set(name, task);
      if (used.has(analyzerId)) reached.add(path);
    }
    return reached;
  };
  const first = new Set<string>([...seeds, ...moved]);
  let names = take(tasksIn(reshaped.size > 0 ? recordedBy.entries() : recordedBy.mentioning(first)));
  // From result to result there may be many steps, which must not each read all lines.
  const users = names.size > 0 ? usersByPath(recordedBy) : new Map<string, DependentTask[]>();
  while (names.size > 0) names = take([...names].flatMap((path) => users.get(path) ?? []));
  return [...found.values()];
}

function* tasksIn(
  lines: Iterable<readonly [SourcePath, ReadonlyMap<string, readonly Dependency[]>]>,
): Generator<DependentTask> {
  for (const [path, byAnalyzer] of lines)
    for (const [analyzerId, dependencies] of byAnalyzer) yield { path, analyzerId, dependencies };
}

/** The tasks that use some result for a path. */
function usersByPath(recorded: DependenciesDocument): ReadonlyMap<string, DependentTask[]> {
  const users = new Map<string, DependentTask[]>();
  for (const task of tasksIn(recorded.entries())) {
    for (const path of new Set(task.dependencies.flatMap((one) => (one.kind === 'result' ? [one.path] : [])))) {
      const known = users.get(path);
      if (known === undefined) users.set(path, [task]);
      else known.push(task);
    }
  }
  return users;
}

/** It is no longer asked, or no longer about the same files. */
function isReshaped(id: string, { head }: AnalysisDocument, { analyzers }: Session): boolean {
  const now = analyzers.find(({ plan }) => plan.id === id)?.plan.identity;
  const before = own(head.analyzers, id);
  return now === undefined || before === undefined || !asksAlike(now, before);
}
