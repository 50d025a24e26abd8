import { CacheError } from '../model/errors.js';
import { openInputStates } from '../scan/input-states.js';
import { scan, type ScanResult } from '../scan/scan.js';
import { throwIfAborted } from './execute.js';
import { ImportClosures } from './import-closures.js';
import { RunStates } from './run-states.js';
import type { Session } from './session.js';

/** Memory for the sources of a first run between their hashing and their analysis. */
const HOLD_BYTES = 64 * 1024 * 1024;

/** The state of every source file that one of the session's analyzers is asked about. */
export async function scanSession(session: Session): Promise<ScanResult> {
  const { settings, fs, hasher, local, signal, emit, analyzers, cacheFolders } = session;
  const { root, include, exclude, gitignore, changeDetection, maxFileBytes } = settings;
  const usesStat = changeDetection === 'stat';
  try {
    const scanned = await scan({
      holdBytes: session.writable ? HOLD_BYTES : 0,
      ...{ fs, root, include, exclude, gitignore, changeDetection, hasher, maxFileBytes, signal },
      analyzerIncludes: analyzers.flatMap(({ analyzer: { include = [], alsoScans } }) =>
        alsoScans === undefined ? [include] : [include, alsoScans],
      ),
      skipFolders: cacheFolders,
      cache: local?.readScanCache(),
      stamp: usesStat && session.writable ? local?.stamp() : undefined,
      onProgress: (done, total) => emit({ type: 'scan-progress', done, total }),
    });
    const { files, problems, hashedCount, durationMs } = scanned;
    for (const problem of problems) emit({ type: 'file-skipped', ...problem });
    emit({ type: 'scan-finished', files: files.paths.length, hashed: hashedCount, durationMs });
    throwIfAborted(session, 0);
    return scanned;
  } catch (error) {
    if (!(error instanceof CacheError)) throwIfAborted(session, 0);
    throw error;
  }
}

/** The state of everything else that results may depend on; looked at when it is asked for. */
export function openStates(session: Session, scanned: ScanResult): RunStates {
  const { settings, fs, hasher, local, cacheFolders, environment } = session;
  const { root, maxFileBytes } = settings;
  const places = openInputStates({
    ...{ fs, root, hasher, maxFileBytes, environment, scanned },
    hiddenFolders: cacheFolders,
    cache: local?.readInputCache(),
  });
  return new RunStates(places, new ImportClosures({ session, scanned }));
}
