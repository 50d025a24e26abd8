import { expect } from 'chai';
import fc from 'fast-check';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import pg from 'pg';
import { CacheError } from '../../src/model/errors.js';
import type { StoreEntry } from '../../src/store/driver.js';
import { PostgresDriver, type PostgresDriverOptions } from '../../src/store/drivers/postgres.js';
import { Store } from '../../src/store/store.js';
import { Secret } from '../../src/util/secret.js';
import { available, startPostgres, type PostgresServer } from '../support/servers/postgres.js';
import { freePort, requireServer } from '../support/servers/server.js';
import { describeStore } from '../support/stores.js';

const CANARY = 'canary/pass word%?';
const NO_LIMIT = { maxBytes: 1e9 };

const entry = (key: string, text: string, expiresAt?: number): StoreEntry => ({
  key,
  bytes: Buffer.from(text),
  expiresAt,
});
const texts = (answers: readonly (Buffer | undefined | Error)[]): (string | undefined)[] =>
  answers.map((answer) => (answer instanceof Error ? answer.name : answer?.toString()));

async function errorOf(work: Promise<unknown>): Promise<CacheError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CacheError) return error;
    throw error;
  }
  throw new Error('It was expected to fail');
}

const codeOf = async (work: Promise<unknown>): Promise<string> => (await errorOf(work)).code;

async function keysOf(driver: PostgresDriver, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of driver.keys(prefix)) keys.push(...page);
  return keys;
}

function expectNoCanary(...shown: unknown[]): void {
  for (const one of shown) {
    const text = [
      inspect(one, { depth: 10, showHidden: true }),
      one instanceof Error ? `${one.message} ${one.stack}` : '',
    ].join();
    expect(text).not.to.contain('canary');
  }
}

