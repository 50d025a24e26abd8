import type { PublishDraft } from '../../share/publish-shared.js';
import type { Outbox, OutboxEntry } from '../../store/outbox.js';

const BATCH = 128;

/** Signed records, or records of a cache without signatures, that a remote has not acknowledged: kept on disk until a later run has sent them. */
export class UnsentRecords {
  readonly #openOutbox: () => Outbox;
  readonly #hasAny: () => boolean;
  #outbox: Outbox | undefined;
  #hadAny: boolean | undefined;

  /**
   * @param hasAny whether an earlier run left something: without it, and without a failure, no folder is made.
   * @param openOutbox called when it is needed first. Both throw errors of the disk, as does every method.
   */
  constructor({ hasAny, openOutbox }: { readonly hasAny: () => boolean; readonly openOutbox: () => Outbox }) {
    this.#hasAny = hasAny;
    this.#openOutbox = openOutbox;
  }

  /** How many wait. */
  count(): number {
    if (this.#outbox === undefined && !(this.#hadAny ??= this.#hasAny())) return 0;
    return this.#open().size;
  }

  /** Keeps what `shared` would have written. */
  keep(drafts: readonly PublishDraft[], encode: (draft: PublishDraft) => Buffer | undefined): void {
    const changes = drafts.flatMap((draft) => {
      const bytes = encode(draft);
      const action = draft.replace === true ? ('save' as const) : ('create' as const);
      return bytes === undefined ? [] : [{ action, key: draft.key, bytes, expiresAt: undefined }];
    });
    this.#open().putMany(changes);
  }

  /** What waits, from the oldest to the newest, a batch at a time. */
  *batches(): Generator<{
    readonly records: readonly { readonly bytes: Uint8Array; readonly replace: boolean }[];
    forget(): void;
  }> {
    const outbox = this.#open();
    let batch: OutboxEntry[] = [];
    const flush = (): { records: { bytes: Uint8Array; replace: boolean }[]; forget(): void } => {
      const sent = batch;
      batch = [];
      return {
        records: sent.map(({ bytes, action }) => ({ bytes, replace: action === 'save' })),
        forget: () => {
          for (const { id } of sent) outbox.remove(id);
        },
      };
    };
    for (const entry of outbox.entries()) {
      batch.push(entry);
      if (batch.length >= BATCH) yield flush();
    }
    if (batch.length > 0) yield flush();
  }

  #open(): Outbox {
    return (this.#outbox ??= this.#openOutbox());
  }
}
