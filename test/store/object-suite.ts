/** What all object stores have in common, for the test file of each. */
import { expect } from 'chai';
import { inspect } from 'node:util';
import { CacheError, type ErrorCode } from '../../src/model/errors.js';
import type { StoreEntry } from '../../src/store/driver.js';
import { Store } from '../../src/store/store.js';
import type { ObjectDriver, ObjectDriverOptions } from '../../src/store/drivers/object/object-driver.js';
import { describeStore, type StoreName } from '../support/stores.js';

export const MAX = { maxBytes: 1 << 20 };

/** Keys that some part of the way to a server damages, or would sort in another way. */
export const ODD_KEYS = [
  ...['/', '//', 'a', 'a/', 'a/b', 'a//b', 'a/../b', '.', '..', 'a.', 'a./b', './a', '%2F', '%', '*', '{}', '!', '!2F'],
  ...['?x=1#y', '"\'', '<&>', '\\', 'a b+c', '\n', '\r\n', '\u0001', '\u0085', '__proto__', 'B', 'b', 'é', 'e\u0301'],
  ...['\ue000', '\uffff', '😀', '日本', 'x'.repeat(1024), '"'.repeat(1000), '日'.repeat(341), 'a/'.repeat(300)],
];

export const entry = (key: string, value = key, expiresAt?: number): StoreEntry => ({
  key,
  bytes: Buffer.from(value),
  expiresAt,
});

export async function keysOf(driver: ObjectDriver, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of driver.keys(prefix)) keys.push(...page);
  return keys;
}

export async function valuesOf(driver: ObjectDriver, keys: readonly string[]): Promise<(string | undefined)[]> {
  const values = await driver.loadMany(keys, MAX);
  return values.map((value) => {
    if (value instanceof Error) throw value;
    return value?.toString();
  });
}

const byUtf8 = (a: string, b: string): number => Buffer.from(a).compare(Buffer.from(b));

export interface ObjectSuite {
  readonly store: StoreName;
  /** A new driver over the same server. */
  readonly make: (options: ObjectDriverOptions) => ObjectDriver;
  /** What `open` has to find out about the server. */
  readonly keepsConditions: boolean;
}

/** To be called in a `describe`, whose `before` starts the server. */
export function testObjectDriver(suite: ObjectSuite): void {
  testConformance(suite);
  describe('as a driver', () => testDriver(suite));
}

/** What every store passes; the time moves by itself, but for leases, which the server's time ends. */
function testConformance({ store, make, keepsConditions }: ObjectSuite): void {
  let shiftMs = 0;
  const clock = { now: () => Date.now() + shiftMs };
  describeStore(store, {
    name: 'as a store',
    open: (options) => Store.open(make({ prefix: 'conformance', clock }), { clock, ...options }),
    expects: {
      atomicBatch: false,
      atomicCreate: keepsConditions,
      persistent: true,
      sweepsItself: false,
      shared: 'network',
      writable: true,
      leases: keepsConditions,
      plainJson: false,
    },
    advance: async (ms) => {
      shiftMs += ms;
      if (ms <= LEASE_MS) await new Promise((resolve) => setTimeout(resolve, ms));
    },
    listedKeys: 60,
  });
}

/** What the leases of the conformance tests wait for, at most. */
const LEASE_MS = 200;

