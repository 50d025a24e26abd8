import { isSeen, type Dependency } from '../../model/dependency.js';
import type { ContentHash } from '../../model/ids.js';
import type { CodebaseCache } from '../../persistence/codebase-cache.js';
import type { RecordDraft } from '../../persistence/record.js';
import type { Candidate } from '../../plan/make-plan.js';
import { recordId } from '../../plan/record-id.js';
import { resultDigest } from '../../run/analyze-one.js';
import type { LeaseHolder } from '../../share/leases.js';
import { whyNotShared } from '../../share/shared-dependencies.js';
import type { SharedCandidate, SharedLookUp, SharedWanted } from '../../share/find-shared.js';
import type { PublishDraft } from '../../share/publish-shared.js';
import { sharedKey } from '../../share/shared-key.js';
import type { SharedRecord } from '../../share/shared-record.js';
import { TimeSlice } from '../../util/clock.js';
import type { KnownRecord } from '../decisions.js';
import type { RunStates } from '../run-states.js';
import type { ContentDigests } from './content-digests.js';
import type { RemoteMode, RemoteTotals } from './remote-options.js';
import type { RemoteLink } from './remote-link.js';
import { toLocal, toShared } from './translate-dependencies.js';

const LOOK_UP_BATCH = 250;
const SEND_BATCH = 128;

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

interface Outgoing {
  readonly candidate: Candidate;
  readonly record: RecordDraft;
  readonly states: RunStates;
}

/**
 * What one run has to do with the cache that machines share. Results are looked for there after this machine's own cache, in batches, and kept here
 * when they are found; what the run computes is sent. It costs no result: whatever goes wrong costs a bounded time and one warning.
 */
export class SharedCache {
  readonly mode: RemoteMode;
  readonly #options: SharedCacheOptions;
  readonly #link: RemoteLink;
  readonly #outgoing: Outgoing[] = [];
  readonly #isOpenTo: Pick<Record<'read' | 'write', boolean>, 'read' | 'write'>;
  #sending: Promise<void> = Promise.resolve();
  #holder: LeaseHolder | undefined;
  #found = 0;

  constructor(options: SharedCacheOptions) {
    this.#options = options;
    this.#link = options.link;
    this.mode = options.mode;
    this.#isOpenTo = { read: options.mode !== 'write', write: options.mode !== 'read' && !options.isForeseeing };
  }

  /** Leases are of use only to whoever can say what came of it, and hear of it. */
  get mayLease(): boolean {
    return this.#options.leases && this.mode === 'read-write' && !this.#options.isForeseeing;
  }

