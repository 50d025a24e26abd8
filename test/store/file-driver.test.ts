import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { FileDriver, type FileDriverOptions } from '../../src/store/drivers/file/file-driver.js';
import type { StoreEntry } from '../../src/store/driver.js';
import { FILE_FORMATS, openFileStore } from '../../src/store/file-store.js';
import { isCompressionAvailable } from '../../src/codec/compression.js';
import { CacheError } from '../../src/model/errors.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { interceptFs } from '../support/intercept-fs.js';
import { filesBelow, temporaryFolder } from '../support/temporary.js';

const entry = (key: string, text: string, expiresAt?: number): StoreEntry => ({
  key,
  bytes: Buffer.from(text),
  expiresAt,
});

async function openDriver(basePath: string, options: Partial<FileDriverOptions> = {}): Promise<FileDriver> {
  const driver = new FileDriver({ basePath, ...options });
  await driver.open();
  return driver;
}

async function loadTexts(driver: FileDriver, keys: readonly string[]): Promise<(string | undefined)[]> {
  const answers = await driver.loadMany(keys, { maxBytes: 1e6 });
  return answers.map((answer) => (answer instanceof Error ? answer.name : answer?.toString()));
}

async function keysOf(driver: FileDriver, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of driver.keys(prefix)) keys.push(...page);
  return keys;
}

async function codeOf(act: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof CacheError ? error.code : undefined;
}

const ODD_KEYS = [
  ...[
    'a',
    'A',
    'a.json',
    'a/b',
    'a.json/b',
    'a.value.json',
    'a//b',
    '/',
    'a/',
    '/a',
    '..',
    '../x',
    './x',
    '.gitignore',
  ],
  ...[
    'CACHEDIR.TAG',
    'CACHEDIR.TAG/x',
    'CON',
    'nul.json',
    'x:y',
    '*',
    '%',
    '%2F',
    '{}',
    "it's",
    '"',
    'a\nb',
    '__proto__',
  ],
  ...[
    '\uffff',
    '😀',
    'é',
    'e\u0301',
    'k'.repeat(1024),
    `${'l'.repeat(500)}/x`,
    `${'l'.repeat(500)}/y`,
    'z'.repeat(300),
    '/'.repeat(1024),
    '/'.repeat(1023),
  ],
];

