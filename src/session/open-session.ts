import { CacheError, messageOf, type ErrorCode } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import type { CodebaseId } from '../model/ids.js';
import { CodebaseCache } from '../persistence/codebase-cache.js';
import { LocalState } from '../persistence/local-state.js';
import type { WorkerPool } from '../run/worker-pool.js';
import { systemClock } from '../util/clock.js';
import { realFs } from '../util/fs.js';
import { contentHasher } from '../util/hash.js';
import type { OpenedDocuments } from './default-store.js';
import { forgivingReads } from './forgiving-reads.js';
import { loadAnalyzers } from './load-analyzers.js';
import type { Session } from './session.js';
import type { SharedCache } from './shared/shared-cache.js';
import { settingsOf, type CachePlace, type SessionOptions } from './settings.js';

/** @param documents undefined: the run keeps nothing. @param reading true: the run will write nothing. */
export async function openSession(
  options: SessionOptions & CachePlace,
  openDocuments: (root: string) => Promise<OpenedDocuments>,
  { reading = false } = {},
): Promise<Session> {
  const fs = options.ports?.fs ?? realFs;
  const settings = settingsOf(options, fs);
  const { emit, warn } = announcer(options.onEvent);
  const environment = options.environment ?? process.env;
  const analyzers = await loadAnalyzers(options.analyzers, { root: settings.root, fs, environment, warn });
  let writable = !reading;
  let cache: CodebaseCache | undefined;
  let local: LocalState | undefined;
  let opened: OpenedDocuments | undefined;
  const cacheFolders: string[] = [];
  try {
    opened = await openDocuments(settings.root);
    const { documents, folder } = opened;
    if (folder !== undefined) cacheFolders.push(folder);
    cache = await CodebaseCache.open(forgivingReads(documents, warn), settings.codebaseId, emit);
    const localFolder = await openLocalFolder(opened, settings.codebaseId, writable, (cause) => {
      writable = false;
      warnUnwritable(warn, cause);
    });
    local = localFolder === undefined ? undefined : new LocalState(fs, localFolder);
  } catch (error) {
    writable = false;
    cache = undefined;
    // What was asked for makes no sense; a cache that cannot be used does no harm.
    if (error instanceof TypeError || (error instanceof CacheError && SENSELESS.has(error.code))) {
      await opened?.close().catch(() => undefined);
      throw error;
    }
    if (error instanceof CacheError) warn(error.code, error.message, error);
    else
      warn(
        'CACHE_UNREADABLE',
        `The cache cannot be read (${messageOf(error)}); everything is analyzed and nothing is kept.`,
        error,
      );
  }
  const { root, contentHash, maxFileBytes, concurrency } = settings;
  const threads = { root, contentHash, maxFileBytes, hiddenFolders: cacheFolders, environment };
  let pool: Promise<WorkerPool> | undefined;
  const clock = options.ports?.clock ?? systemClock;
  const hasher = await contentHasher(settings.contentHash);
  const isForeseeing = reading;
  let shared: SharedCache | undefined;
  if (options.remote !== undefined) {
    const { openShared } = await import('./shared/open-shared.js');
    const part = { settings, fs, clock, hasher, environment, emit, warn, analyzers, cache, cacheFolders };
    try {
      const remote = typeof options.remote === 'string' ? { store: options.remote } : options.remote;
      shared = await openShared(remote, part, { isWritable: () => session.writable, isForeseeing });
    } catch (error) {
      // What makes no sense is said before anything ran, and nobody else would close the store.
      await opened?.close().catch(() => undefined);
      throw error;
    }
  }
  const session: Session = {
    settings,
    fs,
    clock,
    hasher,
    signal: options.signal ?? new AbortController().signal,
    environment,
    emit,
    warn,
    analyzers,
    cache,
    local,
    shared,
    cacheFolders,
    writable,
    pool: () =>
      (pool ??= import('../run/worker-pool.js').then(({ openWorkerPool }) => openWorkerPool(concurrency, threads))),
    close: async () => {
      try {
        await shared?.close();
      } finally {
        await (await pool)?.close();
      }
    },
    async closeStore() {
      try {
        await opened?.close();
      } catch (error) {
        if (error instanceof TypeError) throw error;
        // The run is over, and its results are right.
        warnUnwritable(warn, error);
      }
    },
  };
  return session;
}

const SENSELESS: ReadonlySet<ErrorCode> = new Set(['CACHE_BAD_CONFIG', 'CACHE_BAD_STORE', 'CACHE_PACKAGE_MISSING']);

/** Tells the listener everything, and each warning once. */
function announcer(onEvent: EventListener = () => undefined): Pick<Session, 'emit' | 'warn'> {
  const warned = new Set<string>();
  return {
    emit: onEvent,
    warn(code, message, cause) {
      if (warned.has(code)) return;
      warned.add(code);
      onEvent({ type: 'warning', code, message, cause });
    },
  };
}

export function warnUnwritable(warn: Session['warn'], cause: unknown): void {
  warn(
    'CACHE_UNWRITABLE',
    `The cache cannot be written (${messageOf(cause)}); results are complete but not kept. Free space or permissions, or choose another place with --base-path or --store.`,
    cause,
  );
}

async function openLocalFolder(
  { localFolder }: Pick<OpenedDocuments, 'localFolder'>,
  id: CodebaseId,
  create: boolean,
  unwritable: (cause: unknown) => void,
): Promise<string | undefined> {
  if (localFolder === undefined) return undefined;
  try {
    return await localFolder(id, create);
  } catch (error) {
    if (error instanceof CacheError) throw error;
    unwritable(error);
    return localFolder(id, false);
  }
}
