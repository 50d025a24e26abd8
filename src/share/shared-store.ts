import { TOOL } from '../util/tool.js';
import { findShared, namesIn, type SharedLookUp, type SharedReading, type SharedWanted } from './find-shared.js';
import { LeaseHolder, type LeaseOptions } from './leases.js';
import { encodeDraft, publishShared, type PublishDraft, type Published, type SharedWriting } from './publish-shared.js';
import { resendShared, type UnsentRecord } from './resend-shared.js';
import type { SharedBackend } from './shared-backend.js';
import { parseScope, SharedLayout } from './shared-layout.js';
import type { Refusal, SharedValidators } from './shared-record.js';
import type { RecordSigner, RecordVerifier } from './signing.js';

export interface SharedStoreOptions {
  /** What all keys begin with; see `parseNamespace`. */
  readonly namespace: string;
  /** Scopes that records are taken from, the preferred one first. */
  readonly readScopes: readonly string[];
  /** The one scope that is written to; undefined: nothing is written. */
  readonly writeScope?: string;
  /** Undefined: records are not signed. */
  readonly signer?: RecordSigner;
  /** Undefined: no public keys are trusted, and every record that proves itself is taken. */
  readonly verifier: RecordVerifier | undefined;
  readonly validators: SharedValidators;
  /** Time to live of what is written, in seconds; default: that of the store. */
  readonly ttl?: number;
  /** What signs as the writer; default: this package. */
  readonly tool?: { readonly name: string; readonly version: string };
}

/** What happened since the store was opened. */
export interface SharedCounts {
  readonly wanted: number;
  /** Those of them for which at least one record was taken. */
  readonly found: number;
  /** Records that were not taken, by kind. */
  readonly refused: Readonly<Record<Refusal, number>>;
  readonly published: number;
  readonly replaced: number;
  /** Somebody else's was there. */
  readonly present: number;
  readonly tooLarge: number;
  readonly notShared: number;
  /** Values that `removeMany` removed. */
  readonly removed: number;
}

const COUNT_OF_OUTCOME = {
  published: 'published',
  replaced: 'replaced',
  present: 'present',
  'too-large': 'tooLarge',
  'not-shared': 'notShared',
} as const satisfies Record<Published['outcome'], keyof SharedCounts>;

/**
 * The results that machines share, over any store. Whatever comes out of it has proven itself; whether its dependencies are current is for the
 * caller to find out. Every method rejects with the store's own error where the store does not answer.
 */
export class SharedStore {
  readonly layout: SharedLayout;
  readonly readScopes: readonly string[];
  readonly writeScope: string | undefined;
  readonly #reading: SharedReading;
  readonly #options: SharedStoreOptions;
  readonly #counts = {
    ...{ wanted: 0, found: 0, published: 0, replaced: 0, present: 0, tooLarge: 0, notShared: 0, removed: 0 },
    refused: { corrupt: 0, foreign: 0, unsigned: 0, untrusted: 0, 'bad-signature': 0 },
  };

  /** @throws CacheError CACHE_BAD_CONFIG where a namespace or scope is no name. */
  constructor(backend: SharedBackend, options: SharedStoreOptions) {
    const { namespace, readScopes, writeScope, verifier, validators } = options;
    this.layout = new SharedLayout(namespace);
    this.readScopes = [...new Set(readScopes.map(parseScope))];
    this.writeScope = writeScope === undefined ? undefined : parseScope(writeScope);
    this.#reading = { backend, layout: this.layout, verifier, validators };
    this.#options = options;
  }

  get counts(): SharedCounts {
    return { ...this.#counts, refused: { ...this.#counts.refused } };
  }

  /** One answer for each, in order. */
  async findMany(wanted: readonly SharedWanted[]): Promise<SharedLookUp[]> {
    const answers = await findShared(this.#reading, this.readScopes, wanted);
    this.#counts.wanted += wanted.length;
    for (const { candidates, refused } of answers) {
      if (candidates.length > 0) this.#counts.found++;
      for (const { kind } of refused) this.#counts.refused[kind]++;
    }
    return answers;
  }

  /**
   * Sends results that this process computed itself, signed where there is a signer; one outcome for each, in order. The first write of a record
   * wins, unless it does not verify or `replace` is asked. A writer that signs and has no list of trusted keys leaves only its own in place: what
   * it would leave otherwise, readers with its public key would refuse for ever.
   * @throws TypeError without a `writeScope`.
   */
  async publishMany(drafts: readonly PublishDraft[]): Promise<Published[]> {
    return this.#counted(await publishShared(this.#writing(), drafts));
  }

  /** What `publishMany` would write, for `resendMany`; undefined where it would write nothing. @throws TypeError without a `writeScope`. */
  encode(draft: PublishDraft): Buffer | undefined {
    const encoded = encodeDraft(this.#writing(), draft, { check: false });
    return 'bytes' in encoded ? encoded.bytes : undefined;
  }

  /**
   * Sends what `encode` gave, in this process or an earlier one; one outcome for each, in order.
   * @throws TypeError without a `writeScope`.
   */
  async resendMany(records: readonly UnsentRecord[]): Promise<Published[]> {
    return this.#counted(await resendShared(this.#writing(), records));
  }

  #writing(): SharedWriting {
    const scope = this.#scopeToWrite();
    const { signer, ttl, tool = TOOL } = this.#options;
    const origin = { scope, tool: { name: tool.name, version: tool.version } };
    const verifier = this.#reading.verifier ?? signer?.verifier;
    return { ...this.#reading, verifier, origin, signer, ttl };
  }

  #counted(outcomes: Published[]): Published[] {
    for (const { outcome } of outcomes) this.#counts[COUNT_OF_OUTCOME[outcome]]++;
    return outcomes;
  }

  /**
   * Removes all records of these keys from the scope that is written to: for `invalidate`. Number of values removed, the documents that name
   * variants among them.
   * @throws TypeError without a `writeScope`.
   */
  async removeMany(keys: readonly string[]): Promise<number> {
    const scope = this.#scopeToWrite();
    const { backend } = this.#reading;
    const unique = [...new Set(keys)];
    const documentKeys = unique.map((key) => this.layout.variantsKey(scope, key));
    const documents = await backend.loadMany(documentKeys);
    const records = unique.flatMap((key, index) =>
      [null, ...namesIn(documents[index])].map((variant) => this.layout.recordKey(scope, { key, variant })),
    );
    // Records first: as long as it is there, the document names what is left to remove.
    const removed = (await backend.deleteMany(records)) + (await backend.deleteMany(documentKeys));
    this.#counts.removed += removed;
    return removed;
  }

  /** Leases on making results, by their shared keys; undefined where the backend has none. */
  leaseHolder(options: LeaseOptions = {}): LeaseHolder | undefined {
    const leases = this.#reading.backend.driver?.leases;
    return leases === undefined ? undefined : new LeaseHolder(leases, (key) => this.layout.leaseName(key), options);
  }

  #scopeToWrite(): string {
    if (this.writeScope === undefined) throw new TypeError('Expected a writeScope: this shared store is only read');
    return this.writeScope;
  }
}
