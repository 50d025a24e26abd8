import { expect } from 'chai';
import { MemoryDriver, openMemoryStore } from '../../src/store/drivers/memory.js';
import { MemoryLeases } from '../../src/store/drivers/memory-leases.js';
import type { ExpectedCapabilities } from '../../src/testing/index.js';
import { describeStore } from '../support/stores.js';

const EXPECTS: ExpectedCapabilities = {
  atomicBatch: true,
  atomicCreate: true,
  persistent: false,
  sweepsItself: false,
  shared: 'process',
  writable: true,
  leases: true,
  plainJson: false,
};

class MovableClock {
  #now = Date.now();

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

for (const codec of ['json', 'msgpack'] as const) {
  for (const compression of ['none', 'gzip'] as const) {
    const clock = new MovableClock();
    describeStore('memory', {
      name: `the memory store with ${codec}, compression ${compression}`,
      open: (options) => openMemoryStore({ codec, compression, clock, ...options }),
      expects: EXPECTS,
      advance: (ms) => clock.advance(ms),
    });
  }
}

const clock = new MovableClock();
describeStore('memory', {
  name: 'a namespace in a memory store',
  open: async (options) => (await openMemoryStore({ clock, ...options })).namespace('team/a'),
  expects: EXPECTS,
  advance: (ms) => clock.advance(ms),
});

describe('the memory driver', () => {
  const entry = (
    key: string,
    bytes: Uint8Array = Buffer.from(key),
  ): { key: string; bytes: Uint8Array; expiresAt: undefined } => ({
    key,
    bytes,
    expiresAt: undefined,
  });
  const keysOf = async (driver: Pick<MemoryDriver, 'keys'>): Promise<string[]> => {
    const keys: string[] = [];
    for await (const page of driver.keys('')) keys.push(...page);
    return keys;
  };

  it('drops what was not used for longest where there are too many values', async () => {
    const store = await openMemoryStore({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await store.save(key, key);
    expect(await store.load('a')).to.equal('a');
    await store.save('d', 'd');
    expect(await keysOf(store.driver)).to.deep.equal(['a', 'c', 'd']);
  });

  it('drops what was not used for longest where values have too many bytes, decoded ones counted', async () => {
    const store = await openMemoryStore({ maxBytes: 100_000 });
    for (let index = 0; index < 100; index++) await store.save(`key-${index}`, new Uint8Array(5000));
    const bytesOnly = (await keysOf(store.driver)).length;
    expect(bytesOnly).to.be.within(15, 20);
    for (let index = 0; index < 100; index++) await store.save(`key-${index}`, 'x'.repeat(5000));
    expect((await keysOf(store.driver)).length).to.be.within(4, bytesOnly - 5);
    expect(await store.load('key-99')).to.equal('x'.repeat(5000));
  });

  it('takes no value that is larger than all its memory', async () => {
    const store = await openMemoryStore({ maxBytes: 10_000 });
    await store.save('small', 1);
    expect(await store.save('large', new Uint8Array(10_000)).catch((error: unknown) => error)).to.include({
      code: 'CACHE_VALUE_TOO_LARGE',
    });
    expect(await store.load('small')).to.equal(1);
  });

  it('keeps its own copy of bytes, and gives out copies', async () => {
    const driver = new MemoryDriver();
    const bytes = Buffer.from('given');
    await driver.saveMany([entry('a', bytes)]);
    bytes.fill(0);
    const [first] = await driver.loadMany(['a'], { maxBytes: 100 });
    (first as Buffer).fill(1);
    expect(String((await driver.loadMany(['a'], { maxBytes: 100 }))[0])).to.equal('given');
  });

  it('gives out the same frozen value again, unless values are to be small', async () => {
    const store = await openMemoryStore();
    const given = { list: [{ a: 1 }] };
    await store.save('a', given);
    const loaded = (await store.load('a')) as typeof given;
    expect(loaded).to.deep.equal(given);
    expect(loaded).not.to.equal(given);
    expect(await store.load('a')).to.equal(loaded);
    expect(Object.isFrozen(loaded) && Object.isFrozen(loaded.list) && Object.isFrozen(loaded.list[0])).to.equal(true);
    expect(Object.isFrozen(given)).to.equal(false);
    const compressing = await openMemoryStore({ compression: 'gzip' });
    await compressing.save('a', given);
    expect(await compressing.load('a')).to.deep.equal(given);
    expect(await compressing.load('a')).not.to.equal(await compressing.load('a'));
  });

  it('takes a value whose clock was put back for expired', async () => {
    const clock = new MovableClock();
    const store = await openMemoryStore({ clock });
    await store.save('a', 1, { ttl: 60 });
    await store.save('ever', 1);
    clock.advance(-3_600_000);
    expect(await store.loadMany(['a', 'ever'])).to.deep.equal([undefined, 1]);
  });

  it('forgets leases that ended, however many there were', async () => {
    const clock = new MovableClock();
    const leases = new MemoryLeases(clock);
    for (let round = 0; round < 5; round++) {
      const names = Array.from({ length: 1024 }, (_, index) => `${round}-${index}`);
      expect((await leases.acquireMany(names, 'token', 1000)).every(Boolean)).to.equal(true);
      clock.advance(1000);
    }
    expect(await leases.acquireMany(['4-0'], 'other', 1000)).to.deep.equal([true]);
  });

  it('refuses bounds that make no sense', () => {
    for (const options of [{ maxBytes: 0 }, { maxBytes: Number.NaN }, { maxEntries: 0 }])
      expect(() => new MemoryDriver(options)).to.throw(TypeError);
  });
});
