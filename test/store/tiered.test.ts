import { expect } from 'chai';
import { inspect } from 'node:util';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import type { RunEvent } from '../../src/model/event.js';
import { MemoryDriver } from '../../src/store/drivers/memory.js';
import { FileDriver } from '../../src/store/drivers/file/file-driver.js';
import { RedisDriver } from '../../src/store/drivers/redis.js';
import { Store, type StoreOptions } from '../../src/store/store.js';
import { TieredDriver, type TierOptions, type TieredOptions } from '../../src/store/tiered/tiered-driver.js';
import { describeStoreConformance, type ExpectedCapabilities } from '../../src/testing/index.js';
import { FaultDriver, type DriverCall, type DriverFault } from '../support/fault-driver.js';
import { redisAvailable, startRedis, type RedisServer } from '../support/servers/redis.js';
import { requireServer } from '../support/servers/server.js';
import { filesBelow, temporaryFolder } from '../support/temporary.js';

class MovableClock {
  #now = Date.now();
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

const EXPECTS: ExpectedCapabilities = {
  atomicBatch: false,
  atomicCreate: false,
  persistent: true,
  sweepsItself: false,
  shared: 'machine',
  writable: true,
  leases: true,
  plainJson: true,
};

/** A tier on the network that lives in this process. */
function remote(description = 'redis://h:1/0'): FaultDriver {
  return new FaultDriver(new MemoryDriver(), { description, shared: 'network', persistent: true });
}

interface Opened {
  readonly store: Store;
  readonly driver: TieredDriver;
  readonly events: RunEvent[];
  readonly warnings: () => string[];
  readonly outboxFolder: string;
}

async function openTiers(
  tiers: readonly (TierOptions | FaultDriver | MemoryDriver)[],
  options: TieredOptions & StoreOptions = {},
): Promise<Opened> {
  const events: RunEvent[] = [];
  const outboxFolder = options.outboxFolder === undefined ? path.join(temporaryFolder(), 'outbox') : '';
  const settings = { outboxFolder, onEvent: (event: RunEvent) => void events.push(event), ...options };
  const driver = new TieredDriver(
    tiers.map((tier) => ('loadMany' in tier ? { driver: tier } : tier)),
    settings,
  );
  const store = await Store.open(driver, settings);
  const warnings = (): string[] => events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { store, driver, events, warnings, outboxFolder };
}

/** The value of `key` in one tier alone. */
async function inTier(driver: FaultDriver, key: string): Promise<unknown> {
  const faults = Array.from(driver.faults);
  driver.faults.clear();
  const [bytes] = await driver.loadMany([key], { maxBytes: 1_000_000 });
  for (const [call, fault] of faults) driver.faults.set(call, fault);
  return Buffer.isBuffer(bytes) ? JSON.parse(bytes.toString().split('\n').at(-1) ?? '') : bytes;
}

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'fulfilled';
  } catch (error) {
    return error instanceof CacheError ? error.code : String(error);
  }
};

{
  const clock = new MovableClock();
  /** One for all handles: what another process changed is not seen through a nearer tier. */
  const memory = new MemoryDriver({ clock });
  const basePath = path.join(temporaryFolder(), 'files');
  describeStoreConformance({
    name: 'the tiers [memory, file]',
    open: (options) =>
      Store.open(
        new TieredDriver([{ store: { driver: memory } }, { driver: new FileDriver({ basePath, clock }) }], {
          clock,
        }),
        { clock, ...options },
      ),
    expects: EXPECTS,
    advance: (ms) => clock.advance(ms),
    listedKeys: 1200,
  });
}

