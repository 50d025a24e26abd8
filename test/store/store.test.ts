import { expect } from 'chai';
import { encodeEnvelope, readHeader } from '../../src/codec/envelope.js';
import { CacheError } from '../../src/model/errors.js';
import type { RunEvent } from '../../src/model/event.js';
import type { StoreBatch, StoreCapabilities, StoreEntry } from '../../src/store/driver.js';
import { MemoryDriver, openMemoryStore } from '../../src/store/drivers/memory.js';
import { compareKeys } from '../../src/store/key-order.js';
import { storeError } from '../../src/store/store-error.js';
import { Store, type StoreOptions } from '../../src/store/store.js';
import { isCompressionAvailable } from '../../src/codec/compression.js';

type Answer = Buffer | undefined | Error;

/** A driver in memory that claims what a test wants, holds no values, and tells of its calls. */
class RecordingDriver extends MemoryDriver {
  override readonly capabilities: StoreCapabilities;
  readonly calls: string[] = [];
  mostAtOnce = 0;
  /** Takes the place of what is stored. */
  answer: ((key: string) => Answer) | undefined;
  #atOnce = 0;

  constructor(claims: Partial<StoreCapabilities> = {}, now = (): number => Date.now()) {
    super({ clock: { now } });
    this.capabilities = { ...new MemoryDriver().capabilities, ...claims };
  }

  override heldValue(): undefined {
    return undefined;
  }

  override async loadMany(keys: readonly string[], limits: { readonly maxBytes: number }): Promise<Answer[]> {
    await this.#record(`load ${keys.length}`);
    return this.answer === undefined ? super.loadMany(keys, limits) : keys.map(this.answer);
  }

  override async saveMany(entries: readonly StoreEntry[]): Promise<void> {
    await this.#record(`save ${entries.length}`);
    await super.saveMany(entries);
  }

  override async commit(batch: StoreBatch): Promise<void> {
    await this.#record(`commit ${batch.save.length}+${batch.delete.length}`);
    await super.commit(batch);
  }

  override async close(): Promise<void> {
    await this.#record('close');
  }

  async #record(call: string): Promise<void> {
    this.calls.push(call);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.#atOnce--;
  }
}

const stored = async (driver: MemoryDriver, key: string): Promise<Buffer> => {
  const [bytes] = await MemoryDriver.prototype.loadMany.call(driver, [key], { maxBytes: 1e9 });
  return bytes as Buffer;
};

