import { CacheError, messageOf, type ErrorCode } from '../../model/errors.js';
import type { LeaseHolder } from '../../share/leases.js';
import type { SharedLookUp, SharedWanted } from '../../share/find-shared.js';
import type { PublishDraft, Published } from '../../share/publish-shared.js';
import type { SharedStore } from '../../share/shared-store.js';
import { problemOf, within, type Patience } from '../../store/tiered/patience.js';
import { PortionSize } from './portion-size.js';
import type { UnsentRecords } from './unsent-records.js';

export interface OpenedRemote {
  readonly shared: SharedStore;
  /** Closes what was opened for this run. */
  close(): Promise<void>;
}

export interface RemoteLinkOptions {
  /** Connects; called when the remote is needed first. */
  readonly open: () => Promise<OpenedRemote>;
  /** Ends connections without a goodbye, also those that are being made. */
  readonly hangUp: () => Promise<void>;
  /** Without credentials. */
  readonly description: string;
  readonly patience: Patience;
  readonly leaseMs: number | undefined;
  readonly unsent: UnsentRecords | undefined;
  /** What would be written of a draft; needs no connection. */
  readonly encoder: () => Promise<(draft: PublishDraft) => Buffer | undefined>;
  readonly warn: (code: ErrorCode, message: string, cause?: unknown) => void;
}

const CLOSE_MS = 1000;
/** Part of the budget for connecting: whoever does not answer by then is not asked again, and what it should have got is still to be put aside. */
const CONNECT_SHARE = 0.5;

/** Calls to a remote that never throw for what it does: they are bounded in time, and what goes wrong is said once. */
export class RemoteLink {
  readonly description: string;
  readonly #options: RemoteLinkOptions;
  /** A store that answers slowly is asked for less at a time, so that it does not look as if it did not answer. */
  readonly #portion = new PortionSize({ first: 32, least: 8, most: 250, targetMs: 150 });
  #opening: Promise<OpenedRemote> | undefined;
  #opened: OpenedRemote | undefined;
  readonly #refused = new Set<string>();
  #sent = 0;
  #closed = false;
  #isGivenUp = false;

  constructor(options: RemoteLinkOptions) {
    this.#options = options;
    this.description = options.description;
  }

  /** It could not be connected: this run does without. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  get refused(): number {
    return this.#refused.size;
  }

  get sent(): number {
    return this.#sent;
  }

  get pending(): number {
    try {
      return this.#options.unsent?.count() ?? 0;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return 0;
    }
  }

  /** One answer for each, in order, as far as the remote answered. */
  async findMany(wanted: readonly SharedWanted[]): Promise<SharedLookUp[]> {
    const lookUps: SharedLookUp[] = [];
    for (let at = 0, count = this.#portion.current; at < wanted.length; at += count, count = this.#portion.current) {
      const some = wanted.slice(at, at + count);
      const found = await this.#timed(some.length, async ({ shared }) => shared.findMany(some));
      if (found === undefined) break;
      lookUps.push(...found);
    }
    for (const [index, { refused }] of lookUps.entries()) {
      // What is asked for again is refused again.
      for (const { scope, variant } of refused) this.#refused.add(`${wanted[index]?.key} ${scope} ${variant}`);
      const [first] = refused;
      if (first === undefined) continue;
      const code =
        first.kind === 'corrupt' || first.kind === 'foreign' ? 'CACHE_REMOTE_DEGRADED' : 'CACHE_BAD_SIGNATURE';
      this.#options.warn(code, `A record of the shared cache ${this.description} is not used: ${first.problem}.`);
    }
    return lookUps;
  }

  /** What is not acknowledged is kept on this machine. */
  async publishMany(drafts: readonly PublishDraft[]): Promise<void> {
    for (let at = 0, count = this.#portion.current; at < drafts.length; at += count, count = this.#portion.current) {
      const some = drafts.slice(at, at + count);
      const outcomes = await this.#timed(some.length, async ({ shared }) => shared.publishMany(some));
      if (outcomes === undefined) return this.keepUnsent(drafts.slice(at));
      this.#count(outcomes);
    }
  }

