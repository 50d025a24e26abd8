import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { CacheError } from '../../src/model/errors.js';
import type { StoreEntry } from '../../src/store/driver.js';
import { SqliteDriver, type SqliteDriverOptions } from '../../src/store/drivers/sqlite.js';
import { Store } from '../../src/store/store.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryFolder } from '../support/temporary.js';
import { describeStore } from '../support/stores.js';

const DRIVER = pathToFileURL(path.resolve(import.meta.dirname, '../../src/store/drivers/sqlite.ts')).href;
const NO_LIMIT = { maxBytes: 1e9 };

const entry = (key: string, text: string, expiresAt?: number): StoreEntry => ({
  key,
  bytes: Buffer.from(text),
  expiresAt,
});
const texts = (answers: readonly (Buffer | undefined | Error)[]): (string | undefined)[] =>
  answers.map((answer) => (answer instanceof Error ? answer.name : answer?.toString()));

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return error instanceof CacheError ? error.code : String(error);
  }
}

async function keysOf(driver: SqliteDriver, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of driver.keys(prefix)) keys.push(...page);
  return keys;
}

/** A process that runs `code`, where `open(options)` opens a driver. */
function child(code: string, { fileBlocks }: { readonly fileBlocks?: number } = {}): ChildProcess {
  const script = `const { SqliteDriver } = await import(${JSON.stringify(DRIVER)});
    const open = async (options) => { const driver = new SqliteDriver(options); await driver.open(); return driver; };
    ${code}`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const command =
    fileBlocks === undefined ? node : ['bash', '-c', `ulimit -f ${fileBlocks}; exec "$@"`, 'bash', ...node];
  return spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The first line that it prints. */
async function lineOf(process: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of process.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0]!;
}

async function end(process: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await ended;
}

