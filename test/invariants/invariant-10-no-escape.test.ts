import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import { parseCodebaseId } from '../../src/model/ids.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { Calls, canonical, fresh, observe, wordCount } from '../support/oracle.js';
import { randomNumbers } from '../support/scale.js';
import { filesBelow, temporaryCodebase, temporaryFolder } from '../support/temporary.js';

const PIECES = [
  '..',
  '/',
  '\\',
  '\0',
  '.',
  ':',
  '*',
  '?',
  '"',
  '<',
  '>',
  '|',
  '\n',
  '\u0007',
  '\u007f',
  'a',
  'CON',
  ' ',
  '../..',
  '\ud800',
  'é',
];
const ALWAYS_BAD = [
  '',
  '.',
  '..',
  '...',
  '../x',
  'x/..',
  '/x',
  '\\x',
  'x\\..\\y',
  'a/b',
  '.hidden',
  'x.',
  'x ',
  'a..b',
  'con',
  'COM1.txt',
  'nul',
  'a\0b',
  'a:b',
  'x'.repeat(129),
  '😀'.repeat(64),
  '\ud800',
];

function strings(count: number): string[] {
  const random = randomNumbers(7);
  const one = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 5) }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
  return [...ALWAYS_BAD, ...Array.from({ length: count }, one)];
}

