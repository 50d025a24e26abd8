import type { CodebaseId, ResultKey } from '../model/ids.js';
import { messageOf, systemCode } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import type { JsonValue } from '../model/json.js';
import type { ResultRecord } from '../schema/generated/result-record.js';
import { loadValidators } from '../schema/validate.js';
import type { StoreDriver } from '../store/driver.js';
import { AnalysisDocument, FileHashesDocument, MAX_ANALYSIS_BYTES, type OpenedAnalysis } from './analysis-document.js';
import { readEpochs, type Epochs } from './epochs.js';
import {
  ANALYSIS_NAME,
  analysisKey,
  FILE_HASHES_NAME,
  fileHashesKey,
  recordKey,
  recordName,
  resultKeyOf,
} from './layout.js';
import {
  decodeRecord,
  encodeRecord,
  isTooLarge,
  MAX_RECORD_BYTES,
  type Expectation,
  type RecordDraft,
} from './record.js';

export type StoredRecord = ResultRecord & { readonly result: JsonValue };

/** What a look-up of one record found. */
export type RecordLookUp =
  | { readonly outcome: 'hit'; readonly record: StoredRecord }
  | { readonly outcome: 'miss' }
  | { readonly outcome: 'stale'; readonly epoch: number }
  | { readonly outcome: 'corrupt'; readonly problem: string };

/** Which record is wanted, and for which path: an invalidation is by path even where the record is not. */
export interface Wanted extends Expectation {
  readonly requestedPath: string;
}

/** The kept results of one codebase. Nothing is believed that does not prove itself. */
export class CodebaseCache {
  readonly id: CodebaseId;
  readonly driver: StoreDriver;
  readonly epochs: Epochs;
  readonly #report: EventListener;
  #latest: Epochs;
  readonly #reported = new Set<string>();

  private constructor(driver: StoreDriver, id: CodebaseId, epochs: Epochs, report: EventListener) {
    this.driver = driver;
    this.id = id;
    this.epochs = epochs;
    this.#latest = epochs;
    this.#report = report;
  }

  static async open(
    driver: StoreDriver,
    id: CodebaseId,
    report: EventListener = () => undefined,
  ): Promise<CodebaseCache> {
    return new CodebaseCache(driver, id, await readEpochs(driver, id), report);
  }

  /** The last committed analysis, or undefined. @param validatedDigest digest of one that was validated before on this machine. */
  async openAnalysis(validatedDigest?: string): Promise<AnalysisDocument | undefined> {
    return this.openDocument(analysisKey(this.id), ANALYSIS_NAME, validatedDigest);
  }

  async openDocument(key: string, name: string, validatedDigest?: string): Promise<AnalysisDocument | undefined> {
    const [bytes] = await this.driver.loadMany([key], { maxBytes: MAX_ANALYSIS_BYTES });
    if (bytes === undefined) return undefined;
    const opened = bytes instanceof Error ? unreadable(bytes) : await this.#open(bytes, validatedDigest);
    if (opened.ok) return opened.document;
    this.#corrupt(name, opened.problem);
    return undefined;
  }

