import { expect } from 'chai';
import { CacheError } from '../../src/model/errors.js';
import { encodeEnvelope } from '../../src/codec/envelope.js';
import { RedisDriver, type RedisDriverOptions } from '../../src/store/drivers/redis.js';
import type { StoreEntry } from '../../src/store/driver.js';
import { Store } from '../../src/store/store.js';
import { redisAvailable, startRedis, type RedisServer, type RedisServerOptions } from '../support/servers/redis.js';
import { requireServer } from '../support/servers/server.js';
import { describeStore } from '../support/stores.js';

const LIMITS = { maxBytes: 1024 * 1024 };

const entry = (key: string, text = `value of ${key}`, expiresAt?: number): StoreEntry => ({
  key,
  bytes: Buffer.from(text),
  expiresAt,
});

const texts = (loaded: readonly (Buffer | undefined | Error)[]): unknown[] =>
  loaded.map((value) => (Buffer.isBuffer(value) ? value.toString() : value));

async function listed(driver: RedisDriver, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const page of driver.keys(prefix)) found.push(...page);
  return found;
}

const ODD_KEYS = [
  '*',
  '?[a-z]\\',
  '%00%',
  '{}',
  '{tag}x',
  '}{',
  `it's "quoted"`,
  'new\nline\r\n',
  '__proto__',
  'a'.repeat(1024),
  'ünï/😀',
  '\uffee',
  ' ',
  '-1',
];

const KINDS: readonly (RedisServerOptions & { readonly name: string })[] = [
  { name: 'one server', password: 'p@ss word/#:%' },
  { name: 'one server with TLS', tls: true },
  { name: 'a cluster', cluster: true },
];

