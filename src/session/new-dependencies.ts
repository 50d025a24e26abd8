/** What the results of a run depend on: every task's own list, and what the next run has to look at first. */
import type { JsonLinesMap } from '../codec/json-lines-map.js';
import type { ClosureDependency, Dependency, InputDependency } from '../model/dependency.js';
import { DependenciesDocument } from '../persistence/dependencies-document.js';
import { NO_PRESENCE, patchPresence, type VouchedInput } from '../persistence/presence.js';
import { own } from '../plan/analyzer-identity.js';
import { addInputs } from '../plan/dependencies.js';
import type { Candidate, PlanAnalyzer } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';
import type { InputCheck } from './check-inputs.js';
import { hasSameTasks } from './new-analysis.js';
import type { Previous } from './previous-run.js';
import type { RunStates } from './run-states.js';

export interface NewDependencies {
  readonly document: DependenciesDocument;
  /** To be looked at in every run; sorted by subject. */
  readonly inputs: readonly InputDependency[];
  /** To be looked at where a folder changed. */
  readonly presence: JsonLinesMap;
  /** By analyzer: ids of the analyzers whose results its results depend on, sorted. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
}

export interface NewDependenciesInput {
  readonly previous: Previous;
  readonly check: InputCheck;
  readonly analyzers: readonly PlanAnalyzer[];
  /** Sorted by path. */
  readonly candidates: readonly Candidate[];
  /** Of a candidate's result if it is in the store now. */
  readonly dependenciesOf: (candidate: Candidate) => readonly Dependency[] | undefined;
  readonly states: RunStates;
}

type Line = ReadonlyMap<string, readonly Dependency[]>;

/** Fewer bytes of lines are read whole, so that nothing is looked at for which there is no more reason. */
const SMALL_BYTES = 4 * 1024 * 1024;

export async function newDependencies(input: NewDependenciesInput): Promise<NewDependencies> {
  const { previous, analyzers, states } = input;
  const before = previous.document;
  const isPatched = before !== undefined && hasSameTasks(before, analyzers);
  const hadAny = before !== undefined && before.head.dependenciesDigest !== null;
  const old = hadAny ? await previous.dependencies() : DependenciesDocument.empty;
  const edits = editedLines(input, old);
  const document = isPatched ? old.patch(edits) : DependenciesDocument.fromEntries(mergedLines(input, old, edits));
  // Else what the last run looked at stays, and what is new comes to it.
  const isWhole = !isPatched || document.bytes <= SMALL_BYTES;
  const added = new Map<string, InputDependency>();
  const uses = new Map(
    analyzers.map(({ id }) => [id, new Set(isWhole ? [] : (own(before.head.analyzers, id)?.uses ?? []))] as const),
  );
  const isScanned = (path: string): boolean => states.places.isScanned(path);
  if (!isWhole) addInputs(added, input.check.confirmed, isScanned);
  const closures: ClosureDependency[] = [];
  for (const [, line] of isWhole ? document.entries() : edits) {
    for (const [analyzer, dependencies] of line ?? []) {
      addInputs(added, dependencies, isScanned);
      for (const one of dependencies) {
        if (one.kind === 'result') uses.get(analyzer)?.add(one.analyzer);
        if (one.kind === 'closure') closures.push(one);
      }
    }
  }
  await states.prepare(closures);
  if (closures.length > 0) addInputs(added, states.looks(), isScanned);
  const inputs = new Map(isWhole ? [] : input.check.inputs);
  const vouched: VouchedInput[] = [];
  for (const [subject, one] of added) {
    const folder = states.places.voucherOf(one);
    if (folder === undefined) inputs.set(subject, one);
    else vouched.push({ folder, input: one });
  }
  return {
    document,
    inputs: [...inputs].sort(([a], [b]) => byCodeUnit(a, b)).map(([, dependency]) => dependency),
    presence: patchPresence(isWhole ? NO_PRESENCE : before.presence, {
      added: vouched,
      dropped: isWhole ? [] : input.check.dropped,
    }),
    uses: new Map([...uses].map(([id, used]) => [id, [...used].sort()])),
  };
}

/** The lines of files that have a candidate, or are gone; undefined where nothing is left to say. */
function editedLines(
  { previous, candidates, dependenciesOf }: NewDependenciesInput,
  old: DependenciesDocument,
): Map<string, Line | undefined> {
  const edits = new Map<string, Line | undefined>();
  for (const path of previous.diff.removed) edits.set(path, undefined);
  for (let start = 0; start < candidates.length;) {
    const { path, index } = candidates[start] as Candidate;
    const line = new Map(old.of(path));
    let end = start;
    for (; candidates[end]?.index === index; end++) {
      const candidate = candidates[end] as Candidate;
      const dependencies = dependenciesOf(candidate) ?? [];
      if (dependencies.length > 0) line.set(candidate.analyzerId, dependencies);
      else line.delete(candidate.analyzerId);
    }
    edits.set(path, line.size > 0 ? line : undefined);
    start = end;
  }
  return edits;
}

function* mergedLines(
  { analyzers }: NewDependenciesInput,
  old: DependenciesDocument,
  edits: ReadonlyMap<string, Line | undefined>,
): Generator<readonly [string, Line]> {
  const asked = new Map(analyzers.map(({ id, matches }) => [id, matches]));
  const lines = new Map<string, Line | undefined>(old.entries());
  for (const [path, line] of edits) lines.set(path, line);
  for (const path of [...lines.keys()].sort(byCodeUnit)) {
    const line = [...(lines.get(path) ?? [])].filter(([id]) => asked.has(id) && asked.get(id)?.(path) !== false);
    if (line.length > 0) yield [path, new Map(line)];
  }
}