const errorOf = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a store', () => {
  describe('over its driver', () => {
    it('cuts lists and runs no more calls at once than the driver takes', async () => {
      const driver = new RecordingDriver({ maxBatch: 3, maxConcurrency: 2 });
      const store = await Store.open(driver);
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
      await store.saveMany(keys.map((key, index) => [key, index]));
      expect(driver.calls).to.deep.equal(['save 3', 'save 3', 'save 3', 'save 1']);
      expect(await store.loadMany(keys)).to.deep.equal([...keys.keys()]);
      expect(driver.mostAtOnce).to.equal(2);
      const created = await store.createMany([...keys, 'new', 'new'].map((key) => [key, 'created']));
      expect(created).to.deep.equal([...keys.map(() => false), true, false]);
      expect(await store.deleteMany([...keys, ...keys])).to.equal(10);
    });

    it('keeps the last of a key that is given twice, also where the two are in different batches', async () => {
      const store = await Store.open(new RecordingDriver({ maxBatch: 1, maxConcurrency: 8 }));
      await store.saveMany([1, 2, 3, 4].map((value) => ['key', value]));
      expect(await store.load('key')).to.equal(4);
    });

    it('gives errors of the driver a code, the store and the action, and leaves those that have them', async () => {
      const driver = new RecordingDriver();
      const store = await Store.open(driver);
      driver.answer = () => {
        throw new Error('the connection was reset');
      };
      const failed = await errorOf(store.load('key'));
      expect(failed).to.be.instanceOf(CacheError).and.include({ code: 'CACHE_STORE_FAILED' });
      expect((failed as CacheError).details).to.include({ store: 'memory:', action: 'load' });
      const coded = storeError('unavailable', { store: 'memory:', action: 'load', problem: 'no answer' });
      driver.answer = () => {
        throw coded;
      };
      expect(await errorOf(store.loadMany(['a', 'b']))).to.equal(coded);
    });

    it('takes a value that is damaged for absent and tells it, and fails where a value could not be fetched', async () => {
      const events: RunEvent[] = [];
      const driver = new RecordingDriver();
      const store = await Store.open(driver, { onEvent: (event) => events.push(event) });
      const failure = (kind: 'corrupt' | 'too-large' | 'unavailable'): CacheError =>
        storeError(kind, { store: 'memory:', action: 'load', problem: 'on purpose' });
      driver.answer = (key) => (key === 'good' ? Buffer.from('1') : failure(key as 'corrupt'));
      expect(await store.loadMany(['corrupt', 'good', 'too-large'])).to.deep.equal([undefined, 1, undefined]);
      expect(events.map((event) => event.type === 'document-corrupt' && event.document)).to.deep.equal([
        'corrupt',
        'too-large',
      ]);
      expect(await errorOf(store.load('unavailable'))).to.include({ code: 'CACHE_STORE_UNAVAILABLE' });
    });

    it('does not believe a driver that gives out what has expired', async () => {
      let now = 1_000_000;
      const driver = new RecordingDriver();
      const store = await Store.open(driver, { clock: { now: () => now } });
      const header = { codec: 'json', compression: 'none', savedAt: now, expiresAt: now + 1000, rawBytes: 1 } as const;
      driver.answer = () => encodeEnvelope(header, Buffer.from('1'));
      expect(await store.load('key')).to.equal(1);
      now += 1000;
      expect(await store.load('key')).to.equal(undefined);
      now = header.savedAt - 60_001;
      expect(await store.load('key'), 'the clock was put back').to.equal(undefined);
      expect(await store.loadDocuments(['key'], 100)).to.deep.equal([undefined]);
    });

    it('refuses to write where the driver can only read, and does not ask it', async () => {
      const driver = new RecordingDriver({ writable: false });
      const store = await Store.open(driver);
      for (const write of [
        store.save('a', 1),
        store.transaction((tx) => tx.save('a', 1)),
        store.clear(),
        store.sweep(),
      ])
        expect(await errorOf(write)).to.include({ code: 'CACHE_STORE_READ_ONLY' });
      expect(await store.load('a')).to.equal(undefined);
      expect(driver.calls).to.deep.equal(['load 1']);
    });

    it('refuses a value that is longer than the driver takes', async () => {
      const store = await Store.open(new RecordingDriver({ maxValueBytes: 500 }));
      await store.save('a', 'x'.repeat(200));
      const error = await errorOf(store.save('a', 'x'.repeat(600)));
      expect(error).to.include({ code: 'CACHE_VALUE_TOO_LARGE' });
      expect(await errorOf(store.saveDocuments([{ key: 'a', json: Buffer.alloc(600, '1') }]))).to.include({
        code: 'CACHE_VALUE_TOO_LARGE',
      });
      expect(await store.load('a')).to.equal('x'.repeat(200));
    });

    it('closes the driver once, after the calls that are under way', async () => {
      const driver = new RecordingDriver();
      const store = await Store.open(driver);
      const loading = store.load('a');
      await Promise.all([store.close(), store.close(), loading]);
      expect(driver.calls).to.deep.equal(['load 1', 'close']);
    });

    it('closes a driver that could not be opened', async () => {
      const driver = new RecordingDriver();
      driver.open = () => Promise.reject(new Error('no route'));
      const error = await errorOf(Store.open(driver));
      expect(error).to.include({ code: 'CACHE_STORE_FAILED' });
      expect((error as CacheError).details).to.include({ action: 'open' });
      expect(driver.calls).to.deep.equal(['close']);
    });
  });

  describe('with options', () => {
    it('refuses those that make no sense', async () => {
      const wrong: StoreOptions[] = [{ ttlDefault: 0 }, { ttlDefault: Number.NaN }, { limits: { maxBytes: 0 } }];
      for (const options of wrong) expect(await errorOf(openMemoryStore(options))).to.be.instanceOf(TypeError);
    });

    it('refuses a compression that this Node does not have', async function () {
      if (isCompressionAvailable('zstd')) this.skip();
      expect(await errorOf(openMemoryStore({ compression: 'zstd' }))).to.include({ code: 'CACHE_BAD_STORE' });
    });

    it('tells once that it cannot read a compression, and takes the value for absent', async function () {
      if (isCompressionAvailable('zstd')) this.skip();
      const events: RunEvent[] = [];
      const driver = new RecordingDriver();
      const store = await Store.open(driver, { onEvent: (event) => events.push(event) });
      const header = { codec: 'json', compression: 'zstd', savedAt: 1, rawBytes: 10 } as const;
      driver.answer = () => encodeEnvelope(header, Buffer.from('1'));
      expect(await store.loadMany(['a', 'b'])).to.deep.equal([undefined, undefined]);
      expect(events).to.have.length(1);
      expect(events[0]).to.include({ type: 'warning', code: 'CACHE_BAD_STORE' });
    });

    it('names codec, compression and times in what it stores', async () => {
      const clock = { now: (): number => 5000.7 };
      const driver = new RecordingDriver({}, clock.now);
      const store = await Store.open(driver, { codec: 'msgpack', compression: 'gzip', ttlDefault: 1.5, clock });
      await store.save('a', 'text, text and text '.repeat(20));
      const expected = { codec: 'msgpack', compression: 'gzip', savedAt: 5000, expiresAt: 6501, rawBytes: 403 };
      expect(readHeader(await stored(driver, 'a'))).to.include(expected);
    });

    it('writes JSON and nothing else where people open the values, and an envelope where something must be kept', async () => {
      const driver = new RecordingDriver({ plainJson: true });
      const store = await Store.open(driver);
      await store.save('plain', { a: [1] });
      expect((await stored(driver, 'plain')).toString()).to.equal('{\n  "a": [\n    1\n  ]\n}\n');
      await store.save('expires', { a: 1 }, { ttl: 60 });
      expect(readHeader(await stored(driver, 'expires'))).to.include({ codec: 'json', compression: 'none' });
      await store.save('bytes', Buffer.from('{}'));
      expect(readHeader(await stored(driver, 'bytes'))).to.include({ codec: 'bytes' });
      await store.save('like', { documee: 1, codec: 'json' });
      expect(await store.loadMany(['plain', 'expires', 'like'])).to.deep.equal([
        { a: [1] },
        { a: 1 },
        { documee: 1, codec: 'json' },
      ]);
      const compressing = await Store.open(driver, { compression: 'gzip' });
      await compressing.save('plain', 'x'.repeat(150) + 'y'.repeat(150));
      expect(readHeader(await stored(driver, 'plain'))).to.include({ compression: 'gzip' });
    });
  });

  describe('in a transaction', () => {
    it('applies all with one call of the driver, and none where there is nothing', async () => {
      const driver = new RecordingDriver({ maxBatch: 2 });
      const store = await Store.open(driver);
      await store.transaction(async (tx) => {
        await tx.saveMany([1, 2, 3, 4, 5].map((value) => [`key-${value}`, value]));
        await tx.delete('key-1');
        await tx.delete('other');
      });
      await store.transaction(() => Promise.resolve());
      expect(driver.calls).to.deep.equal(['commit 4+2']);
    });

    it('does not save what expired before its end', async () => {
      let now = 1_000_000;
      const clock = { now: (): number => now };
      const driver = new RecordingDriver({}, clock.now);
      const store = await Store.open(driver, { clock });
      await store.save('a', 'old');
      await store.transaction(async (tx) => {
        await tx.save('a', 'new', { ttl: 1 });
        now += 1000;
        expect(await tx.load('a')).to.equal(undefined);
        expect(await tx.exists('a')).to.equal(false);
      });
      expect(driver.calls.at(-1)).to.equal('commit 0+1');
      expect(await store.load('a')).to.equal(undefined);
    });

    it('tells the caller where the driver could not apply it, and goes on with the next', async () => {
      const driver = new RecordingDriver();
      const store = await Store.open(driver);
      driver.commit = () => Promise.reject(new Error('disk full'));
      expect(await errorOf(store.transaction((tx) => tx.save('a', 1)))).to.include({ code: 'CACHE_STORE_FAILED' });
      expect(await store.transaction((tx) => tx.exists('a'))).to.equal(false);
    });

    it('lets transactions of other stores run inside, and those that were started beside', async () => {
      const store = await openMemoryStore();
      const other = await openMemoryStore();
      const order: string[] = [];
      const beside = store.transaction(async (tx) => {
        await other.transaction((inner) => inner.save('b', 1));
        await tx.save('a', 1);
        order.push('first');
      });
      const next = store.transaction((tx) => tx.save('c', 1).then(() => order.push('second')));
      await Promise.all([beside, next]);
      expect(order).to.deep.equal(['first', 'second']);
      expect(await store.loadMany(['a', 'c'])).to.deep.equal([1, 1]);
      expect(await other.load('b')).to.equal(1);
    });
  });

  describe('that is closed during a transaction', () => {
    it('ends those that wait for their turn, and one whose function never ends', async () => {
      const store = await Store.open(new RecordingDriver());
      const ran: string[] = [];
      const endless = store.transaction(() => new Promise(() => ran.push('endless')));
      const waiting = store.transaction((tx) => tx.save('a', ran.push('waiting')));
      const outcomes = Promise.allSettled([endless, waiting]);
      await new Promise((resolve) => setImmediate(resolve));
      await store.close();
      for (const outcome of await outcomes)
        expect(outcome)
          .to.have.property('reason')
          .that.is.instanceOf(TypeError)
          .with.property('message')
          .that.includes('closed');
      expect(ran).to.deep.equal(['endless']);
    });

    it('finishes one that is being applied, and says so', async () => {
      const driver = new RecordingDriver();
      const store = await Store.open(driver);
      const applied = store.transaction((tx) => tx.save('a', 1));
      while (!driver.calls.includes('commit 1+0')) await new Promise((resolve) => setImmediate(resolve));
      await store.close();
      await applied;
      expect(driver.calls).to.deep.equal(['commit 1+0', 'close']);
    });
  });

  it('refuses a value of 200 MB without taking memory for it', async () => {
    const store = await Store.open(new RecordingDriver());
    const value = new Uint8Array(200 * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    const refused = await store.save('a', value).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'CACHE_VALUE_TOO_LARGE');
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(16 * 1024 * 1024);
  });

  describe('of documents', () => {
    const json = Buffer.from('{ "b": 1,\n\t"a": [1.0, 1e2, "\\u00e9", "é"] }\n');

    for (const plainJson of [true, false]) {
      for (const codec of ['json', 'msgpack'] as const) {
        for (const compression of ['none', 'gzip'] as const) {
          const kind = `${codec}, ${compression}${plainJson ? ', where people open the values' : ''}`;
          it(`gives them back byte for byte, with ${kind}`, async () => {
            const store = await Store.open(new RecordingDriver({ plainJson }), { codec, compression });
            const like = Buffer.from('{"documee":1,"other":"document"}');
            const long = Buffer.from(JSON.stringify({ text: 'é'.repeat(500) }));
            await store.saveDocuments([
              { key: 'a', json },
              { key: 'like', json: like },
              { key: 'long', json: long },
              { key: 'expires', json, expiresAt: Date.now() + 60_000 },
            ]);
            const keys = ['a', 'missing', 'like', 'long', 'expires', 'a'];
            const loaded = await store.loadDocuments(keys, 10_000);
            expect(loaded.map((text) => text?.toString())).to.deep.equal(
              [json, undefined, like, long, json, json].map((text) => text?.toString()),
            );
            const created = await store.createDocuments(['a', 'new', 'new'].map((key) => ({ key, json: long })));
            expect(created).to.deep.equal([false, true, false]);
          });
        }
      }
    }

    it('stores them verbatim where people open them', async () => {
      const driver = new RecordingDriver({ plainJson: true });
      const store = await Store.open(driver);
      await store.saveDocuments([{ key: 'a', json }]);
      expect((await stored(driver, 'a')).equals(json)).to.equal(true);
      expect(await store.load('a')).to.deep.equal({ b: 1, a: [1, 100, 'é', 'é'] });
    });

    it('answers an error for one that is damaged, too long or no text, and spoils no other', async () => {
      const driver = new RecordingDriver();
      const store = await Store.open(driver);
      await store.saveDocuments(['good', 'cut'].map((key) => ({ key, json })));
      await store.saveDocuments([{ key: 'long', json: Buffer.alloc(5000, '1') }]);
      await store.save('bytes', Buffer.from('{}'));
      const bytes = (await stored(driver, 'cut')).subarray(0, -1);
      await driver.saveMany([{ key: 'cut', bytes, expiresAt: undefined }]);
      const loaded = await store.loadDocuments(['cut', 'long', 'good', 'bytes'], 1000);
      expect(loaded.map((answer) => (answer instanceof CacheError ? answer.code : answer?.toString()))).to.deep.equal([
        'CACHE_STORE_CORRUPT',
        'CACHE_VALUE_TOO_LARGE',
        json.toString(),
        'CACHE_STORE_CORRUPT',
      ]);
    });

    it('lets them expire by the default of the store', async () => {
      let now = 1_000_000;
      const clock = { now: (): number => now };
      const store = await Store.open(new RecordingDriver({}, clock.now), { ttlDefault: 10, clock });
      await store.saveDocuments([{ key: 'a', json }]);
      expect(await store.loadDocuments(['a'], 1000)).to.have.deep.members([json]);
      now += 10_000;
      expect(await store.loadDocuments(['a'], 1000)).to.deep.equal([undefined]);
    });
  });
});

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes', () => {
    const keys = ['', 'a', 'ab', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '𐀀', '😀a', 'a/b', 'a:b', 'a0'];
    for (const a of keys)
      for (const b of keys)
        expect(Math.sign(compareKeys(a, b)), JSON.stringify([a, b])).to.equal(Buffer.from(a).compare(Buffer.from(b)));
  });
});
