import crypto from 'node:crypto';
import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { sha256Hex } from '../../../util/hash.js';
import { readIfPresent, removeQuietly, temporaryBeside, writeNewWhole, type FileSystem } from '../../../util/fs.js';

/** After so long a lock whose owner cannot be asked is taken over, in ms. */
const STALE_MS = 30_000;
/** Owners that live say so at this distance, in ms. */
const RENEW_MS = 5_000;
const POLL_MS = 4;
const MAX_BYTES = 1024;

/**
 * One commit at a time, over all processes. It orders commits only: values are safe without it, since each is replaced in one step and a journal
 * is never applied over a newer value.
 */
export class ProcessLock {
  readonly #fs: FileSystem;
  readonly #file: string;
  #held: { readonly bytes: Buffer; readonly token: string; renewedAt: number } | undefined;

  constructor(fs: FileSystem, file: string) {
    this.#fs = fs;
    this.#file = file;
  }

  /** Waits as long as somebody who lives has it; false when the time is up. */
  async acquire(timeoutMs: number): Promise<boolean> {
    for (const giveUpAt = performance.now() + timeoutMs; ;) {
      if (this.tryAcquire()) return true;
      if (performance.now() >= giveUpAt) return false;
      await wait(POLL_MS);
    }
  }

  tryAcquire(): boolean {
    if (this.#held !== undefined) return false;
    const token = crypto.randomUUID();
    const bytes = Buffer.from(JSON.stringify({ ...ownIdentity(this.#fs), token }));
    if (
      !writeNewWhole(this.#fs, this.#file, bytes) &&
      !(this.#breakStale() && writeNewWhole(this.#fs, this.#file, bytes))
    )
      return false;
    heldHere.add(token);
    this.#held = { bytes, token, renewedAt: performance.now() };
    return true;
  }

  /** Says that the owner lives. */
  renew(): void {
    if (this.#held === undefined || performance.now() - this.#held.renewedAt < RENEW_MS) return;
    this.#held.renewedAt = performance.now();
    const now = new Date();
    this.#fs.utimesSync(this.#file, now, now);
  }

  release(): void {
    if (this.#held === undefined) return;
    const { bytes, token } = this.#held;
    this.#held = undefined;
    heldHere.delete(token);
    if (this.#content()?.equals(bytes) === true) removeQuietly(this.#fs, this.#file);
  }

  /** Takes away what the dead left. Of several who find it, one renames it; who finds that he has renamed a fresh one puts that back. */
  #breakStale(): boolean {
    const seen = this.#content();
    if (seen === undefined) return true;
    if (!this.#isStale(seen)) return false;
    const claimed = temporaryBeside(this.#file);
    try {
      this.#fs.renameSync(this.#file, claimed);
    } catch {
      return false;
    }
    const isStill = readIfPresent(this.#fs, claimed, MAX_BYTES)?.equals(seen) === true;
    if (!isStill) this.#putBack(claimed);
    removeQuietly(this.#fs, claimed);
    return isStill;
  }

  #putBack(claimed: string): void {
    try {
      this.#fs.linkSync(claimed, this.#file);
    } catch {
      // Somebody has it again; who lost it finds that out when it is released, and harms no value meanwhile.
    }
  }

  /** Empty for what is no lock at all. */
  #content(): Buffer | undefined {
    try {
      return readIfPresent(this.#fs, this.#file, MAX_BYTES);
    } catch {
      return Buffer.alloc(0);
    }
  }

  #isStale(bytes: Buffer): boolean {
    const owner = parseOwner(bytes);
    if (owner?.host === HOST && !isAlive(this.#fs, owner)) return true;
    // Ours, and it could not be removed when it was released.
    if (owner?.host === HOST && owner.pid === process.pid && !heldHere.has(owner.token)) return true;
    const stat = this.#fs.lstatSync(this.#file, { throwIfNoEntry: false });
    return stat === undefined || Math.abs(Date.now() - stat.mtimeMs) > STALE_MS;
  }
}

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells processes apart that got the same id one after the other; '' where the system does not say. */
  readonly started: string;
}

interface LockContent extends Owner {
  readonly token: string;
}

/** Tokens of the locks that this process has, in whatever store. */
const heldHere = new Set<string>();

const HOST = sha256Hex(os.hostname()).slice(0, 16);

const ownIdentity = (fs: FileSystem): Owner => ({ host: HOST, pid: process.pid, started: startOf(fs, process.pid) });

function isAlive(fs: FileSystem, { pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return started === '' || startOf(fs, pid) === started;
}

/** When the process started, in ticks since the machine did. Source: proc(5), the 22nd field, counted after the name in brackets. */
function startOf(fs: FileSystem, pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function parseOwner(bytes: Buffer): LockContent | undefined {
  try {
    const { host, pid, started, token } = JSON.parse(bytes.toString()) as Partial<Record<keyof LockContent, unknown>>;
    if (typeof host !== 'string' || typeof started !== 'string' || typeof token !== 'string') return undefined;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
    return { host, started, token, pid: pid as number };
  } catch {
    return undefined;
  }
}
