import assert from 'node:assert/strict';
import type { StoreTransaction } from '../store/key-value-store.js';
import { keysOf, sortKeys, type ConformanceContext } from './context.js';

export function describeTransactions(context: ConformanceContext): void {
  const { it } = context;

  it('a transaction saves and deletes, and gives back what its function does', async () => {
    const at = context.fresh();
    await context.store.save(`${at}old`, 1);
    const result = await context.store.transaction(async (tx) => {
      await tx.save(`${at}new`, { a: [1] });
      await tx.save(`${at}bytes`, Uint8Array.of(1));
      assert.equal(await tx.delete(`${at}old`), true);
      return 'done';
    });
    assert.equal(result, 'done');
    const keys = ['new', 'bytes', 'old'].map((key) => at + key);
    assert.deepEqual(await context.store.loadMany(keys), [{ a: [1] }, Uint8Array.of(1), undefined]);
  });

  it('one that throws changes nothing, and its error is what the caller gets', async () => {
    const at = context.fresh();
    await context.store.saveMany([
      [`${at}kept`, 1],
      [`${at}cleared/a`, 1],
    ]);
    const failure = new Error('on purpose');
    const running = context.store.transaction(async (tx) => {
      await tx.save(`${at}new`, 1);
      await tx.save(`${at}kept`, 2);
      await tx.clear(`${at}cleared`);
      await tx.deleteMany([`${at}kept`]);
      throw failure;
    });
    await assert.rejects(running, (error) => error === failure);
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}cleared/a`, `${at}kept`]);
    assert.equal(await context.store.load(`${at}kept`), 1);
  });

  it('a transaction reads what it wrote', async () => {
    const at = context.fresh();
    await context.store.saveMany(['a', 'c', 'e'].map((key) => [at + key, 'before']));
    await context.store.transaction(async (tx) => {
      await tx.save(`${at}b`, { new: true });
      await tx.saveMany([
        [`${at}c`, 'replaced'],
        [`${at}f`, Uint8Array.of(6)],
      ]);
      assert.equal(await tx.deleteMany([`${at}e`, `${at}missing`, `${at}e`]), 1);
      assert.equal(await tx.delete(`${at}e`), false);
      assert.deepEqual(await tx.load(`${at}b`), { new: true });
      const keys = ['a', 'b', 'c', 'e', 'f', 'f'].map((key) => at + key);
      const expected = ['before', { new: true }, 'replaced', undefined, Uint8Array.of(6), Uint8Array.of(6)];
      assert.deepEqual(await tx.loadMany(keys), expected);
      assert.equal(await tx.exists(`${at}f`), true);
      assert.equal(await tx.exists(`${at}e`), false);
      assert.deepEqual(
        await keysOf(tx.keys(at)),
        ['a', 'b', 'c', 'f'].map((key) => at + key),
      );
      assert.equal(await tx.clear(at), 4);
      assert.deepEqual(await keysOf(tx.keys(at)), []);
      await tx.save(`${at}g`, 'last');
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}g`]);
  });

  it('prefixes in a transaction end at a boundary too', async () => {
    const at = context.fresh();
    await context.store.saveMany(['ab', 'ab/1', 'abc'].map((key) => [at + key, 1]));
    await context.store.transaction(async (tx) => {
      await tx.saveMany(['ab/2', 'ab:3', 'abd'].map((key) => [at + key, 1]));
      const within = ['ab', 'ab/1', 'ab/2', 'ab:3'].map((key) => at + key);
      assert.deepEqual(await keysOf(tx.keys(`${at}ab`)), within);
      assert.equal(await tx.clear(`${at}ab`), 4);
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}abc`, `${at}abd`]);
  });

  it('nobody else sees anything of it before it ends', async () => {
    const at = context.fresh();
    await context.store.save(`${at}old`, 1);
    const look = async (store: typeof context.store): Promise<void> => {
      await context.store.transaction(async (tx) => {
        await tx.save(`${at}new`, 1);
        await tx.save(`${at}old`, 2);
        assert.deepEqual(await store.loadMany([`${at}new`, `${at}old`]), [undefined, 1]);
        assert.deepEqual(await keysOf(store.keys(at)), [`${at}old`]);
      });
      assert.deepEqual(await store.loadMany([`${at}new`, `${at}old`]), [1, 2]);
      await context.store.delete(`${at}new`);
      await context.store.save(`${at}old`, 1);
    };
    await look(context.store);
    if (context.sharesHandles) await context.withAnother(look);
  });

  if (context.expects.atomicBatch) {
    it('whoever reads several keys while transactions end sees all of one, or nothing of it', async () => {
      const at = context.fresh();
      const keys = ['a', 'b', 'c'].map((key) => at + key);
      await context.store.saveMany(keys.map((key) => [key, 0]));
      const watch = async (store: typeof context.store): Promise<void> => {
        let isWriting = true;
        const write = async (): Promise<void> => {
          for (let round = 1; round <= 10; round++)
            await context.store.transaction((tx) => tx.saveMany(keys.map((key) => [key, round])));
        };
        const read = async (): Promise<void> => {
          while (isWriting) {
            const seen = await store.loadMany(keys);
            assert.equal(new Set(seen).size, 1, `seen at once: ${JSON.stringify(seen)}`);
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        await Promise.all([write().finally(() => (isWriting = false)), read()]);
      };
      if (context.sharesHandles) await context.withAnother(watch);
      else await watch(context.store);
    });
  }

  it('transactions run one after the other', async () => {
    const key = `${context.fresh()}count`;
    await context.store.save(key, 0);
    const increment = async (tx: StoreTransaction): Promise<void> => {
      await tx.save(key, ((await tx.load(key)) as number) + 1);
    };
    await Promise.all(Array.from({ length: 20 }, () => context.store.transaction(increment)));
    assert.equal(await context.store.load(key), 20);
  });

  it('one inside another is refused, and the outer one goes on', async () => {
    const at = context.fresh();
    await context.store.transaction(async (tx) => {
      await tx.save(`${at}outer`, 1);
      await assert.rejects(
        context.store.transaction((inner) => inner.save(`${at}inner`, 1)),
        TypeError,
      );
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}outer`]);
    await context.store.transaction((tx) => tx.save(`${at}after`, 1));
    assert.equal(await context.store.exists(`${at}after`), true);
  });

  it('nothing can be done with a transaction that has ended', async () => {
    const at = context.fresh();
    const ended: StoreTransaction[] = [];
    await context.store.transaction((tx) => Promise.resolve(ended.push(tx)));
    await assert.rejects(
      context.store.transaction((tx) => {
        ended.push(tx);
        throw new Error('on purpose');
      }),
    );
    for (const tx of ended) {
      await assert.rejects(tx.save(`${at}a`, 1), TypeError);
      await assert.rejects(tx.saveMany([]), TypeError);
      await assert.rejects(tx.load(`${at}a`), TypeError);
      await assert.rejects(tx.loadMany([]), TypeError);
      await assert.rejects(tx.exists(`${at}a`), TypeError);
      await assert.rejects(tx.delete(`${at}a`), TypeError);
      await assert.rejects(tx.deleteMany([]), TypeError);
      await assert.rejects(tx.clear(at), TypeError);
      await assert.rejects(keysOf(tx.keys(at)), TypeError);
    }
    assert.equal(ended.length, 2);
    assert.deepEqual(await keysOf(context.store.keys(at)), []);
  });

  it('calls that nobody waits for take effect in their order, before the end', async () => {
    const at = context.fresh();
    await context.store.transaction((tx) => {
      void tx.save(`${at}a`, 'x'.repeat(300_000));
      void tx.save(`${at}a`, 'last');
      void tx.save(`${at}b`, 1);
      void tx.delete(`${at}b`);
      return Promise.resolve();
    });
    assert.deepEqual(await context.store.loadMany([`${at}a`, `${at}b`]), ['last', undefined]);
  });

  it('bad keys and values are refused when they are given, and the rest is applied', async () => {
    const at = context.fresh();
    await context.store.transaction(async (tx) => {
      await tx.save(`${at}good`, 1);
      await assert.rejects(tx.save('', 1), { code: 'CACHE_BAD_KEY' });
      await assert.rejects(tx.save(`${at}bad`, Number.NaN), TypeError);
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), [`${at}good`]);
  });

  const many = Math.min(1000, context.listedKeys);

  it(`${many} entries are applied together`, async () => {
    const at = context.fresh();
    const keys = Array.from({ length: many }, (_, index) => `${at}${index}`);
    await context.store.saveMany(keys.slice(0, 100).map((key) => [key, 'old']));
    await context.store.transaction(async (tx) => {
      await tx.deleteMany(keys.slice(0, 50));
      await tx.saveMany(keys.slice(50).map((key) => [key, { key }]));
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), sortKeys(keys.slice(50)));
    assert.deepEqual(await context.store.load(keys[50] ?? ''), { key: keys[50] });
  });

  it('one that only reads, or undoes what it did, is fine', async () => {
    const at = context.fresh();
    await context.store.transaction(async (tx) => {
      assert.equal(await tx.load(`${at}missing`), undefined);
    });
    await context.store.transaction(async (tx) => {
      await tx.save(`${at}a`, 1);
      assert.equal(await tx.delete(`${at}a`), true);
    });
    assert.deepEqual(await keysOf(context.store.keys(at)), []);
  });
}
