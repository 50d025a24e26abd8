import { expect } from 'chai';
import fc from 'fast-check';
import type { ObjectDriverOptions } from '../../src/store/drivers/object/object-driver.js';
import { ObjectNames } from '../../src/store/drivers/object/object-names.js';
import { s3Driver } from '../../src/store/drivers/object/s3.js';
import { startFakeS3, type FakeS3 } from '../support/servers/fake-s3.js';
import { entry, expectCode, keysOf, MAX, valuesOf } from './object-suite.js';

describe('names of objects', () => {
  const names = new ObjectNames('/team/cache/');
  const anyKey = fc
    .string({
      unit: fc.constantFrom('a', 'b', '/', '.', '!', '2', 'F', '%', '\\', '\n', 'é', '😀', '\uffff'),
      minLength: 1,
    })
    .filter((key) => key !== '');

  it('tell their keys, and differ where keys differ', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        expect(names.keyOf(names.of(one).name)).to.equal(one);
        if (one !== other) expect(names.of(one).name).not.to.equal(names.of(other).name);
      }),
    );
  });

  it('begin with one of the listed prefixes of whatever their keys begin with', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(), (key, length) => {
        const prefix = Array.from(key)
          .slice(0, length % 9)
          .join('');
        const { name } = names.of(key);
        expect(
          names.listPrefixes(prefix).some((listed) => name.startsWith(listed)),
          `${key} | ${prefix}`,
        ).to.be.true;
      }),
    );
  });

  it('hold nothing that a path or a listing damages', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const { name } = names.of(key);
        expect(name).to.match(/^team\/cache\/[^\\%\n\uffff]+$/u);
        expect(name).not.to.match(/\/\/|\/$|\.(\/|$)/u);
      }),
    );
  });

  it('of what is no key tell none', () => {
    for (const name of ['team/cache/!lease/ab', 'team/cache/', 'team/cache/a\\b', 'team/cache/!41', 'team/other/a'])
      expect(names.keyOf(name), name).to.be.undefined;
    expect(new ObjectNames('').of('a').name).to.equal('a');
  });
});

