/**
 * The one door to the disk: everything that reads or writes files takes a `FileSystem`, so that tests can inject a fault into any
 * call and kill the process between any two. Calls are synchronous on purpose: in batches they are several times faster than
 * promises, and `TimeSlice` keeps the event loop free.
 */
import fsExtra from 'fs-extra';
import type * as nodeFs from 'node:fs';
import { systemCode } from '../../model/errors.js';

const PORT_CALLS = [
  'openSync',
  'readSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
  'fstatSync',
  'lstatSync',
  'statSync',
  'statfsSync',
  'readlinkSync',
  'realpathSync',
  'readdirSync',
  'readFileSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'mkdirSync',
  'rmSync',
  'utimesSync',
  'ftruncateSync',
] as const;

/** By Node's own types: those of fs-extra would be needed by everybody who uses ours. */
export type FileSystem = Pick<typeof nodeFs, (typeof PORT_CALLS)[number]>;

/** The calls that change something on disk: where a kill or a fault can leave it half done. */
export const MUTATING_CALLS = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'mkdirSync',
  'rmSync',
  'utimesSync',
  'ftruncateSync',
] as const satisfies readonly (keyof FileSystem)[];

/** The real disk. */
export const realFs: FileSystem = Object.freeze(
  Object.fromEntries(PORT_CALLS.map((name) => [name, fsExtra[name]])) as unknown as FileSystem,
);

export function isNotFound(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_RDWR } = fsExtra.constants;
/** Not defined on Windows, where links need a privilege to be made. */
const O_NOFOLLOW = (fsExtra.constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
/** A FIFO in the place of a file must not block the open. */
const O_NONBLOCK = (fsExtra.constants as { O_NONBLOCK?: number }).O_NONBLOCK ?? 0;
export const NO_FOLLOW_READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** For source files, whose links are followed on purpose. */
export const FOLLOWING_READ = O_RDONLY | O_NONBLOCK;
export const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** To be changed where it stands; made if it is not there. */
export const IN_PLACE = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
export const FOLDER_READ = O_RDONLY;

/** Less what the umask takes away; never writable by everybody, whatever the umask says. */
export const FILE_MODE = 0o664;
export const FOLDER_MODE = 0o775;
