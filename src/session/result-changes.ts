import type { SourcePath } from '../model/ids.js';
import type { AnalysisDocument } from '../persistence/analysis-document.js';
import { isSameAnalyzer, own } from '../plan/analyzer-identity.js';
import type { ResultKeeper } from './keep-results.js';
import type { Prepared, Session, SessionAnalyzer } from './session.js';

/** Where results may differ from those of the committed analysis. */
export interface ResultChanges {
  /** Files whose result of that analyzer may be another one, or gone, sorted; undefined: nothing of the committed analysis can be relied on. */
  changed(analyzer: string): readonly SourcePath[] | undefined;
  /** Files that are no source files any more. */
  readonly removed: readonly SourcePath[];
}

/** Above this share of the files, taking everything anew is quicker than file by file. */
const MOST_CHANGED = 1 / 8;
/** So few are never worth it. */
const FEW = 50;

export function resultChanges(session: Session, prepared: Prepared, { kept }: ResultKeeper): ResultChanges {
  const { scanned, previous, decisions } = prepared;
  const { document } = previous;
  const changed = new Map<string, SourcePath[]>();
  if (document === undefined || hasAmbiguousValues(document)) return { changed: () => undefined, removed: [] };
  for (const { analyzer, plan } of session.analyzers) if (isSame(document, plan)) changed.set(analyzer.id, []);
  for (const candidate of decisions.candidates()) {
    const { path, analyzerId } = candidate;
    const found = decisions.found.get(candidate);
    const isSameRecord = found !== undefined && found.id === document.recordsOf(path)?.get(analyzerId);
    if (!isSameRecord || kept.has(candidate)) changed.get(analyzerId)?.push(path);
  }
  const most = Math.max(FEW, scanned.files.paths.length * MOST_CHANGED);
  return {
    changed(analyzer) {
      const paths = changed.get(analyzer);
      return paths === undefined || paths.length > most ? undefined : paths;
    },
    removed: previous.diff.removed,
  };
}

/** Whether the values that the analyzer gave then are those of the same code, asked about the same files. */
function isSame({ head }: AnalysisDocument, { id, identity }: SessionAnalyzer['plan']): boolean {
  const before = own(head.analyzers, id);
  return before !== undefined && before.summaryFailed !== true && isSameAnalyzer(before, identity);
}

/** Where two analyzers gave a value of one name, only the last one's is kept. */
function hasAmbiguousValues({ head }: AnalysisDocument): boolean {
  const names = Object.values(head.analyzers).flatMap(({ values = [] }) => values);
  return new Set(names).size < names.length;
}
