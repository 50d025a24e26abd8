import assert from 'node:assert/strict';
import { keysOf, sortKeys, type ConformanceContext } from './context.js';

/** Ends of a prefix that patterns of some backend would take for any character, or for several. */
const PATTERN_ENDS = ['_', '%', '*', '?', '[b]', '\\', "'", '.', '^', '$'];

export function describeListing(context: ConformanceContext): void {
  const { it } = context;

  it('keys are listed in the order of their UTF-8 bytes', async () => {
    const at = context.fresh();
    const keys = ['b', 'a', 'B', 'ab', 'a/b', 'é', 'z', '\uffff', '😀', '日', '9', '10'].map((key) => at + key);
    await context.store.saveMany(keys.map((key) => [key, 1]));
    assert.deepEqual(await keysOf(context.store.keys(at)), sortKeys(keys));
  });

  it(`${context.listedKeys} keys are listed once each, in order, over all pages, and cleared`, async () => {
    const at = context.fresh();
    const keys = Array.from({ length: context.listedKeys }, (_, index) => `${at}${(index * 7919) % 1_000_003}`);
    await context.store.saveMany(keys.map((key) => [key, 1]));
    assert.deepEqual(await keysOf(context.store.keys(at)), sortKeys(keys));
    assert.equal(await context.store.clear(at), keys.length);
    assert.deepEqual(await keysOf(context.store.keys(at)), []);
  });

  it('a prefix ends at a boundary: ab is never abc', async () => {
    const at = context.fresh();
    const within = ['ab', 'ab/', 'ab/c', 'ab/c/d', 'ab:', 'ab:c'].map((key) => at + key);
    const beside = ['a', 'aB', 'aB/c', 'aa', 'ab.', 'ab0', 'abc', 'abc/d', 'ab\uffff', 'xab/c'].map((key) => at + key);
    const elsewhere = `elsewhere/${at}ab/c`;
    await context.store.saveMany([...within, ...beside, elsewhere].map((key) => [key, 1]));
    assert.deepEqual(await keysOf(context.store.keys(`${at}ab`)), sortKeys(within));
    assert.deepEqual(await keysOf(context.store.keys(`${at}ab/`)), [`${at}ab/`, `${at}ab/c`, `${at}ab/c/d`]);
    assert.deepEqual(await keysOf(context.store.keys(`${at}ab:`)), [`${at}ab:`, `${at}ab:c`]);
    assert.equal(await context.store.clear(`${at}ab`), within.length);
    assert.deepEqual(await keysOf(context.store.keys(at)), sortKeys(beside));
    assert.equal(await context.store.delete(elsewhere), true, 'a prefix in the middle of a key is none');
  });

  it('a prefix is text, never a pattern', async () => {
    const at = context.fresh();
    const ends = PATTERN_ENDS.map((end) => `${at}a${end}`);
    const within = ends.flatMap((end) => [`${end}/1`, `${end}/2`]);
    const beside = ['ab/1', 'abb/1', 'aXb/1', 'a/1'].map((key) => at + key);
    await context.store.saveMany([...within, ...beside].map((key) => [key, 1]));
    for (const end of ends)
      assert.deepEqual(await keysOf(context.store.keys(end)), [`${end}/1`, `${end}/2`], JSON.stringify(end));
    for (const end of ends) assert.equal(await context.store.clear(end), 2, JSON.stringify(end));
    assert.deepEqual(await keysOf(context.store.keys(at)), sortKeys(beside));
  });

  it('a prefix that nothing has lists nothing and clears nothing', async () => {
    const at = context.fresh();
    await context.store.save(`${at}a`, 1);
    assert.deepEqual(await keysOf(context.store.keys(`${at}b`)), []);
    assert.equal(await context.store.clear(`${at}b`), 0);
    assert.equal(await context.store.exists(`${at}a`), true);
  });

  it('a listing can be left early, and what it lists can be deleted meanwhile', async () => {
    const at = context.fresh();
    const keys = Array.from({ length: 30 }, (_, index) => `${at}${index}`);
    await context.store.saveMany(keys.map((key) => [key, 1]));
    for await (const key of context.store.keys(at)) {
      assert.equal(key, `${at}0`);
      break;
    }
    let listed = 0;
    for await (const key of context.store.keys(at)) {
      await context.store.delete(key);
      listed++;
    }
    assert.equal(listed, keys.length);
    assert.deepEqual(await keysOf(context.store.keys(at)), []);
  });

  it('clear without a prefix removes everything', async () => {
    await context.store.save('a', 1);
    await context.store.save('/b', 1);
    assert((await context.store.clear()) >= 2);
    assert.deepEqual(await keysOf(context.store.keys()), []);
  });
}
