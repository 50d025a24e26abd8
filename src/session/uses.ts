import type { AnalysisDocument } from '../persistence/analysis-document.js';
import { own } from '../plan/analyzer-identity.js';
import type { Session } from './session.js';

/** Which analyzers one asks for results: those that it declares, and those that it asked before. */
export function usesOf(
  { analyzers }: Session,
  document: AnalysisDocument | undefined,
): (analyzer: string) => readonly string[] {
  const uses = new Map(
    analyzers.map(({ analyzer: { id, uses: declared = [] } }) => {
      const recorded = document === undefined ? [] : (own(document.head.analyzers, id)?.uses ?? []);
      return [id, [...new Set([...declared, ...recorded])]] as const;
    }),
  );
  return (analyzer) => uses.get(analyzer) ?? [];
}

/** Whether some analyzer asks for results of another. */
export function isUsedBy(session: Session, document: AnalysisDocument | undefined): (analyzer: string) => boolean {
  const uses = usesOf(session, document);
  const used = new Set(session.analyzers.flatMap(({ plan }) => uses(plan.id)));
  return (analyzer) => used.has(analyzer);
}
