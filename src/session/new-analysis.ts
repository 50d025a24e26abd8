/** What the codebase looks like after a run: which record holds which result. Values in, values out. */
import type { FileTable } from '../model/file-state.js';
import type { ContentHash, RecordId } from '../model/ids.js';
import type { JsonLinesMap } from '../codec/json-lines-map.js';
import { filesMap, formatRecords, type AnalysisDocument } from '../persistence/analysis-document.js';
import { FileHashesDocument } from '../persistence/file-hashes-document.js';
import type { Candidate, PlanAnalyzer } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';
import type { Previous } from './previous-run.js';

export interface NewFilesInput {
  readonly files: FileTable;
  readonly previous: Previous;
  readonly analyzers: readonly PlanAnalyzer[];
  readonly candidates: readonly Candidate[];
  /** Record of a candidate's result if it is in the store now. */
  readonly recordOf: (candidate: Candidate) => RecordId | undefined;
}

/** The entries of `files`; only the lines that changed are made anew where the last run had the same tasks. */
export function newFilesMap(input: NewFilesInput): JsonLinesMap {
  const { document } = input.previous;
  return document !== undefined && hasSameTasks(document, input.analyzers)
    ? patchedFiles(document, input)
    : filesMap(allEntries(input));
}

/** Whether the analysis is of the same analyzers, each asked about the same files: else lines change that nothing ran for. */
export function hasSameTasks(document: AnalysisDocument, analyzers: readonly PlanAnalyzer[]): boolean {
  const before = Object.entries(document.head.analyzers)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([id, { include }]) => [id, include]);
  return JSON.stringify(before) === JSON.stringify(analyzers.map(({ id, identity }) => [id, identity.include]));
}

function* allEntries({
  files,
  previous,
  analyzers,
  candidates,
  recordOf,
}: NewFilesInput): Generator<readonly [string, string]> {
  let next = 0;
  for (const [index, path] of files.paths.entries()) {
    const before = previous.document?.recordsOf(path);
    const records: [string, RecordId][] = [];
    for (const { id, matches } of analyzers) {
      if (matches?.(path) === false) continue;
      const candidate = candidates[next];
      const isCandidate = candidate?.index === index && candidate.analyzerId === id;
      if (isCandidate) next++;
      const record = isCandidate ? recordOf(candidate) : before?.get(id);
      if (record !== undefined) records.push([id, record]);
    }
    yield [path, formatRecords(records)];
  }
}

function patchedFiles(
  document: AnalysisDocument,
  { files, previous, candidates, recordOf, analyzers }: NewFilesInput,
): JsonLinesMap {
  const edits = new Map<string, string | undefined>();
  for (const path of previous.diff.removed) edits.set(path, undefined);
  // A changed file that no analyzer is asked about has no candidate, but a line all the same.
  for (const path of previous.diff.added) edits.set(path, '{}');
  for (let start = 0; start < candidates.length;) {
    const { path, index } = candidates[start] as Candidate;
    let end = start + 1;
    while (candidates[end]?.index === index) end++;
    const decided = new Map(
      candidates.slice(start, end).map((candidate) => [candidate.analyzerId, recordOf(candidate)]),
    );
    const before = document.recordsOf(path);
    const records = analyzers
      .map(({ id }) => [id, decided.has(id) ? decided.get(id) : before?.get(id)] as const)
      .filter((entry): entry is readonly [string, RecordId] => entry[1] !== undefined);
    edits.set(path, formatRecords(records));
    start = end;
  }
  if (edits.size > files.paths.length / 8) return mergeEdits(document.files, edits, files);
  return document.files.patch(edits);
}

/** The same as `patch`, for many edits. */
function mergeEdits(
  before: JsonLinesMap,
  edits: ReadonlyMap<string, string | undefined>,
  files: FileTable,
): JsonLinesMap {
  const known = new Map(before.entries());
  return filesMap(files.paths.map((path) => [path, edits.get(path) ?? known.get(path) ?? '{}'] as const));
}

/** The content hashes after a run. */
export async function newFileHashes(files: FileTable, previous: Previous): Promise<FileHashesDocument> {
  const { added, changed, removed } = previous.diff;
  const edited = added.length + changed.length + removed.length;
  const before = edited > files.paths.length / 8 ? undefined : await previous.fileHashes();
  if (before === undefined)
    return FileHashesDocument.fromEntries(files.paths.map((path, index) => [path, files.contentHash(index)] as const));
  const edits = new Map<string, ContentHash | undefined>();
  for (const path of removed) edits.set(path, undefined);
  for (const path of [...added, ...changed]) edits.set(path, files.contentHash(files.indexOf(path)));
  return before.patch(edits);
}
