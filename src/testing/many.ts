import assert from 'node:assert/strict';
import type { StoreValue } from '../store/key-value-store.js';
import { keysOf, type ConformanceContext } from './context.js';

const RACERS = 20;

export function describeMany(context: ConformanceContext): void {
  const { it } = context;

  it('loadMany answers in the order of the keys, undefined where there is nothing, keys that are given twice included', async () => {
    const at = context.fresh();
    await context.store.saveMany([
      [`${at}b`, 'B'],
      [`${at}a`, 'A'],
      [`${at}c`, Uint8Array.of(3)],
    ]);
    const asked = ['c', 'missing', 'a', 'b', 'a', 'missing', 'c'].map((key) => at + key);
    const bytes = Uint8Array.of(3);
    const expected = [bytes, undefined, 'A', 'B', 'A', undefined, bytes];
    assert.deepEqual(await context.store.loadMany(asked), expected);
  });

  it('empty lists are answered with empty lists', async () => {
    await context.store.saveMany([]);
    assert.deepEqual(await context.store.createMany([]), []);
    assert.deepEqual(await context.store.loadMany([]), []);
    assert.equal(await context.store.deleteMany([]), 0);
  });

  it('saveMany takes any iterable, and keeps the last of a key that is given twice', async () => {
    const at = context.fresh();
    const entries = new Map<string, StoreValue>([[`${at}map`, 1]]);
    await context.store.saveMany(entries);
    await context.store.saveMany([
      [`${at}twice`, 'first'],
      [`${at}once`, 'once'],
      [`${at}twice`, 'last'],
    ]);
    assert.deepEqual(await context.store.loadMany([`${at}map`, `${at}twice`, `${at}once`]), [1, 'last', 'once']);
  });

  it('createMany saves what is not there, tells which, and takes the first of a key that is given twice', async () => {
    const at = context.fresh();
    await context.store.save(`${at}old`, 'old');
    const created = await context.store.createMany([
      [`${at}new`, 'new'],
      [`${at}old`, 'other'],
      [`${at}twice`, 'first'],
      [`${at}twice`, 'last'],
    ]);
    assert.deepEqual(created, [true, false, true, false]);
    assert.deepEqual(await context.store.loadMany([`${at}new`, `${at}old`, `${at}twice`]), ['new', 'old', 'first']);
    await context.store.delete(`${at}old`);
    assert.deepEqual(await context.store.createMany([[`${at}old`, 'again']]), [true]);
  });

  it(`of ${RACERS} that create a key at once, ${context.expects.atomicCreate ? 'exactly' : 'at least'} one is told that it did`, async () => {
    const key = `${context.fresh()}key`;
    const race = async (stores: readonly (typeof context.store)[]): Promise<void> => {
      await context.store.delete(key);
      const racers = Array.from(
        { length: RACERS },
        (_, racer) => stores[racer % stores.length] as typeof context.store,
      );
      const answers = await Promise.all(racers.map((store, racer) => store.createMany([[key, { racer }]])));
      const winners = answers.flatMap(([won], racer) => (won === true ? [racer] : []));
      if (context.expects.atomicCreate) assert.equal(winners.length, 1);
      assert(winners.length >= 1);
      const { racer } = (await context.store.load(key)) as { racer: number };
      assert(winners.includes(racer), 'what is stored is what a winner wrote');
    };
    await race([context.store]);
    if (context.sharesHandles) await context.withAnother((other) => race([context.store, other]));
  });

  it('deleteMany counts what was there, once', async () => {
    const at = context.fresh();
    await context.store.saveMany([
      [`${at}a`, 1],
      [`${at}b`, 2],
      [`${at}c`, 3],
    ]);
    assert.equal(await context.store.deleteMany(['a', 'missing', 'b', 'a'].map((key) => at + key)), 2);
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}c`]);
  });

  it('a list with one bad key or value saves nothing', async () => {
    const at = context.fresh();
    const good = [`${at}good`, 1] as const;
    await assert.rejects(context.store.saveMany([good, ['', 1]]), { code: 'CACHE_BAD_KEY' });
    await assert.rejects(context.store.saveMany([good, [`${at}bad`, undefined as unknown as StoreValue]]), TypeError);
    await assert.rejects(context.store.createMany([good, [`${at}bad`, Number.NaN]]), TypeError);
    await assert.rejects(context.store.saveMany([[`${at}bad`, Number.NaN], good, ['', Number.NaN]]), Error);
    assert.deepEqual(await keysOf(context.store.keys(at)), []);
  });

  it('writers of different keys at once do not disturb each other', async () => {
    const at = context.fresh();
    const keys = Array.from({ length: 50 }, (_, index) => `${at}${index}`);
    await Promise.all(keys.map((key, index) => context.store.save(key, index)));
    assert.deepEqual(await Promise.all(keys.map((key) => context.store.load(key))), [...keys.keys()]);
  });
}
