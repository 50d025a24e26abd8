import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { DAMAGES, damage, damagedBytes } from '../support/damage.js';
import { Calls, canonical, fresh, observe, PLAIN_TOYS, toyAnalyzers, wordCount } from '../support/oracle.js';
import { randomNumbers, scale } from '../support/scale.js';
import { withoutFsync } from '../support/shifted-fs.js';
import { dropFolder, filesBelow, temporaryCodebase, temporaryFolder, writeTree } from '../support/temporary.js';

const FLIPS = scale(100, 5_000);
const CUTS = 64;

/** What a run looks at again and reports; the rest is read only where it is needed, or not worth a word. */
const REPORTED = /^toy\/(analysis\.json|file_[0-9a-f]{32}\.json)$/;

describe('invariant 5: unreadable means miss, never wrong', () => {
  const template = temporaryCodebase({ 'a.md': 'one two' });
  const calls = new Calls();
  const optionsIn = (folder: string) => ({
    ...{ root: path.join(folder, 'tree'), basePath: path.join(folder, 'cache'), gitignore: false },
    analyzers: [wordCount(calls)],
    ports: { fs: withoutFsync() },
  });
  let expected = '';
  let names: readonly string[] = [];

  before(async () => {
    const options = optionsIn(template.folder);
    // Three versions of two contents, and an invalidation: every kind of document is there.
    await observe(options);
    writeTree(template.root, { 'a.md': 'two one' });
    await observe(options);
    writeTree(template.root, { 'a.md': 'one two' });
    await observe(options);
    const { PersistenceManager } = await import('../../src/persistence/persistence-manager.js');
    await (await PersistenceManager.open({ basePath: template.basePath })).invalidate('toy', { paths: ['other'] });
    await observe(options);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expected = await fresh(options);
    names = filesBelow(template.basePath).filter((name) => name.startsWith('toy/'));
    expect(names.map((name) => name.replace(/[0-9]{8}T\w+-\w+|[0-9a-f]{32}/, '*'))).to.include.members([
      'toy/analysis.json',
      'toy/clock-stamp',
      'toy/epochs/1.json',
      'toy/file_*.json',
      'toy/file_hashes.json',
      'toy/runs.ndjson',
      'toy/scan-cache.bin',
      'toy/versions/*.json',
    ]);
  });

  /** Spoils one file of a copy of the cache, and runs until all is calm again. */
  async function checkDamage(name: string, title: string, spoil: (file: string) => void): Promise<void> {
    const folder = temporaryFolder();
    fs.cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
    // By hard links the newest version and analysis.json are one file; a copy has two.
    spoil(path.join(folder, 'cache', name));
    calls.take();
    try {
      const first = await observe(optionsIn(folder));
      expect(await canonical(first.run), 'results').to.equal(expected);
      const reported = first.of('document-corrupt').map(({ document }) => `toy/${document}`);
      expect(new Set(reported).size, 'reported once').to.equal(reported.length);
      if (
        REPORTED.test(name) &&
        isReferenced(name) &&
        fs.existsSync(path.join(template.basePath, name)) &&
        title !== 'delete' &&
        !title.includes('copy of toy/versions/')
      )
        expect(reported, 'reported').to.include(name);
      calls.take();
      const second = await observe(optionsIn(folder));
      expect(await canonical(second.run), 'results of the next run').to.equal(expected);
      expect(calls.take(), 'ran in the next run').to.deep.equal([]);
      expect(second.of('document-corrupt'), 'damage in the next run').to.deep.equal([]);
    } catch (error) {
      throw new Error(`${name}, ${title}`, { cause: error });
    }
    dropFolder(folder);
  }

  const isReferenced = (name: string): boolean => {
    const key = /file_([0-9a-f]{32})/.exec(name)?.[1];
    return (
      key === undefined || fs.readFileSync(path.join(template.basePath, 'toy/analysis.json'), 'utf8').includes(key)
    );
  };

  it(`invariant 5: no file of the cache can do harm, cut at any of its first ${CUTS} bytes`, async function () {
    this.timeout(0);
    for (const name of names) {
      for (let length = 0; length < CUTS; length++) {
        await checkDamage(name, `cut at ${length}`, (file) =>
          fs.writeFileSync(file, damagedBytes(fs.readFileSync(file), 'cut', length)),
        );
      }
    }
  });

  it(`invariant 5: no file of the cache can do harm, with any of ${FLIPS} bits flipped`, async function () {
    this.timeout(0);
    const seed = Number(process.env['DOCUMEE_TEST_SEED'] ?? 1);
    const random = randomNumbers(seed);
    for (const name of names) {
      const { size } = fs.statSync(path.join(template.basePath, name));
      for (let flip = 0; flip < FLIPS; flip++) {
        const bit = flip < 32 ? flip * 8 : Math.floor(random() * size * 8);
        await checkDamage(name, `bit ${bit} of seed ${seed}`, (file) => damage(file, 'flip', bit));
      }
    }
  });

  for (const kind of DAMAGES) {
    it(`invariant 5: no file of the cache can do harm: ${kind}`, async function () {
      this.timeout(0);
      for (const name of names)
        for (const where of [0, 1, 333]) await checkDamage(name, kind, (file) => damage(file, kind, where));
    });
  }

  it('invariant 5: two files of the cache may change places, and copies may stand in for others', async function () {
    this.timeout(0);
    for (const name of names) {
      for (const other of names.filter((each) => each !== name)) {
        await checkDamage(name, `copy of ${other}`, (file) =>
          fs.copyFileSync(path.join(template.basePath, other), file),
        );
      }
    }
  });

  it('invariant 5: the record of another file, content, analyzer or set of options is not served', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
    const run = (minimum: number) =>
      observe({ root, basePath, analyzers: toyAnalyzers(calls, { ...PLAIN_TOYS, minimum }) });
    await run(3);
    await run(2);
    const folder = path.join(basePath, 'toy');
    const records = fs.readdirSync(folder).filter((name) => /^file_[0-9a-f]{32}/.test(name));
    const contents = records.map((name) => fs.readFileSync(path.join(folder, name)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let shift = 1; shift < records.length; shift++) {
      for (const [index, name] of records.entries())
        fs.writeFileSync(path.join(folder, name), contents[(index + shift) % records.length] as Buffer);
      const observed = await run(2);
      expect(await canonical(observed.run), `shifted by ${shift}`).to.equal(
        await fresh({ root, analyzers: toyAnalyzers(calls) }),
      );
      expect(observed.of('document-corrupt').length).to.equal(8);
    }
  });

  it('invariant 5: damaged hashes are written again where they were needed', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
    const options = { root, basePath, analyzers: [wordCount(calls)], changeDetection: 'content' as const };
    await observe(options);
    const file = path.join(basePath, 'toy/file_hashes.json');
    const before = fs.readFileSync(file, 'utf8');
    fs.rmSync(path.join(basePath, 'toy/scan-cache.bin'), { force: true });
    fs.writeFileSync(file, '{');
    calls.take();
    await observe(options);
    expect(calls.take()).to.deep.equal([]);
    expect(fs.readFileSync(file, 'utf8')).to.equal(before);
  });
});
