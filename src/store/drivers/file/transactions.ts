/**
 * Commits of several keys. In `.transactions/`, under a lock:
 *   1. Journals that somebody left are applied.
 *   2. A journal with all changes is written as a temporary file and fsynced, then renamed: from here on the commit has happened, and readers
 *      take what it says where its files are not there yet (`changeOf`).
 *   3. Each change is applied to its file, unless that is no longer what it was: then it is done already, or something newer is there.
 *   4. The files and folders are fsynced, and the journal is removed.
 * A kill before the rename leaves nothing, one after it leaves a journal, which readers read through and the next writer applies.
 */
import path from 'node:path';
import crypto from 'node:crypto';
import {
  isNotFound,
  listIfPresent,
  NO_FOLLOW_READ,
  removeQuietly,
  syncFolder,
  type FileSystem,
} from '../../../util/fs.js';
import { systemCode } from '../../../model/errors.js';
import { TEMPORARY_NAME, writeNew } from '../../../util/fs.js';
import { TimeSlice } from '../../../util/clock.js';
import type { CacheFolders } from '../../documents/cache-folders.js';
import type { StoreBatch } from '../../driver.js';
import { endingOf } from './endings.js';
import { encodeJournal, MAX_JOURNAL_BYTES, readJournal, type Change } from './journal.js';
import { ProcessLock } from './process-lock.js';
import { toStored } from './stored-file.js';
import type { ValueFiles } from './value-files.js';

export const TRANSACTIONS = '.transactions';
const JOURNAL_NAME = /^\d{15}-[0-9a-f]{24}\.journal$/;
/** How recent the time of a folder is still ambiguous, in ms: FAT stores even seconds. */
const RACY_MS = 2000;
/** Temporary files of this age were left by the dead, in ms. */
const ABANDONED_MS = 60_000;
/** How often a journal is made anew because a key of it was written meanwhile. */
const MAX_TRIES = 3;

export class LockTimeout extends Error {}

/** Changes that are decided and perhaps not applied. */
export interface Pending {
  readonly name: string;
  readonly changes: ReadonlyMap<string, Change>;
}

export interface TransactionsOptions {
  readonly fs: FileSystem;
  readonly folders: CacheFolders;
  readonly files: ValueFiles;
  readonly timeoutMs: number;
}

export class Transactions {
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;
  readonly #files: ValueFiles;
  readonly #timeoutMs: number;
  readonly #lock: ProcessLock;
  #seen: { readonly stamp: string; readonly pending: readonly Pending[] } = { stamp: '', pending: [] };

  constructor({ fs, folders, files, timeoutMs }: TransactionsOptions) {
    this.#fs = fs;
    this.#folders = folders;
    this.#files = files;
    this.#timeoutMs = timeoutMs;
    this.#lock = new ProcessLock(fs, folders.place(`${TRANSACTIONS}/lock`));
  }

