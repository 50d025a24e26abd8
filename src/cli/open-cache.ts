import { CacheError, didYouMean, openManager, type ConfigFlags, type PersistenceManager } from '../index.js';
import type { Invocation } from './command.js';
import { escape } from './print/escape.js';
import { loadSettings, storageOptions, type CommandSettings } from './settings.js';

export interface OpenCache extends CommandSettings {
  readonly manager: PersistenceManager;
  readonly codebaseId: string;
}

/** The cache of the codebase that is asked about, for commands that analyze nothing. */
export async function openCache(
  invocation: Invocation,
  {
    flags,
    onDamage,
  }: { readonly flags?: ConfigFlags; readonly onDamage?: (document: string, problem: string) => void } = {},
): Promise<OpenCache> {
  const settings = await loadSettings(invocation, { flags });
  const { basePath, codebase } = settings.config.values;
  const { console } = invocation;
  const reportDamage =
    onDamage ??
    ((document: string, problem: string): void =>
      console.warn(`${escape(document)} of the cache cannot be used: ${escape(problem)}`));
  const manager = await openManager({
    basePath,
    root: settings.root,
    store: storageOptions(settings.config).store,
    environment: invocation.env,
    onEvent(event) {
      if (event.type === 'warning') console.warn(`${escape(event.message)} [${event.code}]`);
      if (event.type === 'document-corrupt') reportDamage(event.document, event.problem);
    },
  });
  return { ...settings, manager, codebaseId: codebase };
}

/** Whether anything is kept for the codebase, be it damaged. */
export async function isKnown({ manager, codebaseId }: OpenCache): Promise<boolean> {
  return (await manager.documents.list(codebaseId)).length > 0;
}

/** @throws CacheError CACHE_NO_ANALYSIS with the codebase that may have been meant. */
export async function requireKnown(cache: OpenCache): Promise<void> {
  if (!(await isKnown(cache))) throw await noAnalysis(cache);
}

export async function noAnalysis({ manager, codebaseId }: OpenCache): Promise<CacheError> {
  const known = (await manager.documents.list('')).filter((name) => !name.startsWith('.') && !name.includes('.tmp-'));
  const others = known.filter((name) => name !== codebaseId && name !== 'CACHEDIR.TAG');
  return new CacheError(
    'CACHE_NO_ANALYSIS',
    `There is no analysis of codebase "${codebaseId}" in ${manager.place}${didYouMean(codebaseId, others)}. Run: documee analyze`,
    { codebaseId, basePath: manager.basePath },
  );
}