function testDriver({ make, keepsConditions }: ObjectSuite): void {
  let now = Date.now();
  let round = 0;
  let driver: ObjectDriver;
  let second: ObjectDriver;

  beforeEach(async () => {
    now = Date.now();
    const options = { prefix: `round-${++round}`, clock: { now: () => now } };
    driver = make(options);
    second = make(options);
    await Promise.all([driver.open(), second.open()]);
  });
  afterEach(() => Promise.all([driver.close(), second.close()]));

  it('finds out whether the server keeps to conditions', () => {
    expect(driver.capabilities.atomicCreate).to.equal(keepsConditions);
    expect(driver.capabilities.leases).to.equal(keepsConditions);
    expect(driver.leases === undefined).to.equal(!keepsConditions);
  });

  it('keeps values under odd and long keys and lists those in the order of UTF-8', async () => {
    await driver.saveMany(ODD_KEYS.map((key) => entry(key)));
    expect(await valuesOf(second, ODD_KEYS)).to.deep.equal(ODD_KEYS);
    const sorted = [...ODD_KEYS].sort(byUtf8);
    expect(await keysOf(second)).to.deep.equal(sorted);
    for (const prefix of ['a', 'a/', 'a.', '/', '.', '"', 'x', '日', 'nothing'])
      expect(await keysOf(driver, prefix), prefix).to.deep.equal(sorted.filter((key) => key.startsWith(prefix)));
    expect(await driver.clear('a')).to.equal(sorted.filter((key) => key.startsWith('a')).length);
    expect(await keysOf(second)).to.deep.equal(sorted.filter((key) => !key.startsWith('a')));
  });

  it('takes what has expired for absent at once, and removes it in a sweep', async () => {
    await driver.saveMany([entry('lives'), entry('dies', 'x', now + 1000), entry('x'.repeat(1024), 'x', now + 1000)]);
    expect(await valuesOf(driver, ['lives', 'dies'])).to.deep.equal(['lives', 'x']);
    now += 1000;
    expect(await valuesOf(driver, ['lives', 'dies'])).to.deep.equal(['lives', undefined]);
    expect(await driver.statMany(['dies'])).to.deep.equal([undefined]);
    expect(await keysOf(driver)).to.deep.equal(['lives']);
    expect(await driver.sweep()).to.equal(2);
    expect(await driver.sweep()).to.equal(0);
    expect(await valuesOf(driver, ['lives'])).to.deep.equal(['lives']);
  });

  it('counts as deleted or cleared only what had not expired, and clears no other prefix', async () => {
    await driver.saveMany([entry('p/1'), entry('p/2', 'x', now + 1000), entry('pq'), entry('q', 'x', now + 1000)]);
    now += 1000;
    expect(await driver.deleteMany(['q', 'pq', 'pq', 'none'])).to.equal(1);
    expect(await driver.clear('p/')).to.equal(1);
    expect(await driver.sweep()).to.equal(0);
  });

  it('creates only where there is no value, or an expired one', async () => {
    const entries = [entry('new', '1', now + 1000), entry('new', '2'), entry('other')];
    expect(await driver.createMany(entries)).to.deep.equal([true, false, true]);
    expect(await second.createMany([entry('new', '3'), entry('other', '3')])).to.deep.equal([false, false]);
    now += 1000;
    expect(await second.createMany([entry('new', '1')])).to.deep.equal([true]);
    expect(await valuesOf(driver, ['new', 'other'])).to.deep.equal(['1', 'other']);
  });

  it('applies a batch, and of a key that is saved twice the last', async () => {
    await driver.saveMany([entry('a', '1'), entry('a', '2'), entry('b')]);
    await driver.commit({ save: [entry('c', '', undefined)], delete: ['b', 'none'] });
    expect(await valuesOf(second, ['a', 'b', 'c'])).to.deep.equal(['2', undefined, '']);
    const [stat] = await second.statMany(['a']);
    expect(stat?.sizeBytes).to.equal(1);
    expect(stat?.savedAt).to.be.closeTo(now, 2000);
  });

  it('answers with an error for a value that is too large, and with the others beside it', async () => {
    await driver.saveMany([entry('large', 'x'.repeat(3000)), entry('small')]);
    const [large, small] = await driver.loadMany(['large', 'small'], { maxBytes: 1000 });
    expect(large).to.be.instanceOf(CacheError).with.property('code', 'CACHE_VALUE_TOO_LARGE');
    expect(small?.toString()).to.equal('small');
  });

  if (!keepsConditions) return;

  it('lets exactly one of many writers create a key, also in the place of an expired value of the same bytes', async () => {
    const race = async (): Promise<boolean[]> => {
      const writers = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? driver : second));
      const answers = await Promise.all(writers.map((writer) => writer.createMany([entry('k', 'v', now + 1000)])));
      return answers.flat().filter(Boolean);
    };
    expect(await race()).to.have.length(1);
    now += 1000;
    expect(await race()).to.have.length(1);
    expect(await valuesOf(driver, ['k'])).to.deep.equal(['v']);
  });

  it('gives a lease to one holder at a time, until it is given back or has ended', async () => {
    const { leases: mine } = driver;
    const { leases: theirs } = second;
    if (mine === undefined || theirs === undefined) throw new Error('expected leases');
    expect(await mine.acquireMany(['a', 'b'], 'me', 60_000)).to.deep.equal([true, true]);
    expect(await theirs.acquireMany(['a', 'c', 'c'], 'they', 60_000)).to.deep.equal([false, true, true]);
    expect(await mine.acquireMany(['a'], 'me', 60_000)).to.deep.equal([true]);
    await theirs.releaseMany(['a'], 'they');
    expect(await theirs.acquireMany(['a'], 'they', 60_000)).to.deep.equal([false]);
    await mine.releaseMany(['a'], 'me');
    expect(await theirs.acquireMany(['a'], 'they', 60_000)).to.deep.equal([true]);
    expect(await keysOf(driver)).to.deep.equal([]);

    expect(await mine.acquireMany(['short'], 'me', 100)).to.deep.equal([true]);
    expect(await theirs.acquireMany(['short'], 'they', 100)).to.deep.equal([false]);
    await new Promise((resolve) => setTimeout(resolve, 110));
    const both = [theirs.acquireMany(['short'], 'they', 9000), mine.acquireMany(['short'], 'third', 9000)];
    expect((await Promise.all(both)).flat().filter(Boolean)).to.have.length(1);
  });
}

/** What a promise is rejected with; fails where it is fulfilled, or where any of `canaries` is shown in any way. */
export async function failureOf(work: Promise<unknown>, canaries: readonly string[] = []): Promise<CacheError> {
  const error = await work.then(
    () => expect.fail('expected an error'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(CacheError);
  const shown = `${inspect(error, { depth: 20, showHidden: true })} ${String(error)} ${JSON.stringify(error)}`;
  for (const canary of canaries) expect(shown).not.to.include(canary);
  return error as CacheError;
}

export async function expectCode(
  work: Promise<unknown>,
  code: ErrorCode,
  canaries: readonly string[] = [],
): Promise<CacheError> {
  const error = await failureOf(work, canaries);
  expect(error.code, error.message).to.equal(code);
  return error;
}