describe('tiers with a real Redis', () => {
  let server: RedisServer | undefined;
  before(async function () {
    if (!requireServer('redis', redisAvailable())) this.skip();
    server = await startRedis();
  });
  after(() => server?.stop());

  const basePath = path.join(temporaryFolder(), 'files');
  const memory = new MemoryDriver();
  const newRedis = (): RedisDriver => new RedisDriver({ url: server?.url ?? '', timeoutMs: 1000 });
  describeStoreConformance({
    name: 'the tiers [memory, file, redis]',
    open: (options) =>
      Store.open(
        new TieredDriver(
          [{ store: { driver: memory } }, { driver: new FileDriver({ basePath }) }, { driver: newRedis() }],
          { outboxFolder: path.join(basePath, '..', 'outbox') },
        ),
        options,
      ),
    expects: { ...EXPECTS, shared: 'network', plainJson: false },
    listedKeys: 1200,
  });

  it('a server that is killed costs nothing but the budget, and gets what it missed when it is back', async () => {
    const { store, driver, warnings } = await openTiers([new MemoryDriver(), { driver: newRedis }], {
      openCircuitMs: 50,
    });
    await store.save('before', 1);
    server?.kill('SIGKILL');
    const startedAt = performance.now();
    for (let i = 0; i < 20; i++) await store.save(`while/${i}`, i);
    expect(performance.now() - startedAt).to.be.below(2_500);
    expect(warnings().length).to.equal(1);
    await server?.restart();
    driver.newRun();
    const giveUpAt = performance.now() + 3_000;
    while (!(await driver.flush()) && performance.now() < giveUpAt)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await store.close();
    const alone = await Store.open(newRedis());
    expect(await alone.load('while/19')).to.equal(19);
    await alone.close();
  });
});

describe('tiers', () => {
  it('a value of a farther tier is put into the nearer ones, with its expiry', async () => {
    const clock = new MovableClock();
    const near = new FaultDriver(new MemoryDriver({ clock }));
    const far = new FaultDriver(new MemoryDriver({ clock }));
    const { store } = await openTiers([near, far], { clock });
    await store.save('a', 'value', { ttl: 10 });
    await near.clear('');
    expect(await store.load('a')).to.equal('value');
    expect(await inTier(near, 'a')).to.equal('value');
    const loads = far.count('loadMany');
    expect(await store.load('a')).to.equal('value');
    expect(far.count('loadMany')).to.equal(loads);
    clock.advance(10_001);
    expect(await near.statMany(['a'])).to.deep.equal([undefined]);
    expect(await store.load('a')).to.equal(undefined);
  });

  it('nothing is put into a tier that is only read, and nothing is taken from one that is only written', async () => {
    const [read, written] = [new FaultDriver(new MemoryDriver()), new FaultDriver(new MemoryDriver())];
    const far = new FaultDriver(new MemoryDriver());
    const { store } = await openTiers([{ driver: read, mode: 'read' }, { driver: written, mode: 'write' }, far]);
    await store.save('a', 1);
    await written.clear('');
    expect(await store.load('a')).to.equal(1);
    expect([await inTier(read, 'a'), written.count('loadMany')]).to.deep.equal([undefined, 0]);
  });

  it('what is saved while it is loaded from a farther tier is not replaced by what was there before', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), new FaultDriver(new MemoryDriver())];
    const { store } = await openTiers([near, far]);
    await store.save('a', 'old');
    await near.clear('');
    far.faults.set('loadMany', { kind: 'late', ms: 20 });
    const loading = store.load('a');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.delete('a');
    await loading;
    far.faults.clear();
    expect(await store.load('a')).to.equal(undefined);
  });

  it('counts each value once, in whichever tiers it is', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), new FaultDriver(new MemoryDriver())];
    const { store } = await openTiers([near, far]);
    await store.saveMany([
      ['a/1', 1],
      ['a/2', 2],
      ['a/3', 3],
      ['b', 4],
    ]);
    await near.deleteMany(['a/1']);
    await far.deleteMany(['a/2']);
    const listed: string[] = [];
    for await (const key of store.keys('a')) listed.push(key);
    expect(listed).to.deep.equal(['a/1', 'a/2', 'a/3']);
    expect(await store.deleteMany(['a/1', 'a/2', 'nothing'])).to.equal(2);
    expect(await store.clear('a')).to.equal(1);
    expect(await store.exists('b')).to.equal(true);
  });

  it('the farthest tier that may be written decides what is created', async () => {
    const near = new FaultDriver(new MemoryDriver());
    const far = remote();
    const { store } = await openTiers([near, far]);
    await store.save('taken', 1);
    await near.clear('');
    expect(
      await store.createMany([
        ['taken', 2],
        ['free', 2],
      ]),
    ).to.deep.equal([false, true]);
    expect([await store.load('taken'), await inTier(near, 'free')]).to.deep.equal([1, 2]);
  });

  it('a key that is given twice in one call gives two buffers', async () => {
    const { driver, store } = await openTiers([new MemoryDriver(), new MemoryDriver()]);
    await store.save('a', 1);
    const [one, two] = await driver.loadMany(['a', 'a'], { maxBytes: 1_000 });
    expect(one).to.deep.equal(two);
    if (Buffer.isBuffer(one)) one.fill(0);
    expect(one).to.not.deep.equal(two);
  });

  it('a batch, and a creation, is claimed to be atomic only where one tier alone is written', async () => {
    const { store: two } = await openTiers([new MemoryDriver(), new MemoryDriver()]);
    const { store: one } = await openTiers([{ driver: new MemoryDriver(), mode: 'read' }, new MemoryDriver()]);
    const unsure = new FaultDriver(new MemoryDriver(), { atomicCreate: false });
    const { store: none } = await openTiers([{ driver: new MemoryDriver(), mode: 'read' }, unsure]);
    expect([two.capabilities.atomicBatch, one.capabilities.atomicBatch]).to.deep.equal([false, true]);
    const creations = [two, one, none].map(({ capabilities }) => capabilities.atomicCreate);
    expect(creations).to.deep.equal([false, true, false]);
  });

  it('write back: a save ends with the first tier, and flush tells the others', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    far.faults.set('saveMany', { kind: 'late', ms: 30 });
    const { store, driver } = await openTiers([near, far], { write: 'back' });
    await store.save('a', 1);
    await store.save('a', 2);
    expect(await inTier(far, 'a')).to.equal(undefined);
    await near.clear('');
    expect(await store.load('a')).to.equal(2);
    expect(await driver.flush()).to.equal(true);
    expect(await inTier(far, 'a')).to.equal(2);
    await store.close();
  });

  it('needs a tier, and one that is read', () => {
    expect(() => new TieredDriver([])).to.throw(TypeError);
    expect(() => new TieredDriver([{ driver: new MemoryDriver(), mode: 'write' }])).to.throw(TypeError);
  });
});

