/**
 * What a remote store has not acknowledged, kept on disk until it has. A *parcel* is one file with the changes of one call, written beside and renamed,
 * fsynced once however many changes it has, and sealed with a digest (`tiered/parcel.ts`). Its name tells when it was written and how large it is, so
 * that opening costs one listing. Sending a change twice is harmless: what a key means is
 * decided by the newest change of it. Two processes may have one folder open; each sends what it knows of, and a parcel that has gone was sent.
 */
import crypto from 'node:crypto';
import path from 'node:path';
import { messageOf } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import { systemClock, type Clock } from '../util/clock.js';
import {
  TEMPORARY_NAME,
  listIfPresent,
  readIfPresent,
  realFs,
  removeQuietly,
  writeReplacing,
  type FileSystem,
} from '../util/fs.js';
import { decodeParcel, encodeParcel, type OutboxChange } from './tiered/parcel.js';
import { openPrivateFolder } from './tiered/private-folder.js';

export { OUTBOX_ACTIONS, type OutboxAction, type OutboxChange } from './tiered/parcel.js';

export interface OutboxEntry extends OutboxChange {
  /** For `read` and `remove`. */
  readonly id: string;
}

export interface OutboxLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const DEFAULT_LIMITS: OutboxLimits = { maxBytes: 256 * 1024 * 1024, maxEntries: 50_000 };

const TEMPORARY_GRACE_MS = 3_600_000;

interface Parcel {
  readonly name: string;
  readonly sizeBytes: number;
  readonly entries: number;
  /** Indices of what was acknowledged or replaced by a newer change. */
  readonly removed: Set<number>;
}

export class Outbox {
  readonly folder: string;
  readonly #fs: FileSystem;
  readonly #limits: OutboxLimits;
  readonly #clock: Clock;
  readonly #onEvent: EventListener | undefined;
  /** By name, and so from the oldest to the newest. */
  readonly #parcels = new Map<string, Parcel>();
  #entries = 0;
  #bytes = 0;
  #sequence = 0;
  #warned = false;

  private constructor(options: OutboxOptions) {
    this.folder = options.folder;
    this.#fs = options.fs ?? realFs;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#onEvent = options.onEvent;
  }