describe('ObjectDriver', () => {
  let server: FakeS3;
  before(async () => {
    server = await startFakeS3();
  });
  after(() => server.stop());
  afterEach(() => (server.faults.length = 0));

  const opened = async (prefix: string, options: ObjectDriverOptions = {}) => {
    const { bucket, endpoint, accessKeyId, secretAccessKey } = server;
    const credentials = { accessKeyId, secretAccessKey };
    const driver = s3Driver({ bucket, endpoint, credentials, prefix, ...options });
    await driver.open();
    return driver;
  };

  it('sends no more requests at once than it may', async () => {
    const driver = await opened('many', { concurrency: 5 });
    server.faults.push({ method: 'PUT', times: 40, then: { kind: 'delay', ms: 10 } });
    await driver.saveMany(Array.from({ length: 40 }, (_, index) => entry(`k${index}`)));
    expect(server.mostInFlight()).to.equal(5);
    await driver.close();
  });

  it('tries once more what may succeed the second time, and no oftener', async () => {
    const driver = await opened('again');
    server.faults.push({ then: { kind: 'status', status: 503, code: 'SlowDown' } });
    await driver.saveMany([entry('a')]);
    server.faults.push({ method: 'GET', then: { kind: 'lose-reply' } });
    expect(await valuesOf(driver, ['a'])).to.deep.equal(['a']);
    server.requests.length = 0;
    server.faults.push({ times: 9, then: { kind: 'status', status: 503, code: 'SlowDown' } });
    await expectCode(driver.saveMany([entry('a')]), 'CACHE_STORE_UNAVAILABLE');
    expect(server.requests).to.have.length(2);
    await driver.close();
  });

  it('sends nothing more once a call has failed', async () => {
    const driver = await opened('failed', { concurrency: 2 });
    server.requests.length = 0;
    server.faults.push({ method: 'PUT', then: { kind: 'status', status: 400, code: 'Odd' } });
    const entries = Array.from({ length: 50 }, (_, index) => entry(`k${index}`));
    await expectCode(driver.saveMany(entries), 'CACHE_STORE_FAILED');
    expect(await valuesOf(driver, ['k49'])).to.deep.equal([undefined]);
    expect(server.requests).to.have.length.below(10);
    await driver.close();
  });

  it('knows its own creation and its own lease when the reply to them was lost', async () => {
    const driver = await opened('lost');
    server.faults.push({ method: 'PUT', then: { kind: 'lose-reply' } });
    expect(await driver.createMany([entry('a')])).to.deep.equal([true]);
    server.faults.push({ method: 'PUT', then: { kind: 'lose-reply' } });
    expect(await driver.leases?.acquireMany(['l'], 'me', 60_000)).to.deep.equal([true]);
    expect(await driver.createMany([entry('a')])).to.deep.equal([false]);
    await driver.close();
  });

  it('never gives half of a value, and spoils no other by it', async () => {
    const driver = await opened('cut');
    await driver.saveMany([entry('a', 'x'.repeat(1000)), entry('b')]);
    server.faults.push({ method: 'GET', path: '/a', then: { kind: 'cut' } });
    expect(await valuesOf(driver, ['a', 'b'])).to.deep.equal(['x'.repeat(1000), 'b']);
    server.faults.push({ method: 'GET', path: '/a', times: 2, then: { kind: 'cut' } });
    const [cut, whole] = await driver.loadMany(['a', 'b'], MAX);
    expect(cut).to.be.instanceOf(Error).with.property('code', 'CACHE_STORE_FAILED');
    expect(whole?.toString()).to.equal('b');
    await driver.close();
  });

  it('ends every call within its time limit, also those that wait for their turn', async () => {
    const driver = await opened('hangs', { timeoutMs: 300, concurrency: 2 });
    server.faults.push({ times: 99, then: { kind: 'delay', ms: 5000 } });
    const began = performance.now();
    const calls = Array.from({ length: 8 }, (_, index) => driver.loadMany([`a${index}`, `b${index}`, 'c'], MAX));
    for (const call of await Promise.allSettled(calls)) expect(call.status).to.equal('rejected');
    await expectCode(calls[0] as Promise<unknown>, 'CACHE_STORE_UNAVAILABLE');
    expect(performance.now() - began).to.be.within(250, 900);
    server.faults.length = 0;
    expect(await valuesOf(driver, ['a'])).to.deep.equal([undefined]);
    await driver.close();
  });

  it('goes on for longer than its time limit while answers come', async () => {
    const driver = await opened('steady', { timeoutMs: 200, concurrency: 2 });
    server.faults.push({ times: 16, then: { kind: 'delay', ms: 50 } });
    const keys = Array.from({ length: 16 }, (_, index) => `k${index}`);
    await driver.saveMany(keys.map((key) => entry(key)));
    expect(await keysOf(driver)).to.have.length(16);
    await driver.close();
  });

  it('ends what is under way when it is closed', async () => {
    const driver = await opened('closed');
    server.faults.push({ times: 9, then: { kind: 'delay', ms: 3000 } });
    const load = driver.loadMany(['a'], MAX);
    await driver.close();
    await expectCode(load, 'CACHE_STORE_UNAVAILABLE');
  });

  it('takes a lease whose holder is gone by the dates of the server', async () => {
    const holder = await opened('dates');
    expect(await holder.leases?.acquireMany(['l'], 'gone', 1)).to.deep.equal([true]);
    await holder.close();
    await new Promise((resolve) => setTimeout(resolve, 2010));
    const other = await opened('dates');
    expect(await other.leases?.acquireMany(['l'], 'me', 1000)).to.deep.equal([true]);
    await other.close();
  });

  it('removes old leases in a sweep, and counts them as no values', async () => {
    let now = Date.now();
    const driver = await opened('tidy', { clock: { now: () => now } });
    await driver.leases?.acquireMany(['l'], 'me', 1000);
    expect(await driver.sweep()).to.equal(0);
    expect(server.names().filter((name) => name.startsWith('tidy/'))).to.have.length(1);
    now += 3_600_000;
    expect(await driver.sweep()).to.equal(0);
    expect(server.names().filter((name) => name.startsWith('tidy/'))).to.deep.equal([]);
    await driver.close();
  });
});