describe('a tier that does not serve', () => {
  const CALLS: readonly DriverCall[] = [
    'open',
    'loadMany',
    'saveMany',
    'deleteMany',
    'statMany',
    'keys',
    'clear',
    'commit',
    'sweep',
    'close',
  ];
  const FAULTS: Readonly<Record<string, DriverFault>> = {
    fails: { kind: 'fail' },
    'fails with an error of any kind': { kind: 'fail', error: new TypeError('canary-secret') },
    hangs: { kind: 'hang' },
    'is read-only': { kind: 'read-only' },
  };

  async function useAll(store: Store): Promise<void> {
    await store.save('a', 1);
    await store.saveMany([
      ['b', 2],
      ['c/1', 3],
    ]);
    expect(await store.load('a')).to.equal(1);
    expect(await store.loadMany(['b', 'nothing'])).to.deep.equal([2, undefined]);
    expect(await store.exists('b')).to.equal(true);
    await store.transaction(async (tx) => {
      await tx.save('d', 4);
      await tx.delete('b');
    });
    expect(await store.delete('a')).to.equal(true);
    expect(await store.clear('c')).to.equal(1);
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).to.deep.equal(['d']);
    await store.sweep();
  }

  for (const [title, fault] of Object.entries(FAULTS))
    for (const position of ['near', 'far'] as const)
      it(`one ${position} that ${title} in any one call changes no answer, with at most one warning and within its budget`, async () => {
        await Promise.all(
          [...CALLS, 'all' as const].map(async (call) => {
            const [well, unwell] = [new FaultDriver(new MemoryDriver()), remote()];
            unwell.faults.set(call, fault);
            const tiers = position === 'near' ? [unwell, well] : [well, unwell];
            const startedAt = performance.now();
            const { store, events, warnings } = await openTiers(tiers, { budgetMs: 100 });
            await useAll(store);
            await store.close();
            expect(performance.now() - startedAt, call).to.be.below(1_500);
            expect(warnings().length, call).to.be.at.most(1);
            if (fault.kind !== 'read-only' && (call === 'all' || unwell.count(call) > 0))
              expect(warnings().length, call).to.equal(1);
            expect(
              events.every((event) => event.type === 'warning' && event.code === 'CACHE_REMOTE_DEGRADED'),
            ).to.equal(true);
            expect(inspect(events, { depth: 10 })).to.not.include('canary');
          }),
        );
      });

  it('three failures in a row open the circuit: it is not asked any more', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store } = await openTiers([near, far]);
    far.faults.set('all', { kind: 'fail' });
    for (let i = 0; i < 10; i++) await store.load(`key ${i}`);
    expect(far.count('loadMany')).to.equal(3);
  });

  it('costs its budget once, not for each call, and again in a new run', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store, driver, warnings } = await openTiers([near, far], { budgetMs: 60, openCircuitMs: 1 });
    far.faults.set('all', { kind: 'hang' });
    const startedAt = performance.now();
    for (let i = 0; i < 10; i++) await store.load(`key ${i}`);
    expect(performance.now() - startedAt).to.be.within(50, 300);
    driver.newRun();
    await store.load('again');
    expect(performance.now() - startedAt).to.be.within(110, 500);
    expect(warnings().length).to.equal(2);
  });

  it('an operation that no tier can do fails with the code of the first', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store } = await openTiers([near, far]);
    near.faults.set('all', { kind: 'fail' });
    far.faults.set('all', { kind: 'fail' });
    expect(await code(store.save('a', 1))).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(await code(store.load('a'))).to.equal('CACHE_STORE_UNAVAILABLE');
    const outage = new FaultDriver(new MemoryDriver());
    outage.faults.set('open', { kind: 'fail' });
    expect(await code(openTiers([outage]))).to.equal('CACHE_STORE_UNAVAILABLE');
  });

  it('a package that is not installed, and an address that makes no sense, end open: waiting does not mend them', async () => {
    for (const wrong of ['CACHE_PACKAGE_MISSING', 'CACHE_BAD_STORE'] as const) {
      const far = remote();
      far.faults.set('open', { kind: 'fail', error: new CacheError(wrong, 'It is not there.') });
      expect(await code(openTiers([new MemoryDriver(), far]))).to.equal(wrong);
    }
  });

  it('one near that missed a change never serves what was there before', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), new FaultDriver(new MemoryDriver())];
    const { store } = await openTiers([near, far]);
    await store.saveMany([
      ['changed', 'old'],
      ['deleted', 'old'],
      ['c/1', 'old'],
    ]);
    for (const call of ['saveMany', 'deleteMany', 'clear'] as const) near.faults.set(call, { kind: 'fail' });
    await store.save('changed', 'new');
    await store.delete('deleted');
    await store.clear('c');
    expect(await store.loadMany(['changed', 'deleted', 'c/1'])).to.deep.equal(['new', undefined, undefined]);
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).to.deep.equal(['changed']);
  });

  it('a value that is too large for it is in the others, and nothing older stays in it', async () => {
    const near = new FaultDriver(new MemoryDriver(), { maxValueBytes: 300 });
    const { store } = await openTiers([near, new MemoryDriver()]);
    await store.save('a', 'small');
    await store.save('a', 'x'.repeat(1000));
    expect(await inTier(near, 'a')).to.equal(undefined);
    expect(await store.load('a')).to.equal('x'.repeat(1000));
  });
});

