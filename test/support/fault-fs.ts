/** The disk with faults: counts the calls that change something, and fails, shortens or kills at the n-th. */
import fs from 'node:fs';
import path from 'node:path';
import { MUTATING_CALLS, realFs, type FileSystem } from '../../src/util/fs.js';
import { interceptFs, type Intercepted, type PortCall } from './intercept-fs.js';

/** What goes wrong at the n-th counted call; counted from 1. */
export type Fault =
  /** `lasting`: every counted call from the n-th on. */
  | { readonly kind: 'errno'; readonly at: number; readonly code: string; readonly lasting?: boolean }
  /** A write of that number, or the next one, writes `bytes` and says so; the write after it fails with `then`. */
  | { readonly kind: 'short-write'; readonly at: number; readonly bytes: number; readonly then?: string }
  | { readonly kind: 'kill'; readonly at: number; readonly when: 'before' | 'after' }
  /** A write of that number writes only `bytes` before the kill; any other call is killed after it. */
  | { readonly kind: 'kill'; readonly at: number; readonly when: 'half-way' };

export interface Operation {
  readonly call: PortCall;
  /** Relative to `under`. */
  readonly place: string;
  /** Where a rename or a link leads, relative to `under`. */
  readonly to?: string;
}

export interface FaultyFs {
  readonly fs: FileSystem;
  /** Every counted call so far. */
  readonly operations: readonly Operation[];
  /** Whether the fault has happened. */
  readonly struck: () => boolean;
}

export interface FaultyOptions {
  /** Only calls about something in this folder count. */
  readonly under: string;
  readonly fault?: Fault;
  /** Which calls count; default: those that change something. */
  readonly counts?: (call: PortCall, args: readonly unknown[]) => boolean;
  readonly base?: FileSystem;
}

export function faultyFs({ under, fault, counts = isMutating, base = realFs }: FaultyOptions): FaultyFs {
  const operations: Operation[] = [];
  let struck = false;
  let failNextWrite: string | undefined;
  const handle = (intercepted: Intercepted): unknown => {
    const { call, args, place, proceed } = intercepted;
    if (!(place === under || place.startsWith(under + path.sep)) || !counts(call, args)) return proceed();
    const to = call === 'renameSync' || call === 'linkSync' ? path.relative(under, String(args[1])) : undefined;
    operations.push({ call, place: path.relative(under, place), ...(to === undefined ? {} : { to }) });
    const n = operations.length;
    if (call === 'writeSync' && failNextWrite !== undefined) {
      const code = failNextWrite;
      failNextWrite = undefined;
      throw systemError(code, call, place);
    }
    if (fault === undefined) return proceed();
    if (fault.kind === 'errno') {
      if (n !== fault.at && !(fault.lasting === true && n > fault.at)) return proceed();
      struck = true;
      throw systemError(fault.code, call, place);
    }
    if (fault.kind === 'short-write') {
      if (struck || n < fault.at || call !== 'writeSync') return proceed();
      struck = true;
      failNextWrite = fault.then;
      return proceed(args[0], args[1], args[2], Math.min(fault.bytes, args[3] as number), args[4]);
    }
    if (n !== fault.at) return proceed();
    struck = true;
    if (fault.when === 'before') kill();
    if (fault.when === 'half-way' && call === 'writeSync') {
      proceed(args[0], args[1], args[2], Math.ceil((args[3] as number) / 2), args[4]);
    } else proceed();
    return kill();
  };
  return { fs: interceptFs(handle, base), operations, struck: () => struck };
}

const MUTATING: ReadonlySet<string> = new Set(MUTATING_CALLS);
const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC } = fs.constants;

export function isMutating(call: PortCall, args: readonly unknown[]): boolean {
  if (!MUTATING.has(call)) return false;
  return (
    call !== 'openSync' || (typeof args[1] === 'number' && (args[1] & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) !== 0)
  );
}

export const isReading = (call: PortCall, args: readonly unknown[]): boolean =>
  call !== 'closeSync' && !isMutating(call, args);

export function systemError(code: string, call: string, place: string): Error {
  return Object.assign(new Error(`${code}: injected, ${call} '${place}'`), {
    code,
    syscall: call.replace('Sync', ''),
    path: place,
  });
}

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('Expected the process to be gone');
}
