import assert from 'node:assert/strict';
import { assertFails, keysOf, type ConformanceContext } from './context.js';

export function describeReadOnly(context: ConformanceContext): void {
  const { it } = context;

  it('every method that writes is refused with a coded error', async () => {
    const { store } = context;
    const code = 'CACHE_STORE_READ_ONLY';
    await assertFails(() => store.save('a', 1), code, 'save');
    await assertFails(() => store.saveMany([['a', 1]]), code, 'save');
    await assertFails(() => store.createMany([['a', 1]]), code, 'create');
    await assertFails(() => store.delete('a'), code, 'delete');
    await assertFails(() => store.clear('a'), code, 'clear');
    await assertFails(() => store.transaction((tx) => tx.save('a', 1)), code, 'commit');
  });

  it('reading works, and so does a transaction that only reads', async () => {
    const keys = await keysOf(context.store.keys());
    assert.equal((await context.store.loadMany(keys)).length, keys.length);
    assert.equal(await context.store.load('there is no such key'), undefined);
    await context.store.transaction((tx) => tx.load('there is no such key'));
  });
}
