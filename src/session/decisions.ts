import type { Dependency } from '../model/dependency.js';
import type { RecordId } from '../model/ids.js';
import type { Reason } from '../model/plan.js';
import type { Candidate, Decided } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';

/** What is known of a kept record besides its result. */
export interface KnownRecord {
  readonly id: RecordId;
  readonly dependencies: readonly Dependency[];
  readonly durationMs: number;
  readonly cost: Readonly<Record<string, number>>;
  /** What dependents compare; undefined where nobody has asked yet. */
  readonly surface: string | undefined;
  /** Another machine computed it, and it was taken over in this run. */
  readonly isFromElsewhere?: boolean;
}

/** What the candidates of a plan came to. It grows during a run: what depends on other results is decided when those are there. */
export class Decisions {
  readonly #decided = new Map<Candidate, Decided>();
  readonly #found = new Map<Candidate, KnownRecord>();
  readonly #toRun = new Set<Candidate>();
  readonly #replacing = new Set<Candidate>();

  /** Every candidate that is decided, with what it came to. */
  get decided(): ReadonlyMap<Candidate, Decided> {
    return this.#decided;
  }

  /** Those that run, or ran. */
  get toRun(): ReadonlySet<Candidate> {
    return this.#toRun;
  }

  /** Those that are answered by a kept record that the last run did not use. */
  get found(): ReadonlyMap<Candidate, KnownRecord> {
    return this.#found;
  }

  /** Those whose record is there but must give way. */
  get replacing(): ReadonlySet<Candidate> {
    return this.#replacing;
  }

  /** Every candidate, sorted by path, then analyzer. */
  candidates(): Candidate[] {
    return [...this.#decided.keys()].sort((a, b) => a.index - b.index || byCodeUnit(a.analyzerId, b.analyzerId));
  }

  run(candidate: Candidate, reason: Reason): void {
    this.#found.delete(candidate);
    this.#toRun.add(candidate);
    this.#decided.set(candidate, { decision: 'run', reason });
  }

  reuse(candidate: Candidate, record: KnownRecord): void {
    this.#toRun.delete(candidate);
    this.#found.set(candidate, record);
    this.#decided.set(candidate, record.isFromElsewhere === true ? FOUND_ELSEWHERE : FOUND);
  }

  /** It was to run, and is to be decided once more. */
  reopen(candidate: Candidate): void {
    this.#toRun.delete(candidate);
    this.#decided.delete(candidate);
  }

  replace(candidate: Candidate): void {
    this.#replacing.add(candidate);
  }
}

const FOUND: Decided = { decision: 'reuse', reason: { kind: 'found-by-key' } };
const FOUND_ELSEWHERE: Decided = { decision: 'reuse', reason: { kind: 'found-in-remote' } };
