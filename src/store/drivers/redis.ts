import { MAX_HEADER_BYTES, readHeader } from '../../codec/envelope.js';
import type { FileSystem } from '../../util/fs.js';
import { loadPackage } from '../../util/load-package.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoredStat, StoreDriver, StoreEntry } from '../driver.js';
import { compareKeys } from '../key-order.js';
import { storeError, type StoreAction } from '../store-error.js';
import {
  ACQUIRE_SCRIPT,
  LENGTHS_SCRIPT,
  NOT_READABLE,
  RELEASE_SCRIPT,
  STAT_SCRIPT,
  VALUES_SCRIPT,
  patternOf,
  setCommand,
} from './redis/commands.js';
import { ConnectionLostError, type Deadline, type RedisCommand, type RedisReply } from './redis/connection.js';
import { redisError } from './redis/failure.js';
import { RedisLink } from './redis/link.js';
import { readTls, redisSettings, type RedisDriverOptions, type RedisSettings } from './redis/settings.js';

export type { RedisDriverOptions, RedisNode, RedisTopology } from './redis/settings.js';

/** Values in one reply, and in commands that are not answered yet: neither side takes more memory at once, but for a single larger value. */
const MAX_FLIGHT_BYTES = 8 * 1024 * 1024;
/**
 * So many keys, and bytes of their values, come with the script. On the same machine that takes as long as MGET after it; over a network it saves
 * a round trip.
 */
const FEW_KEYS = 32;
const FEW_KEYS_BYTES = 64 * 1024;
const SCAN_COUNT = 1000;
const PAGE_KEYS = 1000;
/** `proto-max-bulk-len` of a server that nobody configured. */
const MAX_VALUE_BYTES = 512 * 1024 * 1024;

/**
 * Redis 6.2 or later, Valkey, and what speaks their protocol, through the optional package `@redis/client`.
 *
 * Addresses: `redis://user:password@host:6379/0`, with TLS `rediss://`; `redis+cluster://host:port,host:port` and
 * `redis+sentinel://host:port,host:port/master-name/0` (with TLS `rediss+…`). Characters like `@`, `/` and `#` in user and password are
 * percent-encoded. Parameters: `prefix` (default `documee:`), `timeoutMs` (5000), `tlsCaFile`, `tlsCertFile`, `tlsKeyFile`, `tlsServerName`.
 * The certificate of a server is always checked: for one that is signed by nobody Node trusts, name its authority in `tlsCaFile`.
 *
 * A key lives under the prefix, its lease under `lease:` and the prefix. In a cluster the prefix is a hash tag (`{documee:}`), so that all keys
 * of a store are on one node and `commit` is atomic; stores with other prefixes are on other nodes. Whether values survive a restart of the server
 * is a matter of its configuration, and one that it evicted is absent.
 */
export class RedisDriver implements StoreDriver {
  readonly description: string;
  readonly leases: LeaseDriver;
  readonly #settings: RedisSettings;
  readonly #fs: FileSystem | undefined;
  #link: RedisLink | undefined;
  #isReplica = false;

  /** @throws CacheError CACHE_BAD_STORE for an address or options that make no sense. */
  constructor(options: RedisDriverOptions) {
    this.#settings = redisSettings(options);
    this.#fs = options.fs;
    this.description = this.#settings.description;
    this.leases = {
      acquireMany: (names, token, ttlMs) => this.#acquireMany(names, token, ttlMs),
      releaseMany: (names, token) => this.#releaseMany(names, token),
    };
  }

  get capabilities(): StoreCapabilities {
    return {
      atomicBatch: true,
      atomicCreate: true,
      persistent: false,
      sweepsItself: true,
      shared: 'network',
      writable: !this.#isReplica,
      leases: true,
      maxValueBytes: MAX_VALUE_BYTES,
      plainJson: false,
      maxBatch: 1000,
      maxConcurrency: 4,
    };
  }