  /**
   * The outbox in `folder`, which is made if need be, with mode 0700.
   * @throws CacheError CACHE_FOLDER_UNSAFE where others can write to it, as what is in it would be sent; errors of the disk as they are.
   */
  static open(options: OutboxOptions): Outbox {
    const outbox = new Outbox(options);
    openPrivateFolder(outbox.#fs, outbox.folder);
    outbox.#list();
    return outbox;
  }

  /** Changes that wait to be sent. */
  get size(): number {
    return this.#entries;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  /** The same as `putMany` for one change; undefined where it is larger than the outbox. */
  put(change: OutboxChange): string | undefined {
    return this.putMany([change])[0];
  }

  /**
   * Keeps `changes`: once it returns, they survive a power cut. The oldest ones are dropped, with one warning, where the outbox would grow beyond its
   * limits. Blocks for one or two fsyncs, however many changes there are.
   * @returns an id for each, in order; undefined for a change that is larger than the outbox.
   */
  putMany(changes: readonly OutboxChange[]): (string | undefined)[] {
    const ids: (string | undefined)[] = changes.map(() => undefined);
    for (const indices of this.#portions(changes)) {
      const some = indices.map((index) => changes[index] as OutboxChange);
      const bytes = encodeParcel(some);
      const name = this.#newName(some.length, bytes.length);
      writeReplacing(this.#fs, path.join(this.folder, name), bytes, { sync: true });
      this.#add({ name, sizeBytes: bytes.length, entries: some.length, removed: new Set() });
      indices.forEach((index, position) => (ids[index] = idOf(name, position)));
    }
    this.#dropOldest();
    return ids;
  }

  /** Indices of the changes in each parcel. Parcels are read whole, so one holds at most an eighth of the outbox, or one change. */
  *#portions(changes: readonly OutboxChange[]): Generator<number[]> {
    const portionBytes = this.#limits.maxBytes / 8;
    const portionEntries = Math.max(1, Math.floor(this.#limits.maxEntries / 8));
    let portion: number[] = [];
    let sizeBytes = 0;
    for (const [index, { bytes, key }] of changes.entries()) {
      if (bytes.length + key.length > this.#limits.maxBytes) {
        this.#warn('a value is larger than the whole outbox');
        continue;
      }
      if (portion.length > 0 && (sizeBytes + bytes.length > portionBytes || portion.length >= portionEntries)) {
        yield portion;
        portion = [];
        sizeBytes = 0;
      }
      portion.push(index);
      sizeBytes += bytes.length;
    }
    if (portion.length > 0) yield portion;
  }

  /** `<ms since the epoch>-<count in this process>-<random>-<entries>-<bytes>.parcel`, all in hex: ascending by time. */
  #newName(entries: number, sizeBytes: number): string {
    const time = hex(this.#clock.now(), 12);
    const sequence = hex(this.#sequence++, 8);
    return `${time}-${sequence}-${crypto.randomBytes(4).toString('hex')}-${hex(entries, 6)}-${hex(sizeBytes, 10)}.parcel`;
  }

  /**
   * What waits, from the oldest to the newest, read parcel by parcel. One that is damaged is removed, with a warning; one that another process removed
   * meanwhile counts as sent.
   */
  *entries(): Generator<OutboxEntry> {
    for (const parcel of Array.from(this.#parcels.values())) yield* this.#entriesOf(parcel);
  }

  /** One entry, or undefined where it is not there any more. */
  read(id: string): OutboxEntry | undefined {
    const parcel = this.#parcels.get(parcelOf(id));
    return parcel === undefined ? undefined : this.#entriesOf(parcel).find((entry) => entry.id === id);
  }

  #entriesOf(parcel: Parcel): OutboxEntry[] {
    const { name, removed } = parcel;
    const changes = this.#changesOf(parcel);
    return changes
      .map((change, index) => ({ ...change, id: idOf(name, index) }))
      .filter((_, index) => !removed.has(index));
  }

  #changesOf(parcel: Parcel): OutboxChange[] {
    const { name, sizeBytes } = parcel;
    const file = path.join(this.folder, name);
    try {
      const bytes = readIfPresent(this.#fs, file, sizeBytes);
      if (bytes !== undefined) return decodeParcel(bytes);
    } catch (error) {
      this.#onEvent?.({ type: 'document-corrupt', document: file, problem: messageOf(error) });
      removeQuietly(this.#fs, file);
    }
    this.#forget(parcel);
    return [];
  }

  /** The store has acknowledged it, or a newer change made it needless. Of one that is not there, nothing happens. */
  remove(id: string): void {
    const parcel = this.#parcels.get(parcelOf(id));
    if (parcel === undefined) return;
    const index = indexOf(id);
    if (parcel.removed.has(index)) return;
    parcel.removed.add(index);
    this.#entries--;
    if (parcel.removed.size < parcel.entries) return;
    this.#forget(parcel);
    removeQuietly(this.#fs, path.join(this.folder, parcel.name));
  }

  #add(parcel: Parcel): void {
    this.#parcels.set(parcel.name, parcel);
    this.#entries += parcel.entries - parcel.removed.size;
    this.#bytes += parcel.sizeBytes;
  }

  #forget(parcel: Parcel): void {
    if (!this.#parcels.delete(parcel.name)) return;
    this.#entries -= parcel.entries - parcel.removed.size;
    this.#bytes -= parcel.sizeBytes;
  }

  #list(): void {
    const names = listIfPresent(this.#fs, this.folder).sort();
    for (const name of names) {
      if (TEMPORARY_NAME.test(name)) this.#removeIfOld(name);
      const [, entries, sizeBytes] = PARCEL_NAME.exec(name) ?? [];
      if (entries === undefined || sizeBytes === undefined) continue;
      const parcel = { name, entries: parseInt(entries, 16), sizeBytes: parseInt(sizeBytes, 16) };
      this.#add({ ...parcel, removed: new Set() });
    }
    this.#dropOldest();
  }

  /** A temporary file is renamed at once: one that is old was left behind by a kill. */
  #removeIfOld(name: string): void {
    const file = path.join(this.folder, name);
    const stat = this.#fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs < this.#clock.now() - TEMPORARY_GRACE_MS) removeQuietly(this.#fs, file);
  }

  #dropOldest(): void {
    for (const parcel of this.#parcels.values()) {
      if (this.#bytes <= this.#limits.maxBytes && this.#entries <= this.#limits.maxEntries) return;
      removeQuietly(this.#fs, path.join(this.folder, parcel.name));
      this.#forget(parcel);
      this.#warn('so much waits to be sent that the oldest of it was dropped');
    }
  }

  #warn(problem: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#onEvent?.({
      type: 'warning',
      code: 'CACHE_REMOTE_DEGRADED',
      message: `The outbox ${this.folder} cannot keep everything: ${problem}.`,
    });
  }
}

export interface OutboxOptions {
  /** Of this outbox alone, outside of the sources. */
  readonly folder: string;
  readonly fs?: FileSystem;
  /** Default: 256 MiB and 50,000 changes. */
  readonly limits?: Partial<OutboxLimits>;
  readonly clock?: Clock;
  readonly onEvent?: EventListener;
}

const PARCEL_NAME = /^[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{8}-([0-9a-f]{6})-([0-9a-f]{10})\.parcel$/;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
const idOf = (name: string, index: number): string => `${name}#${index}`;
const parcelOf = (id: string): string => id.slice(0, id.indexOf('#'));
const indexOf = (id: string): number => Number(id.slice(id.indexOf('#') + 1));
