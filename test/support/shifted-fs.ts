/**
 * Change times cannot be set, and files younger than the racy window are always read again. Here source files look `offsetMs` older
 * than they are, so that the stat shortcut is taken within a test.
 */
import path from 'node:path';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { interceptFs, type PortCall } from './intercept-fs.js';

const STAT_CALLS: ReadonlySet<PortCall> = new Set<PortCall>(['fstatSync', 'lstatSync', 'statSync']);
const NS_PER_MS = 1_000_000n;

export function shiftedFs(root: string, offsetMs = 3_600_000, base: FileSystem = realFs): FileSystem {
  return interceptFs(({ call, place, proceed }) => {
    const answer = proceed();
    const isSource = place === root || place.startsWith(root + path.sep);
    return STAT_CALLS.has(call) && isSource && answer !== undefined ? shifted(answer, offsetMs) : answer;
  }, base);
}

function shifted(stat: unknown, offsetMs: number): unknown {
  const older = Object.create(stat as object) as Record<string, unknown>;
  for (const name of ['mtime', 'ctime']) {
    const inMs = (stat as Record<string, unknown>)[`${name}Ms`];
    const value = typeof inMs === 'bigint' ? inMs - BigInt(offsetMs) : (inMs as number) - offsetMs;
    older[`${name}Ms`] = value;
    const inNs = (stat as Record<string, unknown>)[`${name}Ns`];
    if (typeof inNs === 'bigint') older[`${name}Ns`] = inNs - BigInt(offsetMs) * NS_PER_MS;
  }
  return older;
}

/** The same disk without waiting for it: for tests of everything but durability. */
export function withoutFsync(base: FileSystem = realFs): FileSystem {
  return { ...base, fsyncSync: () => undefined };
}
