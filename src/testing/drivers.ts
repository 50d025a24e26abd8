import assert from 'node:assert/strict';
import type { StoreDriver, StoreEntry } from '../store/driver.js';
import { sortKeys, type ConformanceContext } from './context.js';

const DAY_MS = 24 * 3_600_000;
const LIMITS = { maxBytes: 100_000 };

const entry = (key: string, text: string): StoreEntry => ({ key, bytes: Buffer.from(text), expiresAt: undefined });

/** What a driver promises and `Store` alone would not show: whoever else stands over a driver relies on it. */
export function describeDriver(context: ConformanceContext): void {
  /** Passes where the driver cannot be had. */
  const it = (title: string, test: (driver: StoreDriver, at: string) => Promise<void>): void => {
    context.it(title, async () => {
      const driver = context.driverOf(context.store);
      if (driver !== undefined) await test(driver, context.fresh());
    });
  };

  it('the driver answers each key in order, and as often as it is asked for', async (driver, at) => {
    const texts: Readonly<Record<string, string>> = { b: 'two bytes', a: 'one', c: '' };
    await driver.saveMany(Object.entries(texts).map(([name, text]) => entry(at + name, text)));
    const asked = ['c', 'missing', 'a', 'b', 'a', 'missing'];
    const keys = asked.map((name) => at + name);
    const loaded = await driver.loadMany(keys, LIMITS);
    assert.deepEqual(loaded.map(textOf), [...asked.map((name) => texts[name])]);
    const stats = await driver.statMany(keys);
    assert.deepEqual(
      stats.map((stat) => stat?.sizeBytes),
      asked.map((name) => texts[name]?.length),
    );
  });

  it('of a key that is given twice the driver saves the last, creates the first and counts one', async (driver, at) => {
    const keys = ['saved', 'created', 'other'].map((name) => at + name);
    const [saved = '', created = '', other = ''] = keys;
    await driver.saveMany([entry(saved, 'first'), entry(other, '1'), entry(saved, 'last')]);
    const answers = await driver.createMany([entry(created, 'first'), entry(other, '2'), entry(created, 'last')]);
    assert.deepEqual(answers, [true, false, false]);
    assert.deepEqual((await driver.loadMany(keys, LIMITS)).map(textOf), ['last', 'first', '1']);
    assert.equal(await driver.deleteMany([saved, created, saved]), 2);
  });

  it('the driver answers an Error for a value that is too large, and the others all the same', async (driver, at) => {
    await driver.saveMany([entry(`${at}small`, '1'), entry(`${at}large`, 'x'.repeat(2000))]);
    const [large, small] = await driver.loadMany([`${at}large`, `${at}small`], { maxBytes: 1000 });
    assert(large instanceof Error && 'code' in large, 'an Error with a code');
    assert.equal(large.code, 'CACHE_VALUE_TOO_LARGE');
    assert.equal(textOf(small), '1');
    const [exact] = await driver.loadMany([`${at}large`], { maxBytes: 2000 });
    assert.equal(textOf(exact)?.length, 2000);
  });

  it('the driver tells the size of what is stored, and when it was saved', async (driver, at) => {
    await context.store.save(`${at}key`, 'a value', { ttl: 3600 });
    const [stored] = await driver.loadMany([`${at}key`], LIMITS);
    const [stat] = await driver.statMany([`${at}key`]);
    assert(Buffer.isBuffer(stored) && stat !== undefined);
    assert.equal(stat.sizeBytes, stored.length);
    assert(Math.abs(stat.savedAt - Date.now()) < DAY_MS, `saved at ${stat.savedAt}`);
  });

  it('the buffers that the driver gives out are the own ones of whoever asked', async (driver, at) => {
    const key = `${at}key`;
    await driver.saveMany([entry(key, 'a value')]);
    const [loaded] = await driver.loadMany([key], LIMITS);
    assert(Buffer.isBuffer(loaded));
    loaded.fill(0);
    assert.deepEqual((await driver.loadMany([key], LIMITS)).map(textOf), ['a value']);
  });

  it('a prefix is plain text to the driver, at the beginning of a key and nowhere else', async (driver, at) => {
    const within = ['ab', 'abc', 'ab/c'].map((name) => at + name);
    const beside = [`${at}a`, `${at}xab`, `elsewhere/${at}ab`];
    await driver.saveMany([...within, ...beside].map((key) => entry(key, '1')));
    const listed: string[] = [];
    for await (const page of driver.keys(`${at}ab`)) listed.push(...page);
    assert.deepEqual(listed, sortKeys(within));
    assert.equal(await driver.clear(`${at}ab`), within.length);
    assert.deepEqual(
      (await driver.statMany([...within, ...beside])).map((stat) => stat !== undefined),
      [false, false, false, true, true, true],
    );
    await driver.deleteMany(beside);
  });

  it('a commit of the driver saves and deletes, and an empty one does nothing', async (driver, at) => {
    const keys = ['old', 'new', 'kept'].map((name) => at + name);
    const [old = '', fresh = '', kept = ''] = keys;
    await driver.saveMany([entry(old, '1'), entry(kept, '2')]);
    await driver.commit({ save: [], delete: [] });
    await driver.commit({ save: [entry(fresh, '3')], delete: [old, `${at}missing`] });
    assert.deepEqual((await driver.loadMany(keys, LIMITS)).map(textOf), [undefined, '3', '2']);
  });

  it('empty lists are nothing to do for the driver', async (driver) => {
    assert.deepEqual(await driver.loadMany([], LIMITS), []);
    assert.deepEqual(await driver.statMany([]), []);
    assert.deepEqual(await driver.createMany([]), []);
    assert.equal(await driver.deleteMany([]), 0);
    await driver.saveMany([]);
  });
}

function textOf(answer: Buffer | Error | undefined): string | undefined {
  if (answer instanceof Error) throw answer;
  return answer?.toString();
}