  async open(): Promise<void> {
    const redis = await loadPackage('@redis/client', () => import('@redis/client'), 'A store of Redis');
    const { tls } = this.#settings;
    const link = new RedisLink({
      redis,
      settings: this.#settings,
      tls: tls === undefined ? undefined : readTls(tls, this.#fs),
    });
    this.#link = link;
    try {
      this.#isReplica = await link.isReplica();
    } catch (error) {
      link.close();
      throw redisError(error, 'open', this.#settings);
    }
  }

  /**
   * Neither side takes memory for what is too long: a script looks at the lengths on the server. Few values come with its answer; many come with
   * MGET after it, which costs another round trip and much less time of the server.
   */
  async loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    if (keys.length === 0) return [];
    const names = keys.map(this.#nameOf);
    const longest = String(Math.min(maxBytes, Number.MAX_SAFE_INTEGER));
    const [script, most] =
      names.length <= FEW_KEYS ? [VALUES_SCRIPT, FEW_KEYS_BYTES] : [LENGTHS_SCRIPT, MAX_FLIGHT_BYTES];
    return await this.#call('load', async (link, deadline) => {
      const replies = listOf(await link.run(script, names, [longest, String(most)], deadline));
      if (replies.length === 0)
        return listOf(await link.send(['MGET', ...names], deadline)).map((reply) => this.#valueOf(reply, maxBytes));
      const answers = replies.map((reply) => this.#answerOf(reply, maxBytes));
      const unread = names.flatMap((name, index) => {
        const length = replies[index];
        return typeof length === 'number' && answers[index] === undefined ? [{ name, index, length }] : [];
      });
      for (const flight of flightsOf(unread, ({ length }) => length)) {
        const values = listOf(await link.send(['MGET', ...flight.map(({ name }) => name)], deadline));
        for (const [at, { index }] of flight.entries()) answers[index] = this.#valueOf(values[at], maxBytes);
      }
      return answers;
    });
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#set('save', entries, 'always');
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    return (await this.#set('create', entries, 'if-absent')).map((reply) => reply === 'OK');
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    return await this.#call('delete', async (link, deadline) =>
      Number(await link.send(['UNLINK', ...keys.map(this.#nameOf)], deadline)),
    );
  }

  async statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    if (keys.length === 0) return [];
    const names = keys.map(this.#nameOf);
    const args = [String(MAX_HEADER_BYTES)];
    const replies = listOf(await this.#call('load', (link, deadline) => link.run(STAT_SCRIPT, names, args, deadline)));
    return keys.map((_key, index) => statOf(replies[index]));
  }

  /** The server lists in no order: all keys are held in memory, once, before the first page. */
  async *keys(prefix: string): AsyncGenerator<readonly string[], void, undefined> {
    const found = new Set<string>();
    const start = this.#settings.prefix.length;
    for await (const names of this.#scan('list', prefix)) for (const name of names) found.add(name.slice(start));
    const sorted = [...found].sort(compareKeys);
    for (let at = 0; at < sorted.length; at += PAGE_KEYS) yield sorted.slice(at, at + PAGE_KEYS);
  }

  async clear(prefix: string): Promise<number> {
    let removed = 0;
    for await (const names of this.#scan('clear', prefix)) {
      if (names.length === 0) continue;
      const unlink: RedisCommand = ['UNLINK', ...names];
      removed += Number(await this.#call('clear', (link, deadline) => link.send(unlink, deadline)));
    }
    return removed;
  }

  async commit({ save, delete: deleted }: StoreBatch): Promise<void> {
    const commands = save.map((entry) => setCommand(this.#nameOf(entry.key), entry, 'always'));
    if (deleted.length > 0) commands.push(['UNLINK', ...deleted.map(this.#nameOf)]);
    if (commands.length === 0) return;
    await this.#call('commit', (link, deadline) => link.transaction(commands, deadline));
  }

  sweep(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    this.#link?.close();
    this.#link = undefined;
    return Promise.resolve();
  }

  /** Reply of each SET. So many are under way at once as fit into `MAX_FLIGHT_BYTES`. */
  async #set(
    action: StoreAction,
    entries: readonly StoreEntry[],
    condition: 'always' | 'if-absent',
  ): Promise<RedisReply[]> {
    return await this.#call(action, async (link, deadline) => {
      const replies: RedisReply[] = [];
      for (const flight of flightsOf(entries, ({ bytes }) => bytes.length)) {
        const commands = flight.map((entry) => setCommand(this.#nameOf(entry.key), entry, condition));
        for (const reply of await link.sendAll(commands, deadline)) replies.push(reply);
      }
      return replies;
    });
  }

  /** Names of all keys that begin with `prefix`, as they come; one may come twice. */
  async *#scan(action: 'list' | 'clear', prefix: string): AsyncGenerator<string[], void, undefined> {
    const pattern = patternOf(this.#nameOf(prefix));
    let cursor = '0';
    do {
      const command: RedisCommand = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(SCAN_COUNT)];
      const [next, names] = listOf(await this.#call(action, (link, deadline) => link.send(command, deadline)));
      cursor = textOf(next);
      yield listOf(names).map(textOf);
    } while (cursor !== '0');
  }

  async #acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    if (names.length === 0) return [];
    const leases = names.map(this.#leaseOf);
    const args = [token, String(Math.max(1, Math.ceil(ttlMs)))];
    const replies = listOf(
      await this.#call('lease', (link, deadline) => link.run(ACQUIRE_SCRIPT, leases, args, deadline)),
    );
    return names.map((_name, index) => replies[index] === 1);
  }

  async #releaseMany(names: readonly string[], token: string): Promise<void> {
    if (names.length === 0) return;
    const leases = names.map(this.#leaseOf);
    await this.#call('lease', (link, deadline) => link.run(RELEASE_SCRIPT, leases, [token], deadline));
  }

  #problemOf(length: number, maxBytes: number): Buffer | undefined | Error {
    const store = this.description;
    if (length === NOT_READABLE)
      return storeError('corrupt', { store, action: 'load', problem: 'under the key is something that is no string' });
    if (length <= maxBytes) return undefined;
    const problem = `the value has ${length} bytes, more than ${maxBytes}`;
    return storeError('too-large', { store, action: 'load', problem });
  }

  /** Undefined also for a value that is short enough, where the reply is its length. */
  #answerOf(reply: RedisReply, maxBytes: number): Buffer | undefined | Error {
    return typeof reply === 'number' ? this.#problemOf(reply, maxBytes) : this.#valueOf(reply, maxBytes);
  }

  /** The length is looked at again, since the value may have been replaced meanwhile. */
  #valueOf(reply: RedisReply | undefined, maxBytes: number): Buffer | undefined | Error {
    return Buffer.isBuffer(reply) ? (this.#problemOf(reply.length, maxBytes) ?? reply) : undefined;
  }

  readonly #nameOf = (key: string): string => this.#settings.prefix + key;
  /** Outside of the prefix, so that no key is a lease. The hash tag, where there is one, stays the first. */
  readonly #leaseOf = (name: string): string => `lease:${this.#settings.prefix}${name}`;

  async #call<T>(action: StoreAction, work: (link: RedisLink, deadline: Deadline) => Promise<T>): Promise<T> {
    try {
      const link = this.#link;
      if (link === undefined) throw new ConnectionLostError('the store is closed', { wasSent: false });
      return await work(link, link.deadline());
    } catch (error) {
      throw redisError(error, action, this.#settings);
    }
  }
}

/** Cuts a list where more than `MAX_FLIGHT_BYTES` would be under way. */
function* flightsOf<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Generator<readonly Item[]> {
  let start = 0;
  let flightBytes = 0;
  for (const [index, item] of items.entries()) {
    const bytes = bytesOf(item);
    if (index > start && flightBytes + bytes > MAX_FLIGHT_BYTES) {
      yield items.slice(start, index);
      start = index;
      flightBytes = 0;
    }
    flightBytes += bytes;
  }
  if (start < items.length) yield items.slice(start);
}

/** A value without an envelope does not tell when it was saved: it counts as old. */
function statOf(reply: RedisReply | undefined): StoredStat | undefined {
  const [sizeBytes, head] = listOf(reply);
  if (typeof sizeBytes !== 'number') return undefined;
  const header = Buffer.isBuffer(head) ? readHeader(head) : undefined;
  return { sizeBytes, savedAt: header?.savedAt ?? 0 };
}

const listOf = (reply: RedisReply | undefined): readonly RedisReply[] =>
  Array.isArray(reply) ? (reply as RedisReply[]) : [];

const textOf = (reply: RedisReply | undefined): string => (Buffer.isBuffer(reply) ? reply.toString() : String(reply));
