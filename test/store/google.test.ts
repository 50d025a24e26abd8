import { expect } from 'chai';
import { googleDriver } from '../../src/store/drivers/object/google.js';
import { startFakeGoogle, type FakeGoogle } from '../support/servers/fake-google.js';
import { freePort } from '../support/servers/server.js';
import { entry, expectCode, MAX, testObjectDriver, valuesOf } from './object-suite.js';

describe('Google Cloud Storage, with a fake', () => {
  let server: FakeGoogle;
  const make = (options = {}) => googleDriver({ bucket: server.bucket, endpoint: server.endpoint, ...options });
  before(async () => {
    server = await startFakeGoogle({ pageSize: 25 });
  });
  after(() => server.stop());

  testObjectDriver({ store: 'google', keepsConditions: true, make });

  it('reads an envelope with one request, whose header tells when it expires', async () => {
    const driver = make({ prefix: 'envelope' });
    await driver.open();
    const header = `{"documee":1,"codec":"bytes","compression":"none","savedAt":1,"expiresAt":2,"bytes":1,"rawBytes":1,"crc32":"00000000"}\n`;
    const lives = header.replace('"expiresAt":2,', '');
    await driver.saveMany([entry('dies', `${header}x`), entry('lives', `${lives}x`)]);
    server.requests.length = 0;
    expect(await valuesOf(driver, ['dies', 'lives'])).to.deep.equal([undefined, `${lives}x`]);
    expect(server.requests).to.have.length(2);
    await driver.close();
  });

  it('never gives half of a value, and gets it whole the second time', async () => {
    const driver = make({ prefix: 'cut', timeoutMs: 800 });
    await driver.open();
    await driver.saveMany([entry('a', 'x'.repeat(1000))]);
    server.faults.push({ path: 'alt=media', then: { kind: 'cut' } });
    expect(await valuesOf(driver, ['a'])).to.deep.equal(['x'.repeat(1000)]);
    server.faults.push({ path: 'alt=media', times: 2, then: { kind: 'cut' } });
    const [cut] = await driver.loadMany(['a'], MAX);
    expect(cut).to.be.instanceOf(Error);
    await driver.close();
  });

  it('tells what failed', async () => {
    await expectCode(make({ bucket: 'nowhere' }).open(), 'CACHE_STORE_MISSING');
    const keyless = googleDriver({ bucket: server.bucket, keyFile: 'no-such-file.json' });
    await expectCode(keyless.open(), 'CACHE_STORE_DENIED');
    const port = await freePort();
    await expectCode(make({ endpoint: `http://127.0.0.1:${port}` }).open(), 'CACHE_STORE_UNAVAILABLE');
    const tls = await expectCode(
      make({ endpoint: server.endpoint.replace('http:', 'https:') }).open(),
      'CACHE_STORE_UNAVAILABLE',
    );
    expect(tls.message).to.include('TLS');
    const driver = make({ prefix: 'codes' });
    await driver.open();
    for (const [status, code, expected] of [
      [401, 'Invalid Credentials', 'CACHE_STORE_DENIED'],
      [403, 'Forbidden', 'CACHE_STORE_DENIED'],
      [503, 'Backend Error', 'CACHE_STORE_UNAVAILABLE'],
      [429, 'Slow down', 'CACHE_STORE_UNAVAILABLE'],
      [403, 'The quota of the bucket is used up', 'CACHE_STORE_FULL'],
    ] as const) {
      server.faults.push({ method: 'POST', times: 2, then: { kind: 'status', status, code } });
      await expectCode(driver.saveMany([entry('k')]), expected);
      server.faults.length = 0;
    }
    await driver.close();
  });

  it('ends a call that gets no answer within its time limit', async () => {
    const driver = make({ prefix: 'slow', timeoutMs: 200 });
    await driver.open();
    server.faults.push({ times: 9, then: { kind: 'delay', ms: 2000 } });
    const began = performance.now();
    await expectCode(driver.saveMany([entry('a'), entry('b')]), 'CACHE_STORE_UNAVAILABLE');
    expect(performance.now() - began).to.be.within(150, 1000);
    server.faults.length = 0;
    await driver.close();
  });
});
