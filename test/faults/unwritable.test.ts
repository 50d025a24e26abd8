import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { faultyFs, isReading, type Fault, type FaultyFs, type FaultyOptions } from '../support/fault-fs.js';
import { Calls, canonical, fresh, observe, PLAIN_TOYS, toyAnalyzers, type Toys } from '../support/oracle.js';
import { scale } from '../support/scale.js';
import { dropFolder, filesBelow, temporaryFolder, writeTree } from '../support/temporary.js';

const USUAL_CODES = ['ENOSPC', 'EACCES', 'EIO', 'EROFS'];
const CODES = scale(USUAL_CODES, [
  ...USUAL_CODES,
  ...['EDQUOT', 'EFBIG', 'EMFILE', 'EPERM', 'EBUSY', 'ENOMEM', 'ENAMETOOLONG', 'EXDEV'],
]);
const OTHER: Toys = { version: '2', minimum: 4 };
const WARNINGS = ['CACHE_UNWRITABLE', 'CACHE_UNREADABLE'];

/** A folder with a first run in it, then edited, so that the next run has everything to do: new records, found ones, a commit. */
async function preparedFolder(): Promise<string> {
  const folder = temporaryFolder();
  writeTree(path.join(folder, 'tree'), { 'a.md': 'one two', 'b.md': 'three', 'c.md': 'FAIL' });
  await observe(optionsIn(folder, PLAIN_TOYS));
  writeTree(path.join(folder, 'tree'), { 'b.md': 'four' });
  await observe(optionsIn(folder, PLAIN_TOYS));
  writeTree(path.join(folder, 'tree'), { 'b.md': 'three', 'd.md': 'new' });
  const cache = path.join(folder, 'cache/toy');
  // Found again after so long, records are renewed.
  for (const name of fs.readdirSync(cache))
    if (/^file_[0-9a-f]{32}/.test(name)) fs.utimesSync(path.join(cache, name), 1e9, 1e9);
  return folder;
}

const optionsIn = (folder: string, toys: Toys, faulty?: FaultyFs) => ({
  ...{ root: path.join(folder, 'tree'), basePath: path.join(folder, 'cache'), keepVersions: 2 },
  analyzers: toyAnalyzers(new Calls(), toys),
  ...(faulty === undefined ? {} : { ports: { fs: faulty.fs } }),
});

