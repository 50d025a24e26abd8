import { isSeen, type Dependency } from '../../model/dependency.js';
import type { CodebaseCache } from '../../persistence/codebase-cache.js';
import type { RecordDraft } from '../../persistence/record.js';
import { taskName, type Candidate } from '../../plan/make-plan.js';
import { recordId } from '../../plan/record-id.js';
import { resultDigest } from '../../run/analyze-one.js';
import { DEFAULT_LEASE_MS, type LeaseHolder } from '../../share/leases.js';
import type { SharedCandidate, SharedLookUp } from '../../share/find-shared.js';
import type { SharedRecord } from '../../share/shared-record.js';
import { TimeSlice, type Clock } from '../../util/clock.js';
import type { KnownRecord } from '../decisions.js';
import { knownOf } from '../look-up.js';
import type { TransientResult } from '../keep-results.js';
import type { RunStates } from '../run-states.js';
import type { ContentDigests } from './content-digests.js';
import type { RemoteMode, RemoteTotals } from './remote-options.js';
import type { RemoteLink } from './remote-link.js';
import { OutgoingResults } from './outgoing-results.js';
import { toLocal } from './translate-dependencies.js';
import { wantedFor } from './wanted.js';

const LOOK_UP_BATCH = 250;
/** Batches that are asked for before the first of them is there. */
const LOOK_UPS_AHEAD = 3;

export interface SharedCacheOptions {
  readonly link: RemoteLink;
  readonly mode: RemoteMode;
  readonly leases: boolean;
  readonly digests: ContentDigests;
  readonly cache: CodebaseCache | undefined;
  /** Whether what is found may be kept on this machine. */
  readonly isWritable: () => boolean;
  /** True: nothing is kept on this machine, and nothing that is found will be served. */
  readonly isForeseeing: boolean;
  readonly durable: boolean;
  readonly clock: Clock;
  /** Whether results of an analyzer never leave this machine. */
  readonly isLocal: (analyzer: string) => boolean;
}

export interface FindContext {
  readonly states: RunStates;
  readonly isUsed: (analyzer: string) => boolean;
  /** Candidates whose record on this machine must give way. */
  readonly replacing: ReadonlySet<Candidate>;
}

/** Leases on tasks. */
export interface Leases {
  has(task: Candidate): boolean;
  release(): Promise<void>;
}

interface Answer {
  readonly candidate: Candidate;
  /** Undefined where the remote did not answer. */
  readonly lookUp: SharedLookUp | undefined;
}

/**
 * What one run has to do with the cache that machines share. Results are looked for there after this machine's own cache, in batches, and kept here
 * when they are found; what the run computes is sent. It costs no result: whatever goes wrong costs a bounded time and one warning.
 */
export class SharedCache {
  /** What was found and cannot be kept on this machine, by `taskName`. */
  readonly unkept = new Map<string, TransientResult>();
  readonly mode: RemoteMode;
  readonly #options: SharedCacheOptions;
  readonly #link: RemoteLink;
  /** Undefined where nothing is sent. */
  readonly #outgoing: OutgoingResults | undefined;
  #holder: LeaseHolder | undefined;

  constructor(options: SharedCacheOptions) {
    this.#options = options;
    this.#link = options.link;
    this.mode = options.mode;
    this.#outgoing = options.mode === 'read' || options.isForeseeing ? undefined : new OutgoingResults(options);
  }

  /** Leases are of use only to whoever can say what came of it, and hear of it. */
  get mayLease(): boolean {
    const { leases, isForeseeing, isWritable } = this.#options;
    return leases && this.mode === 'read-write' && !isForeseeing && isWritable();
  }

  /** How long a lease holds that is not renewed, in ms. */
  get leaseMs(): number {
    return this.#holder?.ttlMs ?? DEFAULT_LEASE_MS;
  }

  /** @param found results that were taken over. */
  totals(found: number): RemoteTotals {
    const { description, refused, sent, pending } = this.#link;
    return { store: description, mode: this.mode, found, refused, sent, pending };
  }

