import {
  readIfPresent,
  removeQuietly,
  temporaryBeside,
  writeNewWhole,
  writeReplacing,
  type FileSystem,
} from '../../../util/fs.js';
import type { Clock } from '../../../util/clock.js';
import { sha256Hex } from '../../../util/hash.js';
import type { CacheFolders } from '../../documents/cache-folders.js';
import type { LeaseDriver } from '../../driver.js';

export const LEASES = '.leases';
const MAX_BYTES = 8192;

interface Lease {
  readonly token: string;
  /** In ms since the Unix epoch, by the clock of the machine. */
  readonly expiresAt: number;
}

export interface FileLeasesOptions {
  readonly fs: FileSystem;
  readonly folders: CacheFolders;
  readonly clock: Clock;
  /** Makes what the disk answers an error of the store. */
  readonly asStoreError: (error: unknown) => Error;
}

/** One file for each lease that is held; who takes over an expired one renames it first, so that exactly one does. */
export class FileLeases implements LeaseDriver {
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;
  readonly #clock: Clock;
  readonly #asStoreError: (error: unknown) => Error;

  constructor({ fs, folders, clock, asStoreError }: FileLeasesOptions) {
    this.#fs = fs;
    this.#folders = folders;
    this.#clock = clock;
    this.#asStoreError = asStoreError;
  }

  async acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    return this.#answer(() =>
      names.map((name) =>
        this.#folders.writeInto(LEASES, () =>
          this.#acquire(this.#fileOf(name), { token, expiresAt: this.#clock.now() + ttlMs }),
        ),
      ),
    );
  }

  async releaseMany(names: readonly string[], token: string): Promise<void> {
    return this.#answer(() => {
      if (!this.#folders.check(LEASES)) return;
      for (const name of names) this.#takeAway(this.#fileOf(name), (lease) => lease?.token === token);
    });
  }

  #acquire(file: string, lease: Lease): boolean {
    const bytes = Buffer.from(JSON.stringify(lease));
    if (writeNewWhole(this.#fs, file, bytes)) return true;
    const held = this.#read(file);
    if (held !== undefined && held.expiresAt > this.#clock.now()) {
      if (held.token !== lease.token) return false;
      writeReplacing(this.#fs, file, bytes);
      return true;
    }
    const hasEnded = (other: Lease | undefined): boolean => other === undefined || other.expiresAt <= this.#clock.now();
    return this.#takeAway(file, hasEnded) && writeNewWhole(this.#fs, file, bytes);
  }

  /** Renames the lease before it looks at it: nobody else can have it then. One that should stay is put back. */
  #takeAway(file: string, mayGo: (lease: Lease | undefined) => boolean): boolean {
    if (!mayGo(this.#read(file))) return false;
    const claimed = temporaryBeside(file);
    try {
      this.#fs.renameSync(file, claimed);
    } catch {
      return false;
    }
    const isTaken = mayGo(this.#read(claimed));
    if (!isTaken) {
      try {
        this.#fs.linkSync(claimed, file);
      } catch {
        // Somebody took it in between: the one that was put away has lost it, and its work is done twice at worst.
      }
    }
    removeQuietly(this.#fs, claimed);
    return isTaken;
  }

  /** Undefined for one that is damaged: nobody can hold it. */
  #read(file: string): Lease | undefined {
    try {
      const { token, expiresAt } = JSON.parse(
        readIfPresent(this.#fs, file, MAX_BYTES)?.toString() ?? '',
      ) as Partial<Lease>;
      return typeof token === 'string' && typeof expiresAt === 'number' ? { token, expiresAt } : undefined;
    } catch {
      return undefined;
    }
  }

  #fileOf(name: string): string {
    return this.#folders.place(`${LEASES}/${sha256Hex(name).slice(0, 32)}.json`);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the calls are synchronous, and their errors are rejections
  async #answer<T>(act: () => T): Promise<T> {
    try {
      return act();
    } catch (error) {
      throw this.#asStoreError(error);
    }
  }
}