describe('the file driver', () => {
  it('keeps odd keys apart and lists them by their bytes', async () => {
    const basePath = temporaryFolder();
    const driver = await openDriver(basePath);
    await driver.saveMany(ODD_KEYS.map((key) => entry(key, `value of ${key}`)));
    const again = await openDriver(basePath);
    expect(await loadTexts(again, ODD_KEYS)).to.deep.equal(ODD_KEYS.map((key) => `value of ${key}`));
    const sorted = [...ODD_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keysOf(again)).to.deep.equal(sorted);
    expect(await again.deleteMany(ODD_KEYS)).to.equal(ODD_KEYS.length);
    expect(await keysOf(again)).to.deep.equal([]);
  });

  it('lists and clears exactly the keys with a prefix, and removes the folders that are empty then', async () => {
    const basePath = temporaryFolder();
    const driver = await openDriver(basePath);
    const long = 'p'.repeat(400);
    await driver.saveMany(['ab', 'ab/1', 'ab/x/2', 'abc', 'abc/1', `ab/${long}/q`].map((key) => entry(key, '1')));
    expect(await keysOf(driver, 'ab/')).to.deep.equal(['ab/1', `ab/${long}/q`, 'ab/x/2']);
    expect(await keysOf(driver, 'ab/ppp')).to.deep.equal([`ab/${long}/q`]);
    expect(await driver.clear('ab/')).to.equal(3);
    expect(fs.existsSync(path.join(basePath, 'ab'))).to.equal(false);
    expect(await keysOf(driver)).to.deep.equal(['ab', 'abc', 'abc/1']);
  });

  it('lists what is below a prefix that is too deep for folders', async () => {
    const driver = await openDriver(temporaryFolder());
    const deep = 'a/'.repeat(200);
    await driver.saveMany([`${deep}x`, `${deep}y/z`, `${deep}y.json`, 'a/b'].map((key) => entry(key, '1')));
    expect(await keysOf(driver, `${deep}y`)).to.deep.equal([`${deep}y.json`, `${deep}y/z`]);
    expect(await driver.clear(deep)).to.equal(3);
    expect(await keysOf(driver)).to.deep.equal(['a/b']);
  });

  it('a value that has expired is absent in every answer, and gone after a sweep', async () => {
    let now = 1_800_000_000_000;
    const basePath = temporaryFolder();
    const driver = await openDriver(basePath, { clock: { now: () => now } });
    const keys = ['stays', 'goes', 'g'.repeat(500)];
    await driver.saveMany([
      entry('stays', '1'),
      entry('goes', '2', now + 1000),
      entry('g'.repeat(500), '3', now + 1000),
    ]);
    expect(await loadTexts(driver, keys)).to.deep.equal(['1', '2', '3']);
    now += 1000;
    expect(await loadTexts(driver, keys)).to.deep.equal(['1', undefined, undefined]);
    expect((await driver.statMany(keys)).map((stat) => stat?.sizeBytes)).to.deep.equal([1, undefined, undefined]);
    expect(await keysOf(driver)).to.deep.equal(['stays']);
    expect(await driver.createMany([entry('goes', 'anew', now + 5)])).to.deep.equal([true]);
    now += 5;
    expect(await driver.deleteMany(['goes'])).to.equal(0);
    expect(await driver.sweep()).to.equal(1);
    expect(filesBelow(basePath)).to.deep.equal(['.gitignore', 'CACHEDIR.TAG', 'stays.value.json']);
  });

  it('of many that create a key exactly one is told true', async () => {
    const basePath = temporaryFolder();
    const drivers = await Promise.all(Array.from({ length: 8 }, () => openDriver(basePath)));
    const told = await Promise.all(
      drivers.map((driver, index) => driver.createMany([entry('one', `${index}`), entry('one', 'twice')])),
    );
    expect(told.flat().filter(Boolean)).to.have.length(1);
  });

  it('files that are not values are neither listed nor removed', async () => {
    const basePath = temporaryFolder();
    const driver = await openDriver(basePath);
    await driver.saveMany([entry('shop/analysis.json', '{}')]);
    const foreign = [
      'shop/scan-cache.bin',
      'shop/runs.ndjson',
      'shop/clock-stamp',
      'notes.txt',
      '%zz.json',
      '.secret/x.json',
    ];
    for (const name of foreign) {
      fs.mkdirSync(path.dirname(path.join(basePath, name)), { recursive: true });
      fs.writeFileSync(path.join(basePath, name), 'mine');
    }
    expect(await keysOf(driver)).to.deep.equal(['shop/analysis.json']);
    expect(await driver.clear('')).to.equal(1);
    await driver.sweep();
    expect(filesBelow(basePath)).to.deep.equal([...foreign, '.gitignore', 'CACHEDIR.TAG'].sort());
  });

  it('keys that differ in case only are kept apart where the file system does not tell them apart', async () => {
    const basePath = path.join(temporaryFolder(), 'cache');
    const lower = (place: unknown): unknown =>
      typeof place === 'string' && place.startsWith(basePath)
        ? basePath + place.slice(basePath.length).toLowerCase()
        : place;
    const folding = interceptFs(({ args, proceed }) => proceed(...args.map(lower)));
    const driver = await openDriver(basePath, { fs: folding });
    await driver.saveMany([entry('Foo', '1'), entry('foo', '2'), entry('FOO/x', '3'), entry('foo/x', '4')]);
    expect(await loadTexts(driver, ['Foo', 'foo', 'FOO/x', 'foo/x'])).to.deep.equal(['1', '2', '3', '4']);
  });

  it('a lease is held by one token until it ends or is given back', async () => {
    let now = 1_800_000_000_000;
    const basePath = temporaryFolder();
    const clock = { now: () => now };
    const [one, other] = [await openDriver(basePath, { clock }), await openDriver(basePath, { clock })];
    expect(await one.leases.acquireMany(['x', 'y'], 'one', 1000)).to.deep.equal([true, true]);
    expect(await other.leases.acquireMany(['x', 'z'], 'other', 1000)).to.deep.equal([false, true]);
    expect(await one.leases.acquireMany(['x'], 'one', 2000)).to.deep.equal([true]);
    await other.leases.releaseMany(['x'], 'other');
    now += 1500;
    expect(await other.leases.acquireMany(['x', 'y'], 'other', 1000)).to.deep.equal([false, true]);
    await one.leases.releaseMany(['x', 'y'], 'one');
    expect(await other.leases.acquireMany(['x', 'y'], 'third', 1000)).to.deep.equal([true, false]);
  });

  describe('formats', () => {
    const formats = FILE_FORMATS.filter((format) => !format.endsWith('zst') || isCompressionAvailable('zstd'));
    const values = {
      'shop/analysis.json': { text: 'x'.repeat(3000) },
      'user/1': ['y'.repeat(3000)],
      bytes: new Uint8Array(3000),
    };

    for (const format of formats) {
      it(`${format}: values of every other format are read, and replaced under the new ending`, async () => {
        for (const before of formats) {
          const basePath = temporaryFolder();
          await (await openFileStore({ basePath, format: before })).saveMany(Object.entries(values));
          const store = await openFileStore({ basePath, format });
          expect(await store.loadMany(Object.keys(values)), before).to.deep.equal(Object.values(values));
          expect(await store.createMany(Object.entries(values)), before).to.deep.equal([false, false, false]);
          await store.saveMany(Object.entries(values));
          const names = filesBelow(basePath).filter((name) => /analysis|user/.test(name));
          expect(names, before).to.deep.equal([`shop/analysis.${format}`, `user/1.value.${format}`]);
          expect(await store.clear()).to.equal(3);
          expect(filesBelow(basePath)).to.deep.equal(['.gitignore', 'CACHEDIR.TAG']);
        }
      });
    }

    it('JSON without a time to live is a file of JSON and nothing else', async () => {
      const basePath = temporaryFolder();
      await (await openFileStore({ basePath })).save('shop/analysis.json', { a: [1] });
      expect(JSON.parse(fs.readFileSync(path.join(basePath, 'shop/analysis.json'), 'utf8'))).to.deep.equal({ a: [1] });
    });

    it('a relative base path and an unknown format are mistakes of the program', async () => {
      for (const wrong of [{ basePath: 'x' }, { basePath: '/x', format: 'xml' as 'json' }]) {
        const error: unknown = await openFileStore(wrong).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(TypeError);
      }
    });
  });

  describe('hostile folders', () => {
    it('a link in the place of a folder is refused and nothing is written through it', async () => {
      const [basePath, outside] = [temporaryFolder(), temporaryFolder()];
      for (const name of ['shop', '.transactions', '.leases']) fs.symlinkSync(outside, path.join(basePath, name));
      const driver = new FileDriver({ basePath });
      expect(await codeOf(driver.saveMany([entry('shop/a', '1')]))).to.equal('CACHE_FOLDER_UNSAFE');
      expect(await codeOf(driver.commit({ save: [entry('b', '1')], delete: [] }))).to.equal('CACHE_FOLDER_UNSAFE');
      expect(await codeOf(driver.leases.acquireMany(['x'], 't', 10))).to.equal('CACHE_FOLDER_UNSAFE');
      expect(filesBelow(outside)).to.deep.equal([]);
    });

    it('a link, a folder and a huge sparse file in the place of a value spoil no other', async () => {
      const basePath = temporaryFolder();
      const driver = await openDriver(basePath);
      await driver.saveMany(['a', 'b', 'c', 'd'].map((key) => entry(key, key)));
      const place = (key: string): string => path.join(basePath, `${key}.value.json`);
      for (const key of ['a', 'b']) fs.unlinkSync(place(key));
      fs.symlinkSync('/etc/hostname', place('a'));
      fs.mkdirSync(place('b'));
      fs.truncateSync(place('c'), 2 ** 30);
      const codes = (await driver.loadMany(['a', 'b', 'c', 'd'], { maxBytes: 1e6 })).map((answer) =>
        answer instanceof CacheError ? answer.code : answer?.toString(),
      );
      expect(codes).to.deep.equal(['CACHE_STORE_CORRUPT', 'CACHE_STORE_CORRUPT', 'CACHE_VALUE_TOO_LARGE', 'd']);
      expect(await keysOf(driver)).to.deep.equal(['c', 'd']);
      await driver.saveMany(['a', 'b', 'c'].map((key) => entry(key, 'anew')));
      expect(await loadTexts(driver, ['a', 'b', 'c'])).to.deep.equal(['anew', 'anew', 'anew']);
      expect(fs.lstatSync('/etc/hostname').isFile()).to.equal(true);
    });
  });

  const FAILURES = { ENOSPC: 'FULL', EROFS: 'READ_ONLY', EACCES: 'DENIED', EIO: 'FAILED' };
  for (const [errno, code] of Object.entries(FAILURES)) {
    it(`${errno} is CACHE_STORE_${code}, and no half value is left`, async () => {
      const basePath = temporaryFolder();
      const before = await openDriver(basePath);
      await before.saveMany([entry('a', 'old')]);
      const failing: FileSystem = interceptFs(({ call, proceed }) => {
        if (call === 'writeSync') throw Object.assign(new Error(errno), { code: errno });
        return proceed();
      }, realFs);
      const driver = await openDriver(basePath, { fs: failing });
      for (const act of [
        driver.saveMany([entry('a', 'new')]),
        driver.createMany([entry('b', 'new')]),
        driver.commit({ save: [entry('a', 'new')], delete: [] }),
      ])
        expect(await codeOf(act)).to.equal(`CACHE_STORE_${code}`);
      expect(await loadTexts(before, ['a', 'b'])).to.deep.equal(['old', undefined]);
      expect(filesBelow(basePath)).to.deep.equal(['.gitignore', 'CACHEDIR.TAG', 'a.value.json']);
    });
  }
});
