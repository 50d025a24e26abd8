import type { CodebaseCache } from '../../persistence/codebase-cache.js';
import type { RecordDraft } from '../../persistence/record.js';
import type { Candidate } from '../../plan/make-plan.js';
import type { PublishDraft } from '../../share/publish-shared.js';
import { whyNotShared } from '../../share/shared-dependencies.js';
import { TimeSlice } from '../../util/clock.js';
import type { RunStates } from '../run-states.js';
import type { ContentDigests } from './content-digests.js';
import type { RemoteLink } from './remote-link.js';
import { toShared } from './translate-dependencies.js';
import { wantedFor } from './wanted.js';

const SEND_BATCH = 128;
/** What is only put aside is flushed to disk batch by batch. */
const KEEP_BATCH = 2048;

export interface OutgoingOptions {
  readonly link: RemoteLink;
  readonly digests: ContentDigests;
  readonly cache: CodebaseCache | undefined;
  /** Whether results of an analyzer never leave this machine. */
  readonly isLocal: (analyzer: string) => boolean;
}

interface Outgoing {
  readonly candidate: Candidate;
  readonly record: RecordDraft;
  readonly states: RunStates;
}

/** What a run computed itself, on its way to other machines. */
export class OutgoingResults {
  readonly #options: OutgoingOptions;
  readonly #outgoing: Outgoing[] = [];
  #sending: Promise<void> = Promise.resolve();

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** Sends a result that this process computed, soon. */
  add(candidate: Candidate, record: RecordDraft, states: RunStates): void {
    if (candidate.analyzer.isLocal === true) return;
    this.#outgoing.push({ candidate, record, states });
    if (this.#outgoing.length < this.#batch) return;
    this.#sending = this.#sending.then(() => this.#send());
    // Whoever waits for it hears of the error.
    this.#sending.catch(() => undefined);
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
    await this.#options.link.sendUnsent();
  }

  get #batch(): number {
    return this.#options.link.isGivenUp ? KEEP_BATCH : SEND_BATCH;
  }

  async #send(): Promise<void> {
    const drafts = await this.#nextDrafts();
    if (drafts.length > 0) await this.#options.link.publishMany(drafts);
  }

  async #nextDrafts(): Promise<PublishDraft[]> {
    const batch = this.#outgoing.splice(0, this.#batch);
    const coverage = await (await this.#options.cache?.latestEpochs())?.coverage();
    const drafts: PublishDraft[] = [];
    const slice = new TimeSlice();
    for (const { candidate, record, states } of batch) {
      const draft = this.#sharedDraft(candidate, record, states);
      // What was invalidated here, or is made anew on purpose, is not what others should go on finding.
      const isForced = candidate.reason.kind === 'forced';
      const replace = isForced || coverage?.lastAt(candidate.path, candidate.analyzerId) !== undefined;
      if (draft !== undefined) drafts.push({ ...draft, replace });
      if (slice.due()) await slice.yieldTurn();
    }
    return drafts;
  }

  #sharedDraft(candidate: Candidate, record: RecordDraft, states: RunStates): PublishDraft | undefined {
    const { digests, isLocal } = this.#options;
    // What was made of them tells of them.
    if (record.dependencies.some((one) => one.kind === 'result' && isLocal(one.analyzer))) return undefined;
    const wanted = wantedFor(candidate, digests, record.contentHash);
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

  /** Keeps on this machine what was not sent: the run was stopped, and there is no time for more. */
  async keepRest(): Promise<void> {
    // Who sent it has heard of what went wrong.
    await this.#sending.catch(() => undefined);
    while (this.#outgoing.length > 0) await this.#options.link.keepUnsent(await this.#nextDrafts());
  }
}