  /** Journals that are there now, the oldest first: one `lstat` while nothing happens. */
  pending(): readonly Pending[] {
    const stamp = this.stamp();
    if (stamp === undefined) return [];
    if (stamp === this.#seen.stamp) return this.#seen.pending;
    this.#folders.check(TRANSACTIONS);
    const known = new Map(this.#seen.pending.map((each) => [each.name, each]));
    const pending = this.#journals().flatMap((name) => known.get(name) ?? this.#read(name) ?? []);
    this.#seen = { stamp: isRacy(stamp) ? '' : stamp, pending };
    return pending;
  }

  /** Differs when a journal may have come or gone; undefined where there never was one. */
  stamp(): string | undefined {
    const place = this.#folders.place(TRANSACTIONS);
    const stat = this.#fs.lstatSync(place, { bigint: true, throwIfNoEntry: false });
    return stat && `${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino} ${stat.dev}`;
  }

  /** What is decided for `key` and not in its file yet. */
  changeOf(key: string, pending: readonly Pending[]): Change | undefined {
    for (let at = pending.length - 1; at >= 0; at--) {
      const change = pending[at]?.changes.get(key);
      if (change !== undefined && this.#files.stateOf(key) === change.state) return change;
    }
    return undefined;
  }

  /** Applies what is pending for keys that are about to be written: it came first. */
  async settle(concerns: (key: string) => boolean): Promise<void> {
    const isConcerned = this.pending().some(({ changes }) => [...changes.keys()].some(concerns));
    if (isConcerned) await this.recover();
  }

  /** Applies all journals that are left. */
  async recover(): Promise<void> {
    if (this.#journals().length === 0) return;
    await this.#locked(() => this.#applyAll());
  }

  /** The same if nobody else is at it. */
  async recoverAtOnce(): Promise<void> {
    if (this.#journals().length === 0 || !this.#lock.tryAcquire()) return;
    try {
      await this.#applyAll();
    } finally {
      this.#lock.release();
    }
  }

  async commit(batch: StoreBatch): Promise<void> {
    this.#folders.make(TRANSACTIONS);
    await this.#locked(async () => {
      await this.#applyAll();
      const journal = this.#decide(batch);
      try {
        await this.#apply(journal);
      } catch (error) {
        // It is decided, and read through the journal until somebody can apply it: the disk is full, for example.
        if (systemCode(error) === undefined) throw error;
      }
    });
  }

  async #locked<T>(act: () => Promise<T>): Promise<T> {
    const acquired = await this.#folders.writeInto(TRANSACTIONS, () => this.#lock.acquire(this.#timeoutMs));
    if (!acquired) throw new LockTimeout(`another process has been committing for more than ${this.#timeoutMs} ms`);
    try {
      return await act();
    } finally {
      this.#lock.release();
    }
  }

  /** The rename in here is the commit. */
  #decide(batch: StoreBatch): Pending {
    const folder = this.#folders.place(TRANSACTIONS);
    for (let left = MAX_TRIES; ; left--) {
      const changes = this.#changesOf(batch);
      const bytes = encodeJournal(changes);
      if (bytes.length > MAX_JOURNAL_BYTES)
        throw Object.assign(new Error(`the batch has more than ${MAX_JOURNAL_BYTES} bytes`), { code: 'EFBIG' });
      const random = crypto.randomBytes(12).toString('hex');
      const temporary = path.join(folder, `.tmp-${random}`);
      writeNew(this.#fs, temporary, bytes, { sync: true });
      // The fsync took its time: what was written meanwhile came before this commit.
      if (left > 1 && changes.some(({ key, state }) => this.#files.stateOf(key) !== state)) {
        removeQuietly(this.#fs, temporary);
        continue;
      }
      const name = `${String(Date.now()).padStart(15, '0')}-${random}.journal`;
      this.#rename(temporary, path.join(folder, name));
      this.#makeDurable(folder, name);
      return { name, changes: new Map(changes.map((change) => [change.key, change])) };
    }
  }

  #changesOf({ save, delete: deleted }: StoreBatch): Change[] {
    const last = new Map(save.map((entry) => [entry.key, entry]));
    const saved = [...last.values()].map((entry): Change => {
      const stored = Buffer.from(toStored(entry, this.#files.placeOf(entry.key).isCut));
      return { key: entry.key, state: this.#files.stateOf(entry.key), stored, ending: endingOf(entry.bytes) };
    });
    const gone = [...new Set(deleted)].map((key): Change => ({
      key,
      state: this.#files.stateOf(key),
      stored: undefined,
      ending: 'json',
    }));
    return [...saved, ...gone];
  }

  #rename(temporary: string, journal: string): void {
    try {
      this.#fs.renameSync(temporary, journal);
    } catch (error) {
      removeQuietly(this.#fs, temporary);
      throw error;
    }
  }

  /** A commit that a power cut could take away is taken back, if that is possible; else it stays. */
  #makeDurable(folder: string, name: string): void {
    try {
      this.#folders.syncNew();
      syncFolder(this.#fs, folder);
    } catch (error) {
      if (removeQuietly(this.#fs, path.join(folder, name))) throw error;
    }
  }

  async #applyAll(): Promise<void> {
    const folder = this.#folders.place(TRANSACTIONS);
    for (const name of this.#journals()) {
      const pending = this.#read(name);
      if (pending === undefined) removeQuietly(this.#fs, path.join(folder, name));
      else await this.#apply(pending);
    }
    for (const name of listIfPresent(this.#fs, folder)) {
      if (!TEMPORARY_NAME.test(name)) continue;
      const stat = this.#fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
      if (stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MS)
        removeQuietly(this.#fs, path.join(folder, name));
    }
  }

  async #apply({ name, changes }: Pending): Promise<void> {
    const slice = new TimeSlice();
    const applied: string[] = [];
    const touched = new Set<string>();
    for (const change of changes.values()) {
      if (this.#files.stateOf(change.key) === change.state) {
        if (change.stored !== undefined) applied.push(this.#files.saveStored(change.key, change.stored, change.ending));
        else if (change.state !== 'absent') this.#files.delete(change.key);
        touched.add(this.#folders.place(this.#files.placeOf(change.key).folder));
      }
      if (slice.due()) {
        this.#lock.renew();
        await slice.yieldTurn();
      }
    }
    for (const file of applied) {
      this.#syncFile(file);
      if (slice.due()) await slice.yieldTurn();
    }
    for (const folder of touched)
      if (this.#fs.lstatSync(folder, { throwIfNoEntry: false })) syncFolder(this.#fs, folder);
    this.#folders.syncNew();
    this.#fs.unlinkSync(path.join(this.#folders.place(TRANSACTIONS), name));
  }

  /** The journal may go only when what it says is on the disk. */
  #syncFile(file: string): void {
    let descriptor: number;
    try {
      descriptor = this.#fs.openSync(file, NO_FOLLOW_READ);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    try {
      this.#fs.fsyncSync(descriptor);
    } catch (error) {
      // A system that wants a file open for writing for this.
      if (systemCode(error) !== 'EPERM') throw error;
    } finally {
      this.#fs.closeSync(descriptor);
    }
  }

  #journals(): string[] {
    if (!this.#folders.check(TRANSACTIONS)) return [];
    const names = listIfPresent(this.#fs, this.#folders.place(TRANSACTIONS));
    return names.filter((name) => JOURNAL_NAME.test(name)).sort();
  }

  #read(name: string): Pending | undefined {
    try {
      const changes = readJournal(this.#fs, path.join(this.#folders.place(TRANSACTIONS), name));
      return changes && { name, changes: new Map(changes.map((change) => [change.key, change])) };
    } catch (error) {
      if (isNotFound(error) || systemCode(error) === 'ELOOP') return undefined;
      throw error;
    }
  }
}

/** The stamp begins with the time of the folder in ns. */
const isRacy = (stamp: string): boolean => Date.now() - Number.parseInt(stamp) / 1e6 < RACY_MS;
