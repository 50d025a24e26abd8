import type { ContentHash, ContentHashAlgorithm, RecordId, SourcePath, VersionId } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { identityOf, type AnalyzerIdentity } from '../plan/analyzer-identity.js';
import { recordId } from '../plan/record-id.js';
import { resultKey } from '../plan/result-key.js';
import { assertJson, canonicalJson, toJsonValue } from '../util/canonical-json.js';
import type { Clock } from '../util/clock.js';
import { byCodeUnit } from '../util/paths.js';
import { TOOL } from '../util/tool.js';
import {
  ANALYSIS_FORMAT,
  ANALYSIS_SCHEMA,
  filesMap,
  formatRecords,
  RESERVED_NAMES,
  type CodebaseValues,
} from './analysis-document.js';
import { unwritable } from './changed-files.js';
import type { CodebaseCache } from './codebase-cache.js';
import { commitAnalysis, newVersionId, type NewHead } from './commit.js';
import { DependenciesDocument } from './dependencies-document.js';
import { FileHashesDocument } from './file-hashes-document.js';
import { recordKey } from './layout.js';
import { encodeRecord, isTooLarge, MAX_RECORD_BYTES, type RecordDraft } from './record.js';
import { parseSourcePath } from './source-path.js';

/** An analysis that somebody else made: what `saveAnalysis` takes. */
export interface AnalysisInput {
  /** Every analyzer whose results are given. Change `version` whenever it may answer differently. */
  readonly analyzers: Readonly<Record<string, { readonly version: string; readonly options?: JsonValue }>>;
  readonly files: Iterable<FileInput>;
  /** Values of the whole codebase, kept in `analysis.json` under their names, which must not be its own, e.g. `files`. */
  readonly values?: Readonly<Record<string, JsonValue>>;
  /**
   * What `manager.epoch(id)` answered before the results were computed: they fall under every invalidation since then. Default: they are
   * taken to be as new as this call.
   */
  readonly epoch?: number;
}

export interface FileInput {
  /** POSIX, relative to the codebase root. */
  readonly path: string;
  /** Of the content that was analyzed. */
  readonly contentHash: string;
  /** A whole number; default 0. */
  readonly sizeBytes?: number;
  /** By analyzer id. */
  readonly results: Readonly<Record<string, unknown>>;
}

export interface SaveReport {
  readonly versionId: VersionId;
  /** Records that were new, or whose result differed from the kept one. */
  readonly written: number;
  /** Records that were there already. */
  readonly kept: number;
}

const KEEP_VERSIONS = 20;

/** @throws TypeError for input that is no analysis, before anything is written; CacheError CACHE_BAD_PATH, CACHE_UNWRITABLE. */
export async function saveAnalysis(cache: CodebaseCache, input: AnalysisInput, clock: Clock): Promise<SaveReport> {
  const identities = identitiesOf(input);
  const values = valuesOf(input);
  const drafts = draftsOf(cache, input, identities, new Date(clock.now()).toISOString());
  try {
    let written = 0;
    for (const draft of drafts.records) if (await saveIfNew(cache, draft)) written++;
    const head = await newHead(cache, input, identities, drafts, clock);
    const fileHashes = FileHashesDocument.fromEntries(drafts.hashes);
    const document = await commitAnalysis(
      cache.documents,
      cache.id,
      {
        head,
        files: filesMap(drafts.entries),
        fileHashes,
        dependencies: DependenciesDocument.empty,
        values,
      },
      { durable: false, keepVersions: KEEP_VERSIONS },
    );
    return { versionId: document.head.versionId, written, kept: drafts.records.length - written };
  } catch (error) {
    throw unwritable(error);
  }
}

function identitiesOf({ analyzers }: AnalysisInput): Map<string, AnalyzerIdentity> {
  return new Map(
    Object.entries(analyzers)
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([id, { version, options }]) => {
        if (id === '' || id === '__proto__') throw new TypeError(`Expected the id of an analyzer, found "${id}"`);
        if (typeof version !== 'string') throw new TypeError(`Expected the version of ${id} to be a string`);
        return [id, identityOf({ id, version, options, codeDigest: SAVED_CODE }, {})];
      }),
  );
}

/** No run has it: what was saved says nothing of the files that were left out, so a run must not go on from there. */
const SAVED_CODE = 'saved';

