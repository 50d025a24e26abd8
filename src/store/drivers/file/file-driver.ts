import path from 'node:path';
import { realFs, removeQuietly, TEMPORARY_NAME, type FileSystem } from '../../../util/fs.js';
import { systemClock, TimeSlice, type Clock } from '../../../util/clock.js';
import { relativePosix } from '../../../util/paths.js';
import { CacheFolders } from '../../documents/cache-folders.js';
import type { StoreBatch, StoreCapabilities, StoreDriver, StoreEntry, StoredStat } from '../../driver.js';
import { compareKeys } from '../../key-order.js';
import { storeError, type StoreAction } from '../../store-error.js';
import { removeIfEmpty } from './empty-folders.js';
import type { Ending } from './endings.js';
import { fileError, tooLarge } from './file-error.js';
import { FileLeases } from './file-leases.js';
import { FolderNames } from './folder-names.js';
import { foldsCase } from './folds-case.js';
import { contentOf } from './stored-file.js';
import { LockTimeout, Transactions, type Pending } from './transactions.js';
import { ValueFiles } from './value-files.js';
import { walkValues, type Step } from './walk.js';

export interface FileDriverOptions {
  readonly fs?: FileSystem;
  /** Absolute folder that holds everything; made when something is first written. */
  readonly basePath: string;
  /** Root of the codebase: inside it, folders down to the base path are not trusted either. */
  readonly root?: string | undefined;
  readonly clock?: Clock;
  /** Ending of the values that `Store` makes here: the one that is looked for first. Default: `json`. */
  readonly ending?: Ending;
  /** Longest time that a commit waits for that of another process, in ms. Default: 5000. */
  readonly timeoutMs?: number;
}

const CAPABILITIES: StoreCapabilities = {
  atomicBatch: true,
  atomicCreate: true,
  persistent: true,
  sweepsItself: false,
  shared: 'machine',
  writable: true,
  leases: true,
  maxValueBytes: 512 * 1024 * 1024,
  plainJson: true,
  maxBatch: 10_000,
  // The calls are synchronous: a second one at a time would only wait for the first.
  maxConcurrency: 1,
};

const PAGE = 500;
/** How often a batch is read again because a commit came in between. */
const MAX_READS = 3;
/** Temporary files of this age were left by a process that was killed, in ms. */
const ABANDONED_MS = 24 * 3_600_000;

/** Values as files below one folder, which people can open: see `key-names.ts`. */
export class FileDriver implements StoreDriver {
  readonly description: string;
  readonly capabilities = CAPABILITIES;
  readonly leases: FileLeases;
  readonly #fs: FileSystem;
  readonly #folders: CacheFolders;
  readonly #files: ValueFiles;
  readonly #transactions: Transactions;
  #knowsCase = false;

  /** @throws TypeError unless the base path is absolute. */
  constructor(options: FileDriverOptions) {
    const { fs = realFs, basePath, root, clock = systemClock, ending = 'json', timeoutMs = 5000 } = options;
    if (!path.isAbsolute(basePath)) throw new TypeError(`Expected basePath to be absolute, found ${basePath}`);
    const isInside = root !== undefined && relativePosix(root, basePath) !== undefined;
    this.description = `files in ${basePath}`;
    this.#fs = fs;
    this.#folders = new CacheFolders({ fs, basePath, trustedAbove: isInside ? root : basePath });
    this.#files = new ValueFiles({ fs, folders: this.#folders, clock, ending });
    this.#transactions = new Transactions({ fs, folders: this.#folders, files: this.#files, timeoutMs });
    const asStoreError = (error: unknown): Error => fileError(error, this.description, 'lease');
    this.leases = new FileLeases({ fs, folders: this.#folders, clock, asStoreError });
  }

  /** Applies what a killed process had decided; nothing is made before something is written. */
  async open(): Promise<void> {
    await this.#act('open', async () => {
      this.#folders.check('');
      try {
        await this.#transactions.recoverAtOnce();
      } catch {
        // A disk that is full or read-only: journals are read through, and whoever writes tries again.
      }
    });
  }

  loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    return this.#readMany('load', keys, (key, pending, names) => {
      try {
        return this.#load(key, { pending, names, maxBytes });
      } catch (error) {
        return fileError(error, this.description, 'load');
      }
    });
  }

  #load(key: string, { pending, names, maxBytes }: LoadContext): Buffer | undefined {
    const change = this.#transactions.changeOf(key, pending);
    if (change === undefined) return this.#files.load(key, maxBytes, names);
    const { stored } = change;
    if (stored === undefined) return undefined;
    const { isCut } = this.#files.placeOf(key);
    const content = contentOf(stored, { key, isCut, now: this.#files.now() });
    if (content !== undefined && content.length > maxBytes) throw tooLarge(maxBytes);
    return content && Buffer.from(content);
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#writeMany('save', keysOf(entries), async (slice) => {
      for (const entry of entries) {
        this.#files.save(entry);
        if (slice.due()) await slice.yieldTurn();
      }
    });
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    return this.#writeMany('create', keysOf(entries), async (slice) => {
      const created: boolean[] = [];
      for (const entry of entries) {
        created.push(this.#files.create(entry));
        if (slice.due()) await slice.yieldTurn();
      }
      return created;
    });
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return this.#writeMany('delete', new Set(keys), async (slice) => {
      let count = 0;
      for (const key of keys) {
        if (this.#files.delete(key)) count++;
        if (slice.due()) await slice.yieldTurn();
      }
      return count;
    });
  }

  statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    return this.#readMany('load', keys, (key, pending) => this.#stat(key, pending));
  }

  #stat(key: string, pending: readonly Pending[]): StoredStat | undefined {
    const change = this.#transactions.changeOf(key, pending);
    if (change === undefined) return this.#files.stat(key);
    const { isCut } = this.#files.placeOf(key);
    const content = change.stored && contentOf(change.stored, { key, isCut, now: this.#files.now() });
    return content && { sizeBytes: content.length, savedAt: this.#files.savedAtOf(content) };
  }

  /** Files are listed in another order than keys have, so all keys are held in memory; values are looked at page by page. */
  async *keys(prefix: string): AsyncIterable<readonly string[]> {
    const all = await this.#act('list', async () => {
      const found = new Set<string>();
      for (const { changes } of this.#transactions.pending())
        for (const key of changes.keys()) if (key.startsWith(prefix)) found.add(key);
      await this.#walk(prefix, (step) => {
        if (step.kind === 'value') found.add(step.key);
      });
      return [...found].sort(compareKeys);
    });
    for (let at = 0; at < all.length; at += PAGE) {
      const page = all.slice(at, at + PAGE);
      const stats = await this.#readMany('list', page, (key, pending) => this.#stat(key, pending));
      const present = page.filter((_, index) => stats[index] !== undefined);
      if (present.length > 0) yield present;
    }
  }

  async clear(prefix: string): Promise<number> {
    return this.#act('clear', async () => {
      await this.#transactions.settle((key) => key.startsWith(prefix));
      let count = 0;
      await this.#walk(prefix, (step) => {
        if (step.kind === 'value' && this.#files.delete(step.key)) count++;
        else if (step.kind === 'folder') this.#removeIfEmpty(step.folder);
      });
      return count;
    });
  }

  async commit(batch: StoreBatch): Promise<void> {
    await this.#act('commit', async () => {
      this.#learnCase(true);
      await this.#transactions.commit(batch);
    });
  }

  /** Removes values that have expired, folders that are empty, and what processes that were killed left behind. */
  async sweep(): Promise<number> {
    return this.#act('sweep', async () => {
      await this.#transactions.recover();
      let count = 0;
      await this.#walk('', (step) => {
        if (step.kind === 'value' && this.#files.deleteExpired(step.key)) count++;
        else if (step.kind === 'folder') {
          this.#removeAbandoned(step.folder);
          this.#removeIfEmpty(step.folder);
        }
      });
      this.#removeAbandoned('');
      return count;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #removeIfEmpty(folder: string): void {
    for (let next = folder; next !== '.'; next = path.posix.dirname(next)) {
      if (!removeIfEmpty(this.#fs, this.#folders.place(next))) return;
      this.#folders.forget();
    }
  }

  #removeAbandoned(folder: string): void {
    const place = this.#folders.place(folder);
    for (const name of this.#folders.check(folder) ? this.#fs.readdirSync(place) : []) {
      if (!TEMPORARY_NAME.test(name)) continue;
      const stat = this.#fs.lstatSync(path.join(place, name), { throwIfNoEntry: false });
      if (stat?.isFile() === true && Date.now() - stat.mtimeMs > ABANDONED_MS)
        removeQuietly(this.#fs, path.join(place, name));
    }
  }

  async #walk(prefix: string, visit: (step: Step) => void): Promise<void> {
    const slice = new TimeSlice();
    for (const step of walkValues({ fs: this.#fs, folders: this.#folders, files: this.#files, prefix })) {
      visit(step);
      if (slice.due()) await slice.yieldTurn();
    }
  }

  /** Reads again where a commit came in between, so that a batch does not see half of it. */
  #readMany<T>(
    action: StoreAction,
    keys: readonly string[],
    read: (key: string, pending: readonly Pending[], names: FolderNames) => T,
  ): Promise<T[]> {
    return this.#act(action, async () => {
      const slice = new TimeSlice();
      for (let left = MAX_READS; ; left--) {
        const stamp = this.#transactions.stamp();
        const pending = this.#transactions.pending();
        const names = new FolderNames(this.#fs, this.#folders);
        const answers: T[] = [];
        for (const key of keys) {
          answers.push(read(key, pending, names));
          if (slice.due()) await slice.yieldTurn();
        }
        if (left === 1 || keys.length === 1 || stamp === this.#transactions.stamp()) return answers;
      }
    });
  }

  #writeMany<T>(action: StoreAction, keys: ReadonlySet<string>, write: (slice: TimeSlice) => Promise<T>): Promise<T> {
    return this.#act(action, async () => {
      if (action !== 'delete') this.#learnCase(true);
      await this.#transactions.settle((key) => keys.has(key));
      return write(new TimeSlice());
    });
  }

  /** The names of files depend on it: it is asked before the first one is made, and until then as soon as there is something to ask. */
  #learnCase(make: boolean): void {
    if (this.#knowsCase) return;
    if (make) this.#folders.make('');
    const folds = foldsCase(this.#fs, this.#folders);
    this.#knowsCase = folds !== undefined;
    this.#files.foldsCase = folds ?? false;
  }

  async #act<T>(action: StoreAction, act: () => Promise<T>): Promise<T> {
    try {
      this.#learnCase(false);
      return await act();
    } catch (error) {
      if (error instanceof LockTimeout)
        throw storeError('unavailable', { store: this.description, action, problem: error.message });
      throw fileError(error, this.description, action);
    }
  }
}

interface LoadContext {
  readonly pending: readonly Pending[];
  readonly names: FolderNames;
  readonly maxBytes: number;
}

const keysOf = (entries: readonly StoreEntry[]): ReadonlySet<string> => new Set(entries.map(({ key }) => key));