describe('a cache that cannot be written or read', () => {
  let template = '';
  let expected = '';

  before(async () => {
    template = await preparedFolder();
    expected = await fresh(optionsIn(template, OTHER));
  });

  const copy = (): string => {
    const folder = temporaryFolder();
    fs.cpSync(template, folder, { recursive: true, preserveTimestamps: true });
    return folder;
  };

  async function countCalls(counts?: FaultyOptions['counts']): Promise<number> {
    const folder = copy();
    const faulty = faultyFs({ under: path.join(folder, 'cache'), counts });
    await observe(optionsIn(folder, OTHER, faulty));
    dropFolder(folder);
    return faulty.operations.length;
  }

  /** One run with a fault: complete, at most one warning; the run after it, without fault, is right and leaves nothing behind. */
  async function checkFault(fault: Fault, counts?: FaultyOptions['counts']): Promise<void> {
    const folder = copy();
    try {
      const faulty = faultyFs({ under: path.join(folder, 'cache'), fault, counts });
      const { run, of } = await observe(optionsIn(folder, OTHER, faulty));
      expect(await canonical(run), 'results').to.equal(expected);
      const warnings = of('warning').map(({ code }) => code);
      expect(warnings.length, warnings.join()).to.be.at.most(1);
      for (const code of warnings) expect(WARNINGS).to.include(code);
      if (run.versionId === null) expect(warnings, 'nothing was kept without a word').to.have.length(1);
      const clock = { now: (): number => Date.now() + 60_000 };
      const manager = await PersistenceManager.open({ basePath: path.join(folder, 'cache'), ports: { clock } });
      expect(await manager.loadAnalysis('toy'), 'an analysis is there, old or new').not.to.equal(undefined);
      const next = await observe(optionsIn(folder, OTHER));
      expect(await canonical(next.run), 'results of the next run').to.equal(expected);
      expect(next.of('warning'), 'warnings of the next run').to.deep.equal([]);
      const again = await observe(optionsIn(folder, OTHER));
      expect(again.run.totals, 'after that').to.include({ analyzed: 0, failed: 1 });
      await manager.prune('toy', { graceHours: 0 });
      expect(
        filesBelow(folder).filter((name) => name.includes('.tmp-')),
        'temporary files',
      ).to.deep.equal([]);
      expect((await manager.verify('toy')).problems, 'problems').to.deep.equal([]);
    } catch (error) {
      throw new Error(JSON.stringify(fault), { cause: error });
    }
    dropFolder(folder);
  }

  for (const code of CODES) {
    for (const lasting of [false, true]) {
      it(`a run is complete with ${code} at any call that changes something, ${lasting ? 'from there on' : 'once'}`, async function () {
        this.timeout(0);
        const calls = await countCalls();
        expect(calls).to.be.greaterThan(30);
        for (let at = 1; at <= calls; at++) await checkFault({ kind: 'errno', at, code, lasting });
      });
    }
  }

  for (const [code, lasting] of [
    ['EIO', false],
    ['EIO', true],
    ['EACCES', true],
    ['EMFILE', false],
  ] as const) {
    it(`a run is complete with ${code} at any call that reads the cache, ${lasting ? 'from there on' : 'once'}`, async function () {
      this.timeout(0);
      const calls = await countCalls(isReading);
      const step = scale(2, 1);
      for (let at = 1; at <= calls; at += step) await checkFault({ kind: 'errno', at, code, lasting }, isReading);
    });
  }

  it('a run is complete when the disk fills up in the middle of any write', async function () {
    this.timeout(0);
    const calls = await countCalls();
    for (let at = 1; at <= calls; at++)
      for (const bytes of [1, 100]) await checkFault({ kind: 'short-write', at, bytes, then: 'ENOSPC' });
  });

  it('short writes alone lose nothing', async function () {
    this.timeout(0);
    const calls = await countCalls();
    for (let at = 1; at <= calls; at++) {
      const folder = copy();
      const { run, of } = await observe(
        optionsIn(
          folder,
          OTHER,
          faultyFs({ under: path.join(folder, 'cache'), fault: { kind: 'short-write', at, bytes: 7 } }),
        ),
      );
      expect(await canonical(run)).to.equal(expected);
      expect(of('warning')).to.deep.equal([]);
      expect(
        (await (await PersistenceManager.open({ basePath: path.join(folder, 'cache') })).verify('toy')).problems,
        `write ${at}`,
      ).to.deep.equal([]);
      dropFolder(folder);
    }
  });

  it('what could not be fsynced is never renamed into place, even if a second fsync would succeed', async () => {
    const counting = faultyFs({ under: path.join(template, 'none') });
    expect(counting.operations).to.deep.equal([]);
    const isSync: FaultyOptions['counts'] = (call) => call === 'fsyncSync';
    const syncs = await countCalls(isSync);
    expect(syncs).to.be.greaterThan(1);
    for (let at = 1; at <= syncs; at++) {
      const folder = copy();
      const under = path.join(folder, 'cache');
      const failing = faultyFs({ under, fault: { kind: 'errno', at, code: 'EIO' }, counts: isSync });
      const watching = faultyFs({ under, base: failing.fs });
      const { run, of } = await observe(optionsIn(folder, OTHER, watching));
      const place = failing.operations[at - 1]!.place;
      const fate = watching.operations.filter(
        (operation) => operation.place === place && ['renameSync', 'linkSync'].includes(operation.call),
      );
      if (place.includes('.tmp-')) expect(fate, `${place} after its fsync failed`).to.deep.equal([]);
      expect(of('warning').map(({ code }) => code)).to.deep.equal(['CACHE_UNWRITABLE']);
      expect(run.versionId).to.equal(null);
      dropFolder(folder);
    }
  });

  it('the methods of a manager answer with a coded error, and keep what was there', async function () {
    this.timeout(0);
    const contentHash = 'xxh64:0000000000000001';
    const acts: ((manager: PersistenceManager) => Promise<unknown>)[] = [
      (manager) =>
        manager.saveAnalysis('toy', {
          analyzers: { other: { version: '1' } },
          files: [{ path: 'x', contentHash, results: { other: 1 } }],
        }),
      (manager) => manager.saveFileHashes('toy', { x: contentHash }),
      (manager) => manager.invalidate('toy', { paths: ['b.md'] }),
    ];
    for (const [index, act] of acts.entries()) {
      for (let at = 1; ; at++) {
        const folder = copy();
        const basePath = path.join(folder, 'cache');
        const faulty = faultyFs({ under: basePath, fault: { kind: 'errno', at, code: 'ENOSPC' } });
        const manager = await PersistenceManager.open({ basePath, ports: { fs: faulty.fs } });
        const error: unknown = await act(manager).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (!faulty.struck()) break;
        if (error !== undefined)
          expect(error, `method ${index}, call ${at}`)
            .to.be.instanceOf(CacheError)
            .with.property('code', 'CACHE_UNWRITABLE');
        expect(await (await PersistenceManager.open({ basePath })).loadAnalysis('toy')).not.to.equal(undefined);
        dropFolder(folder);
      }
    }
  });

  it('a full disk is survived for real, where this system lets a test mount one', function () {
    const tried = spawnSync('unshare', ['-rm', 'true']);
    if (tried.status !== 0) {
      console.log('      skipped: no user namespaces here; injected faults stand in for it');
      return this.skip();
    }
    const folder = copy();
    const script = `mount -t tmpfs -o size=16k tmpfs "$1" && cd "$2" && exec "$3" --import tsx test/support/full-disk-child.ts "$1" "$4"`;
    const { root } = optionsIn(folder, OTHER);
    const cache = path.join(folder, 'full');
    fs.mkdirSync(cache);
    const done = spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', cache, process.cwd(), process.execPath, root], {
      encoding: 'utf8',
    });
    expect(done.stderr).to.equal('');
    expect(JSON.parse(done.stdout)).to.deep.equal({
      results: expected.split('\n').filter((line) => / \| /.test(line)).length,
      warnings: ['CACHE_UNWRITABLE'],
    });
  });
});