function valuesOf({ values = {} }: AnalysisInput): CodebaseValues {
  const entries = Object.entries(values).map(([name, value]) => {
    if (RESERVED_NAMES.has(name)) throw new TypeError(`Expected another name for the value "${name}": it is taken`);
    return [name, toJsonValue(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** Of the results. @throws TypeError for one that has not been reached. */
function epochOf({ epochs }: CodebaseCache, { epoch = epochs.current }: AnalysisInput): number {
  if (Number.isInteger(epoch) && epoch >= 0 && epoch <= epochs.current) return epoch;
  throw new TypeError(
    `Expected epoch to be what manager.epoch(id) answered, at most ${epochs.current}, found ${epoch}`,
  );
}

interface Drafts {
  readonly records: RecordDraft[];
  /** Sorted by path. */
  readonly entries: [path: string, records: string][];
  readonly hashes: [path: SourcePath, contentHash: ContentHash][];
}

function draftsOf(
  cache: CodebaseCache,
  input: AnalysisInput,
  identities: ReadonlyMap<string, AnalyzerIdentity>,
  analyzedAt: string,
): Drafts {
  const epoch = epochOf(cache, input);
  const files = [...input.files].sort((a, b) => byCodeUnit(a.path, b.path));
  const drafts: Drafts = { records: [], entries: [], hashes: [] };
  for (const [index, file] of files.entries()) {
    const path = parseSourcePath(file.path);
    if (files[index - 1]?.path === path) throw new TypeError(`Expected each file once, found ${path} twice`);
    const records: [string, RecordId][] = [];
    for (const id of Object.keys(file.results).sort()) {
      const identity = identities.get(id);
      if (identity === undefined)
        throw new TypeError(`Expected analyzers to describe "${id}", which has a result for ${path}`);
      const draft = draftOf(file, id, identity, { epoch, analyzedAt });
      drafts.records.push(draft);
      records.push([id, recordId(draft.key, draft.dependencies)]);
    }
    drafts.entries.push([path, formatRecords(records)]);
    drafts.hashes.push([path, file.contentHash as ContentHash]);
  }
  return drafts;
}

const CONTENT_HASH = /^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$/;

function draftOf(
  file: FileInput,
  id: string,
  identity: AnalyzerIdentity,
  { epoch, analyzedAt }: { epoch: number; analyzedAt: string },
): RecordDraft {
  const result = file.results[id];
  assertJson(result, `the result of ${id} for ${file.path}`);
  if (!CONTENT_HASH.test(file.contentHash)) {
    throw new TypeError(
      `Expected contentHash of ${file.path} to be "xxh64:" + 16 or "sha256:" + 64 hex digits, found ${file.contentHash}`,
    );
  }
  const { sizeBytes = 0 } = file;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new TypeError(`Expected sizeBytes of ${file.path} to be a whole number of bytes, found ${sizeBytes}`);
  const contentHash = file.contentHash as ContentHash;
  const draft: RecordDraft = {
    ...{ key: resultKey(identity.fingerprint, file.path, contentHash), path: file.path, contentHash },
    ...{
      analyzer: { id, version: identity.version, fingerprint: identity.fingerprint },
      sizeBytes,
    },
    ...{
      epoch,
      dependencies: [],
      surface: null,
      analyzedAt,
      durationMs: 0,
      cost: {},
      resultText: JSON.stringify(result, null, 2),
    },
  };
  if (isTooLarge(draft))
    throw new TypeError(`Expected the record of ${id} for ${file.path} to have at most ${MAX_RECORD_BYTES} bytes`);
  return draft;
}

/** Who saves decides: another result under the same key replaces the kept one. */
async function saveIfNew(cache: CodebaseCache, draft: RecordDraft): Promise<boolean> {
  const id = recordId(draft.key, draft.dependencies);
  const key = recordKey(cache.id, id);
  const bytes = encodeRecord(draft);
  if (await cache.documents.create(key, bytes, { durable: false })) return true;
  const { analyzer, path, contentHash } = draft;
  const found = await cache.findRecord({
    ...{ id, analyzerId: analyzer.id, fingerprint: analyzer.fingerprint },
    ...{ path, contentHash, requestedPath: path },
  });
  // A result that an invalidation has overtaken replaces none that still counts.
  const isOvertaken = (await cache.epochs.coverage()).after(draft.epoch, path, analyzer.id) !== undefined;
  if (found.outcome === 'hit' && isOvertaken) return false;
  if (found.outcome === 'hit' && canonicalJson(found.record.result) === canonicalJson(JSON.parse(draft.resultText)))
    return false;
  await cache.documents.replace(key, bytes, { durable: false });
  return true;
}

async function newHead(
  cache: CodebaseCache,
  input: AnalysisInput,
  identities: ReadonlyMap<string, AnalyzerIdentity>,
  drafts: Drafts,
  clock: Clock,
): Promise<NewHead> {
  const previous = await cache.openAnalysis();
  const counts = (id: string): number => drafts.records.filter(({ analyzer }) => analyzer.id === id).length;
  const algorithm = (drafts.hashes[0]?.[1].split(':', 1)[0] ?? 'xxh64') as ContentHashAlgorithm;
  return {
    $schema: ANALYSIS_SCHEMA,
    formatVersion: ANALYSIS_FORMAT,
    codebaseId: cache.id,
    versionId: newVersionId(clock, previous?.head.versionId ?? null),
    previousVersionId: previous?.head.versionId ?? null,
    createdAt: new Date(clock.now()).toISOString(),
    epoch: Math.max(epochOf(cache, input), previous?.head.epoch ?? 0),
    tool: TOOL,
    contentHash: algorithm,
    scope: { include: [], exclude: [], gitignore: false },
    analyzers: Object.fromEntries(
      [...identities].map(([id, identity]) => [
        id,
        { ...identity, results: counts(id), durationMs: 0, uses: [], recordsDependencies: false, cost: {} },
      ]),
    ),
    totals: {
      files: drafts.entries.length,
      analyzed: drafts.records.length,
      reused: 0,
      removed: 0,
      failed: 0,
      uncacheable: 0,
    },
    durationMs: 0,
    savedMs: 0,
    notKept: [],
    inputs: [],
  };
}
