/** What changed since the last analysis besides the files themselves, and whose results that makes stale. */
import { isInput, type Dependency, type InputDependency, type ResultDependency } from '../model/dependency.js';
import type { SourcePath } from '../model/ids.js';
import type { Reason } from '../model/plan.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import type { DependenciesDocument } from '../persistence/dependencies-document.js';
import { own } from '../plan/analyzer-identity.js';
import { inputsByFolder, type VouchedInput } from '../persistence/presence.js';
import { changeOf, nameOf, subjectOf } from '../plan/dependencies.js';
import { taskName, type Candidate } from '../plan/make-plan.js';
import type { InputStates } from '../scan/input-states.js';
import type { ScanResult } from '../scan/scan.js';
import type { Previous } from './previous-run.js';
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
  /** What a folder vouched for, and does not hold any more. */
  readonly broken: readonly VouchedInput[];
  /** Depended on by results that stay, and perhaps not yet among those that are looked at. */
  readonly confirmed: readonly Dependency[];
  /** Some input of the last run is another by now, whoever depended on it. */
  readonly inputsChanged: boolean;
  /** The dependencies of the last analysis; empty where there is none. */
  readonly dependencies: () => Promise<DependenciesDocument>;
}

/** Everything is looked at; what depends on what changed is found in the list of the last run. */
export async function checkInputs(
  session: Session,
  { document, diff, dependencies }: Previous,
  scanned: ScanResult,
  states: InputStates,
): Promise<InputCheck> {
  const stale = new Map<string, Map<string, Reason>>();
  const inputs = new Map<string, InputDependency>();
  const confirmed: Dependency[] = [];
  if (document === undefined) return { stale, inputs, broken: [], confirmed, inputsChanged: false, dependencies };
  const isSince = scanned.delta?.tag === document.digest;
  const changed = document.head.inputs.filter((input) => !isHeld(input, isSince, states));
  const broken = brokenPresence(document, isSince, states);
  for (const input of document.head.inputs) inputs.set(subjectOf(input), input);
  for (const input of changed) inputs.delete(subjectOf(input));
  const inputsChanged = changed.length + broken.length > 0;
  const names = new Set([...changed, ...broken.map(({ input }) => input)].map(nameOf));
  for (const list of [diff.added, diff.changed, diff.removed]) for (const path of list) names.add(path);
  const found = { stale, inputs, broken, confirmed, inputsChanged, dependencies };
  if (names.size === 0 || document.head.dependenciesDigest === null) return found;
  for (const [path, byAnalyzer] of (await dependencies()).mentioning(names)) {
    for (const [analyzer, list] of byAnalyzer) {
      const other = list.filter(isInput).find((one) => !states.isCurrent(one));
      // What was a source file may be a plain input from now on.
      if (other === undefined) confirmed.push(...list);
      else inner(stale, analyzer).set(path, changeOf(other, states.current(other)));
    }
  }
  return found;
}

function inner<V>(map: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let value = map.get(name);
  if (value === undefined) map.set(name, (value = new Map<string, V>()));
  return value;
}

/** The unchanged folders of the tree answer for most of them without a look at the disk. */
const isHeld = (input: InputDependency, isSince: boolean, states: InputStates): boolean =>
  (isSince && states.heldSinceLastRun(input) === true) || states.isCurrent(input);

/** Only folders that changed are asked for; in an unchanged tree none is. */
function brokenPresence({ presence }: AnalysisDocument, isSince: boolean, states: InputStates): VouchedInput[] {
  if (isSince && states.isTreeUntouched) return [];
  const broken: VouchedInput[] = [];
  const isTouched = (folder: string): boolean => !(isSince && states.isFolderUntouched(folder));
  for (const [folder, inputs] of inputsByFolder(presence, isTouched))
    for (const input of inputs) if (!isHeld(input, isSince, states)) broken.push({ folder, input });
  return broken;
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
  const users = Object.entries(document?.head.analyzers ?? {}).filter(([, { uses }]) => uses.length > 0);
  if (document === undefined || users.length === 0) return [];
  const used = new Set(users.flatMap(([, { uses }]) => uses));
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
  let names = new Set<string>([...seeds, ...moved]);
  for (let isFirst = true; names.size > 0 || (isFirst && reshaped.size > 0); isFirst = false) {
    const reached = new Set<string>();
    const lines = isFirst && reshaped.size > 0 ? recordedBy.entries() : recordedBy.mentioning(names);
    for (const [path, byAnalyzer] of lines) {
      for (const [analyzerId, list] of byAnalyzer) {
        const name = taskName(path, analyzerId);
        if (!asked.has(analyzerId) || certain.has(name) || found.has(name)) continue;
        if (!list.some((one) => one.kind === 'result' && isOpen(one))) continue;
        found.set(name, { path, analyzerId, dependencies: list });
        if (used.has(analyzerId)) reached.add(path);
      }
    }
    names = reached;
  }
  return [...found.values()];
}

/** It is no longer asked, or no longer about the same files. */
function isReshaped(id: string, { head }: AnalysisDocument, { analyzers }: Session): boolean {
  const now = analyzers.find(({ plan }) => plan.id === id)?.plan.identity;
  return now === undefined || JSON.stringify(now.include) !== JSON.stringify(own(head.analyzers, id)?.include);
}