  async #open(bytes: Buffer, validatedDigest: string | undefined): Promise<OpenedAnalysis> {
    const believed =
      validatedDigest !== undefined &&
      DIGEST.test(validatedDigest) &&
      bytes.includes(validatedDigest, bytes.length - SEAL_REGION_BYTES);
    const opened = AnalysisDocument.open(bytes, believed ? undefined : await loadValidators());
    if (!opened.ok || opened.document.head.codebaseId === this.id) return opened;
    return { ok: false, problem: `it belongs to codebase ${opened.document.head.codebaseId}` };
  }

  /** The hashes that `analysis` was committed with, or undefined where the file is not that one (a kill just before the commit). */
  async openFileHashes(analysis: AnalysisDocument): Promise<FileHashesDocument | undefined> {
    const [bytes] = await this.driver.loadMany([fileHashesKey(this.id)], { maxBytes: MAX_ANALYSIS_BYTES });
    if (!Buffer.isBuffer(bytes)) return undefined;
    if (FileHashesDocument.digestOf(bytes) !== analysis.head.fileHashesDigest) return undefined;
    if (analysis.isKnown) return FileHashesDocument.fromTrustedBytes(bytes);
    const document = FileHashesDocument.parse(bytes);
    if (document === undefined) this.#corrupt(FILE_HASHES_NAME, 'its layout is not that of this version');
    return document;
  }

  /** The invalidations as of now, which may have overtaken the run that `epochs` belongs to. */
  async latestEpochs(): Promise<Epochs> {
    try {
      const now = await readEpochs(this.driver, this.id);
      if (now.current !== this.#latest.current) this.#latest = now;
    } catch (error) {
      // What cannot be listed now is judged by what was seen before.
      if (error instanceof TypeError) throw error;
    }
    return this.#latest;
  }

  /** One answer for each wanted record, in order. */
  async findRecords(wanted: readonly Wanted[]): Promise<RecordLookUp[]> {
    if (wanted.length === 0) return [];
    const validators = await loadValidators();
    const invalidated = await (await this.latestEpochs()).coverage();
    const loaded = await this.driver.loadMany(
      wanted.map(({ key }) => recordKey(this.id, key)),
      { maxBytes: MAX_RECORD_BYTES },
    );
    return wanted.map((want, index) => {
      const bytes = loaded[index];
      if (bytes === undefined) return { outcome: 'miss' };
      if (bytes instanceof Error) return this.#corruptRecord(want.key, messageOf(bytes));
      const decoded = decodeRecord(bytes, want, validators);
      if (!decoded.ok) return this.#corruptRecord(want.key, decoded.problem);
      const epoch = invalidated.after(decoded.record.epoch, want.requestedPath, want.analyzerId);
      return epoch === undefined ? { outcome: 'hit', record: decoded.record } : { outcome: 'stale', epoch };
    });
  }

  async findRecord(wanted: Wanted): Promise<RecordLookUp> {
    const [found] = await this.findRecords([wanted]);
    return found ?? { outcome: 'miss' };
  }

  /**
   * Keeps a record. A valid one of that name stays (the first write wins); one that is damaged, was invalidated or is to be
   * replaced on purpose gives way.
   * @returns false for a record that is too large to be read again, which is not written.
   */
  async saveRecord(draft: RecordDraft, { replace, durable }: { replace: boolean; durable: boolean }): Promise<boolean> {
    if (isTooLarge(draft)) return false;
    const key = recordKey(this.id, draft.key);
    const bytes = encodeRecord(draft);
    if (!replace) {
      if (await this.driver.create(key, bytes, { durable })) return true;
      const { analyzer, path, contentHash } = draft;
      const found = await this.findRecord({
        ...{ key: draft.key, analyzerId: analyzer.id, fingerprint: analyzer.fingerprint, contentHash },
        ...{ path: null, requestedPath: path },
      });
      if (found.outcome === 'hit') return true;
    }
    await this.driver.replace(key, bytes, { durable });
    return true;
  }

  /** Marks a record as used now if it was last used before `before` (ms since the Unix epoch). */
  async renewRecord(key: ResultKey, before: number): Promise<void> {
    const name = recordKey(this.id, key);
    try {
      const stat = await this.driver.stat(name);
      if (stat !== undefined && stat.modifiedAt < before) await this.driver.renew(name);
    } catch (error) {
      // Pruned too early at worst; a store that cannot be written says so when something is to be kept.
      if (systemCode(error) === undefined) throw error;
    }
  }

  /** Keys of all records in the store, whatever refers to them. */
  async listRecordKeys(): Promise<Set<ResultKey>> {
    const keys = new Set<ResultKey>();
    for (const name of await this.driver.list(this.id)) {
      const key = resultKeyOf(name);
      if (key !== undefined) keys.add(key);
    }
    return keys;
  }

  #corruptRecord(key: ResultKey, problem: string): RecordLookUp {
    this.#corrupt(recordName(key), problem);
    return { outcome: 'corrupt', problem };
  }

  #corrupt(document: string, problem: string): void {
    if (this.#reported.has(document)) return;
    this.#reported.add(document);
    this.#report({ type: 'document-corrupt', document, problem });
  }
}

const unreadable = (error: Error): OpenedAnalysis => ({ ok: false, problem: messageOf(error) });

/** The seal stands in the last bytes of a document. */
const SEAL_REGION_BYTES = 128;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** An invalidation of everything leaves nothing to load; a narrower one is checked for each record. */
export async function isInvalidatedAsAWhole({ epochs }: CodebaseCache, { head }: AnalysisDocument): Promise<boolean> {
  return epochs.current > head.epoch && (await epochs.coverage()).wholeAfter(head.epoch);
}