describe('creation where a tier does not serve', () => {
  const OUTAGES: Readonly<Record<string, DriverFault>> = {
    fails: { kind: 'fail' },
    hangs: { kind: 'hang' },
    'is read-only': { kind: 'read-only' },
  };

  for (const [title, fault] of Object.entries(OUTAGES))
    it(`is decided by the next nearer tier where the farthest ${title}, with one warning and within its budget`, async () => {
      const [nearest, near, far] = [new FaultDriver(new MemoryDriver()), new FaultDriver(new MemoryDriver()), remote()];
      const { store, warnings } = await openTiers([nearest, near, far], { budgetMs: 100 });
      far.faults.set('all', fault);
      const startedAt = performance.now();
      await near.saveMany([{ key: 'taken', bytes: Buffer.from('1'), expiresAt: undefined }]);
      for (let i = 0; i < 10; i++) expect(await store.createMany([[`free/${i}`, i]])).to.deep.equal([true]);
      const again = await store.createMany([
        ['taken', 2],
        ['free/1', 2],
        ['other', 3],
      ]);
      expect(again).to.deep.equal([false, false, true]);
      expect([await store.load('free/1'), await inTier(nearest, 'other')]).to.deep.equal([1, 3]);
      await store.close();
      expect(performance.now() - startedAt).to.be.below(1_500);
      expect(warnings().length).to.equal(1);
    });

  it('is told to the farthest when it is back, which keeps what it has, and decides again', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store, driver, outboxFolder } = await openTiers([near, far]);
    await far.saveMany([{ key: 'there', bytes: Buffer.from('"of another machine"'), expiresAt: undefined }]);
    far.faults.set('all', { kind: 'fail' });
    await store.createMany([
      ['a', 1],
      ['there', 1],
    ]);
    far.faults.clear();
    expect(await driver.flush()).to.equal(true);
    expect([await inTier(far, 'a'), await inTier(far, 'there')]).to.deep.equal([1, 'of another machine']);
    expect(filesBelow(outboxFolder)).to.deep.equal([]);
    await near.clear('');
    expect(await store.createMany([['a', 2]])).to.deep.equal([false]);
  });

  it('is kept for a farthest that is down from the start, and sent by a later process', async () => {
    const memory = new MemoryDriver();
    const far = new FaultDriver(memory, { description: 'redis://h:1/0', shared: 'network', persistent: true });
    far.faults.set('all', { kind: 'fail' });
    const first = await openTiers([new MemoryDriver(), far]);
    expect(await first.store.createMany([['a', 1]])).to.deep.equal([true]);
    await first.store.close();
    expect(first.warnings().length).to.equal(1);
    far.faults.clear();
    const second = await openTiers([new MemoryDriver(), far], { outboxFolder: first.outboxFolder });
    expect(await second.store.createMany([['a', 2]])).to.deep.equal([false]);
    expect([await inTier(far, 'a'), second.warnings()]).to.deep.equal([1, []]);
  });

  it('finds what the farthest has still to be told, though no nearer tier has it any more', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store, driver } = await openTiers([near, far]);
    far.faults.set('all', { kind: 'fail' });
    await store.createMany([['created', 'first']]);
    await store.save('saved', 'first');
    await near.clear('');
    const again = await store.createMany([
      ['created', 'second'],
      ['saved', 'second'],
      ['new', 'first'],
    ]);
    expect(again).to.deep.equal([false, false, true]);
    far.faults.clear();
    driver.newRun();
    expect(await store.loadMany(['created', 'saved', 'new'])).to.deep.equal(['first', 'first', 'first']);
  });

  it('of what was deleted replaces what the farthest still has', async () => {
    for (const remove of ['delete', 'clear'] as const) {
      const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
      const { store, driver } = await openTiers([near, far], { openCircuitMs: 0 });
      await store.save('a/1', 'old');
      far.faults.set('all', { kind: 'fail' });
      await (remove === 'delete' ? store.delete('a/1') : store.clear('a'));
      expect(await store.createMany([['a/1', 'new']])).to.deep.equal([true]);
      far.faults.clear();
      await near.clear('');
      expect(await store.load('a/1'), remove).to.equal('new');
      expect(await driver.flush()).to.equal(true);
      expect(await inTier(far, 'a/1'), remove).to.equal('new');
    }
  });

  it('without an outbox leaves to the farthest what it has', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store, driver } = await openTiers([near, far], { outboxFolder: false });
    await far.saveMany([{ key: 'there', bytes: Buffer.from('"of another machine"'), expiresAt: undefined }]);
    far.faults.set('createMany', { kind: 'fail' });
    expect(await store.createMany([['there', 1]])).to.deep.equal([true]);
    far.faults.clear();
    expect(await driver.flush()).to.equal(true);
    expect(await inTier(far, 'there')).to.equal('of another machine');
  });

  it('that has expired before the farthest was told does not replace what it has', async () => {
    const clock = new MovableClock();
    const [near, far] = [new FaultDriver(new MemoryDriver({ clock })), remote()];
    const { store, driver } = await openTiers([near, far], { clock });
    await far.saveMany([{ key: 'there', bytes: Buffer.from('"of another machine"'), expiresAt: undefined }]);
    far.faults.set('all', { kind: 'fail' });
    expect(await store.createMany([['there', 1]], { ttl: 5 })).to.deep.equal([true]);
    clock.advance(6_000);
    expect(await store.createMany([['there', 2]])).to.deep.equal([true]);
    far.faults.clear();
    expect(await driver.flush()).to.equal(true);
    expect(await inTier(far, 'there')).to.equal('of another machine');
  });

  it('of a value that is too large for the nearer tier fails alone where the farthest cannot be reached', async () => {
    const near = new FaultDriver(new MemoryDriver(), { maxValueBytes: 300 });
    const far = remote();
    const { store } = await openTiers([near, far]);
    far.faults.set('all', { kind: 'fail' });
    const creating = store.createMany([
      ['large', 'x'.repeat(1000)],
      ['small', 'x'],
    ]);
    expect(await code(creating)).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(await store.loadMany(['large', 'small'])).to.deep.equal([undefined, 'x']);
  });

  it('fails with the code of the farthest where no tier can do it', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store } = await openTiers([near, far]);
    near.faults.set('createMany', { kind: 'read-only' });
    far.faults.set('createMany', { kind: 'fail' });
    expect(await code(store.createMany([['a', 1]]))).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(await store.exists('a')).to.equal(false);
  });
});

