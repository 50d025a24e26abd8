import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { CacheError } from '../../src/model/errors.js';
import { RedisDriver, type RedisDriverOptions } from '../../src/store/drivers/redis.js';
import type { StoreEntry } from '../../src/store/driver.js';
import {
  redisAvailable,
  startFakeRedis,
  startRedis,
  type FakeRedis,
  type RedisServer,
} from '../support/servers/redis.js';
import { freePort, requireServer } from '../support/servers/server.js';
import { startTcpProxy, type TcpProxy } from '../support/servers/tcp-proxy.js';

const LIMITS = { maxBytes: 1024 * 1024 };
/** Where a time limit has to pass; elsewhere it is long, since the machine may be busy. */
const SHORT_MS = 300;
const LONG_MS = 3000;

const entry = (key: string, text = `value of ${key}`): StoreEntry => ({
  key,
  bytes: Buffer.from(text),
  expiresAt: undefined,
});

const textOf = async (driver: RedisDriver, key: string): Promise<string | undefined> =>
  String((await driver.loadMany([key], LIMITS))[0]);

async function failure(work: Promise<unknown>): Promise<CacheError> {
  try {
    await work;
  } catch (error) {
    expect(error).to.be.instanceOf(CacheError);
    return error as CacheError;
  }
  throw new Error('it did not fail');
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('the Redis driver when something goes wrong', () => {
  const PASSWORD = 'CANARY-pass-91';
  let server: RedisServer;
  let proxy: TcpProxy;
  const opened: RedisDriver[] = [];

  const driverFor = (options: RedisDriverOptions): RedisDriver => {
    const driver = new RedisDriver({ timeoutMs: LONG_MS, ...options });
    opened.push(driver);
    return driver;
  };
  const open = async (options: RedisDriverOptions): Promise<RedisDriver> => {
    const driver = driverFor(options);
    await driver.open();
    return driver;
  };
  const throughProxy = (options: RedisDriverOptions = {}): Promise<RedisDriver> =>
    open({ url: `redis://127.0.0.1:${proxy.port}/0`, password: PASSWORD, ...options });

  before(async function () {
    if (!requireServer('redis', redisAvailable())) this.skip();
    server = await startRedis({ password: PASSWORD });
    proxy = await startTcpProxy({ port: server.port });
  });
  beforeEach(() => proxy.setFaults({}));
  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
  });
  after(async () => {
    // Absent where all was skipped.
    await (proxy as TcpProxy | undefined)?.stop();
    await (server as RedisServer | undefined)?.stop();
  });

  describe('at opening', () => {
    it('says denied for a wrong password, which is shown nowhere', async () => {
      const secret = 'CANARY-wrong#pass/word';
      const driver = driverFor({ url: `redis://me:${encodeURIComponent(secret)}@127.0.0.1:${server.port}/0` });
      const error = await failure(driver.open());
      expect(error.code).to.equal('CACHE_STORE_DENIED');
      expect(error.details).to.include({ store: `redis://127.0.0.1:${server.port}/0`, action: 'open' });
      const shown = [error, error.cause, error.stack, driver, driver.description].map((it) =>
        inspect(it, { depth: 10, showHidden: true }),
      );
      expect(shown.join('\n')).not.to.contain('CANARY');
    });

    it('says denied where a password is needed and none is given', async () => {
      const error = await failure(driverFor({ url: `redis://127.0.0.1:${server.port}` }).open());
      expect(error.code).to.equal('CACHE_STORE_DENIED');
      expect(error.message).to.contain('NOAUTH');
    });

    it('says unavailable where nobody listens, and for a host that does not exist', async () => {
      const refused = await failure(driverFor({ url: `redis://localhost:${await freePort()}` }).open());
      expect(refused.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(refused.message).to.contain('ECONNREFUSED');
      const unknown = await failure(driverFor({ url: 'redis://no-such-host.invalid' }).open());
      expect(unknown.code).to.equal('CACHE_STORE_UNAVAILABLE');
    });

    it('says unavailable within the time limit where nothing answers', async () => {
      proxy.setFaults({ swallowReplies: true });
      const took = await elapsedMs(async () => {
        expect((await failure(throughProxy({ timeoutMs: SHORT_MS }))).code).to.equal('CACHE_STORE_UNAVAILABLE');
      });
      expect(took).to.be.within(SHORT_MS - 5, SHORT_MS + 1000);
    });

    it('says missing for a database that the server does not have', async () => {
      const url = `redis://127.0.0.1:${server.port}/9999`;
      expect((await failure(driverFor({ url, password: PASSWORD }).open())).code).to.equal('CACHE_STORE_MISSING');
    });

    it('names TLS where one side talks TLS and the other does not', async () => {
      const error = await failure(
        driverFor({ url: `rediss://127.0.0.1:${server.port}`, password: PASSWORD, timeoutMs: SHORT_MS }).open(),
      );
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('TLS');
    });

    it('says unavailable while the server loads its data', async () => {
      const fake = await startFakeRedis(() => '-LOADING Redis is loading the dataset in memory\r\n');
      const error = await failure(driverFor({ url: `redis://127.0.0.1:${fake.port}` }).open());
      await fake.stop();
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('LOADING');
    });

    it('survives a server that answers nonsense', async () => {
      const fake = await startFakeRedis(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
      const error = await failure(driverFor({ url: `redis://127.0.0.1:${fake.port}` }).open());
      await fake.stop();
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
    });
  });

  it('says full when the server has no memory left, and saves nothing of a commit', async () => {
    const driver = await open({ url: server.url });
    await driver.saveMany([entry('before')]);
    try {
      server.cli('CONFIG', 'SET', 'maxmemory', '1mb', 'maxmemory-policy', 'noeviction');
      const bytes = Buffer.alloc(100_000);
      const many = Array.from({ length: 30 }, (_, index) => ({ key: `full/${index}`, bytes, expiresAt: undefined }));
      expect((await failure(driver.saveMany(many))).code).to.equal('CACHE_STORE_FULL');
      expect((await failure(driver.createMany([entry('created')]))).code).to.equal('CACHE_STORE_FULL');
      const commit = driver.commit({ save: [entry('committed')], delete: ['before'] });
      expect((await failure(commit)).code).to.equal('CACHE_STORE_FULL');
      expect(await textOf(driver, 'before')).to.equal('value of before');
      expect(await textOf(driver, 'committed')).to.equal('undefined');
      expect((await failure(driver.leases.acquireMany(['x'], 't', 100))).code).to.equal('CACHE_STORE_FULL');
    } finally {
      server.cli('CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  it('says read-only when the server is a replica, and what it has can be loaded', async () => {
    const driver = await open({ url: server.url });
    await driver.saveMany([entry('here')]);
    try {
      server.cli('REPLICAOF', '127.0.0.1', '1');
      expect((await failure(driver.saveMany([entry('a')]))).code).to.equal('CACHE_STORE_READ_ONLY');
      expect((await failure(driver.commit({ save: [entry('a')], delete: [] }))).code).to.equal('CACHE_STORE_READ_ONLY');
      expect((await failure(driver.deleteMany(['here']))).code).to.equal('CACHE_STORE_READ_ONLY');
      expect(await textOf(driver, 'here')).to.equal('value of here');
      const later = await open({ url: server.url });
      expect(later.capabilities.writable).to.equal(false);
      expect(driver.capabilities.writable).to.equal(true);
    } finally {
      server.cli('REPLICAOF', 'NO', 'ONE');
    }
  });

  it('says denied for what the user may not do', async () => {
    server.cli('ACL', 'SETUSER', 'reader', 'on', '>CANARY-reader', '~*', '+@read', '+@connection', '+@scripting');
    const driver = await open({ url: `redis://reader:CANARY-reader@127.0.0.1:${server.port}` });
    expect(await textOf(driver, 'absent')).to.equal('undefined');
    expect((await failure(driver.saveMany([entry('a')]))).code).to.equal('CACHE_STORE_DENIED');
  });

  it('ends a call that is not answered, and takes its late answer for nobody else', async () => {
    const driver = await throughProxy({ timeoutMs: SHORT_MS });
    await driver.saveMany([entry('slow', 'slow'), entry('quick', 'quick')]);
    proxy.setFaults({ delayMs: SHORT_MS * 2 });
    const error = await failure(driver.loadMany(['slow'], LIMITS));
    expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(error.message).to.contain('no answer in time');
    proxy.setFaults({});
    for (let round = 0; round < 5; round++) {
      expect(await textOf(driver, 'quick')).to.equal('quick');
      await new Promise((resolve) => setTimeout(resolve, SHORT_MS / 4));
    }
  });

  it('fails when a reply is cut in half, wherever that is, and works again after', async () => {
    const driver = await throughProxy();
    await driver.saveMany([entry('cut', 'x'.repeat(100))]);
    for (const cutReplyAfterBytes of [1, 5, 30, 80]) {
      proxy.setFaults({ cutReplyAfterBytes });
      expect((await failure(driver.loadMany(['cut'], LIMITS))).code).to.equal('CACHE_STORE_UNAVAILABLE');
      proxy.setFaults({});
      expect(await textOf(driver, 'cut')).to.equal('x'.repeat(100));
    }
  });

  it('says that nobody knows whether a commit was done, when its answer is lost', async () => {
    const driver = await throughProxy();
    proxy.setFaults({ cutReplyAfterBytes: 3 });
    const error = await failure(driver.commit({ save: [entry('unknown')], delete: [] }));
    expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
    expect(error.message).to.contain('not known');
    proxy.setFaults({});
    expect(await textOf(driver, 'unknown')).to.equal('value of unknown');
  });

  it('connects anew after connections were reset, once for all calls that wait', async () => {
    const driver = await throughProxy();
    const before = proxy.connections;
    proxy.reset();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(Array.from({ length: 50 }, () => driver.loadMany(['a'], LIMITS)));
    expect(proxy.connections).to.equal(before + 1);
  });

  it('does not storm a server that is down', async () => {
    const driver = await throughProxy();
    proxy.setFaults({ refuse: true });
    proxy.reset();
    const before = proxy.connections;
    const end = performance.now() + 400;
    while (performance.now() < end) {
      await Promise.all([1, 2, 3].map(() => failure(driver.loadMany(['a'], LIMITS))));
    }
    expect(proxy.connections - before).to.be.within(2, 8);
  });

  it('ends calls to a server that is stopped, and goes on when it continues', async () => {
    const driver = await open({ url: server.url, timeoutMs: SHORT_MS });
    server.kill('SIGSTOP');
    try {
      const calls = [
        driver.loadMany(['a'], LIMITS),
        driver.saveMany([entry('a')]),
        driver.commit({ save: [entry('a')], delete: [] }),
        driver.clear(''),
        driver.keys('').next(),
      ];
      const took = await elapsedMs(async () => {
        for (const error of await Promise.all(calls.map(failure)))
          expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      });
      expect(took).to.be.below(SHORT_MS + 1000);
      expect(await elapsedMs(() => driver.close())).to.be.below(SHORT_MS);
    } finally {
      server.kill('SIGCONT');
    }
    const again = await open({ url: server.url });
    await again.saveMany([entry('a', 'again')]);
    expect(await textOf(again, 'a')).to.equal('again');
  });

  it('has all or nothing of each commit when the server is killed in the middle of many, and works with one that restarts', async function () {
    // With its log on disk, so that there is something to look at after the crash.
    const durable = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    try {
      const driver = await open({ url: durable.url });
      let acknowledged = 0;
      const commits = (async () => {
        for (let index = 0; ; index++) {
          const save = Array.from({ length: 20 }, (_, part) => entry(`commit/${index}/${part}`));
          await driver.commit({ save, delete: [] });
          acknowledged = index + 1;
        }
      })();
      setTimeout(() => durable.kill('SIGKILL'), 60);
      expect((await failure(commits)).code).to.equal('CACHE_STORE_UNAVAILABLE');
      await durable.restart();
      const counts = new Map<string, number>();
      for await (const page of driver.keys('commit/'))
        for (const key of page) counts.set(key.split('/')[1]!, (counts.get(key.split('/')[1]!) ?? 0) + 1);
      expect(acknowledged).to.be.greaterThan(0);
      expect([...counts.values()].every((count) => count === 20)).to.equal(true);
      expect(counts.size).to.be.within(acknowledged, acknowledged + 1);
    } finally {
      await durable.stop();
    }
  });

  it('does not keep the process alive', () => {
    const script = `
      import { RedisDriver } from './src/store/drivers/redis.ts';
      const driver = new RedisDriver({ url: process.argv[1] });
      await driver.open();
      await driver.loadMany(['a'], { maxBytes: 10 });
      console.log('done');`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, server.url];
    const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 4000 });
    expect({ stdout, status }, stderr).to.deep.equal({ stdout: 'done\n', status: 0 });
  });

  describe('with TLS', () => {
    let secure: RedisServer;
    before(async function () {
      if (!requireServer('redis with TLS', redisAvailable({ tls: true }))) this.skip();
      secure = await startRedis({ tls: true });
    });
    after(() => secure.stop());

    it('refuses a certificate that nobody it trusts has signed', async () => {
      const error = await failure(driverFor({ url: `rediss://127.0.0.1:${secure.port}` }).open());
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('TLS failed');
    });

    it('refuses a certificate for another name', async () => {
      const options = { url: secure.url, tlsServerName: 'other.example' };
      const error = await failure(driverFor(options).open());
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('TLS failed');
    });

    it('hints at TLS when it is asked without', async () => {
      const error = await failure(driverFor({ url: `redis://127.0.0.1:${secure.port}` }).open());
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('TLS');
    });

    it('names the file that cannot be read', async () => {
      const error = await failure(driverFor({ url: secure.url, tlsCaFile: 'no/such/file.pem' }).open());
      expect(error.code).to.equal('CACHE_BAD_STORE');
      expect(error.message).to.contain('no/such/file.pem');
    });
  });

  describe('with sentinels', () => {
    it('finds the primary that they name, though the first of them is down', async () => {
      const primary = await startRedis();
      const sentinel = await startRedis({ sentinelOf: primary });
      try {
        const driver = await open({
          url: `redis+sentinel://127.0.0.1:${await freePort()},127.0.0.1:${sentinel.port}/primary/2`,
        });
        await driver.saveMany([entry('a', 'from the primary')]);
        expect(primary.cli('-n', '2', 'GET', 'documee:a')).to.equal('from the primary');
        expect(driver.capabilities.writable).to.equal(true);
        const unknown = driverFor({ url: sentinel.url.replace('/primary/', '/secondary/') });
        expect((await failure(unknown.open())).code).to.equal('CACHE_STORE_MISSING');
        primary.cli('REPLICAOF', '127.0.0.1', '1');
        const replica = driverFor({ url: sentinel.url });
        expect((await failure(replica.open())).code).to.equal('CACHE_STORE_UNAVAILABLE');
      } finally {
        await sentinel.stop();
        await primary.stop();
      }
    });
  });

  describe('with a cluster', () => {
    const REPLIES: Readonly<Record<string, string>> = { PING: '+PONG\r\n', AUTH: '+OK\r\n', KEYSLOT: ':100\r\n' };
    let fake: FakeRedis | undefined;
    let owner = 0;
    let refusal = '';

    /** A node that has the slot at first, and later says who has. */
    const openAtNode = async (): Promise<RedisDriver> => {
      fake = await startFakeRedis(([name = '', part = '']) => {
        if (part === 'SLOTS')
          return owner === 0 ? '*0\r\n' : `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:${owner}\r\n`;
        return REPLIES[name] ?? REPLIES[part] ?? `-${refusal}\r\n`;
      });
      owner = fake.port;
      return await open({ url: `redis+cluster://127.0.0.1:${fake.port}`, password: PASSWORD });
    };

    afterEach(async () => {
      await fake?.stop();
      fake = undefined;
    });

    it('follows its slot to another node, with commands, transactions and scripts', async () => {
      const moved = async (work: (driver: RedisDriver) => Promise<unknown>): Promise<unknown> => {
        const driver = await openAtNode();
        owner = server.port;
        refusal = `MOVED 100 127.0.0.1:${server.port}`;
        const result = await work(driver);
        await fake?.stop();
        return result;
      };
      expect(await moved((driver) => driver.createMany([entry('b'), entry('c')]))).to.deep.equal([true, true]);
      expect(server.cli('GET', '{documee:}b')).to.equal('value of b');
      await moved((driver) => driver.commit({ save: [entry('d')], delete: ['b'] }));
      expect(await moved((driver) => textOf(driver, 'd'))).to.equal('value of d');
      expect(await moved((driver) => textOf(driver, 'b'))).to.equal('undefined');
    });

    it('says unavailable while the cluster is down, and while nobody has its slot', async () => {
      const driver = await openAtNode();
      refusal = 'CLUSTERDOWN The cluster is down';
      expect((await failure(driver.saveMany([entry('a')]))).code).to.equal('CACHE_STORE_UNAVAILABLE');
      owner = 0;
      const unserved = await failure(driverFor({ url: `redis+cluster://127.0.0.1:${fake?.port ?? 0}` }).open());
      expect(unserved.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(unserved.message).to.contain('CLUSTERDOWN');
    });

    it('says which address a cluster needs', async () => {
      await openAtNode();
      refusal = 'MOVED 100 127.0.0.1:1';
      const astray = await open({ url: `redis://127.0.0.1:${fake?.port ?? 0}` });
      const error = await failure(astray.loadMany(['a'], LIMITS));
      expect(error.code).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(error.message).to.contain('redis+cluster');
    });
  });
});
