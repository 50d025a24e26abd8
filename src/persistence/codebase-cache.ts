import type { CodebaseId, RecordId, ResultKey } from '../model/ids.js';
import { messageOf, systemCode } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import type { JsonValue } from '../model/json.js';
import { keyOfRecord, recordId } from '../plan/record-id.js';
import type { ResultRecord } from '../schema/generated/result-record.js';
import { loadValidators } from '../schema/validate.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { canonicalJson } from '../util/canonical-json.js';
import { sha256Digest } from '../util/hash.js';
import { AnalysisDocument, MAX_ANALYSIS_BYTES, type OpenedAnalysis } from './analysis-document.js';
import type { LinesDocumentKind } from './lines-document.js';
import { readEpochs, type Epochs } from './epochs.js';
import { DependenciesDocument } from './dependencies-document.js';
import { FileHashesDocument } from './file-hashes-document.js';
import {
  ANALYSIS_NAME,
  epochKey,
  MAX_EPOCH,
  analysisKey,
  DEPENDENCIES_NAME,
  dependenciesKey,
  FILE_HASHES_NAME,
  fileHashesKey,
  REDUCER_INPUTS_NAME,
  reducerInputsKey,
  recordKey,
  recordName,
  recordIdOf,
} from './layout.js';
import { ReducerInputsDocument } from './reducer-inputs-document.js';
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

/** What is in the store after a result was to be kept. */
export type SavedRecord =
  | { readonly outcome: 'written' }
  /** Somebody else's of the same name: the first write wins. */
  | { readonly outcome: 'found'; readonly record: StoredRecord }
  /** It could not be read again, so it was not written. */
  | { readonly outcome: 'too-large' };

/** Which record is wanted, and for which path: an invalidation is by path even where the record is not. */
export interface Wanted extends Expectation {
  readonly requestedPath: string;
}

/** The kept results of one codebase. Nothing is believed that does not prove itself. */
export class CodebaseCache {
  readonly id: CodebaseId;
  readonly documents: DocumentStore;
  readonly epochs: Epochs;
  readonly #report: EventListener;
  #latest: Epochs;
  /** Of the analysis that was opened: the next entry has a higher number, though older entries may have been deleted by hand. */
  #committedEpoch = 0;
  readonly #reported = new Set<string>();
  readonly #dependencies = new WeakMap<AnalysisDocument, Promise<DependenciesDocument | undefined>>();

  private constructor(documents: DocumentStore, id: CodebaseId, epochs: Epochs, report: EventListener) {
    this.documents = documents;
    this.id = id;
    this.epochs = epochs;
    this.#latest = epochs;
    this.#report = report;
  }

  static async open(
    documents: DocumentStore,
    id: CodebaseId,
    report: EventListener = () => undefined,
  ): Promise<CodebaseCache> {
    return new CodebaseCache(documents, id, await readEpochs(documents, id), report);
  }

  /** The last committed analysis, or undefined. @param validatedDigest digest of one that was validated before on this machine. */
  async openAnalysis(validatedDigest?: string): Promise<AnalysisDocument | undefined> {
    const document = await this.openDocument(analysisKey(this.id), ANALYSIS_NAME, validatedDigest);
    this.#committedEpoch = Math.max(this.#committedEpoch, document?.head.epoch ?? 0);
    return document;
  }

  async openDocument(key: string, name: string, validatedDigest?: string): Promise<AnalysisDocument | undefined> {
    const [bytes] = await this.documents.loadMany([key], { maxBytes: MAX_ANALYSIS_BYTES });
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
  openFileHashes(analysis: AnalysisDocument): Promise<FileHashesDocument | undefined> {
    const place = { key: fileHashesKey(this.id), name: FILE_HASHES_NAME, digest: analysis.head.fileHashesDigest };
    return this.#openBeside(analysis, FileHashesDocument, place);
  }

  /**
   * The dependencies that `analysis` was committed with, loaded once, or undefined where the file is not that one: see `rebuildDependencies`. It
   * is checked only where the analysis is not known: the first run that sees an analysis has to open both before this machine remembers it.
   */
  openDependencies(analysis: AnalysisDocument): Promise<DependenciesDocument | undefined> {
    const digest = analysis.head.dependenciesDigest;
    if (digest === null) return Promise.resolve(DependenciesDocument.empty);
    let opened = this.#dependencies.get(analysis);
    if (opened === undefined) {
      const place = { key: dependenciesKey(this.id), name: DEPENDENCIES_NAME, digest };
      this.#dependencies.set(analysis, (opened = this.#openBeside(analysis, DependenciesDocument, place)));
    }
    return opened;
  }

  /** What the reducers took for `analysis`, or undefined where the file is not the one that it was committed with: it can be made anew. */
  openReducerInputs(analysis: AnalysisDocument): Promise<ReducerInputsDocument | undefined> {
    const digest = analysis.head.reducersDigest;
    if (digest === null) return Promise.resolve(ReducerInputsDocument.empty);
    const place = { key: reducerInputsKey(this.id), name: REDUCER_INPUTS_NAME, digest };
    return this.#openBeside(analysis, ReducerInputsDocument, place);
  }

  /** A document that was committed with `analysis`, which has its digest. */
  async #openBeside<Document>(
    analysis: AnalysisDocument,
    kind: LinesDocumentKind<Document>,
    { key, name, digest }: { readonly key: string; readonly name: string; readonly digest: string },
  ): Promise<Document | undefined> {
    const [bytes] = await this.documents.loadMany([key], { maxBytes: MAX_ANALYSIS_BYTES });
    if (!Buffer.isBuffer(bytes) || sha256Digest(bytes) !== digest) return undefined;
    if (analysis.isKnown) return kind.fromTrustedBytes(bytes);
    const document = kind.parse(bytes);
    if (document === undefined) this.#corrupt(name, 'its layout is not that of this version');
    return document;
  }