describe('PostgreSQL driver', () => {
  let server: PostgresServer;
  let table: string;
  let tables = 0;
  const opened: PostgresDriver[] = [];

  before(async function () {
    if (!requireServer('postgres', available())) this.skip();
    server = await startPostgres({ password: CANARY });
  });

  after(async () => {
    // Absent where all was skipped.
    await (server as PostgresServer | undefined)?.stop();
  });

  beforeEach(() => {
    table = `t${tables++}`;
  });

  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
  });

  async function open(options: Partial<PostgresDriverOptions> = {}): Promise<PostgresDriver> {
    const driver = new PostgresDriver({ url: server.url, table, timeoutMs: 2000, ...options });
    opened.push(driver);
    await driver.open();
    return driver;
  }

  async function sql(text: string, database = 'postgres'): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: server.urlOf({ database }) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  const ODD_KEYS = [
    '%',
    '*',
    '_',
    "'",
    '"',
    '\\',
    '\n',
    '{}',
    ',',
    'NULL',
    '__proto__',
    'a/b',
    'ä',
    '\u{1f600}',
    '\uffff',
    'k'.repeat(1024),
  ];

  it('keys of all kinds mean themselves and are listed by their bytes', async () => {
    const driver = await open();
    await driver.saveMany(ODD_KEYS.map((key) => entry(key, key)));
    expect(texts(await driver.loadMany(ODD_KEYS, NO_LIMIT))).to.deep.equal(ODD_KEYS);
    const byBytes = ODD_KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keysOf(driver)).to.deep.equal(byBytes);
    expect(await keysOf(driver, '%')).to.deep.equal(['%']);
    expect(await driver.deleteMany(ODD_KEYS)).to.equal(ODD_KEYS.length);
  });

  it('bytes of all kinds come back as they were', async () => {
    const driver = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), async (values) => {
        await driver.saveMany(values.map((bytes, at) => ({ key: `k${at}`, bytes, expiresAt: undefined })));
        const loaded = await driver.loadMany(
          values.map((_, at) => `k${at}`),
          NO_LIMIT,
        );
        expect(loaded).to.deep.equal(values.map((bytes) => Buffer.from(bytes)));
      }),
      { numRuns: 20 },
    );
  });

  it('values from 0 bytes to 20 MB in one batch come back as they were', async () => {
    const driver = await open();
    const sizes = [0, 1, 65_536, 262_144, 262_145, 4_194_304, 4_194_305, 20_000_000];
    const entries = sizes.map((size, at) => ({
      key: `k${at}`,
      bytes: Buffer.alloc(size, `${at}x`),
      expiresAt: undefined,
    }));
    await driver.saveMany(entries);
    const loaded = await driver.loadMany(
      entries.map(({ key }) => key),
      NO_LIMIT,
    );
    expect(loaded.map((bytes, at) => bytes instanceof Buffer && bytes.equals(entries[at]!.bytes))).to.deep.equal(
      sizes.map(() => true),
    );
    expect((await driver.statMany(['k7']))[0]?.sizeBytes).to.equal(20_000_000);
    const [large, small] = await driver.loadMany(['k7', 'k1'], { maxBytes: 5e6 });
    expect(large).to.have.property('code', 'CACHE_VALUE_TOO_LARGE');
    expect(String(small)).to.equal('1');
  });

  it('a listing and a clear go on beyond one page, by characters and not by pattern', async () => {
    const driver = await open();
    const keys = Array.from({ length: 6500 }, (_, at) => `k_/${String(at).padStart(5, '0')}`);
    await driver.saveMany([...keys.map((key) => entry(key, key)), entry('k', ''), entry('ka/1', '')]);
    expect(await keysOf(driver, 'k_/')).to.deep.equal(keys);
    expect(await driver.clear('k_/')).to.equal(6500);
    expect(await keysOf(driver)).to.deep.equal(['k', 'ka/1']);
  });

  it('what has expired is absent, can be created and is swept', async () => {
    let now = 1000;
    const driver = await open({ clock: { now: () => now } });
    await driver.saveMany([entry('a', '1', 2000), entry('b', '1', 2000), entry('c', '1'), entry('d/', '', 2000)]);
    now = 2000;
    expect(texts(await driver.loadMany(['a', 'b', 'c'], NO_LIMIT))).to.deep.equal([undefined, undefined, '1']);
    expect(await driver.statMany(['a', 'c'])).to.deep.equal([undefined, { sizeBytes: 1, savedAt: 1000 }]);
    expect(await driver.createMany([entry('a', '2'), entry('c', '2')])).to.deep.equal([true, false]);
    expect(await driver.clear('d')).to.equal(0);
    expect(await driver.sweep()).to.equal(1);
    expect(await keysOf(driver)).to.deep.equal(['a', 'c']);
  });

  it('what was saved by a clock that was put back since is absent, as in every store', async () => {
    let now = Date.now();
    const driver = await open({ clock: { now: () => now } });
    await driver.saveMany([entry('a', '1', now + 1000), entry('b', '1', now + 1000), entry('c', '1')]);
    now -= 59_000;
    expect(texts(await driver.loadMany(['a', 'c'], NO_LIMIT))).to.deep.equal(['1', '1']);
    now -= 3_600_000;
    expect(texts(await driver.loadMany(['a', 'c'], NO_LIMIT))).to.deep.equal([undefined, '1']);
    expect((await driver.statMany(['a', 'c'])).map((stat) => stat !== undefined)).to.deep.equal([false, true]);
    expect(await keysOf(driver)).to.deep.equal(['c']);
    expect(await driver.createMany([entry('a', '2', now + 1000), entry('c', '2')])).to.deep.equal([true, false]);
    expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal(['2']);
    expect(await driver.deleteMany(['a', 'b'])).to.equal(1);
    expect(await driver.clear('')).to.equal(1);
  });

  it('of a key that is given twice, the last is saved and the first is created', async () => {
    const driver = await open();
    await driver.saveMany([entry('a', '1'), entry('a', '2')]);
    expect(await driver.createMany([entry('b', '1'), entry('b', '2')])).to.deep.equal([true, false]);
    expect(texts(await driver.loadMany(['a', 'b', 'a'], NO_LIMIT))).to.deep.equal(['2', '1', '2']);
    expect(await driver.deleteMany(['a', 'a', 'x'])).to.equal(1);
  });

  it('of several writers exactly one creates a key or takes a lease, and those who open at once make one table', async () => {
    const drivers = await Promise.all(Array.from({ length: 4 }, () => open()));
    const keys = Array.from({ length: 300 }, (_, at) => `k${at}`);
    const created = await Promise.all(
      drivers.map((driver, at) =>
        driver.createMany((at % 2 === 0 ? keys : keys.toReversed()).map((key) => entry(key, `${at}`))),
      ),
    );
    const counts = keys.map(
      (_, at) => created.filter((one, which) => one[which % 2 === 0 ? at : keys.length - 1 - at]).length,
    );
    expect(new Set(counts)).to.deep.equal(new Set([1]));
    const taken = await Promise.all(drivers.map(({ leases }, at) => leases.acquireMany(keys, `${at}`, 60_000)));
    expect(new Set(keys.map((_, at) => taken.filter((one) => one[at]).length))).to.deep.equal(new Set([1]));
  });

  it('a lease ends by the clock of the server, is taken anew by its holder and released by nobody else', async () => {
    const { leases } = await open({ clock: { now: () => 0 } });
    expect(await leases.acquireMany(['a', 'b'], 'one', 60)).to.deep.equal([true, true]);
    expect(await leases.acquireMany(['a'], 'one', 60_000)).to.deep.equal([true]);
    await leases.releaseMany(['a', 'b'], 'two');
    expect(await leases.acquireMany(['a', 'b'], 'two', 60)).to.deep.equal([false, false]);
    await sleep(70);
    expect(await leases.acquireMany(['a', 'b'], 'two', 60)).to.deep.equal([false, true]);
    await leases.releaseMany(['a'], 'one');
    expect(await leases.acquireMany(['a'], 'two', 60)).to.deep.equal([true]);
  });

  it('writers of the same keys in different orders all end well', async () => {
    const driver = await open({ maxConnections: 6 });
    const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
    await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        const ordered = at % 2 === 0 ? keys : keys.toReversed();
        await driver.commit({
          save: ordered.slice(0, 150).map((key) => entry(key, `${at}`)),
          delete: ordered.slice(150),
        });
      }),
    );
    expect((await keysOf(driver)).length).to.be.within(150, 200);
  });

  it('a batch that fails is not kept in part', async () => {
    const driver = await open();
    await driver.saveMany([entry('z', '')]);
    await sql(`ALTER TABLE ${table} ADD CHECK (key <> 'b')`);
    const large = Buffer.alloc(9_000_000);
    const save = ['a', 'b'].map((key) => ({ key, bytes: large, expiresAt: undefined }));
    expect(await codeOf(driver.commit({ save, delete: ['z'] }))).to.equal('CACHE_STORE_FAILED');
    expect(await keysOf(driver)).to.deep.equal(['z']);
  });

  it('a schema of its own is used where it is there, and missing where it is not', async () => {
    expect(await codeOf(open({ schema: 'own' }))).to.equal('CACHE_STORE_MISSING');
    await sql('CREATE SCHEMA own');
    await (await open({ schema: 'own' })).saveMany([entry('a', '')]);
    expect(await sql(`SELECT count(*)::int AS rows FROM own.${table}`)).to.deep.equal([{ rows: 1 }]);
  });

  it('tables of a later version, and tables of others, are not touched', async () => {
    await (await open()).saveMany([entry('a', '')]);
    await sql(`COMMENT ON TABLE ${table} IS 'documee store, version 2'`);
    expect(await codeOf(open())).to.equal('CACHE_STORE_VERSION');
    await sql(`COMMENT ON TABLE ${table} IS NULL`);
    expect(await codeOf(open())).to.equal('CACHE_STORE_FAILED');
  });

  it('names that are none are refused before anything is sent', () => {
    for (const options of [
      { table: 'a"; DROP TABLE b' },
      { table: '' },
      { schema: 'a.b' },
      { url: 'http://canary@host' },
      { url: 'canary' },
    ]) {
      const make = (): unknown => new PostgresDriver({ url: server.url, ...options });
      expect(make).to.throw(CacheError).with.property('code', 'CACHE_BAD_STORE');
      expect(make).not.to.throw(/canary/);
    }
  });

  describe('credentials', () => {
    it('a wrong password is denied and shown nowhere', async () => {
      const password = 'canary two%/';
      for (const url of [server.urlOf({ password }), new Secret(server.urlOf({ password }))]) {
        const driver = new PostgresDriver({ url, table });
        opened.push(driver);
        const error = await errorOf(driver.open());
        expect(error.code).to.equal('CACHE_STORE_DENIED');
        expectNoCanary(error, error.cause, driver, driver.description);
      }
    });

    it('the right one is shown nowhere either, by a driver that is open or by what fails later', async () => {
      const driver = await open({
        url: undefined,
        host: '127.0.0.1',
        port: server.port,
        user: 'documee',
        password: CANARY,
        database: 'postgres',
      });
      await sql(`DROP TABLE ${table}`);
      const error = await errorOf(driver.saveMany([entry('a', '')]));
      expect(error.code).to.equal('CACHE_STORE_MISSING');
      expectNoCanary(error, error.cause, driver);
      expect(driver.description).to.equal(`postgres://127.0.0.1:${server.port}/postgres (${table})`);
    });

    it('somebody who may only read reads, and is denied to write', async () => {
      await (await open()).saveMany([entry('a', '1')]);
      await sql(`CREATE ROLE reader LOGIN PASSWORD 'canary'; GRANT SELECT ON ${table} TO reader`);
      const reader = await open({ url: server.urlOf({ user: 'reader', password: 'canary' }) });
      expect(texts(await reader.loadMany(['a'], NO_LIMIT))).to.deep.equal(['1']);
      expect(await codeOf(reader.saveMany([entry('a', '2')]))).to.equal('CACHE_STORE_DENIED');
    });
  });

  describe('faults', () => {
    it('a database that is not there is missing', async () => {
      expect(await codeOf(open({ url: server.urlOf({ database: 'nowhere' }) }))).to.equal('CACHE_STORE_MISSING');
    });

    it('a server that is not there, or speaks no TLS, is unavailable', async () => {
      const url = `postgres://documee:canary@127.0.0.1:${await freePort()}/postgres`;
      expectNoCanary(await errorOf(open({ url })));
      expect(await codeOf(open({ url }))).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(await codeOf(open({ url: `${server.url}?sslmode=verify-full` }))).to.equal('CACHE_STORE_UNAVAILABLE');
    });

    it('something that takes connections and says nothing is unavailable after the time limit', async () => {
      const silent = net.createServer(() => undefined);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as net.AddressInfo;
      const started = performance.now();
      expect(await codeOf(open({ url: `postgres://a:b@127.0.0.1:${port}/c`, timeoutMs: 200 }))).to.equal(
        'CACHE_STORE_UNAVAILABLE',
      );
      expect(performance.now() - started).to.be.below(600);
      silent.close();
    });

    it('a server for reading only is read, and refuses to be written', async () => {
      await (await open()).saveMany([entry('a', '1')]);
      await sql(`CREATE ROLE standby LOGIN PASSWORD 'standby'; GRANT ALL ON ${table} TO standby`);
      await sql('ALTER ROLE standby SET default_transaction_read_only = on');
      const reader = await open({ url: server.urlOf({ user: 'standby', password: 'standby' }) });
      expect(reader.capabilities.writable).to.equal(false);
      expect(texts(await reader.loadMany(['a'], NO_LIMIT))).to.deep.equal(['1']);
      expect(await codeOf(reader.saveMany([entry('a', '2')]))).to.equal('CACHE_STORE_READ_ONLY');
      expect(await codeOf(reader.commit({ save: [entry('a', '2')], delete: [] }))).to.equal('CACHE_STORE_READ_ONLY');
    });

    it('a lock that another holds is waited for no longer than the time limit', async () => {
      const driver = await open({ timeoutMs: 300 });
      await driver.saveMany([entry('a', '1')]);
      const holder = new pg.Client({ connectionString: server.url });
      await holder.connect();
      await holder.query(`BEGIN; LOCK TABLE ${table}`);
      const started = performance.now();
      expect(await codeOf(driver.saveMany([entry('a', '2')]))).to.equal('CACHE_STORE_UNAVAILABLE');
      expect(performance.now() - started).to.be.within(250, 900);
      await holder.end();
      await driver.saveMany([entry('a', '3')]);
      expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal(['3']);
    });

    it('connections that the server has ended are replaced without a word', async () => {
      const driver = await open();
      await driver.saveMany([entry('a', '1')]);
      await sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL',
      );
      expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal(['1']);
    });

    it('what forgets prepared statements between two transactions is got along with', async () => {
      const driver = await open({ maxConnections: 1 });
      expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal([undefined]);
      // As it is behind a pooler that gives the connection to somebody else.
      await sql(
        `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DEALLOCATE ALL''; RETURN NULL; END'`,
      );
      await sql(`CREATE TRIGGER forget AFTER INSERT ON ${table} EXECUTE FUNCTION forget()`);
      for (const text of ['1', '2']) {
        await driver.saveMany([entry('a', text)]);
        expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal([text]);
      }
    });

    it('a server that stands still ends no call later than the time limit, and is used again when it goes on', async () => {
      const driver = await open({ timeoutMs: 400 });
      await driver.saveMany([entry('a', '1')]);
      server.kill('SIGSTOP');
      try {
        const started = performance.now();
        const codes = await Promise.all([
          ...Array.from({ length: 6 }, () => codeOf(driver.loadMany(['a'], NO_LIMIT))),
          codeOf(driver.commit({ save: [entry('a', '2')], delete: [] })),
          codeOf(driver.leases.acquireMany(['a'], 'one', 1000)),
        ]);
        expect(new Set(codes)).to.deep.equal(new Set(['CACHE_STORE_UNAVAILABLE']));
        const other = new PostgresDriver({ url: server.url, table, timeoutMs: 300 });
        expect(await codeOf(other.open())).to.equal('CACHE_STORE_UNAVAILABLE');
        await other.close();
        expect(performance.now() - started).to.be.below(1500);
      } finally {
        server.kill('SIGCONT');
      }
      expect(texts(await driver.loadMany(['a'], NO_LIMIT))[0]).to.be.oneOf(['1', '2']);
    });

    it('a server that is killed in the middle of commits keeps all of a batch or nothing, and is used again', async () => {
      const driver = await open({ maxConnections: 2 });
      const keys = Array.from({ length: 500 }, (_, at) => `k${at}`);
      for (let round = 0; round < 2; round++) {
        let acknowledged = -1;
        let code = '';
        const writing = (async () => {
          for (let turn = 0; code === ''; turn++) {
            try {
              await driver.commit({ save: keys.map((key) => entry(key, `${round} ${turn}`)), delete: ['x'] });
              acknowledged = turn;
            } catch (error) {
              code = (error as CacheError).code;
            }
          }
        })();
        await sleep(100 + Math.random() * 50);
        server.kill('SIGKILL');
        await writing;
        expect(code).to.equal('CACHE_STORE_UNAVAILABLE');
        await server.restart();
        const answers = new Set(texts(await driver.loadMany(keys, NO_LIMIT)));
        expect(answers.size).to.equal(1);
        // What was not acknowledged may have been done.
        expect([...answers][0]).to.be.oneOf([`${round} ${acknowledged}`, `${round} ${acknowledged + 1}`]);
      }
    });
  });

  describeStore('postgres', {
    name: 'passes the suite of stores',
    open: (options) => Store.open(new PostgresDriver({ url: server.url, table: 'conformance' }), options),
    expects: {
      atomicBatch: true,
      atomicCreate: true,
      persistent: true,
      sweepsItself: false,
      shared: 'network',
      writable: true,
      leases: true,
      plainJson: false,
    },
  });
});
