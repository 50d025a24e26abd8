import { systemCode } from '../model/errors.js';
import { parseCodebaseId, type CodebaseId } from '../model/ids.js';
import type { DocumentStore } from '../store/documents/document-store.js';
import { CodebaseCache } from './codebase-cache.js';
import { ANALYSIS_NAME } from './layout.js';

export interface CodebaseSummary {
  readonly codebaseId: CodebaseId;
  /** Source files of the last run. */
  readonly files: number;
  /** Of everything that is kept directly for it, without history. */
  readonly sizeBytes: number;
  /** When the last run that changed anything was committed; ISO 8601, UTC. */
  readonly lastRunAt: string;
}

/** Codebases with a committed analysis, sorted by id. Folders of other kinds are none of ours. */
export async function listCodebases(documents: DocumentStore): Promise<CodebaseSummary[]> {
  const summaries: CodebaseSummary[] = [];
  for (const name of (await documents.list('')).sort()) {
    const id = asCodebaseId(name);
    if (id === undefined) continue;
    const summary = await summaryOf(documents, id);
    if (summary !== undefined) summaries.push(summary);
  }
  return summaries;
}

/** Undefined where there is no analysis, or none that this process may read: one such codebase must not hide the others. */
async function summaryOf(documents: DocumentStore, id: CodebaseId): Promise<CodebaseSummary | undefined> {
  try {
    const names = await documents.list(id);
    if (!names.includes(ANALYSIS_NAME)) return undefined;
    const document = await (await CodebaseCache.open(documents, id)).openAnalysis();
    if (document === undefined) return undefined;
    const { totals, createdAt } = document.head;
    const stats = await documents.statMany(names.map((child) => `${id}/${child}`));
    const sizeBytes = stats.reduce((sum, stat) => sum + (stat?.sizeBytes ?? 0), 0);
    return { codebaseId: id, files: totals.files, sizeBytes, lastRunAt: createdAt };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function asCodebaseId(name: string): CodebaseId | undefined {
  try {
    return parseCodebaseId(name);
  } catch {
    return undefined;
  }
}