  #count(outcomes: readonly Published[]): void {
    this.#sent += outcomes.filter(({ outcome }) => SENT.has(outcome)).length;
  }

  /** One call for so many items, from which the next ones learn how many they should be for. */
  async #timed<T>(items: number, work: (remote: OpenedRemote) => Promise<T>): Promise<T | undefined> {
    const startedAt = performance.now();
    const answer = await this.attempt(work);
    this.#portion.note(items, performance.now() - startedAt);
    return answer;
  }

  /** Keeps them on this machine, for a later run to send. */
  async keepUnsent(drafts: readonly PublishDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    const { unsent, encoder, warn } = this.#options;
    try {
      unsent?.keep(drafts, await encoder());
    } catch (error) {
      if (error instanceof TypeError) throw error;
      warn('CACHE_UNWRITABLE', `What could not be sent cannot be kept for later (${messageOf(error)}).`, error);
    }
  }

  /** Sends what earlier runs could not. */
  async sendUnsent(): Promise<void> {
    const { unsent } = this.#options;
    if (unsent === undefined) return;
    try {
      if (unsent.count() === 0) return;
      for (const batch of unsent.batches()) {
        const outcomes = await this.attempt(async ({ shared }) => shared.resendMany(batch.records));
        if (outcomes === undefined) return;
        this.#count(outcomes);
        batch.forget();
      }
    } catch (error) {
      if (isMistake(error)) throw error;
      const message = `What earlier runs could not send cannot be sent now (${messageOf(error)}).`;
      this.#options.warn('CACHE_REMOTE_DEGRADED', message, error);
    }
  }

  async leaseHolder(): Promise<LeaseHolder | undefined> {
    const { leaseMs: ttlMs } = this.#options;
    return this.attempt(async ({ shared }) => Promise.resolve(shared.leaseHolder({ ttlMs })));
  }

  /** What `work` answers; undefined where the remote failed, or is not asked any more. Errors in what was asked for are thrown. */
  async attempt<T>(work: (remote: OpenedRemote) => Promise<T> | undefined): Promise<T | undefined> {
    if (this.#closed || this.#isGivenUp) return undefined;
    const attempt = await this.#options.patience.attempt(async () => work(await this.#open()));
    if (attempt.outcome === 'done') return attempt.value;
    if (attempt.outcome === 'failed' && isMistake(attempt.error)) throw attempt.error;
    this.#options.warn(
      'CACHE_REMOTE_DEGRADED',
      `The shared cache ${this.description} is not used, or only in part: ${problemOf(attempt)} Results are complete without it.`,
      attempt.outcome === 'failed' ? attempt.error : undefined,
    );
    return undefined;
  }

  /** @param holder whose leases are given back first. */
  async close(holder: LeaseHolder | undefined): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { patience, hangUp } = this.#options;
    const opened = this.#opened;
    const sayGoodbye = async (): Promise<boolean> => {
      await holder?.close();
      await opened?.close();
      return opened !== undefined || this.#opening === undefined;
    };
    // From one that is not waited for any more, no goodbye is expected either.
    if (!this.#isGivenUp && patience.lets && (await within(CLOSE_MS, sayGoodbye).catch(() => false))) return;
    void holder?.close();
    // What is under way, or connects too late, would keep the process alive for as long as the store's own time limit.
    await within(CLOSE_MS, hangUp).catch(() => undefined);
  }

  #open(): Promise<OpenedRemote> {
    if (this.#opening === undefined) {
      const { open, patience } = this.#options;
      this.#opening = within(patience.budget.totalMs * CONNECT_SHARE, open);
      this.#opening.then(
        (opened) => (this.#opened = opened),
        () => (this.#isGivenUp = true),
      );
    }
    return this.#opening;
  }
}

const SENT: ReadonlySet<string> = new Set(['published', 'replaced', 'present']);

const MISTAKES: ReadonlySet<ErrorCode> = new Set(['CACHE_BAD_CONFIG', 'CACHE_BAD_STORE', 'CACHE_PACKAGE_MISSING']);

/** What was asked for makes no sense, whatever the remote does. */
const isMistake = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof CacheError && MISTAKES.has(error.code));
