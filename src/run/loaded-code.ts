import { CacheError } from '../model/errors.js';
import type { FileSystem } from '../util/fs.js';
import { MAX_CODE_FILES, readCode, type Code } from './code-digest.js';

/**
 * A process keeps each module as it was when it was first imported, whatever becomes of its file. So what an analyzer runs is told by
 * the digests of that moment, for the whole process.
 */
const digests = new Map<string, string>();
const firstSeen = new Map<string, string>();

export interface Loaded<T> {
  readonly value: T;
  /** Of the code that this process runs. */
  readonly codeDigest: string;
  /** The code on disk is another by now. */
  readonly isOutdated: boolean;
}

/**
 * Loads from `module`, and tells which code that is. An analyzer that declares a digest of its own is believed.
 * @throws CacheError CACHE_ANALYZER_LOAD where nobody can tell, because a file was edited while, or before, it was imported.
 */
export async function loadWithCode<T extends { readonly codeDigest?: string }>(
  fs: FileSystem,
  module: string,
  load: () => Promise<T> | T,
): Promise<Loaded<T>> {
  const before = readCode(fs, module);
  const edited = remember(before);
  const loading = load();
  const value = await loading;
  if (value.codeDigest !== undefined) return { value, codeDigest: value.codeDigest, isOutdated: false };
  const known = digests.get(module);
  if (known !== undefined) return { value, codeDigest: known, isOutdated: known !== before.digest };
  // What was there before was not loaded just now.
  const after = loading instanceof Promise ? readCode(fs, module) : before;
  const unclear = edited ?? difference(before, after);
  if (unclear !== undefined)
    throw loadError(
      module,
      `cannot be told from an older state of itself: ${unclear} changed while this process ran. Run again, in a new process`,
    );
  if (after.digest === undefined)
    throw loadError(module, `imports more than ${MAX_CODE_FILES} files. Declare codeDigest, or import less`);
  digests.set(module, after.digest);
  return { value, codeDigest: after.digest, isOutdated: false };
}

/** Answers a file that this process knows in another state. */
function remember({ files }: Code): string | undefined {
  let other: string | undefined;
  for (const [file, digest] of files) {
    const first = firstSeen.get(file);
    if (first === undefined) firstSeen.set(file, digest);
    else if (first !== digest) other = file;
  }
  return other;
}

function difference(before: Code, after: Code): string | undefined {
  for (const [file, digest] of after.files) if (before.files.get(file) !== digest) return file;
  for (const file of before.files.keys()) if (!after.files.has(file)) return file;
  return undefined;
}

function loadError(module: string, problem: string): CacheError {
  return new CacheError('CACHE_ANALYZER_LOAD', `Analyzer ${module} ${problem}.`, { module });
}
