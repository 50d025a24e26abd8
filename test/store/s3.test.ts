import { expect } from 'chai';
import { inspect } from 'node:util';
import { s3Driver, type S3Options } from '../../src/store/drivers/object/s3.js';
import { startFakeS3, type FakeS3 } from '../support/servers/fake-s3.js';
import { startS3, type S3Server } from '../support/servers/s3.js';
import { freePort } from '../support/servers/server.js';
import { entry, expectCode, failureOf, testObjectDriver, valuesOf } from './object-suite.js';

const SECRET = 'canary/secret+1';
const TOKEN = 'canary-session-token';

describe('S3, with a server out of npm', () => {
  let server: S3Server;
  before(async () => {
    server = await startS3();
  });
  after(() => server.stop());

  testObjectDriver({
    store: 's3',
    keepsConditions: false,
    make: (options) =>
      s3Driver({
        ...options,
        bucket: server.bucket,
        endpoint: server.endpoint,
        credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      }),
  });
});

describe('S3, with a server that is strict', () => {
  let server: FakeS3;
  const options = (more: Partial<S3Options> = {}): S3Options => ({
    bucket: server.bucket,
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: SECRET },
    ...more,
  });
  before(async () => {
    server = await startFakeS3({ secretAccessKey: SECRET, pageSize: 25 });
  });
  after(() => server.stop());

  testObjectDriver({ store: 's3', keepsConditions: true, make: (more) => s3Driver(options(more)) });

  it('takes checksums where they are wanted', async () => {
    const driver = s3Driver(options({ prefix: 'sums', checksums: 'WHEN_SUPPORTED' }));
    await driver.open();
    await driver.saveMany([entry('a')]);
    expect(await valuesOf(driver, ['a'])).to.deep.equal(['a']);
    await driver.close();
  });

  it('refuses what a wrong secret signs, or an unknown id, and shows neither', async () => {
    for (const accessKeyId of [server.accessKeyId, 'another']) {
      const credentials = { accessKeyId, secretAccessKey: 'canary%wrong', sessionToken: TOKEN };
      const driver = s3Driver(options({ credentials }));
      const error = await expectCode(driver.open(), 'CACHE_STORE_DENIED', ['canary']);
      expect(error.details).to.include({ store: driver.description, action: 'open' });
      expect(inspect(driver, { depth: 20, showHidden: true })).not.to.include('canary');
    }
  });

  it('shows no user and password of its address', async () => {
    const port = await freePort();
    const driver = s3Driver(options({ endpoint: `http://me:canary@127.0.0.1:${port}` }));
    expect(driver.description).to.equal(`s3://cache at 127.0.0.1:${port}`);
    await expectCode(driver.open(), 'CACHE_STORE_UNAVAILABLE', ['canary']);
  });

  it('tells a bucket that is missing from one that is empty', async () => {
    await expectCode(s3Driver(options({ bucket: 'nowhere' })).open(), 'CACHE_STORE_MISSING', [SECRET]);
    await expectCode(s3Driver(options({ bucket: 'nowhere', readOnly: true })).open(), 'CACHE_STORE_MISSING', [SECRET]);
  });

  it('says that nobody answers, that the host is not known, and that TLS failed', async () => {
    const port = await freePort();
    const nobody = s3Driver(options({ endpoint: `http://127.0.0.1:${port}` }));
    await expectCode(nobody.open(), 'CACHE_STORE_UNAVAILABLE', [SECRET]);
    const unknown = s3Driver(options({ endpoint: 'http://no-such-host.invalid', timeoutMs: 2000 }));
    await expectCode(unknown.open(), 'CACHE_STORE_UNAVAILABLE', [SECRET]);
    const tls = s3Driver(options({ endpoint: server.endpoint.replace('http:', 'https:') }));
    const error = await expectCode(tls.open(), 'CACHE_STORE_UNAVAILABLE', [SECRET]);
    expect(error.message).to.include('TLS');
  });

  it('tells by its code what the server has against a request', async () => {
    const driver = s3Driver(options({ prefix: 'codes' }));
    await driver.open();
    for (const [status, code, expected] of [
      [403, 'AccessDenied', 'CACHE_STORE_DENIED'],
      [400, 'ExpiredToken', 'CACHE_STORE_DENIED'],
      [503, 'SlowDown', 'CACHE_STORE_UNAVAILABLE'],
      [507, 'XMinioStorageFull', 'CACHE_STORE_FULL'],
      [403, 'QuotaExceeded', 'CACHE_STORE_FULL'],
      [400, 'EntityTooLarge', 'CACHE_VALUE_TOO_LARGE'],
      [400, 'Odd', 'CACHE_STORE_FAILED'],
    ] as const) {
      server.faults.push({ method: 'PUT', times: 2, then: { kind: 'status', status, code } });
      await expectCode(driver.saveMany([entry('k')]), expected, [SECRET]);
      server.faults.length = 0;
    }
    await driver.close();
  });

  it('deletes one by one where a server does not delete many at once', async () => {
    const driver = s3Driver(options({ prefix: 'singly' }));
    await driver.open();
    await driver.saveMany([entry('a'), entry('b')]);
    server.faults.push({ method: 'POST', then: { kind: 'status', status: 501, code: 'NotImplemented' } });
    expect(await driver.deleteMany(['a', 'b'])).to.equal(2);
    expect(await valuesOf(driver, ['a', 'b'])).to.deep.equal([undefined, undefined]);
    await driver.close();
  });
});

describe('S3, with a server that answers 501 to conditions', () => {
  it('writes without them, offers no leases and leaves nothing behind', async () => {
    const server = await startFakeS3({ refusesConditions: true });
    const { accessKeyId, secretAccessKey, bucket, endpoint } = server;
    const driver = s3Driver({ bucket, endpoint, credentials: { accessKeyId, secretAccessKey } });
    await driver.open();
    expect(driver.capabilities).to.include({ atomicCreate: false, leases: false });
    expect(await driver.createMany([entry('a')])).to.deep.equal([true]);
    expect(await driver.createMany([entry('a')])).to.deep.equal([false]);
    expect(server.names()).to.deep.equal(['a']);
    await driver.close();
    await server.stop();
  });

  it('reports a missing right to write at open, but not where it only reads', async () => {
    const server = await startFakeS3();
    const { accessKeyId, secretAccessKey, bucket, endpoint } = server;
    const options = { bucket, endpoint, credentials: { accessKeyId, secretAccessKey } };
    server.faults.push({ method: 'PUT', times: 9, then: { kind: 'status', status: 403, code: 'AccessDenied' } });
    await expectCode(s3Driver(options).open(), 'CACHE_STORE_DENIED');
    const reader = s3Driver({ ...options, readOnly: true });
    await reader.open();
    expect(reader.capabilities).to.include({ writable: false, atomicCreate: false });
    expect(server.requests.filter((line) => line.startsWith('PUT'))).to.have.length.at.most(2);
    await reader.close();
    await server.stop();
    await failureOf(reader.loadMany(['a'], { maxBytes: 1 }));
  });
});