describe('uploads that were not acknowledged', () => {
  it('are kept on disk and sent when the tiers are opened again', async () => {
    const memory = new MemoryDriver();
    const far = new FaultDriver(memory, { description: 'redis://h:1/0', shared: 'network', persistent: true });
    const first = await openTiers([new MemoryDriver(), far]);
    await first.store.saveMany([
      ['gone', 0],
      ['x/1', 0],
    ]);
    far.faults.set('all', { kind: 'fail' });
    await first.store.save('a', 1, { ttl: 1000 });
    await first.store.save('b', 1);
    await first.store.save('b', 2);
    await first.store.delete('gone');
    await first.store.clear('x');
    await first.store.close();
    expect(filesBelow(first.outboxFolder)).to.have.length.above(0);
    far.faults.clear();
    const second = await openTiers([new MemoryDriver(), far], { outboxFolder: first.outboxFolder });
    expect(await second.store.loadMany(['a', 'b', 'gone', 'x/1'])).to.deep.equal([1, 2, undefined, undefined]);
    expect(await second.driver.flush()).to.equal(true);
    expect([await inTier(far, 'a'), await inTier(far, 'b')]).to.deep.equal([1, 2]);
    expect(await far.statMany(['gone', 'x/1'])).to.deep.equal([undefined, undefined]);
    expect(filesBelow(first.outboxFolder)).to.deep.equal([]);
  });

  it('what a tier has still to be told is seen in it, and listed', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store } = await openTiers([near, far]);
    far.faults.set('saveMany', { kind: 'fail' });
    await store.save('a', 1);
    await near.clear('');
    expect(await store.load('a')).to.equal(1);
    await near.clear('');
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect([keys, await store.exists('a')]).to.deep.equal([['a'], true]);
  });

  it('a newer value of the key replaces what waits, so that it never comes late', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store, driver } = await openTiers([near, far]);
    far.faults.set('saveMany', { kind: 'fail' });
    await store.save('a', 'old');
    far.faults.clear();
    await store.save('a', 'new');
    await driver.flush();
    expect(await inTier(far, 'a')).to.equal('new');
  });

  it('what has expired meanwhile is not sent', async () => {
    const clock = new MovableClock();
    const [near, far] = [new FaultDriver(new MemoryDriver({ clock })), remote()];
    const { store, driver, outboxFolder } = await openTiers([near, far], { clock });
    far.faults.set('saveMany', { kind: 'fail' });
    await store.save('a', 1, { ttl: 5 });
    far.faults.clear();
    clock.advance(6_000);
    expect(await driver.flush()).to.equal(true);
    expect([await inTier(far, 'a'), filesBelow(outboxFolder)]).to.deep.equal([undefined, []]);
  });

  it('without an outbox they are lost, and the tier does not serve anything older', async () => {
    const [near, far] = [new FaultDriver(new MemoryDriver()), remote()];
    const { store } = await openTiers([near, far], { outboxFolder: false });
    await store.save('a', 'old');
    far.faults.set('saveMany', { kind: 'fail' });
    await store.save('a', 'new');
    await near.clear('');
    expect(await store.load('a')).to.equal(undefined);
  });
});
