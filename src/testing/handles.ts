import assert from 'node:assert/strict';
import type { KeyValueStore } from '../store/key-value-store.js';
import { keysOf, type ConformanceContext } from './context.js';

/** Every method, for the trait that none works after the end. */
const METHODS: Readonly<Record<string, (store: KeyValueStore) => Promise<unknown>>> = {
  save: (store) => store.save('a', 1),
  load: (store) => store.load('a'),
  delete: (store) => store.delete('a'),
  exists: (store) => store.exists('a'),
  keys: (store) => keysOf(store.keys()),
  saveMany: (store) => store.saveMany([]),
  createMany: (store) => store.createMany([]),
  loadMany: (store) => store.loadMany([]),
  deleteMany: (store) => store.deleteMany([]),
  clear: (store) => store.clear('a'),
  sweep: (store) => store.sweep(),
  transaction: (store) => store.transaction(() => Promise.resolve()),
};

export function describeHandles(context: ConformanceContext): void {
  const { it, expects } = context;

  it('after close every method rejects with a TypeError, and close can be called again', async () => {
    const store = await context.openAnother();
    await Promise.all([store.close(), store.close()]);
    await store.close();
    for (const [name, call] of Object.entries(METHODS)) await assert.rejects(call(store), TypeError, name);
  });

  it('close waits for what is under way', async () => {
    const store = await context.openAnother();
    const key = `${context.fresh()}key`;
    const loading = store.load(key);
    const closing = store.close();
    assert.equal(await loading, undefined);
    await closing;
  });

  it('a transaction that is not finished when the store is closed changes nothing', async () => {
    const store = await context.openAnother();
    const key = `${context.fresh()}key`;
    const running = store.transaction(async (tx) => {
      await tx.save(key, 1);
      await store.close();
    });
    await assert.rejects(running, TypeError);
    if (context.sharesHandles) assert.equal(await context.store.exists(key), false);
  });

  it('the end of a block closes', async () => {
    const store = await context.openAnother();
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.load('a'), TypeError);
  });

  it('the description says what it is', () => {
    assert.match(context.store.description, /^[^\n]{1,1000}$/);
    return Promise.resolve();
  });

  if (expects.persistent || expects.shared !== 'process') {
    it('values are there again when the store is opened again', async () => {
      const at = context.fresh();
      await context.withAnother(async (store) => {
        await store.save(`${at}json`, { a: 1 });
        await store.save(`${at}bytes`, Uint8Array.of(1, 2));
        await store.save(`${at}long`, 1, { ttl: 3600 });
        await store.transaction((tx) => tx.save(`${at}tx`, 'committed'));
      });
      await context.withAnother(async (store) => {
        const keys = ['json', 'bytes', 'long', 'tx'].map((key) => at + key);
        assert.deepEqual(await store.loadMany(keys), [{ a: 1 }, Uint8Array.of(1, 2), 1, 'committed']);
      });
    });

    it('what was written with one codec is read with another', async () => {
      const at = context.fresh();
      const kinds = (['json', 'msgpack'] as const).flatMap((codec) =>
        (['none', 'gzip'] as const).map((compression) => ({ codec, compression })),
      );
      const value = { text: 'é'.repeat(500), list: [1, 2.5, null] };
      for (const kind of kinds)
        await context.withAnother((store) => store.save(`${at}${kind.codec}-${kind.compression}`, value), kind);
      for (const kind of kinds) {
        await context.withAnother(async (store) => {
          const keys = kinds.map(({ codec, compression }) => `${at}${codec}-${compression}`);
          assert.deepEqual(await store.loadMany(keys), [value, value, value, value]);
        }, kind);
      }
    });
  }

  if (context.sharesHandles) {
    it('two handles see the same values at once', async () => {
      const at = context.fresh();
      await context.withAnother(async (other) => {
        await context.store.save(`${at}a`, 1);
        assert.equal(await other.load(`${at}a`), 1);
        await other.save(`${at}a`, 2);
        await other.save(`${at}b`, 3);
        assert.deepEqual(await context.store.loadMany([`${at}a`, `${at}b`]), [2, 3]);
        assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}a`, `${at}b`]);
        assert.equal(await other.delete(`${at}a`), true);
        assert.equal(await context.store.exists(`${at}a`), false);
      });
    });
  }
}
