import os from 'node:os';
import path from 'node:path';
import { CacheError } from '../../model/errors.js';
import type { FileSystem } from '../../util/fs.js';
import { sha256Hex } from '../../util/hash.js';

const PRIVATE_MODE = 0o700;
const OTHERS_MAY_WRITE = 0o022;

/**
 * Makes `folder` and what is missing above it, for this user alone.
 * @throws CacheError CACHE_FOLDER_UNSAFE where it is a link, is no folder, belongs to another user or can be written by others.
 */
export function openPrivateFolder(fs: FileSystem, folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: PRIVATE_MODE });
  const problem = problemWith(fs.lstatSync(folder));
  if (problem === undefined) return;
  throw new CacheError(
    'CACHE_FOLDER_UNSAFE',
    `Folder ${folder} ${problem}, so what waits to be sent is not kept in it. Remove it, or name another one.`,
    { folder, problem },
  );
}

function problemWith(stat: ReturnType<FileSystem['lstatSync']>): string | undefined {
  if (stat === undefined || stat.isSymbolicLink() || !stat.isDirectory()) return 'is no folder';
  if (process.getuid === undefined) return undefined;
  if (Number(stat.uid) !== process.getuid()) return 'belongs to another user';
  return (Number(stat.mode) & OTHERS_MAY_WRITE) === 0 ? undefined : 'can be written by others';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the outbox of a store lies unless somebody says otherwise: in the caches of the user, so outside of any sources; absolute.
 * @param description of the store, without credentials: each has a folder of its own.
 */
export function defaultOutboxFolder(description: string, environment: Environment = process.env): string {
  return path.join(userCaches(environment), 'documee', 'outbox', sha256Hex(description));
}

/** A relative XDG_CACHE_HOME is to be ignored, says its specification. */
function userCaches(environment: Environment): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (process.platform === 'win32' && LOCALAPPDATA !== undefined && path.isAbsolute(LOCALAPPDATA)) return LOCALAPPDATA;
  const home = homeOf(environment);
  if (process.platform === 'win32') return path.join(home, 'AppData', 'Local');
  return process.platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
}

/** A user without a home still has a place for temporary files; `Outbox.open` refuses what somebody else made there. */
function homeOf({ HOME, USERPROFILE }: Environment): string {
  const named = process.platform === 'win32' ? USERPROFILE : HOME;
  if (named !== undefined && path.isAbsolute(named)) return named;
  try {
    return os.homedir();
  } catch {
    return path.join(os.tmpdir(), `documee-${process.getuid?.() ?? 'user'}`);
  }
}