  /** Records of other machines that hold here as far as inputs can tell, by candidate; each is kept on this machine now, or in memory. */
  async find(candidates: readonly Candidate[], context: FindContext): Promise<Map<Candidate, KnownRecord[]>> {
    const found = new Map<Candidate, KnownRecord[]>();
    if (this.mode === 'write') return found;
    const lookUps = batchesOf(candidates, LOOK_UP_BATCH).map((batch) => () => this.#lookUp(batch));
    for await (const answers of inOrder(lookUps, LOOK_UPS_AHEAD)) await this.#takeIn(answers, context, found);
    return found;
  }

  async #lookUp(candidates: readonly Candidate[]): Promise<Answer[]> {
    const asked = candidates.flatMap((candidate) => {
      const wanted = wantedFor(candidate, this.#options.digests);
      return wanted === undefined ? [] : [{ candidate, wanted }];
    });
    if (asked.length === 0) return [];
    const lookUps = await this.#link.findMany(asked.map(({ wanted }) => wanted));
    return asked.map(({ candidate }, index) => ({ candidate, lookUp: lookUps[index] }));
  }

  async #takeIn(answers: readonly Answer[], context: FindContext, found: Map<Candidate, KnownRecord[]>): Promise<void> {
    const dependencies = answers.flatMap(
      ({ lookUp }) => lookUp?.candidates.flatMap(({ record }) => record.dependencies) ?? [],
    );
    await context.states.prepare(dependencies.filter(isSeen));
    const invalidatedAt = await this.#invalidations();
    const keepAll = async ({ candidate, lookUp }: Answer): Promise<void> => {
      const known: KnownRecord[] = [];
      for (const one of lookUp?.candidates ?? []) {
        const record = await this.#keep(candidate, one, context, invalidatedAt(candidate));
        if (record !== undefined) known.push(record);
      }
      if (known.length > 0) found.set(candidate, known);
    };
    // Where saving takes a round trip, many go at once.
    const atOnce = Math.max(1, this.#options.cache?.documents.capabilities.maxConcurrency ?? 1);
    const slice = new TimeSlice();
    for (const some of batchesOf(answers, atOnce)) {
      await Promise.all(some.map(keepAll));
      if (slice.due()) await slice.yieldTurn();
    }
  }

  /** When results of a task were last invalidated here, in ms since the Unix epoch: nothing from before that is taken, whoever made it. */
  async #invalidations(): Promise<(candidate: Candidate) => number> {
    const coverage = await (await this.#options.cache?.latestEpochs())?.coverage();
    return ({ path, analyzerId }) => coverage?.lastAt(path, analyzerId) ?? -Infinity;
  }

  async #keep(
    candidate: Candidate,
    { record }: SharedCandidate,
    context: FindContext,
    invalidatedAt: number,
  ): Promise<KnownRecord | undefined> {
    const { digests, cache, isForeseeing, isWritable, durable, clock } = this.#options;
    const analyzedAt = Date.parse(record.analyzedAt);
    // Of one that claims to be from a time to come nobody can tell whether it was made before the invalidation.
    const isOvertaken = invalidatedAt !== -Infinity && !(analyzedAt > invalidatedAt && analyzedAt <= clock.now());
    if (isOvertaken || !isMeasured(record)) return undefined;
    const dependencies = toLocal(record.dependencies, { states: context.states, digests });
    if (dependencies === undefined) return undefined;
    const draft = localDraft(candidate, record, dependencies, cache?.epochs.current ?? 0);
    const isUsed = context.isUsed(candidate.analyzerId);
    const id = recordId(draft.key, dependencies);
    if (!isForeseeing && !isWritable()) {
      // Records that hold only if other results are the same would have to be read again.
      if (!dependencies.every(isSeen)) return undefined;
      const name = taskName(candidate.path, candidate.analyzerId);
      if (!this.unkept.has(name))
        this.unkept.set(name, { resultText: draft.resultText, contentHash: draft.contentHash });
    } else if (!isForeseeing) {
      const replace = context.replacing.has(candidate);
      const saved = await cache?.saveRecord(draft, { replace, durable }).catch((error: unknown) => {
        if (error instanceof TypeError) throw error;
        return undefined;
      });
      if (saved === undefined || saved.outcome === 'too-large') return undefined;
      // Another process was first, perhaps with another result: that is what will be served.
      if (saved.outcome === 'found') return { ...knownOf(id, saved.record, isUsed), isFromElsewhere: true };
    }
    const { durationMs, cost } = draft;
    const surface = isUsed ? (draft.surface ?? resultDigest(record.result)) : undefined;
    return { id, dependencies, durationMs, cost, surface, isFromElsewhere: true };
  }

