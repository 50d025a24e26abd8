import assert from 'node:assert/strict';
import type { StoreValue } from '../store/key-value-store.js';
import { keysOf, type ConformanceContext } from './context.js';

/** In seconds: long enough to be written with, short enough to be waited for. */
const SHORT_TTL = 0.15;
const AFTER_SHORT_TTL_MS = 200;
const LONG_TTL = 3600;

const NO_TTLS: readonly unknown[] = [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, '60', null, 60n];

export function describeTimeToLive(context: ConformanceContext): void {
  const { it } = context;

  it('what has expired is absent at once, for every method', async () => {
    const at = context.fresh();
    const short = ['a', 'b', 'c', 'd', 'e'].map((key) => at + key);
    const [a = '', b = '', c = '', d = '', e = ''] = short;
    await context.store.saveMany([...short.map((key) => [key, 1] as const), [`${at}bytes`, Uint8Array.of(1)]], {
      ttl: SHORT_TTL,
    });
    await context.store.save(`${at}long`, 'long', { ttl: LONG_TTL });
    await context.store.save(`${at}ever`, 'ever', { ttl: Number.POSITIVE_INFINITY });
    await context.advance(AFTER_SHORT_TTL_MS);
    assert.equal(await context.store.load(a), undefined);
    assert.equal(await context.store.exists(b), false);
    assert.deepEqual(await context.store.loadMany([c, `${at}long`, `${at}bytes`]), [undefined, 'long', undefined]);
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}ever`, `${at}long`]);
    assert.equal(await context.store.delete(d), false);
    assert.deepEqual(await context.store.createMany([[e, 'anew']]), [true]);
    assert.equal(await context.store.load(e), 'anew');
    assert.equal(await context.store.deleteMany([a, b, c, d, e]), 1);
    assert.equal(await context.store.clear(at), 2);
  });

  it('a value has the time to live that it was saved with last', async () => {
    const at = context.fresh();
    const before = { ttl: SHORT_TTL };
    await context.store.save(`${at}longer`, 1, before);
    await context.store.save(`${at}longer`, 2, { ttl: LONG_TTL });
    await context.store.save(`${at}never`, 1, before);
    await context.store.save(`${at}never`, 2);
    await context.store.save(`${at}bytes`, 1, before);
    await context.store.save(`${at}bytes`, Uint8Array.of(2));
    await context.store.save(`${at}shorter`, 1);
    await context.store.save(`${at}shorter`, 2, { ttl: SHORT_TTL });
    await context.store.save(`${at}created`, 1);
    assert.deepEqual(await context.store.createMany([[`${at}created`, 2]], { ttl: SHORT_TTL }), [false]);
    await context.advance(AFTER_SHORT_TTL_MS);
    const keys = ['longer', 'never', 'bytes', 'shorter', 'created'].map((key) => at + key);
    assert.deepEqual(await context.store.loadMany(keys), [2, 2, Uint8Array.of(2), undefined, 1]);
  });

  it('what was created with a time to live expires, and can be created again', async () => {
    const key = `${context.fresh()}key`;
    assert.deepEqual(await context.store.createMany([[key, 1]], { ttl: SHORT_TTL }), [true]);
    await context.advance(AFTER_SHORT_TTL_MS);
    assert.deepEqual(await context.store.createMany([[key, 2]], { ttl: LONG_TTL }), [true]);
    assert.deepEqual(await context.store.createMany([[key, 3]]), [false]);
    assert.equal(await context.store.load(key), 2);
  });

  it('what a transaction saves has its time to live', async () => {
    const at = context.fresh();
    await context.store.transaction(async (tx) => {
      await tx.save(`${at}short`, 1, { ttl: SHORT_TTL });
      await tx.save(`${at}long`, 2, { ttl: LONG_TTL });
    });
    await context.advance(AFTER_SHORT_TTL_MS);
    assert.deepEqual(await context.store.loadMany([`${at}short`, `${at}long`]), [undefined, 2]);
    // Not only by what the value says of itself.
    assert.equal(await context.store.exists(`${at}short`), false);
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}long`]);
  });

  it('the default of the store holds where none is given', async () => {
    await context.withAnother(
      async (store) => {
        const at = context.fresh();
        await store.save(`${at}default`, 1);
        await store.save(`${at}own`, 2, { ttl: LONG_TTL });
        await store.save(`${at}ever`, 3, { ttl: Number.POSITIVE_INFINITY });
        await context.advance(AFTER_SHORT_TTL_MS);
        const values: (StoreValue | undefined)[] = await store.loadMany([`${at}default`, `${at}own`, `${at}ever`]);
        assert.deepEqual(values, [undefined, 2, 3]);
      },
      { ttlDefault: SHORT_TTL },
    );
  });

  it('a time to live that is no number of seconds above 0 is a TypeError, and nothing is saved', async () => {
    const key = `${context.fresh()}key`;
    for (const ttl of NO_TTLS as number[]) {
      await assert.rejects(context.store.save(key, 1, { ttl }), TypeError, String(ttl));
      await assert.rejects(context.store.createMany([[key, 1]], { ttl }), TypeError, String(ttl));
    }
    assert.equal(await context.store.exists(key), false);
  });

  it('a time to live beyond all dates is as good as for ever', async () => {
    const key = `${context.fresh()}key`;
    await context.store.save(key, 1, { ttl: Number.MAX_VALUE });
    assert.equal(await context.store.load(key), 1);
  });

  it('sweep removes what has expired and nothing else', async () => {
    const at = context.fresh();
    await context.store.sweep();
    await context.store.saveMany(
      [1, 2, 3].map((index) => [`${at}short-${index}`, index]),
      { ttl: SHORT_TTL },
    );
    await context.store.saveMany(
      [1, 2].map((index) => [`${at}long-${index}`, index]),
      { ttl: LONG_TTL },
    );
    await context.store.save(`${at}ever`, 1);
    await context.advance(AFTER_SHORT_TTL_MS);
    const removed = await context.store.sweep();
    if (!context.expects.sweepsItself) assert.equal(removed, 3);
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}ever`, `${at}long-1`, `${at}long-2`]);
  });
}