const isSafeName = (text: string): boolean =>
  text !== '' &&
  !/[/\\:*?"<>|\u0000-\u001f\u007f]/.test(text) &&
  !text.includes('..') &&
  !/^\.|[. ]$/.test(text) &&
  text.isWellFormed() &&
  !/^con(\.|$)/i.test(text);

describe('invariant 10: no input reaches outside the cache root', () => {
  const IDS = strings(500);

  it(`invariant 10: of ${IDS.length} codebase ids, those that could escape are refused by every method`, async () => {
    const place = temporaryFolder();
    const basePath = path.join(place, 'base');
    const { root } = temporaryCodebase({ 'a.md': 'one' });
    const manager = await PersistenceManager.open({ basePath });
    const calls: ((id: string) => Promise<unknown>)[] = [
      (id) => manager.loadAnalysis(id),
      (id) => manager.loadFileAnalysis(id, 'a.md'),
      (id) => manager.saveAnalysis(id, { analyzers: {}, files: [] }),
      (id) => manager.getFileHashes(id),
      (id) => manager.saveFileHashes(id, {}),
      (id) => manager.epoch(id),
      (id) => manager.changedFiles(id, {}),
      (id) => manager.invalidate(id),
      (id) => manager.deleteAnalysis(id),
      (id) => manager.listVersions(id),
      (id) => manager.loadVersion(id, '20261120T100000Z-0000'),
      (id) => manager.diffVersions(id, 'a', 'b'),
      (id) => manager.prune(id),
      (id) => manager.verify(id),
      (id) => manager.statistics(id),
    ];
    let refused = 0;
    for (const id of IDS) {
      if (isSafeName(id)) {
        if (!ALWAYS_BAD.includes(id)) continue;
      }
      refused++;
      for (const [index, call] of calls.entries()) {
        const error: unknown = await call(id).catch((reason: unknown) => reason);
        expect(error, `method ${index}, id ${JSON.stringify(id)}`)
          .to.be.instanceOf(CacheError)
          .with.property('code', 'CACHE_BAD_CODEBASE_ID');
      }
      expect(() => parseCodebaseId(id)).to.throw(CacheError);
      const error: unknown = await observe({ root, basePath, codebaseId: id, analyzers: [] }).catch(
        (reason: unknown) => reason,
      );
      expect(error, JSON.stringify(id)).to.be.instanceOf(CacheError);
    }
    expect(refused).to.be.greaterThan(300);
    expect(filesBelow(place)).to.deep.equal([]);
  });

  it('invariant 10: paths that lead out are refused', async () => {
    const manager = await PersistenceManager.open({ basePath: path.join(temporaryFolder(), 'base') });
    const contentHash = 'xxh64:0000000000000001';
    for (const bad of [
      '',
      '..',
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      './a',
      'a/.',
      'a\0',
      'C:\\x',
      'C:/x',
      'a/',
    ]) {
      for (const call of [
        () => manager.saveFileHashes('toy', new Map([[bad, contentHash]])),
        () => manager.changedFiles('toy', new Map([[bad, contentHash]])),
        () => manager.saveAnalysis('toy', { analyzers: {}, files: [{ path: bad, contentHash, results: {} }] }),
      ]) {
        const error: unknown = await call().catch((reason: unknown) => reason);
        expect(error, JSON.stringify(bad)).to.be.instanceOf(CacheError).with.property('code', 'CACHE_BAD_PATH');
      }
    }
  });

  const planted: Readonly<Record<string, (cache: string, outside: string) => void>> = {
    'a link in the place of .documee': (cache, outside) => fs.symlinkSync(outside, path.dirname(cache)),
    'a link in the place of the cache folder': (cache, outside) => {
      fs.mkdirSync(path.dirname(cache));
      fs.symlinkSync(outside, cache);
    },
    'a link in the place of a codebase': (cache, outside) => {
      fs.mkdirSync(cache, { recursive: true });
      fs.symlinkSync(outside, path.join(cache, 'toy'));
    },
    'a folder that everybody can write': (cache) => {
      fs.mkdirSync(cache, { recursive: true });
      fs.chmodSync(cache, 0o777);
    },
    'a file in the place of the cache folder': (cache) => {
      fs.mkdirSync(path.dirname(cache));
      fs.writeFileSync(cache, 'no folder');
    },
  };
  for (const [title, plant] of Object.entries(planted)) {
    it(`invariant 10: with ${title} the run is complete, without cache, and warns once`, async () => {
      const { root, folder } = temporaryCodebase({ 'a.md': 'one' });
      const outside = path.join(folder, 'outside');
      fs.mkdirSync(outside);
      fs.writeFileSync(path.join(outside, 'analysis.json'), 'not ours');
      plant(path.join(root, '.documee/analysis'), outside);
      const options = { root, analyzers: [wordCount(new Calls())], exclude: ['.documee/**'] };
      const { run, of } = await observe(options);
      expect(await canonical(run)).to.equal(await fresh(options));
      expect(of('warning').map(({ code }) => code)).to.deep.equal(['CACHE_FOLDER_UNSAFE']);
      expect(filesBelow(outside)).to.deep.equal(['analysis.json']);
      expect(fs.readFileSync(path.join(outside, 'analysis.json'), 'utf8')).to.equal('not ours');
    });
  }

  for (const folder of ['versions', 'epochs']) {
    it(`invariant 10: a link in the place of ${folder} is not followed`, async () => {
      const { root, basePath, folder: place } = temporaryCodebase({ 'a.md': 'one' });
      const outside = path.join(place, 'outside');
      fs.mkdirSync(outside);
      for (const name of ['20200101T000000Z-0000.json', '1.json', '.tmp-000000000000000000000000'])
        fs.writeFileSync(path.join(outside, name), 'not ours');
      fs.mkdirSync(path.join(basePath, 'toy'), { recursive: true });
      fs.symlinkSync(outside, path.join(basePath, 'toy', folder));
      const options = { root, basePath, analyzers: [wordCount(new Calls())] };
      const { run, of } = await observe(options);
      expect(await canonical(run)).to.equal(await fresh(options));
      expect(of('warning')).to.have.length(1);
      const manager = await PersistenceManager.open({ basePath });
      const clock = { now: () => Date.now() + 86_400_000 * 100 };
      const later = await PersistenceManager.open({ basePath, ports: { clock } });
      for (const call of [
        () => later.prune('toy', { graceHours: 0, versions: 1 }),
        () => manager.deleteAnalysis('toy'),
        () => manager.invalidate('toy'),
      ]) {
        await call().catch((error: unknown) => expect(error).to.be.instanceOf(CacheError));
      }
      expect(filesBelow(outside)).to.have.length(3);
      for (const name of filesBelow(outside))
        expect(fs.readFileSync(path.join(outside, name), 'utf8')).to.equal('not ours');
    });
  }

  it('invariant 10: a link in the place of a document is replaced or left alone, never written through', async () => {
    const { root, basePath, folder } = temporaryCodebase({ 'a.md': 'one' });
    const victim = path.join(folder, 'victim');
    const options = { root, basePath, analyzers: [wordCount(new Calls())] };
    await observe(options);
    for (const name of filesBelow(basePath)) {
      fs.writeFileSync(victim, 'not ours');
      fs.rmSync(path.join(basePath, name));
      fs.symlinkSync(victim, path.join(basePath, name));
      expect(await canonical((await observe(options)).run), name).to.equal(await fresh(options));
      const manager = await PersistenceManager.open({ basePath });
      await manager
        .prune('toy', { graceHours: 0, maxAgeDays: 0 })
        .catch((error: unknown) => expect(error).to.be.instanceOf(CacheError));
      expect(fs.readFileSync(victim, 'utf8'), name).to.equal('not ours');
    }
  });

  it('invariant 10: a FIFO in the place of a document does not block', async function () {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const options = { root, basePath, analyzers: [wordCount(new Calls())] };
    await observe(options);
    const names = filesBelow(basePath).filter((name) => name.startsWith('toy/'));
    for (const name of names) {
      fs.rmSync(path.join(basePath, name), { force: true });
      if (spawnSync('mkfifo', [path.join(basePath, name)]).status !== 0) {
        console.log('      skipped: no mkfifo on this system');
        return this.skip();
      }
      expect(await canonical((await observe(options)).run), name).to.equal(await fresh(options));
      const manager = await PersistenceManager.open({ basePath });
      await manager.verify('toy');
      await manager.loadFileAnalysis('toy', 'a.md');
      await manager.getFileHashes('toy');
      await manager.statistics('toy');
      await manager.listVersions('toy');
    }
  });

  it('invariant 10: folders and files follow the umask', async () => {
    const before = process.umask(0o027);
    try {
      const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
      await observe({ root, basePath, analyzers: [wordCount(new Calls())] });
      for (const name of filesBelow(basePath))
        expect(fs.statSync(path.join(basePath, name)).mode & 0o777, name).to.equal(0o640);
      expect(fs.statSync(path.join(basePath, 'toy')).mode & 0o777).to.equal(0o750);
    } finally {
      process.umask(before);
    }
  });
});