  /** The invalidations as of now, which may have overtaken the run that `epochs` belongs to. */
  async latestEpochs(): Promise<Epochs> {
    try {
      // The next entry has the next number, and in a large store a listing is dear.
      const next = Math.max(this.#latest.current, this.#committedEpoch) + 1;
      const [appended] = next > MAX_EPOCH ? [] : await this.documents.statMany([epochKey(this.id, next)]);
      if (appended !== undefined) this.#latest = await readEpochs(this.documents, this.id);
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
    const loaded = await this.documents.loadMany(
      wanted.map(({ id }) => recordKey(this.id, id)),
      { maxBytes: MAX_RECORD_BYTES },
    );
    return wanted.map((want, index) => {
      const bytes = loaded[index];
      if (bytes === undefined) return { outcome: 'miss' };
      if (bytes instanceof Error) return this.#corruptRecord(want.id, messageOf(bytes));
      const decoded = decodeRecord(bytes, want, validators);
      if (!decoded.ok) return this.#corruptRecord(want.id, decoded.problem);
      const epoch = invalidated.after(decoded.record.epoch, want.requestedPath, want.analyzerId);
      return epoch === undefined ? { outcome: 'hit', record: decoded.record } : { outcome: 'stale', epoch };
    });
  }

  async findRecord(wanted: Wanted): Promise<RecordLookUp> {
    const [found] = await this.findRecords([wanted]);
    return found ?? { outcome: 'miss' };
  }

  /**
   * Keeps a record. A valid one of that name stays (the first write wins); one that is damaged, was invalidated, has other dependencies whose
   * digest begins alike, or is to be replaced on purpose gives way.
   */
  async saveRecord(
    draft: RecordDraft,
    { replace, durable }: { replace: boolean; durable: boolean },
  ): Promise<SavedRecord> {
    if (isTooLarge(draft)) return { outcome: 'too-large' };
    const id = recordId(draft.key, draft.dependencies);
    const key = recordKey(this.id, id);
    const bytes = encodeRecord(draft);
    if (!replace) {
      if (await this.documents.create(key, bytes, { durable })) return { outcome: 'written' };
      const { analyzer, path, contentHash } = draft;
      const found = await this.findRecord({
        ...{ id, analyzerId: analyzer.id, fingerprint: analyzer.fingerprint, contentHash },
        ...{ path: null, requestedPath: path },
      });
      const isFound =
        found.outcome === 'hit' && canonicalJson(found.record.dependencies) === canonicalJson(draft.dependencies);
      if (isFound) return { outcome: 'found', record: found.record };
    }
    await this.documents.replace(key, bytes, { durable });
    return { outcome: 'written' };
  }

  /** Marks each of these records as used now if it was last used before `before` (ms since the Unix epoch). */
  async renewRecords(ids: readonly RecordId[], before: number): Promise<void> {
    const names = ids.map((id) => recordKey(this.id, id));
    try {
      const stats = await this.documents.statMany(names);
      for (const [index, name] of names.entries()) {
        const stat = stats[index];
        if (stat !== undefined && stat.modifiedAt < before) await this.#renew(name);
      }
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
  }

  async #renew(name: string): Promise<void> {
    try {
      await this.documents.renew(name);
    } catch (error) {
      // Pruned too early at worst; a store that cannot be written says so when something is to be kept.
      if (systemCode(error) === undefined) throw error;
    }
  }

  /** All records in the store by their key, whatever refers to them; those of one key, its variants, sorted. */
  async listRecords(): Promise<Map<ResultKey, RecordId[]>> {
    const records = new Map<ResultKey, RecordId[]>();
    for (const name of await this.documents.list(this.id)) {
      const id = recordIdOf(name);
      if (id === undefined) continue;
      const variants = records.get(keyOfRecord(id));
      if (variants === undefined) records.set(keyOfRecord(id), [id]);
      else variants.push(id);
    }
    for (const variants of records.values()) if (variants.length > 1) variants.sort();
    return records;
  }

  #corruptRecord(id: RecordId, problem: string): RecordLookUp {
    this.#corrupt(recordName(id), problem);
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
