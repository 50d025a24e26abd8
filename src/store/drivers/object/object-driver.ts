import { randomUUID } from 'node:crypto';
import { CacheError } from '../../../model/errors.js';
import { systemClock, type Clock } from '../../../util/clock.js';
import { isExpired } from '../../../codec/expiry.js';
import type { LeaseDriver, StoreBatch, StoreCapabilities, StoreDriver, StoreEntry, StoredStat } from '../../driver.js';
import { compareKeys } from '../../key-order.js';
import { storeError } from '../../store-error.js';
import type { ConnectObjects, ObjectClient, ObjectHead, PutCondition } from './object-client.js';
import { ObjectLeases } from './object-leases.js';
import { listKeys, listNames, type ListedKey } from './object-listing.js';
import { isObjectExpired, lifetimeOf, lifetimeOfContent, metadataOf, writerOf } from './object-metadata.js';
import { ObjectNames } from './object-names.js';
import { probeConditions } from './object-probe.js';
import { Requests, type Attempt, type Call } from './object-requests.js';

/** Requests in flight: S3 itself takes hundreds, small servers of its kind answer 503 to 100 and not to 16. */
const CONCURRENCY = 16;

const TIMEOUT_MS = 5000;

/** Longest value: one request carries it, within the time limit. */
const MAX_VALUE_BYTES = 256 * 1024 * 1024;

/** Options that all object stores have. */
export interface ObjectDriverOptions {
  /** What the names of all objects begin with; a slash is put behind it. Default: nothing, the bucket is all ours. */
  readonly prefix?: string;
  /** Of one request with its second try, and of a call that gets no answer, in ms. Default: 5000. */
  readonly timeoutMs?: number;
  /** Most requests in flight. Default: 16. */
  readonly concurrency?: number;
  /** Never writes, not even to find out what the server can do. Default: false. */
  readonly readOnly?: boolean;
  readonly clock?: Clock;
}

/** A vendor's part of an `ObjectDriver`. */
export interface ObjectBackend {
  readonly connect: ConnectObjects;
  /** Without credentials. */
  readonly description: string;
  /** Texts that must not appear in any message. */
  readonly secrets: readonly string[];
}

/**
 * Values as objects of S3, Azure Blob or Google Cloud Storage: one object each, named `<prefix>/<key>`. When one expires stands in its metadata
 * (and in the envelope), so that it is absent at once; `sweep` removes it. What the server can do with conditions is tried by `open`, since many
 * that speak S3 ignore them: without them there are neither leases nor creations that exactly one writer wins.
 */
export class ObjectDriver implements StoreDriver {
  readonly description: string;
  readonly #backend: ObjectBackend;
  readonly #options: ObjectDriverOptions;
  readonly #names: ObjectNames;
  readonly #clock: Clock;
  #client: ObjectClient | undefined;
  #requests: Requests | undefined;
  #leases: ObjectLeases | undefined;
  #isConditional = false;

  constructor(backend: ObjectBackend, options: ObjectDriverOptions = {}) {
    this.description = backend.description;
    this.#backend = backend;
    this.#options = options;
    this.#names = new ObjectNames(options.prefix ?? '');
    this.#clock = options.clock ?? systemClock;
  }

  get capabilities(): StoreCapabilities {
    return {
      atomicBatch: false,
      atomicCreate: this.#isConditional,
      persistent: true,
      sweepsItself: false,
      shared: 'network',
      writable: this.#options.readOnly !== true,
      leases: this.#isConditional,
      maxValueBytes: MAX_VALUE_BYTES,
      plainJson: false,
      maxBatch: 256,
      maxConcurrency: 16,
    };
  }

  get leases(): LeaseDriver | undefined {
    return this.#leases;
  }

  async open(): Promise<void> {
    const { concurrency = CONCURRENCY, timeoutMs = TIMEOUT_MS, readOnly = false } = this.#options;
    const { description, secrets } = this.#backend;
    const client = await this.#connect({ concurrency, timeoutMs });
    const requests = new Requests({ client, description, secrets, concurrency, timeoutMs });
    this.#client = client;
    this.#requests = requests;
    try {
      await requests.run('open', async (call) => {
        // Listing tells a bucket that is missing from one that is empty, and bad credentials from good ones, for readers too.
        const list = { cursor: undefined, limit: 1 };
        await call.send((objects, { signal }) => objects.list(this.#names.root, { ...list, signal }));
        if (!readOnly) this.#isConditional = await probeConditions(call, this.#names, this.#clock);
      });
    } catch (error) {
      await this.close();
      throw error;
    }
    if (this.#isConditional) this.#leases = new ObjectLeases(requests, this.#names, this.#clock);
  }

  async loadMany(
    keys: readonly string[],
    { maxBytes }: { readonly maxBytes: number },
  ): Promise<(Buffer | undefined | Error)[]> {
    return this.#run('load', (call) => Promise.all(keys.map((key) => this.#load(call, key, maxBytes))));
  }

  async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#run('save', (call) => this.#saveAll(call, entries));
  }

  async createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    const first = new Map<string, number>();
    for (const [index, { key }] of entries.entries()) if (!first.has(key)) first.set(key, index);
    return this.#run('create', (call) =>
      Promise.all(
        entries.map(async (entry, index) => first.get(entry.key) === index && (await this.#create(call, entry))),
      ),
    );
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return this.#run('delete', async (call) => {
      const distinct = [...new Set(keys)];
      const heads = await this.#heads(call, distinct);
      const now = this.#clock.now();
      const there = distinct.filter((_key, index) => heads[index] !== undefined);
      await this.#deleteNames(
        call,
        there.map((key) => this.#names.of(key).name),
      );
      return heads.filter((head) => head !== undefined && !isObjectExpired(head.metadata, now)).length;
    });
  }