  get totals(): RemoteTotals {
    const { description, refused, sent, pending } = this.#link;
    return { store: description, mode: this.mode, found: this.#found, refused, sent, pending };
  }

  /** Records of other machines that hold here as far as inputs can tell, by candidate; each is kept on this machine now. */
  async find(candidates: readonly Candidate[], context: FindContext): Promise<Map<Candidate, KnownRecord[]>> {
    const found = new Map<Candidate, KnownRecord[]>();
    const { isForeseeing, isWritable } = this.#options;
    // What cannot be kept could not be served.
    if (!this.#isOpenTo.read || !(isForeseeing || isWritable())) return found;
    const asked = candidates.flatMap((candidate) => {
      const wanted = this.#wantedOf(candidate);
      return wanted === undefined ? [] : [{ candidate, wanted }];
    });
    const batches = batchesOf(asked, LOOK_UP_BATCH).map((batch) => () => {
      const answers = this.#link.findMany(batch.map(({ wanted }) => wanted));
      return answers.then((lookUps) => batch.map(({ candidate }, index) => ({ candidate, lookUp: lookUps?.[index] })));
    });
    // The next batch is on its way while this one is taken in.
    let next = batches[0]?.();
    for (const following of [...batches.slice(1), undefined]) {
      const answers = (await next) ?? [];
      next = following?.();
      await this.#takeIn(answers, context, found);
    }
    return found;
  }

  async #takeIn(
    answers: readonly { readonly candidate: Candidate; readonly lookUp: SharedLookUp | undefined }[],
    context: FindContext,
    found: Map<Candidate, KnownRecord[]>,
  ): Promise<void> {
    const dependencies = answers.flatMap(
      ({ lookUp }) => lookUp?.candidates.flatMap(({ record }) => record.dependencies) ?? [],
    );
    await context.states.prepare(dependencies.filter(isSeen));
    const invalidatedAt = await this.#invalidations();
    const slice = new TimeSlice();
    for (const { candidate, lookUp } of answers) {
      const known: KnownRecord[] = [];
      for (const one of lookUp?.candidates ?? []) {
        const record = await this.#keep(candidate, one, context, invalidatedAt(candidate));
        if (record !== undefined) known.push(record);
      }
      if (known.length > 0) {
        found.set(candidate, known);
        this.#found++;
      }
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
    if (!(Date.parse(record.analyzedAt) > invalidatedAt)) return undefined;
    const { digests, cache, isForeseeing, durable } = this.#options;
    const dependencies = toLocal(record.dependencies, { states: context.states, digests });
    if (dependencies === undefined) return undefined;
    const draft = localDraft(candidate, record, dependencies, cache?.epochs.current ?? 0);
    if (!isForeseeing) {
      const replace = context.replacing.has(candidate);
      const saved = await cache?.saveRecord(draft, { replace, durable }).catch((error: unknown) => {
        if (error instanceof TypeError) throw error;
        return undefined;
      });
      if (saved === undefined || saved.outcome === 'too-large') return undefined;
    }
    const { durationMs, cost } = draft;
    const surface = context.isUsed(candidate.analyzerId) ? (draft.surface ?? resultDigest(record.result)) : undefined;
    return { id: recordId(draft.key, dependencies), dependencies, durationMs, cost, surface, isFromElsewhere: true };
  }

  /** Sends what this process computed, soon. */
  publish(candidate: Candidate, record: RecordDraft, states: RunStates): void {
    if (!this.#isOpenTo.write || candidate.analyzer.isLocal === true) return;
    this.#outgoing.push({ candidate, record, states });
    if (this.#outgoing.length >= SEND_BATCH) this.#sending = this.#sending.then(() => this.#send());
  }

  /** Sends all that waits; what is not acknowledged in time is kept, to be sent next time. */
  async flush(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      while (this.#outgoing.length > 0) await this.#send();
    });
    await this.#sending;
  }

  /** The run is over: all of its results are sent, and what earlier runs could not send. */
  async finish(): Promise<void> {
    await this.flush();
    if (this.#isOpenTo.write) await this.#link.sendUnsent();
  }

  async #send(): Promise<void> {
    const drafts = await this.#nextDrafts();
    if (drafts.length > 0) await this.#link.publishMany(drafts);
  }

  async #nextDrafts(): Promise<PublishDraft[]> {
    const batch = this.#outgoing.splice(0, SEND_BATCH);
    const coverage = await (await this.#options.cache?.latestEpochs())?.coverage();
    const drafts: PublishDraft[] = [];
    const slice = new TimeSlice();
    for (const { candidate, record, states } of batch) {
      const draft = this.#sharedDraft(candidate, record, states);
      // A record that was invalidated here is not what others should go on finding.
      const replace = coverage?.lastAt(candidate.path, candidate.analyzerId) !== undefined;
      if (draft !== undefined) drafts.push({ ...draft, replace });
      if (slice.due()) await slice.yieldTurn();
    }
    return drafts;
  }

  #sharedDraft(candidate: Candidate, record: RecordDraft, states: RunStates): PublishDraft | undefined {
    const { digests } = this.#options;
    const wanted = this.#wantedOf(candidate, record.contentHash);
    const dependencies = toShared(record.dependencies, { states, digests });
    if (wanted === undefined || dependencies === undefined || whyNotShared(dependencies) !== undefined)
      return undefined;
    const { path, analyzer, sizeBytes, surface, analyzedAt, durationMs, cost, resultText } = record;
    const { key, contentHash } = wanted;
    return {
      key,
      path,
      analyzer,
      contentHash,
      sizeBytes,
      dependencies,
      surface,
      analyzedAt,
      durationMs,
      cost,
      resultText,
    };
  }

  /** Leases on those of `tasks` that nobody else is about to answer. Where that cannot be told, all of them are this machine's. */
  async lease(tasks: readonly Candidate[]): Promise<Leases> {
    const keys = new Map<Candidate, string>();
    for (const task of tasks) {
      const wanted = this.#wantedOf(task);
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
      },
    };
  }

  /** Keeps what was not sent, and lets go of the store. */
  async close(): Promise<void> {
    await this.#sending;
    // The run was stopped: there is no time to send them.
    while (this.#outgoing.length > 0) await this.#link.keepUnsent(await this.#nextDrafts());
    await this.#link.attempt(() => this.#holder?.close());
    await this.#link.close();
  }

  /** Undefined for what must not, or cannot, be told by a hash that others can compare. */
  #wantedOf({ path, analyzer, contentHash }: Candidate, analyzed: ContentHash = contentHash): SharedWanted | undefined {
    if (analyzer.isLocal === true) return undefined;
    const digest = this.#options.digests.find(path, analyzed);
    if (digest === undefined) return undefined;
    const { fingerprint, pathIndependent } = analyzer.identity;
    const subject = { fingerprint, path: pathIndependent ? null : path, contentHash: digest };
    return { ...subject, key: sharedKey(subject), analyzerId: analyzer.id };
  }
}

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

function batchesOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const batches: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
