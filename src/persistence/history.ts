import { CacheError } from '../model/errors.js';
import type { RecordId, SourcePath, VersionId } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { canonicalJson } from '../util/canonical-json.js';
import type { AnalysisDocument, AnalysisHead } from './analysis-document.js';
import type { CodebaseCache, RecordLookUp } from './codebase-cache.js';
import { listVersionIds } from './commit.js';
import { versionIdOf, versionKey, versionName } from './layout.js';
import { wantedFrom } from './loaded-analysis.js';

/** One kept version. */
export type VersionSummary = Pick<
  AnalysisHead,
  'versionId' | 'previousVersionId' | 'createdAt' | 'totals' | 'durationMs' | 'savedMs'
>;

/** Newest first; a version that cannot be read is left out and reported as an event. */
export async function listVersions(cache: CodebaseCache): Promise<VersionSummary[]> {
  const summaries: VersionSummary[] = [];
  for (const version of await listVersionIds(cache.documents, cache.id)) {
    const document = await openVersion(cache, version);
    if (document === undefined) continue;
    const { versionId, previousVersionId, createdAt, totals, durationMs, savedMs } = document.head;
    summaries.push({ versionId, previousVersionId, createdAt, totals, durationMs, savedMs });
  }
  return summaries;
}

export async function openVersion(cache: CodebaseCache, version: VersionId): Promise<AnalysisDocument | undefined> {
  if (versionIdOf(`${version}.json`) === undefined) return undefined;
  return cache.openDocument(versionKey(cache.id, version), versionName(version));
}

export type ResultChange = 'appeared' | 'disappeared' | 'changed';

export interface ChangedResult {
  readonly path: SourcePath;
  readonly analyzer: string;
  readonly change: ResultChange;
  /** The results where their records are still kept; null else. */
  readonly old: JsonValue;
  readonly new: JsonValue;
}

export interface VersionDiff {
  readonly from: VersionId;
  readonly to: VersionId;
  readonly files: { readonly added: SourcePath[]; readonly removed: SourcePath[] };
  /** Sorted by path, then analyzer. Another record with an equal result is no change. */
  readonly results: ChangedResult[];
  /** Results that have another record, since an input changed, and are equal all the same. */
  readonly equal: number;
}

/** @throws CacheError CACHE_NO_VERSION */
export async function diffVersions(cache: CodebaseCache, a: VersionId, b: VersionId): Promise<VersionDiff> {
  const [from, to] = [await requireVersion(cache, a), await requireVersion(cache, b)];
  const before = new Map(from.entries());
  const after = new Map(to.entries());
  const results: ChangedResult[] = [];
  let equal = 0;
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [
      before.get(path) ?? new Map<string, RecordId>(),
      after.get(path) ?? new Map<string, RecordId>(),
    ];
    for (const analyzer of [...new Set([...old.keys(), ...now.keys()])].sort()) {
      if (old.get(analyzer) === now.get(analyzer)) continue;
      const change = await compare(cache, { path, analyzer }, [from, old.get(analyzer)], [to, now.get(analyzer)]);
      if (change === undefined) equal++;
      else results.push(change);
    }
  }
  const missing = (from: ReadonlyMap<SourcePath, unknown>, other: ReadonlyMap<SourcePath, unknown>): SourcePath[] =>
    [...from.keys()].filter((path) => !other.has(path));
  return { from: a, to: b, files: { added: missing(after, before), removed: missing(before, after) }, results, equal };
}

async function requireVersion(cache: CodebaseCache, version: VersionId): Promise<AnalysisDocument> {
  const document = await openVersion(cache, version);
  if (document !== undefined) return document;
  throw new CacheError(
    'CACHE_NO_VERSION',
    `There is no version "${version}" of codebase "${cache.id}". List them with: documee history`,
    {
      codebaseId: cache.id,
      versionId: version,
    },
  );
}

type Side = readonly [document: AnalysisDocument, id: RecordId | undefined];

async function compare(
  cache: CodebaseCache,
  task: { path: SourcePath; analyzer: string },
  before: Side,
  after: Side,
): Promise<ChangedResult | undefined> {
  const [old, now] = [await resultOf(cache, task, before), await resultOf(cache, task, after)];
  const facts = { ...task, old: old ?? null, new: now ?? null };
  if (before[1] === undefined) return { ...facts, change: 'appeared' };
  if (after[1] === undefined) return { ...facts, change: 'disappeared' };
  const equal = old !== undefined && now !== undefined && canonicalJson(old) === canonicalJson(now);
  return equal ? undefined : { ...facts, change: 'changed' };
}

async function resultOf(
  cache: CodebaseCache,
  { path, analyzer }: { path: SourcePath; analyzer: string },
  [document, id]: Side,
): Promise<JsonValue | undefined> {
  if (id === undefined) return undefined;
  const found: RecordLookUp = await cache.findRecord(wantedFrom(document, path, analyzer, id));
  return found.outcome === 'hit' ? found.record.result : undefined;
}
