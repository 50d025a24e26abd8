/**
 * Invalidation as an append-only list: each entry says what results from before it may no longer be served. Entries are created
 * exclusively, so that two at once both count, and are never removed. An entry that cannot be read covers everything.
 */
import type { CodebaseId } from '../model/ids.js';
import { CacheError } from '../model/errors.js';
import { checkSeal, sealDocument } from '../codec/sealed-json.js';
import { parseDocument } from '../schema/parse-json.js';
import { loadValidators } from '../schema/validate.js';
import type { EpochEntry } from '../schema/generated/epoch.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { compileGlobs } from '../util/globs.js';
import { epochKey, epochNumberOf, epochsFolder, MAX_EPOCH } from './layout.js';

const EPOCH_SCHEMA = 'urn:documee:schema:epoch:1';
const MAX_ENTRY_BYTES = 1024 * 1024;

/** What an invalidation covers; without a list it covers all paths, or all analyzers. */
export interface Selection {
  readonly paths?: readonly string[];
  readonly analyzers?: readonly string[];
}

interface Invalidation {
  readonly number: number;
  /** When it was made, in ms since the Unix epoch; Infinity where that cannot be told. */
  readonly createdAt: number;
  /** It covers everything. */
  readonly whole: boolean;
  covers(path: string, analyzer: string): boolean;
}

/** What the invalidations of one codebase cover. */
export class Coverage {
  readonly #invalidations: readonly Invalidation[];

  /** @param invalidations newest first. */
  constructor(invalidations: readonly Invalidation[]) {
    this.#invalidations = invalidations;
  }

  /** Whether everything was invalidated after `epoch`. */
  wholeAfter(epoch: number): boolean {
    return this.#invalidations.some(({ number, whole }) => number > epoch && whole);
  }

  /**
   * When the last invalidation that covers the task was made, in ms since the Unix epoch; undefined where there was none. For results of other
   * machines only, which have no epoch of this cache. A clock may have gone back: the latest time counts, not that of the newest entry.
   */
  lastAt(path: string, analyzer: string): number | undefined {
    let last: number | undefined;
    for (const invalidation of this.#invalidations)
      if (invalidation.covers(path, analyzer)) last = Math.max(last ?? -Infinity, invalidation.createdAt);
    return last;
  }

  /** Number of the newest entry after `epoch` that covers the task, or undefined. */
  after(epoch: number, path: string, analyzer: string): number | undefined {
    for (const invalidation of this.#invalidations) {
      if (invalidation.number <= epoch) return undefined;
      if (invalidation.covers(path, analyzer)) return invalidation.number;
    }
    return undefined;
  }
}

/**
 * The invalidations of one codebase as they were when this was read. Their numbers tell whether anything happened since an analysis; what they
 * cover is read only when a record is judged, so that an unchanged run reads none of it.
 */
export class Epochs {
  /** Number of the newest entry; 0 before the first. */
  readonly current: number;
  readonly #load: () => Promise<Coverage>;
  #coverage: Promise<Coverage> | undefined;

  constructor(current: number, load: () => Promise<Coverage>) {
    this.current = current;
    this.#load = load;
  }

  coverage(): Promise<Coverage> {
    return (this.#coverage ??= this.#load());
  }
}

export async function readEpochs(documents: DocumentStore, id: CodebaseId): Promise<Epochs> {
  const found = (await documents.list(epochsFolder(id))).map(epochNumberOf).filter((number) => number !== undefined);
  const numbers = found.filter((number) => number <= MAX_EPOCH).sort((a, b) => b - a);
  if (numbers.length === found.length) return new Epochs(numbers[0] ?? 0, () => readCoverage(documents, id, numbers));
  // An entry beyond the limit covers everything, and the count ends there: see `appendEpoch`.
  const last: Invalidation = { number: MAX_EPOCH, createdAt: Infinity, whole: true, covers: () => true };
  return new Epochs(MAX_EPOCH, () => Promise.resolve(new Coverage([last])));
}

/** @param numbers newest first. */
async function readCoverage(documents: DocumentStore, id: CodebaseId, numbers: readonly number[]): Promise<Coverage> {
  const entries = await documents.loadMany(
    numbers.map((number) => epochKey(id, number)),
    { maxBytes: MAX_ENTRY_BYTES },
  );
  const invalidations: Invalidation[] = [];
  for (const [index, number] of numbers.entries()) {
    const entry = await readEntry(entries[index], number);
    const narrow = entry && narrowCoverage(selectionOf(entry));
    const createdAt = entry === undefined ? Infinity : Date.parse(entry.createdAt);
    invalidations.push({ number, createdAt, whole: narrow === undefined, covers: narrow ?? (() => true) });
  }
  return new Coverage(invalidations);
}

/** Undefined where it covers everything, as does a pattern that this version cannot understand. */
function narrowCoverage(selection: Selection): Invalidation['covers'] | undefined {
  if (selection.paths === undefined && selection.analyzers === undefined) return undefined;
  try {
    return coverage(selection);
  } catch {
    return undefined;
  }
}

/** Undefined where the entry cannot be believed. */
async function readEntry(document: Buffer | undefined | Error, number: number): Promise<EpochEntry | undefined> {
  if (!Buffer.isBuffer(document) || !checkSeal(document).ok) return undefined;
  const parsed = parseDocument(document, { maxBytes: MAX_ENTRY_BYTES });
  if (!parsed.ok || (await loadValidators()).epoch(parsed.value) !== undefined) return undefined;
  const entry = parsed.value as unknown as EpochEntry;
  return entry.number === number ? entry : undefined;
}

function selectionOf({ selection: { paths, analyzers } }: EpochEntry): Selection {
  return { paths: paths ?? undefined, analyzers: analyzers ?? undefined };
}

/** Whether a task falls under `selection`; a path is a glob or an exact path. */
export function coverage({ paths, analyzers }: Selection): (path: string, analyzer: string) => boolean {
  const matches = paths === undefined ? undefined : compileGlobs(paths);
  const exact = new Set(paths);
  const ids = analyzers === undefined ? undefined : new Set(analyzers);
  return (path, analyzer) =>
    (ids?.has(analyzer) ?? true) && (matches === undefined || exact.has(path) || matches(path));
}

/**
 * Adds an entry and answers its number. It survives a power cut before this returns.
 * @param known a number that results carry already: entries may have been deleted by hand.
 * @throws CacheError CACHE_UNWRITABLE where the numbers have run out, which takes an entry or an analysis that documee did not write.
 */
export async function appendEpoch(
  documents: DocumentStore,
  id: CodebaseId,
  { selection, known, now }: { readonly selection: Selection; readonly known: number; readonly now: Date },
): Promise<number> {
  const names = await documents.list(epochsFolder(id));
  const newest = names.reduce((highest, name) => Math.max(highest, epochNumberOf(name) ?? 0), known);
  for (let number = newest + 1; number <= MAX_EPOCH; number++) {
    const bytes = sealDocument({
      $schema: EPOCH_SCHEMA,
      formatVersion: 1,
      number,
      createdAt: now.toISOString(),
      selection: { paths: selection.paths ?? null, analyzers: selection.analyzers ?? null },
    });
    // What it forbids may live longer than it would: saved later, or renewed.
    if (await documents.create(epochKey(id, number), bytes, { durable: true, lasts: true })) return number;
  }
  throw new CacheError(
    'CACHE_UNWRITABLE',
    `The invalidations of codebase "${id}" have no number left after ${newest}. Delete its folder in the cache.`,
    { codebaseId: id, number: newest },
  );
}
