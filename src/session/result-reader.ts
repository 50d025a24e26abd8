import type { JsonLinesMap } from '../codec/json-lines-map.js';
import type { ContentHash, RecordId, SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import type { AnalyzerIdentity } from '../plan/analyzer-identity.js';
import { taskName } from '../plan/make-plan.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import { TimeSlice } from '../util/clock.js';
import type { TransientResult } from './keep-results.js';
import type { Session } from './session.js';

/** One current result. */
export interface FileResult {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly contentHash: ContentHash;
  readonly result: JsonValue;
  /** False where it was computed in this run. */
  readonly reused: boolean;
  readonly durationMs: number | null;
}

export interface ResultFilter {
  readonly analyzer?: string;
  readonly path?: string;
}

/** Computes one result again because its record turned out to be unusable; undefined where that failed. */
export type Recompute = (
  path: SourcePath,
  analyzer: string,
) => Promise<{ result: JsonValue; contentHash: ContentHash } | undefined>;

const BATCH = 512;

interface Slot {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly id: RecordId | undefined;
}

/** Serves the results of one run, each checked when it is read; what cannot be served from its record is computed on the spot. */
export class ResultReader {
  readonly #session: Session;
  readonly #files: JsonLinesMap;
  readonly #transient: ReadonlyMap<string, TransientResult>;
  readonly #ran: () => ReadonlySet<string>;
  #ranNames: ReadonlySet<string> | undefined;
  readonly #recompute: Recompute;
  readonly #identities: ReadonlyMap<string, AnalyzerIdentity>;

  constructor(
    session: Session,
    files: JsonLinesMap,
    transient: ReadonlyMap<string, TransientResult>,
    ran: () => ReadonlySet<string>,
    recompute: Recompute,
  ) {
    this.#session = session;
    this.#files = files;
    this.#transient = transient;
    this.#ran = ran;
    this.#recompute = recompute;
    this.#identities = new Map(session.analyzers.map(({ plan }) => [plan.id, plan.identity]));
  }

  /** Sorted by path, then analyzer. Memory does not grow with their number. */
  async *read(filter: ResultFilter = {}): AsyncGenerator<FileResult> {
    const slice = new TimeSlice();
    let batch: Slot[] = [];
    for (const slot of this.#slots(filter)) {
      batch.push(slot);
      if (batch.length < BATCH) continue;
      yield* await this.#load(batch);
      batch = [];
      if (slice.due()) await slice.yieldTurn();
    }
    yield* await this.#load(batch);
  }

  *#slots(filter: ResultFilter): Generator<Slot> {
    const analyzers = this.#session.analyzers.map(({ analyzer }) => analyzer.id);
    const entries = filter.path === undefined ? this.#files.entries() : one(filter.path, this.#files.get(filter.path));
    for (const [path, text] of entries) {
      const records = JSON.parse(text) as Record<string, RecordId>;
      for (const analyzer of analyzers) {
        if (filter.analyzer !== undefined && filter.analyzer !== analyzer) continue;
        const id = Object.hasOwn(records, analyzer) ? records[analyzer] : undefined;
        if (id === undefined && !this.#transient.has(taskName(path, analyzer))) continue;
        yield { path: path as SourcePath, analyzer, id };
      }
    }
  }

  async #load(slots: readonly Slot[]): Promise<FileResult[]> {
    const { cache } = this.#session;
    const kept = slots.filter((slot): slot is Slot & { id: RecordId } => slot.id !== undefined);
    const lookUps = cache === undefined ? [] : await cache.findRecords(kept.map((slot) => this.#wanted(slot)));
    const bySlot = new Map(kept.map((slot, index) => [slot as Slot, lookUps[index]]));
    const ran = (this.#ranNames ??= this.#ran());
    const results: FileResult[] = [];
    for (const slot of slots) {
      const { path, analyzer } = slot;
      const reused = !ran.has(taskName(path, analyzer));
      const lookUp = bySlot.get(slot);
      if (lookUp?.outcome === 'hit') {
        const { result, contentHash, durationMs } = lookUp.record;
        results.push({ path, analyzer, contentHash, result, reused, durationMs });
        continue;
      }
      const fresh = this.#fromMemory(slot) ?? (await this.#recompute(path, analyzer));
      if (fresh !== undefined) results.push({ path, analyzer, ...fresh, reused: false, durationMs: null });
    }
    return results;
  }

  #fromMemory({ path, analyzer }: Slot): { result: JsonValue; contentHash: ContentHash } | undefined {
    const held = this.#transient.get(taskName(path, analyzer));
    return held && { result: JSON.parse(held.resultText) as JsonValue, contentHash: held.contentHash };
  }

  #wanted({ path, analyzer, id }: Slot & { id: RecordId }): Parameters<CodebaseCache['findRecord']>[0] {
    const identity = this.#identities.get(analyzer);
    if (identity === undefined) throw new TypeError(`Expected analyzer ${analyzer} to be one of this run`);
    return {
      ...{ id, analyzerId: analyzer, fingerprint: identity.fingerprint, contentHash: undefined, requestedPath: path },
      path: identity.pathIndependent ? null : path,
    };
  }
}

function* one(path: string, text: string | undefined): Generator<readonly [string, string]> {
  if (text !== undefined) yield [path, text];
}