  /** Sends what this process computed, soon. */
  publish(candidate: Candidate, record: RecordDraft, states: RunStates): void {
    this.#outgoing?.add(candidate, record, states);
  }

  /** Sends all that waits; what is not acknowledged in time is kept, to be sent next time. */
  async flush(): Promise<void> {
    await this.#outgoing?.flush();
  }

  /** The run is over: all of its results are sent, and what earlier runs could not send. */
  async finish(): Promise<void> {
    await this.#outgoing?.finish();
  }

  /** Leases on those of `tasks` that nobody else is about to answer. Where that cannot be told, all of them are this machine's. */
  async lease(tasks: readonly Candidate[]): Promise<Leases> {
    const keys = new Map<Candidate, string>();
    for (const task of tasks) {
      const wanted = wantedFor(task, this.#options.digests);
      if (wanted !== undefined) keys.set(task, wanted.key);
    }
    const holder = (this.#holder ??= await this.#link.leaseHolder());
    const leased = [...keys];
    const answers = await this.#link.attempt((): Promise<boolean[]> | undefined =>
      holder?.acquire(leased.map(([, key]) => key)),
    );
    if (holder === undefined || answers === undefined) return EVERYTHING;
    const refused = new Set(leased.filter((_, index) => answers[index] === false).map(([task]) => task));
    const held = leased.filter((_, index) => answers[index] === true).map(([, key]) => key);
    return {
      has: (task) => !refused.has(task),
      release: async () => {
        await this.#link.attempt(() => holder.release(held));
        // Where the remote is not asked any more, they end by themselves: others must not wait for what nobody sends.
        holder.forget(held);
      },
    };
  }

  /** Keeps what was not sent, and lets go of the store. */
  async close(): Promise<void> {
    try {
      await this.#outgoing?.keepRest();
    } finally {
      await this.#link.close(this.#holder);
    }
  }
}

/** More than any run takes, in ms, or spends, in any unit: figures beyond it would spoil every sum. */
const MOST_MEASURED = 1e12;

const isMeasured = ({ durationMs, cost }: Pick<SharedRecord, 'durationMs' | 'cost'>): boolean =>
  [durationMs, ...Object.values(cost)].every((figure) => figure <= MOST_MEASURED);

const EVERYTHING: Leases = { has: () => true, release: () => Promise.resolve() };

/** The record as this machine would have written it. */
function localDraft(
  { key, path, contentHash, analyzer }: Candidate,
  record: SharedRecord,
  dependencies: readonly Dependency[],
  epoch: number,
): RecordDraft {
  const { id, identity } = analyzer;
  return {
    ...{ key, path, contentHash, epoch, dependencies },
    analyzer: { id, version: identity.version, fingerprint: identity.fingerprint },
    sizeBytes: record.sizeBytes,
    surface: record.surface,
    analyzedAt: record.analyzedAt,
    durationMs: record.durationMs,
    cost: record.cost,
    resultText: JSON.stringify(record.result, null, 2),
  };
}

/** What the calls answer, in order: the next ones are under way, and signatures are verified, while one is taken in. */
async function* inOrder<T>(calls: readonly (() => Promise<T>)[], ahead: number): AsyncGenerator<T, void, undefined> {
  const underWay: Promise<T>[] = [];
  for (const call of calls) {
    const answer = call();
    // Whoever takes it hears of the error; perhaps nobody does, since one before it failed, too.
    answer.catch(() => undefined);
    underWay.push(answer);
    const first = underWay.length > ahead ? underWay.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const answer of underWay) yield await answer;
}

function batchesOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const batches: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
