import type { Dependency } from '../model/dependency.js';
import type { ContentHash, RecordId, SourcePath } from '../model/ids.js';
import type { TaskFailure } from '../model/event.js';
import type { SavedRecord, StoredRecord } from '../persistence/codebase-cache.js';
import { MAX_RECORD_BYTES, type RecordDraft } from '../persistence/record.js';
import { taskName, type Candidate } from '../plan/make-plan.js';
import { recordId } from '../plan/record-id.js';
import type { TaskResult } from '../run/task.js';
import type { Decisions } from './decisions.js';
import { durable, type Session } from './session.js';
import { surfaceOf } from './look-up.js';
import { warnUnwritable } from './open-session.js';
import type { RunStates } from './run-states.js';

/** A result that is answered but not in the store. */
export interface TransientResult {
  readonly resultText: string;
  readonly contentHash: ContentHash;
}

/** What is in the store now of a task that ran. */
export interface KeptRecord {
  readonly id: RecordId;
  readonly dependencies: readonly Dependency[];
  readonly durationMs: number;
  readonly cost: Readonly<Record<string, number>>;
  /** What dependents compare, where another process has kept another result first; undefined where it is the one that was handed over. */
  readonly surface: string | undefined;
}

/** A task without a kept result, as `analysis.json` remembers it. */
export interface NotKept {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly kind: 'failed' | 'uncacheable';
  readonly why: string;
}

/** Takes each result as it comes: keeps it, or holds it in memory where it must not or cannot be kept. */
export class ResultKeeper {
  /** Candidates whose result is in the store now. */
  readonly kept = new Map<Candidate, KeptRecord>();
  /** By `taskName`. */
  readonly transient = new Map<string, TransientResult>();
  readonly notKept: NotKept[] = [];
  readonly failures: TaskFailure[] = [];
  readonly #session: Session;
  readonly #epoch: number;
  readonly #states: RunStates | undefined;
  readonly #decisions: Pick<Decisions, 'decided' | 'replacing'>;

  /**
   * @param states where results are sent to other machines: what their dependencies are compared with.
   * @param epoch newest invalidation that was known before the results were computed; default: when the run began. */
  constructor(
    session: Session,
    decisions: Pick<Decisions, 'decided' | 'replacing'>,
    { states, epoch }: { readonly states?: RunStates; readonly epoch?: number } = {},
  ) {
    this.#session = session;
    this.#decisions = decisions;
    this.#states = states;
    this.#epoch = epoch ?? session.cache?.epochs.current ?? 0;
  }

  async take(candidate: Candidate, result: TaskResult): Promise<void> {
    const { emit } = this.#session;
    const { path, analyzerId: analyzer } = candidate;
    const { outcome } = result;
    if (!outcome.ok) {
      const { reason, message, cause } = outcome;
      this.failures.push({ path, analyzer, reason, message, cause });
      this.notKept.push({ path, analyzer, kind: 'failed', why: message });
      emit({ type: 'task-failed', path, analyzer, reason, message, cause });
      return;
    }
    const { resultText, durationMs, dependencies, cost } = outcome;
    const saved = outcome.uncacheable === undefined ? await this.#save(candidate, result) : NOT_KEPT;
    const why = saved.outcome === 'too-large' ? TOO_LARGE : outcome.uncacheable;
    if (why !== undefined) {
      this.notKept.push({ path, analyzer, kind: 'uncacheable', why });
      emit({ type: 'task-uncacheable', analyzer, path, why });
    } else if (saved.outcome !== 'not-kept') {
      const id = recordId(candidate.key, dependencies);
      const facts = saved.outcome === 'found' ? foundFacts(saved.record) : { durationMs, cost, surface: undefined };
      this.kept.set(candidate, { id, dependencies, ...facts });
    }
    if (!this.kept.has(candidate)) {
      this.transient.set(taskName(path, analyzer), { resultText, contentHash: result.contentHash });
    }
    const reason = this.#decisions.decided.get(candidate)?.reason ?? candidate.reason;
    emit({ type: 'task-finished', analyzer, path, reason, durationMs });
  }

  /** Where it could not be written, nothing more is, and the run goes on without. */
  async #save(
    candidate: Candidate,
    { outcome, contentHash, sizeBytes }: TaskResult,
  ): Promise<SavedRecord | typeof NOT_KEPT> {
    const session = this.#session;
    const { cache } = session;
    if (!session.writable || cache === undefined || !outcome.ok) return NOT_KEPT;
    const { id, identity } = candidate.analyzer;
    const draft: RecordDraft = {
      key: candidate.key,
      path: candidate.path,
      analyzer: { id, version: identity.version, fingerprint: identity.fingerprint },
      contentHash,
      sizeBytes,
      epoch: this.#epoch,
      dependencies: outcome.dependencies,
      surface: outcome.surface,
      analyzedAt: new Date(session.clock.now()).toISOString(),
      durationMs: outcome.durationMs,
      cost: outcome.cost,
      resultText: outcome.resultText,
    };
    try {
      const replace = this.#decisions.replacing.has(candidate);
      const saved = await cache.saveRecord(draft, { replace, durable: durable(session) });
      // What was found is perhaps not what this process computed.
      if (saved.outcome === 'written' && this.#states !== undefined)
        session.shared?.publish(candidate, draft, this.#states);
      return saved;
    } catch (error) {
      session.writable = false;
      warnUnwritable(session.warn, error);
      return NOT_KEPT;
    }
  }
}

const NOT_KEPT = { outcome: 'not-kept' } as const;

const foundFacts = (record: StoredRecord): Pick<KeptRecord, 'durationMs' | 'cost' | 'surface'> => ({
  ...{ durationMs: record.durationMs, cost: record.cost, surface: surfaceOf(record) },
});

const TOO_LARGE = `its record would have more than ${MAX_RECORD_BYTES} bytes`;