describe('the Redis driver', () => {
  const servers = new Map<string, Promise<RedisServer>>();
  // All at once, since a cluster takes 2 s to start.
  before(() => {
    for (const { name, ...options } of KINDS) {
      if (!redisAvailable(options).ok) continue;
      const started = startRedis(options);
      started.catch(() => undefined);
      servers.set(name, started);
    }
  });

  for (const { name, ...serverOptions } of KINDS)
    describe(`over ${name}`, () => {
      let server: RedisServer;
      let driver: RedisDriver;
      const others: RedisDriver[] = [];

      const open = async (options: RedisDriverOptions = {}): Promise<RedisDriver> => {
        const opened = new RedisDriver({ url: server.url, ...options });
        await opened.open();
        others.push(opened);
        return opened;
      };

      before(async function () {
        if (!requireServer(`redis, ${name}`, redisAvailable(serverOptions))) this.skip();
        const started = servers.get(name);
        if (started === undefined) throw new Error('the server was not started');
        server = await started;
        driver = await open();
      });
      beforeEach(() => driver.clear(''));
      after(async () => {
        for (const opened of others) await opened.close();
        // Absent where all was skipped.
        await (server as RedisServer | undefined)?.stop();
      });

      it('loads what was saved, byte for byte, also under odd keys', async () => {
        const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
        await driver.saveMany(ODD_KEYS.map((key) => ({ key, bytes, expiresAt: undefined })));
        for (const value of await driver.loadMany(ODD_KEYS, LIMITS)) expect(value).to.deep.equal(bytes);
        const byBytes = [...ODD_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(await listed(driver)).to.deep.equal(byBytes);
        for (const key of ODD_KEYS) expect(await listed(driver, key), key).to.include(key);
        expect(await listed(driver, '*')).to.deep.equal(['*']);
        expect(await driver.deleteMany([...ODD_KEYS, 'absent'])).to.equal(ODD_KEYS.length);
      });

      it('takes the last of a key that is saved twice, and the first of one that is created twice', async () => {
        await driver.saveMany([entry('a', '1'), entry('a', '2')]);
        expect(await driver.createMany([entry('a', '3'), entry('b', '4'), entry('b', '5')])).to.deep.equal([
          false,
          true,
          false,
        ]);
        expect(texts(await driver.loadMany(['a', 'b', 'c', 'a'], LIMITS))).to.deep.equal(['2', '4', undefined, '2']);
      });

      it('lets a value expire, and be created again', async () => {
        await driver.saveMany([entry('short', 'x', Date.now() + 60), entry('long', 'y', Date.now() + 60_000)]);
        expect(await listed(driver)).to.deep.equal(['long', 'short']);
        await new Promise((resolve) => setTimeout(resolve, 90));
        expect(texts(await driver.loadMany(['short', 'long'], LIMITS))).to.deep.equal([undefined, 'y']);
        expect(await driver.statMany(['short'])).to.deep.equal([undefined]);
        expect(await driver.deleteMany(['short'])).to.equal(0);
        expect(await listed(driver)).to.deep.equal(['long']);
        expect(await driver.createMany([entry('short', 'z')])).to.deep.equal([true]);
      });

      it('answers an error for a value that is too long or no string, which spoils no other', async () => {
        await driver.saveMany([entry('a', 'short'), entry('b', 'x'.repeat(2000)), entry('c', 'short, too')]);
        const [a, b, c] = await driver.loadMany(['a', 'b', 'c'], { maxBytes: 1999 });
        expect(texts([a, c])).to.deep.equal(['short', 'short, too']);
        expect(b).to.be.instanceOf(CacheError).with.property('code', 'CACHE_VALUE_TOO_LARGE');
        const prefix = serverOptions.cluster === true ? '{documee:}' : 'documee:';
        server.cli('LPUSH', `${prefix}list`, 'x');
        const [list, again] = await driver.loadMany(['list', 'a'], LIMITS);
        expect(list).to.be.instanceOf(CacheError).with.property('code', 'CACHE_STORE_CORRUPT');
        expect(texts([again])).to.deep.equal(['short']);
      });

      it('loads and saves more than one flight of bytes', async () => {
        const bytes = Buffer.alloc(3 * 1024 * 1024, 'abc');
        const keys = ['1', '2', '3', '4', '5', '6', '7'];
        await driver.saveMany(keys.map((key) => ({ key, bytes, expiresAt: undefined })));
        const loaded = await driver.loadMany(['absent', ...keys], { maxBytes: Infinity });
        expect(loaded.shift()).to.equal(undefined);
        for (const value of loaded) expect(value instanceof Buffer && value.equals(bytes)).to.equal(true);
      });

      it('tells size and time of a value without loading it', async () => {
        const header = { codec: 'bytes', compression: 'none', savedAt: 1_790_000_000_000, rawBytes: 500 } as const;
        const bytes = encodeEnvelope(header, Buffer.alloc(500));
        await driver.saveMany([{ key: 'a', bytes, expiresAt: undefined }, entry('empty', '')]);
        expect(await driver.statMany(['a', 'none', 'empty'])).to.deep.equal([
          { sizeBytes: bytes.length, savedAt: 1_790_000_000_000 },
          undefined,
          { sizeBytes: 0, savedAt: 0 },
        ]);
      });

      it('clears exactly what begins with the prefix', async () => {
        await driver.saveMany(['ab', 'ab/1', 'abc', 'a*', 'a*b', 'axb', 'b'].map((key) => entry(key)));
        expect(await driver.clear('a*')).to.equal(2);
        expect(await driver.clear('ab/')).to.equal(1);
        expect(await listed(driver)).to.deep.equal(['ab', 'abc', 'axb', 'b']);
        expect(await driver.clear('')).to.equal(4);
      });

      it('pages through thousands of keys in order', async () => {
        const keys = Array.from({ length: 2500 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
        await driver.saveMany([...keys].reverse().map((key) => entry(key)));
        const pages = [];
        for await (const page of driver.keys('many/')) pages.push(page);
        expect(pages.length).to.be.greaterThan(1);
        expect(pages.flat()).to.deep.equal(keys);
        expect(await driver.clear('many/')).to.equal(2500);
      });

      it('commits all of a batch', async () => {
        await driver.saveMany([entry('old')]);
        await driver.commit({
          save: [entry('a', '1'), entry('b', '2', Date.now() + 60_000)],
          delete: ['old', 'absent'],
        });
        expect(texts(await driver.loadMany(['a', 'b', 'old'], LIMITS))).to.deep.equal(['1', '2', undefined]);
      });

      it('keeps the keys of another prefix apart', async () => {
        const other = await open({ prefix: 'other*:' });
        await driver.saveMany([entry('a', 'mine')]);
        await other.saveMany([entry('a', 'theirs')]);
        expect(await listed(other)).to.deep.equal(['a']);
        expect(await other.clear('')).to.equal(1);
        expect(texts(await driver.loadMany(['a'], LIMITS))).to.deep.equal(['mine']);
      });

      it('lets exactly one of several handles create a key', async () => {
        const handles = [driver, await open(), await open()];
        const keys = Array.from({ length: 100 }, (_, index) => `race/${index}`);
        const created = await Promise.all(
          handles.map((handle, index) => handle.createMany(keys.map((key) => entry(key, String(index))))),
        );
        for (const [at] of keys.entries()) expect(created.filter((answers) => answers[at]).length).to.equal(1);
        const winners = keys.map((_, at) => String(created.findIndex((answers) => answers[at])));
        expect(texts(await driver.loadMany(keys, LIMITS))).to.deep.equal(winners);
      });

      it('gives a lease to one token until it is released by that token or ends', async () => {
        const { leases } = driver;
        expect(await leases.acquireMany(['x', 'y'], 'one', 60_000)).to.deep.equal([true, true]);
        expect(await leases.acquireMany(['x', 'z'], 'two', 30)).to.deep.equal([false, true]);
        expect(await leases.acquireMany(['x'], 'one', 60_000)).to.deep.equal([true]);
        await leases.releaseMany(['x', 'y'], 'two');
        expect(await leases.acquireMany(['x', 'y'], 'two', 60_000)).to.deep.equal([false, false]);
        await leases.releaseMany(['x', 'y'], 'one');
        expect(await leases.acquireMany(['x'], 'two', 60_000)).to.deep.equal([true]);
        await new Promise((resolve) => setTimeout(resolve, 60));
        expect(await leases.acquireMany(['z'], 'one', 60_000)).to.deep.equal([true]);
        expect(await listed(driver), 'leases are no keys').to.deep.equal([]);
      });

      it('takes empty lists', async () => {
        await driver.saveMany([]);
        await driver.commit({ save: [], delete: [] });
        expect(await driver.loadMany([], LIMITS)).to.deep.equal([]);
        expect(await driver.createMany([])).to.deep.equal([]);
        expect(await driver.deleteMany([])).to.equal(0);
        expect(await driver.leases.acquireMany([], 't', 1)).to.deep.equal([]);
      });

      // TLS changes the connection only, and times to live are waited for.
      if (serverOptions.tls === true) return;

      describeStore('redis', {
        name: 'is a store',
        open: (options) => Store.open(new RedisDriver({ url: server.url, prefix: 'conformance:' }), options),
        expects: {
          atomicBatch: true,
          atomicCreate: true,
          persistent: false,
          sweepsItself: true,
          shared: 'network',
          writable: true,
          leases: true,
          plainJson: false,
        },
      });
    });
});