describe('SQLite driver', () => {
  const opened: SqliteDriver[] = [];
  let file: string;

  beforeEach(() => {
    file = path.join(temporaryFolder(), 'deep', 'store.db');
  });

  afterEach(async () => {
    for (const driver of opened.splice(0)) await driver.close();
  });

  async function open(options: Partial<SqliteDriverOptions> = {}): Promise<SqliteDriver> {
    const driver = new SqliteDriver({ path: file, timeoutMs: 300, ...options });
    opened.push(driver);
    await driver.open();
    return driver;
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

  it('clear removes what begins with the prefix, by characters and not by pattern, and tells how many were live', async () => {
    let now = 1000;
    const driver = await open({ clock: { now: () => now } });
    await driver.saveMany([entry('a_/1', ''), entry('a_/2', '', 2000), entry('ab/1', ''), entry('a', '')]);
    now = 2000;
    expect(await driver.clear('a_/')).to.equal(1);
    expect(await keysOf(driver)).to.deep.equal(['a', 'ab/1']);
  });

  it('a listing and a clear go on beyond one page', async () => {
    const driver = await open();
    const keys = Array.from({ length: 2500 }, (_, at) => `k/${String(at).padStart(5, '0')}`);
    await driver.saveMany(keys.map((key) => entry(key, key)));
    expect(await keysOf(driver, 'k/')).to.deep.equal(keys);
    expect(await driver.clear('k/')).to.equal(2500);
    expect(await keysOf(driver)).to.deep.equal([]);
  });

  it('what has expired is absent, can be created and is swept', async () => {
    let now = 1000;
    const driver = await open({ clock: { now: () => now } });
    await driver.saveMany([entry('a', '1', 2000), entry('b', '1', 2000), entry('c', '1')]);
    now = 2000;
    expect(texts(await driver.loadMany(['a', 'b', 'c'], NO_LIMIT))).to.deep.equal([undefined, undefined, '1']);
    expect(await driver.statMany(['a', 'c'])).to.deep.equal([undefined, { sizeBytes: 1, savedAt: 1000 }]);
    expect(await driver.createMany([entry('a', '2'), entry('c', '2')])).to.deep.equal([true, false]);
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

  it('a value with more than maxBytes spoils no other', async () => {
    const driver = await open();
    await driver.saveMany([entry('a', '12345'), entry('b', '1')]);
    const [large, small] = await driver.loadMany(['a', 'b'], { maxBytes: 4 });
    expect(large).to.have.property('code', 'CACHE_VALUE_TOO_LARGE');
    expect(String(small)).to.equal('1');
  });

  it('two connections see what the other has committed, and exactly one creates a key or takes a lease', async () => {
    const [one, other] = [await open(), await open()];
    const keys = Array.from({ length: 300 }, (_, at) => `k${at}`);
    const created = await Promise.all(
      [one, other].map((driver, at) => driver.createMany(keys.map((key) => entry(key, `${at}`)))),
    );
    expect(keys.every((_, at) => created[0]![at] !== created[1]![at])).to.equal(true);
    expect(await keysOf(one)).to.deep.equal(await keysOf(other));
    expect(await one.leases.acquireMany(['l', 'm'], 'one', 1e6)).to.deep.equal([true, true]);
    expect(await other.leases.acquireMany(['l', 'n'], 'other', 1e6)).to.deep.equal([false, true]);
    await other.leases.releaseMany(['l'], 'other');
    expect(await other.leases.acquireMany(['l'], 'other', 1e6)).to.deep.equal([false]);
    await one.leases.releaseMany(['l'], 'one');
    expect(await other.leases.acquireMany(['l'], 'other', 1e6)).to.deep.equal([true]);
  });

  it('while much is written, the process stays responsive, and nothing of it is seen before it is committed', async () => {
    const driver = await open();
    const bytes = Buffer.alloc(1500, 7);
    const entries = Array.from({ length: 20_000 }, (_, at) => ({ key: `k${at}`, bytes, expiresAt: undefined }));
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 1);
    const saving = driver.saveMany(entries);
    await sleep(30);
    const seen = await keysOf(driver);
    await saving;
    clearInterval(timer);
    expect(seen).to.deep.equal([]);
    // 20,000 at a stretch take several times as long; the rest is room for a busy machine.
    expect(longestMs).to.be.below(150);
  });

  it('a file that another process has locked is unavailable after the time limit, and can be read', async () => {
    const driver = await open();
    await driver.saveMany([entry('a', '1')]);
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    const saving = Promise.all([1, 2, 3].map(() => codeOf(driver.saveMany([entry('a', '2')]))));
    expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal(['1']);
    expect(performance.now() - started).to.be.below(200);
    expect(await saving).to.deep.equal(new Array(3).fill('CACHE_STORE_UNAVAILABLE'));
    expect(performance.now() - started).to.be.within(250, 900);
    const waiting = driver.saveMany([entry('a', '3')]);
    holder.exec('ROLLBACK');
    holder.close();
    await waiting;
    expect(texts(await driver.loadMany(['a'], NO_LIMIT))).to.deep.equal(['3']);
  });

  it('a process that is killed while it commits leaves all of a batch or nothing', async () => {
    const driver = await open();
    for (let round = 0; round < 2; round++) {
      const writer = child(`
        const driver = await open({ path: ${JSON.stringify(file)} });
        for (let turn = 0; ; turn++) {
          const bytes = Buffer.from('${round} ' + turn);
          const save = Array.from({ length: 2000 }, (_, at) => ({ key: 'k' + at, bytes, expiresAt: undefined }));
          await driver.commit({ save, delete: [] });
          if (turn === 0) console.log('begun');
        }`);
      expect(await lineOf(writer)).to.equal('begun');
      await sleep(Math.random() * 60);
      await end(writer);
      const answers = texts(await driver.loadMany(await keysOf(driver), NO_LIMIT));
      expect(answers).to.have.length(2000);
      expect(new Set(answers).size).to.equal(1);
      expect(answers[0]).to.match(new RegExp(`^${round} `));
    }
  });

  it('a disk that is full is said to be, and nothing of the batch is kept', async function () {
    if (process.platform === 'win32') this.skip();
    const writer = child(
      `const driver = await open({ path: ${JSON.stringify(file)} });
      await driver.saveMany([{ key: 'before', bytes: Buffer.alloc(10), expiresAt: undefined }]);
      const save = Array.from({ length: 2000 }, (_, at) => ({ key: 'k' + at, bytes: Buffer.alloc(10_000, 1), expiresAt: undefined }));
      console.log(await driver.commit({ save, delete: ['before'] }).then(() => 'no error', ({ code }) => code));
      setTimeout(() => {}, 60_000);`,
      { fileBlocks: 4000 },
    );
    expect(await lineOf(writer)).to.equal('CACHE_STORE_FULL');
    await end(writer);
    expect(await keysOf(await open())).to.deep.equal(['before']);
  });

  it('a failed batch is not kept in part', async () => {
    const driver = await open();
    const broken = { key: 'b', bytes: 'no bytes' as unknown as Buffer, expiresAt: undefined };
    await driver.saveMany([entry('z', '')]);
    expect(await codeOf(driver.commit({ save: [entry('a', ''), broken], delete: ['z'] }))).to.equal(
      'CACHE_STORE_FAILED',
    );
    expect(await keysOf(driver)).to.deep.equal(['z']);
  });

  describe('what stands in place of the file', () => {
    async function damaged(change: (content: Buffer) => Buffer): Promise<string> {
      const driver = await open();
      await driver.saveMany(Array.from({ length: 200 }, (_, at) => entry(`k${at}`, 'x'.repeat(1000))));
      await driver.close();
      const content = fs.readFileSync(file);
      fs.rmSync(`${file}-wal`, { force: true });
      fs.rmSync(`${file}-shm`, { force: true });
      // Under a name of its own: statements hold the old file until they are collected.
      file = path.join(path.dirname(file), 'damaged.db');
      fs.writeFileSync(file, change(content));
      return codeOf(open());
    }

    it('random bytes are corrupt', async () => {
      expect(await damaged((content) => Buffer.from(content.map((byte, at) => byte ^ (at * 7 + 13))))).to.equal(
        'CACHE_STORE_CORRUPT',
      );
    });

    it('half a file is corrupt', async () => {
      expect(await damaged((content) => content.subarray(0, content.length / 2))).to.equal('CACHE_STORE_CORRUPT');
    });

    it('a few bytes of a file are corrupt', async () => {
      expect(await damaged((content) => content.subarray(0, 50))).to.equal('CACHE_STORE_CORRUPT');
    });

    it('one damaged page spoils the values in it and no other', async () => {
      expect(
        await damaged((content) => {
          for (let at = 20 * 4096; at < 24 * 4096; at++) content[at] = 0xee;
          return content;
        }),
      ).to.equal('no error');
      const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
      const answers = await opened.at(-1)!.loadMany(keys, NO_LIMIT);
      const bad = answers.filter((answer) => answer instanceof Error);
      expect(bad.length).to.be.within(1, 30);
      expect(bad.every((error) => error instanceof CacheError && error.code === 'CACHE_STORE_CORRUPT')).to.equal(true);
      expect(texts(answers).filter((text) => text === 'x'.repeat(1000)).length).to.equal(200 - bad.length);
    });

    it('a folder is corrupt', async () => {
      fs.mkdirSync(file, { recursive: true });
      expect(await codeOf(open())).to.equal('CACHE_STORE_CORRUPT');
    });

    it('a database of another program is left alone', async () => {
      fs.mkdirSync(path.dirname(file));
      const other = new DatabaseSync(file);
      other.exec('CREATE TABLE invoices (id INTEGER)');
      other.close();
      expect(await codeOf(open())).to.equal('CACHE_STORE_FAILED');
    });

    it('tables of a later version are not touched', async () => {
      await (await open()).close();
      const later = new DatabaseSync(file);
      later.exec('PRAGMA user_version = 2');
      later.close();
      expect(await codeOf(open())).to.equal('CACHE_STORE_VERSION');
    });

    it('a file that is not there is missing for reading only', async () => {
      expect(await codeOf(open({ readOnly: true }))).to.equal('CACHE_STORE_MISSING');
      expect(fs.existsSync(path.dirname(file))).to.equal(false);
    });
  });

  it('a file that cannot be written is read, and writing it is refused', async () => {
    const writer = await open();
    await writer.saveMany([entry('a', '1')]);
    const noWriting: typeof realFs = {
      ...realFs,
      openSync: () => {
        throw Object.assign(new Error('no'), { code: 'EROFS' });
      },
    };
    for (const options of [{ readOnly: true }, { fs: noWriting }]) {
      const reader = await open(options);
      expect(reader.capabilities.writable).to.equal(false);
      expect(texts(await reader.loadMany(['a'], NO_LIMIT))).to.deep.equal(['1']);
      expect(await codeOf(reader.saveMany([entry('a', '2')]))).to.equal('CACHE_STORE_READ_ONLY');
    }
  });

  it('the file can be read by nobody else', async function () {
    if (process.platform === 'win32') this.skip();
    await (await open()).saveMany([entry('a', '1')]);
    for (const name of [file, `${file}-wal`]) expect(fs.statSync(name).mode & 0o077).to.equal(0);
  });

  let passedMs = 0;
  const clock = { now: () => Date.now() + passedMs };
  const conformanceFile = path.join(temporaryFolder(), 'conformance.db');
  describeStore('sqlite', {
    name: 'passes the suite of stores',
    open: (options) => Store.open(new SqliteDriver({ path: conformanceFile, clock }), { clock, ...options }),
    advance: (ms) => void (passedMs += ms),
    expects: {
      atomicBatch: true,
      atomicCreate: true,
      persistent: true,
      sweepsItself: false,
      shared: 'machine',
      writable: true,
      leases: true,
      plainJson: false,
    },
  });
});