  async statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    return this.#run('load', async (call) => {
      const heads = await this.#heads(call, keys);
      const now = this.#clock.now();
      return heads.map((head) => {
        if (head === undefined || isObjectExpired(head.metadata, now)) return undefined;
        return { sizeBytes: head.sizeBytes, savedAt: lifetimeOf(head.metadata).savedAt ?? head.modifiedAt };
      });
    });
  }

  /** Lists all before the first page: servers order names in different ways, and escapes change their order. */
  async *keys(prefix: string): AsyncGenerator<readonly string[]> {
    const found: ListedKey[] = [];
    await this.#run('list', async (call) => {
      for await (const page of listKeys(call, this.#names, prefix)) for (const listed of page) found.push(listed);
    });
    found.sort((a, b) => compareKeys(a.key, b.key));
    const pageSize = this.capabilities.maxBatch;
    for (let from = 0; from < found.length; from += pageSize) {
      const page = found.slice(from, from + pageSize);
      const live = await this.#run('list', (call) => this.#live(call, page));
      if (live.length > 0) yield live.map(({ key }) => key);
    }
  }

  async clear(prefix: string): Promise<number> {
    return this.#run('clear', async (call) => {
      let count = 0;
      for await (const page of listKeys(call, this.#names, prefix)) {
        count += (await this.#live(call, page)).length;
        await this.#deleteNames(
          call,
          page.map(({ name }) => name),
        );
      }
      return count;
    });
  }

  /** What is new is there before anything old goes: a kill in between leaves too much, not too little. */
  async commit(batch: StoreBatch): Promise<void> {
    await this.#run('commit', async (call) => {
      await this.#saveAll(call, batch.save);
      await this.#deleteNames(
        call,
        batch.delete.map((key) => this.#names.of(key).name),
      );
    });
  }

  /** Also removes old leases, which do not count. */
  async sweep(): Promise<number> {
    return this.#run('sweep', async (call) => {
      let count = 0;
      for await (const page of listNames(call, this.#names.root)) {
        const now = this.#clock.now();
        const metadata = await Promise.all(
          page.map(async (object) => object.metadata ?? (await this.#head(call, object.name))?.metadata),
        );
        const expired = page.filter((_object, index) => {
          const known = metadata[index];
          return known !== undefined && isObjectExpired(known, now);
        });
        const names = expired.map(({ name }) => name);
        await this.#deleteNames(call, names);
        count += names.filter((name) => this.#names.isValue(name)).length;
      }
      return count;
    });
  }

  close(): Promise<void> {
    this.#requests?.close();
    this.#client?.close();
    return Promise.resolve();
  }

  async #connect(settings: { concurrency: number; timeoutMs: number }): Promise<ObjectClient> {
    try {
      return await this.#backend.connect(settings);
    } catch (cause) {
      if (cause instanceof CacheError || cause instanceof TypeError) throw cause;
      const { description: store, secrets } = this.#backend;
      throw storeError('failed', { store, action: 'open', cause, secrets });
    }
  }

  #run<T>(action: Parameters<Requests['run']>[0], work: (call: Call) => Promise<T>): Promise<T> {
    if (this.#requests === undefined) throw new TypeError('Expected the driver to be open');
    return this.#requests.run(action, work);
  }

  async #load(call: Call, key: string, maxBytes: number): Promise<Buffer | undefined | Error> {
    const { name } = this.#names.of(key);
    try {
      const content = await call.send((client, { signal }) => client.get(name, { signal, maxBytes }));
      if (content === undefined) return undefined;
      if (content === 'too-large') return await this.#tooLarge(call, name, maxBytes);
      const lifetime = lifetimeOfContent(content) ?? (await this.#lifetime(call, name));
      return lifetime === undefined || isExpired(lifetime, this.#clock.now()) ? undefined : content.bytes;
    } catch (error) {
      // What fails the call as a whole has failed it already.
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #tooLarge(call: Call, name: string, maxBytes: number): Promise<Error | undefined> {
    const head = await this.#head(call, name);
    if (head === undefined || isObjectExpired(head.metadata, this.#clock.now())) return undefined;
    const problem = `a value has ${head.sizeBytes} bytes, and at most ${maxBytes} are allowed`;
    return storeError('too-large', { store: this.description, action: 'load', problem });
  }

  async #lifetime(call: Call, name: string): Promise<ReturnType<typeof lifetimeOf> | undefined> {
    const head = await this.#head(call, name);
    return head === undefined ? undefined : lifetimeOf(head.metadata);
  }

  async #saveAll(call: Call, entries: readonly StoreEntry[]): Promise<void> {
    const last = new Map(entries.map((entry) => [entry.key, entry]));
    await call.sendEach([...last.values()], async (client, entry, { signal }) => {
      const { name, metadata } = this.#object(entry);
      await client.put(name, entry.bytes, { metadata, signal });
    });
  }

  async #create(call: Call, entry: StoreEntry): Promise<boolean> {
    if (!this.#isConditional) return this.#createUnlessSeen(call, entry);
    if ((await this.#putIf(call, entry, { if: 'absent' })) !== undefined) return true;
    const old = await this.#head(call, this.#names.of(entry.key).name);
    if (old !== undefined && !isObjectExpired(old.metadata, this.#clock.now())) return false;
    if (old === undefined) return (await this.#putIf(call, entry, { if: 'absent' })) !== undefined;
    // An ETag may be a digest of the bytes, which two writers that replace an expired value by the same would not change. The one that
    // replaces it by something that nobody else writes has won.
    const claim = { ...entry, bytes: Buffer.from(randomUUID()), expiresAt: 0 };
    const claimed = await this.#putIf(call, claim, { if: 'version', version: old.version });
    if (claimed === undefined) return false;
    return (await this.#putIf(call, entry, { if: 'version', version: claimed })) !== undefined;
  }

  /** Two writers may both be told true: `capabilities.atomicCreate` is false. */
  async #createUnlessSeen(call: Call, entry: StoreEntry): Promise<boolean> {
    const { name, metadata } = this.#object(entry);
    const old = await this.#head(call, name);
    if (old !== undefined && !isObjectExpired(old.metadata, this.#clock.now())) return false;
    await call.send((client, { signal }) => client.put(name, entry.bytes, { metadata, signal }));
    return true;
  }

  /** The version written; undefined where the condition did not hold. A try that was done and not answered counts as done. */
  async #putIf(call: Call, entry: StoreEntry, condition: PutCondition): Promise<string | undefined> {
    const writer = randomUUID();
    const { name, metadata } = this.#object(entry, writer);
    return call.send(async (client, { signal, number }: Attempt) => {
      const answer = await client.put(name, entry.bytes, { condition, metadata, signal });
      if (answer !== 'refused') return answer.version;
      const now = number === 0 ? undefined : await client.head(name, { signal });
      return now !== undefined && writerOf(now.metadata) === writer ? now.version : undefined;
    });
  }

  #object({ key, expiresAt }: StoreEntry, writer?: string) {
    const { name, isLong } = this.#names.of(key);
    const savedAt = this.#clock.now();
    return { name, metadata: metadataOf({ savedAt, expiresAt, key: isLong ? key : undefined, writer }) };
  }

  #heads(call: Call, keys: readonly string[]): Promise<(ObjectHead | undefined)[]> {
    return Promise.all(keys.map((key) => this.#head(call, this.#names.of(key).name)));
  }

  #head(call: Call, name: string): Promise<ObjectHead | undefined> {
    return call.send((client, { signal }) => client.head(name, { signal }));
  }

  /** Those that are there and have not expired. S3 lists no metadata: there it takes one request each. */
  async #live(call: Call, listed: readonly ListedKey[]): Promise<ListedKey[]> {
    const metadata = await Promise.all(
      listed.map(async (object) => object.metadata ?? (await this.#head(call, object.name))?.metadata),
    );
    const now = this.#clock.now();
    return listed.filter((_object, index) => {
      const known = metadata[index];
      return known !== undefined && !isObjectExpired(known, now);
    });
  }

  async #deleteNames(call: Call, names: readonly string[]): Promise<void> {
    const batch = this.#client?.deleteBatch ?? 1;
    const batches: string[][] = [];
    for (let from = 0; from < names.length; from += batch) batches.push(names.slice(from, from + batch));
    await call.sendEach(batches, (client, some, { signal }) => client.deleteMany(some, { signal }));
  }
}
