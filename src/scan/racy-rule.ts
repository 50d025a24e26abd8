import type { FileSystem } from '../util/fs.js';
import { systemCode } from '../model/errors.js';

/** How recent an mtime or ctime is still ambiguous, in ns. FAT stores even seconds; ccache uses the same 2 s. */
const RACY_WINDOW_NS = 2_000_000_000n;

/**
 * File systems whose stat may lag behind the content or whose inode numbers may change: network and FUSE.
 * Source: statfs(2) and linux/magic.h (NFS, SMB, CIFS, SMB2, FUSE, 9P, AFS, Ceph, Coda, Lustre, GPFS, VirtualBox).
 */
const REMOTE_TYPES: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x5346414f, 0x00c36400, 0x73757245, 0x0bd00bd0,
  0x47504653, 0x786f4256,
]);

export interface Stamp {
  readonly timeNs: bigint;
  readonly device: bigint;
}

interface Times {
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly dev: bigint;
}

/** Whether a tuple may be stored, so that an equal one proves later that nothing changed. */
export type RacyRule = (times: Times) => boolean;

/** True only for what was last changed well before the run began, by the clock of its own file system. */
export function racyRule(rootDevice: bigint, stamp: Stamp | undefined): RacyRule {
  if (stamp === undefined || stamp.device !== rootDevice) return () => false;
  const before = stamp.timeNs - RACY_WINDOW_NS;
  return ({ mtimeNs, ctimeNs, dev }) => mtimeNs < before && ctimeNs < before && dev === rootDevice;
}

/** Whether what a stat says of files under `root` can be relied on at all. */
export function isLocal(fs: FileSystem, root: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return !REMOTE_TYPES.has(fs.statfsSync(root).type >>> 0);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
