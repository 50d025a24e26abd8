import { readHeader } from '../../codec/envelope.js';
import type { StoreEntry } from '../driver.js';
import type { Outbox, OutboxChange } from '../outbox.js';

/** More marks than that become one that stands for all, so that a tier that is down for days takes no memory. */
const MAX_MARKS = 100_000;

/** A change that a tier has still to be told. */
export interface PendingChange {
  readonly action: 'save' | 'create' | 'delete';
  readonly key: string;
  /** Undefined where they are in the outbox. */
  readonly bytes: Uint8Array | undefined;
  readonly expiresAt: number | undefined;
  readonly sizeBytes: number;
  /** In ms since the Unix epoch. */
  readonly savedAt: number;
  readonly outboxId: string | undefined;
}

interface PendingClear {
  readonly prefix: string;
  readonly outboxId: string | undefined;
}

/**
 * What one tier does not know yet, the newest change of each key: what it answers is corrected by it, so that a tier that missed a write never serves
 * what was there before. With an outbox it survives the process.
 */
export class Backlog {
  readonly #outbox: Outbox | undefined;
  readonly #changes = new Map<string, PendingChange>();
  #clears: PendingClear[] = [];

  constructor(outbox: Outbox | undefined) {
    this.#outbox = outbox;
    for (const entry of outbox?.entries() ?? []) this.#index(entry, entry.id, entry.bytes, false);
  }

  get size(): number {
    return this.#changes.size + this.#clears.length;
  }

  get isDurable(): boolean {
    return this.#outbox !== undefined;
  }

  /** Keeps `changes` in memory, or in the outbox, which blocks for an fsync and may throw. */
  add(changes: readonly OutboxChange[], place: 'memory' | 'outbox'): void {
    const outbox = place === 'outbox' ? this.#outbox : undefined;
    const ids = outbox?.putMany(changes) ?? [];
    changes.forEach((change, index) => {
      if (outbox === undefined) this.#index(change, undefined, change.bytes, true);
      // What the outbox did not take is lost; nothing older is to come back in its place.
      else if (ids[index] === undefined) this.#index(deleteOf(change.key), undefined, NOTHING, true);
      else this.#index(change, ids[index], change.bytes, false);
    });
    if (this.#changes.size > MAX_MARKS && this.#outbox === undefined) this.add([clearOf('')], 'memory');
  }

  #index(change: OutboxChange, outboxId: string | undefined, bytes: Uint8Array, keepsBytes: boolean): void {
    const { action, key, expiresAt } = change;
    if (action === 'clear') {
      for (const pending of this.startingWith(key)) this.#drop(pending);
      this.#clears = [...this.#clears.filter(({ prefix }) => !prefix.startsWith(key)), { prefix: key, outboxId }];
      return;
    }
    const before = this.#changes.get(key);
    if (before !== undefined) this.#drop(before);
    const savedAt = readHeader(bytes)?.savedAt ?? Date.now();
    const kept = keepsBytes ? bytes : undefined;
    this.#changes.set(key, { action, key, bytes: kept, expiresAt, sizeBytes: bytes.length, savedAt, outboxId });
  }

  /** What is pending for `key`: a change, `cleared`, or undefined: then the tier knows best. */
  find(key: string, now: number): PendingChange | 'cleared' | undefined {
    const change = this.#changes.get(key);
    // What was to be saved has replaced what the tier has, though it has expired since; what was to be created has not.
    if (change !== undefined && !isOver(change, now)) return change;
    if (change?.action === 'save') return 'cleared';
    return this.#clears.some(({ prefix }) => key.startsWith(prefix)) ? 'cleared' : undefined;
  }

  /** Bytes of what is to be saved; undefined where another process has sent and removed it meanwhile. */
  bytesOf(change: PendingChange): Uint8Array | undefined {
    if (change.bytes !== undefined) return change.bytes;
    const bytes = change.outboxId === undefined ? undefined : this.#outbox?.read(change.outboxId)?.bytes;
    if (bytes === undefined) this.settle(change);
    return bytes;
  }

  startingWith(prefix: string): PendingChange[] {
    return Array.from(this.#changes.values()).filter(({ key }) => key.startsWith(prefix));
  }

  get clears(): readonly PendingClear[] {
    return this.#clears;
  }

  /** The first changes, as many as one call takes. */
  first(count: number, maxBytes: number): PendingChange[] {
    const some: PendingChange[] = [];
    let sizeBytes = 0;
    for (const change of this.#changes.values()) {
      sizeBytes += change.sizeBytes;
      if (some.length >= count || (some.length > 0 && sizeBytes > maxBytes)) break;
      some.push(change);
    }
    return some;
  }

  /** The tier knows it now, unless there is a newer change of that key. */
  settle(change: PendingChange): void {
    if (this.#changes.get(change.key) === change) this.#drop(change);
  }

  settleClear(clear: PendingClear): void {
    this.#clears = this.#clears.filter((other) => other !== clear);
    this.#acknowledged(clear.outboxId);
  }

  /** The tier was told something newer of these keys. */
  overtake(keys: Iterable<string>): void {
    if (this.#changes.size === 0) return;
    for (const key of keys) {
      const change = this.#changes.get(key);
      if (change !== undefined) this.#drop(change);
    }
  }

  /** Puts what is only in memory into the outbox, if there is one. May throw. */
  makeDurable(): void {
    const changes = this.#onlyInMemory().map(({ action, key, bytes = NOTHING, expiresAt }) => ({
      action,
      key,
      bytes,
      expiresAt,
    }));
    if (this.#outbox !== undefined && changes.length > 0) this.add(changes, 'outbox');
  }

  /** Whether values are nowhere else than here. */
  get isLosing(): boolean {
    return this.#onlyInMemory().length > 0;
  }

  #onlyInMemory(): PendingChange[] {
    return Array.from(this.#changes.values()).filter(({ bytes, action }) => bytes !== undefined && action !== 'delete');
  }

  #drop(change: PendingChange): void {
    this.#changes.delete(change.key);
    this.#acknowledged(change.outboxId);
  }

  #acknowledged(outboxId: string | undefined): void {
    if (outboxId !== undefined) this.#outbox?.remove(outboxId);
  }
}

const NOTHING = new Uint8Array(0);

const isOver = ({ action, expiresAt }: PendingChange, now: number): boolean =>
  action !== 'delete' && expiresAt !== undefined && expiresAt <= now;

export const saveOf = ({ key, bytes, expiresAt }: StoreEntry): OutboxChange => ({
  action: 'save',
  key,
  bytes,
  expiresAt,
});
export const createOf = (entry: StoreEntry): OutboxChange => ({ ...saveOf(entry), action: 'create' });
export const deleteOf = (key: string): OutboxChange => ({
  action: 'delete',
  key,
  bytes: NOTHING,
  expiresAt: undefined,
});
export const clearOf = (prefix: string): OutboxChange => ({ ...deleteOf(prefix), action: 'clear' });
