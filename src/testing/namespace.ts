import assert from 'node:assert/strict';
import { keysOf, type ConformanceContext } from './context.js';

export function describeNamespace(context: ConformanceContext): void {
  const { it } = context;

  it('a namespace sees and touches its own keys only', async () => {
    const at = context.fresh();
    const inner = context.store.namespace(`${at}ab`);
    await context.store.saveMany(['ab', 'ab:c', 'abc', 'abc/d'].map((key) => [at + key, 'outside']));
    await inner.saveMany([
      ['x', 1],
      ['y/z', 2],
    ]);
    assert.deepEqual(await keysOf(inner.keys()), ['x', 'y/z']);
    assert.deepEqual(await keysOf(inner.keys('y')), ['y/z']);
    assert.equal(await context.store.load(`${at}ab/x`), 1);
    assert.equal(await inner.load('../abc'), undefined);
    assert.equal(await inner.clear(), 2);
    assert.deepEqual(
      await keysOf(context.store.keys(at)),
      ['ab', 'ab:c', 'abc', 'abc/d'].map((key) => at + key),
    );
  });

  it('a namespace in a namespace, and a transaction in one, are the same store', async () => {
    const at = context.fresh();
    const inner = context.store.namespace(at).namespace('in:');
    await inner.transaction(async (tx) => {
      await tx.save('a', 1);
      assert.deepEqual(await keysOf(tx.keys()), ['a']);
      await assert.rejects(
        context.store.transaction(() => Promise.resolve()),
        TypeError,
      );
    });
    assert.deepEqual(await inner.createMany([['a', 2]]), [false]);
    assert.equal(await context.store.load(`${at}in:a`), 1);
    assert.equal(inner.maxKeyBytes, context.store.maxKeyBytes - `${at}in:`.length);
    await assert.rejects(inner.save('k'.repeat(inner.maxKeyBytes + 1), 1), { code: 'CACHE_BAD_KEY' });
  });

  it('closing a namespace leaves its store open', async () => {
    const at = context.fresh();
    const inner = context.store.namespace(at);
    await inner.save('a', 1);
    await inner.close();
    await assert.rejects(inner.load('a'), TypeError);
    assert.equal(await context.store.load(`${at}a`), 1);
  });

  it('a namespace needs a name that can begin a key', () => {
    for (const name of ['', 'a\0', '\ud800', 'k'.repeat(2000)])
      assert.throws(() => context.store.namespace(name), { code: 'CACHE_BAD_KEY' });
    return Promise.resolve();
  });
}
