import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { VersionId } from '../../src/model/ids.js';
import { newVersionId } from '../../src/persistence/commit.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import type { AnalysisInput, FileInput } from '../../src/persistence/save-analysis.js';
import { FileDocuments } from '../../src/store/documents/file-documents.js';
import { faultyFs } from '../support/fault-fs.js';
import { interceptFs } from '../support/intercept-fs.js';
import { Calls, observe, wordCount } from '../support/oracle.js';
import { editSealed } from '../support/reseal.js';
import { filesBelow, temporaryCodebase, temporaryFolder, writeTree } from '../support/temporary.js';

const HASH = `xxh64:${'0'.repeat(16)}`;
const input = (result: unknown, more: Partial<AnalysisInput & FileInput> = {}): AnalysisInput => ({
  analyzers: more.analyzers ?? { lint: { version: '1' } },
  files: [{ path: 'a.ts', contentHash: HASH, results: { lint: result }, sizeBytes: more.sizeBytes ?? 1 }],
  values: more.values ?? {},
  ...(more.epoch === undefined ? {} : { epoch: more.epoch }),
});

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );

describe('an analysis that was saved', () => {
  let basePath = '';
  let manager: PersistenceManager;
  beforeEach(async () => {
    basePath = path.join(temporaryFolder(), 'base');
    manager = await PersistenceManager.open({ basePath });
  });

  it('leaves no file without an analysis when a run follows with the same analyzer', async () => {
    const { root } = temporaryCodebase({ 'a.md': 'one two', 'b.md': 'three' });
    const calls = new Calls();
    await observe({ root, manager, codebaseId: 'other', analyzers: [wordCount(calls)] });
    const hashes = await manager.getFileHashes('other');
    const files = ['a.md', 'b.md'].map((name) => ({
      path: name,
      contentHash: hashes?.get(name as never) ?? '',
      results: name === 'a.md' ? { 'word-count': 'saved' } : {},
    }));
    const { id, version } = wordCount(calls);
    await manager.saveAnalysis('shop', { analyzers: { [id]: { version } }, files });
    expect((await manager.loadFileAnalysis('shop', 'a.md'))?.results).to.deep.equal({ [id]: 'saved' });
    calls.take();
    await observe({ root, manager, codebaseId: 'shop', analyzers: [wordCount(calls)] });
    expect(calls.take()).to.have.length(2);
    expect(Object.keys((await manager.loadFileAnalysis('shop', 'b.md'))?.results ?? {})).to.deep.equal([id]);
  });

  it('is refused before anything is written where its document could not be read again', async () => {
    await manager.saveAnalysis('shop', input(1));
    const before = filesBelow(basePath);
    const names = ['files', 'versionId', 'digest', 'epoch', 'codebaseId', 'analyzers', '$schema'];
    const bad = [
      ...names.map((name) => input(2, { values: { [name]: 1 } })),
      ...[1.5, -1, NaN, 2 ** 53].map((sizeBytes) => input(2, { sizeBytes })),
      { ...input(2), analyzers: { '': { version: '1' } }, files: [] },
      { ...input(2), analyzers: { lint: { version: 1 as never } } },
      ...[1, -1, 0.5, NaN].map((epoch) => input(2, { epoch })),
      input('x'.repeat(65 * 1024 * 1024)),
    ];
    for (const [index, analysis] of bad.entries())
      expect(await rejection(manager.saveAnalysis('shop', analysis)), `input ${index}`).to.be.instanceOf(TypeError);
    expect(filesBelow(basePath)).to.deep.equal(before);
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results).to.deep.equal({ lint: 1 });
  });

  it('falls under an invalidation from after its results were computed', async () => {
    await manager.saveAnalysis('shop', input('old'));
    const epoch = await manager.epoch('shop');
    expect(epoch).to.equal(0);
    await manager.invalidate('shop', { paths: ['a.ts'] });
    await manager.saveAnalysis('shop', input('old', { epoch }));
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results).to.deep.equal({});
    expect(await manager.epoch('shop')).to.equal(1);
    await manager.saveAnalysis('shop', input('new', { epoch: 1 }));
    await manager.saveAnalysis('shop', input('old', { epoch }));
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results, 'which replaces nothing newer').to.deep.equal({
      lint: 'new',
    });
    await manager.invalidate('shop');
    await manager.saveAnalysis('shop', input('old', { epoch: 1 }));
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results ?? {}).to.deep.equal({});
  });

  it('is not brought back by a run that began before it was deleted', async () => {
    const { root } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
    const analyze = async ({ path: file }: { path: string }): Promise<number> => {
      if (file === 'b.md') expect(await manager.deleteAnalysis('shop')).to.equal(true);
      return 1;
    };
    const analyzers = [{ id: 'slow', version: '1', analyze }];
    await observe({ root, manager, codebaseId: 'shop', concurrency: 1, analyzers });
    expect(await manager.loadAnalysis('shop')).to.equal(undefined);
    expect(await manager.deleteAnalysis('shop')).to.equal(true);
    expect(await manager.deleteAnalysis('shop')).to.equal(false);
  });

  it('has its limits of clean-up checked', async () => {
    await manager.saveAnalysis('shop', input(1));
    const before = filesBelow(basePath);
    const bad = [{ versions: -1 }, { versions: 1.5 }, { versions: NaN }, { maxAgeDays: -1 }, { maxSizeBytes: NaN }];
    for (const limits of [...bad, { graceHours: -1 }, { versions: '1' as never }])
      expect(await rejection(manager.prune('shop', limits)), JSON.stringify(limits)).to.be.instanceOf(TypeError);
    expect(filesBelow(basePath)).to.deep.equal(before);
  });

  it('is reported and left where it is if it has a newer format', async () => {
    await manager.saveAnalysis('shop', input(1));
    const place = path.join(basePath, 'shop');
    const newer = (body: string): string => body.replace('"formatVersion": 1', '"formatVersion": 2');
    const record = fs.readdirSync(place).find((name) => /^file_[0-9a-f]{32}/.test(name)) ?? '';
    const documents = ['analysis.json', `versions/${fs.readdirSync(path.join(place, 'versions')).at(0) ?? ''}`, record];
    for (const name of documents) editSealed(path.join(place, name), newer);
    const report = await manager.verify('shop', { repair: true });
    expect(report.problems.map(({ document }) => document).sort()).to.deep.equal(documents.sort());
    for (const { problem } of report.problems) expect(problem).to.include('its format is 2');
    expect(report.repaired).to.equal(0);
    for (const name of documents) expect(fs.existsSync(path.join(place, name)), name).to.equal(true);
  });
});

describe('a version', () => {
  it('sorts after the one before it, whatever the clock says', () => {
    const at = (time: string): { now: () => number } => ({ now: () => Date.parse(time) });
    let previous = '20261120T120000Z-fff0' as VersionId;
    for (let count = 0; count < 3000; count++) {
      const next = newVersionId(at('2020-01-01T00:00:00Z'), previous);
      expect(next).to.match(/^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$/);
      expect(next > previous, `${previous} ${next}`).to.equal(true);
      previous = next;
    }
    expect(newVersionId(at('2026-12-31T23:59:59Z'), previous).slice(0, 16)).to.equal('20261231T235959Z');
    expect(newVersionId(at('2020-01-01T00:00:00Z'), '20261231T235959Z-ffff' as VersionId)).to.match(
      /^20270101T000000Z-/,
    );
    for (const odd of ['99991231T235959Z-ffff', '20269999T999999Z-ffff'])
      expect(newVersionId(at('2020-01-01T00:00:00Z'), odd as VersionId)).to.match(/^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$/);
  });

  it('is not dropped by its own commit when the clock goes backwards', async () => {
    const { root, basePath } = temporaryCodebase();
    let now = Date.parse('2026-11-20T12:00:00Z');
    const ports = { clock: { now: () => now } };
    const manager = await PersistenceManager.open({ basePath, ports });
    for (let count = 1; count <= 6; count++) {
      now += count < 4 ? 60_000 : -3_600_000;
      writeTree(root, { 'a.md': 'x'.repeat(count) });
      const analyzers = [wordCount(new Calls())];
      const { run } = await observe({ root, manager, codebaseId: 'shop', analyzers, ports, keepVersions: 3 });
      const kept = (await manager.listVersions('shop')).map(({ versionId }) => versionId);
      expect(kept[0], `run ${count}`).to.equal(run.versionId);
      expect(kept).to.have.length(Math.min(count, 3));
      if (count === 5) fs.rmSync(path.join(basePath, 'shop/analysis.json'));
    }
  });

  it('has a name of its own when two are committed at once', async () => {
    const basePath = temporaryFolder();
    const ports = { clock: { now: () => Date.parse('2026-11-20T12:00:00Z') } };
    const manager = await PersistenceManager.open({ basePath, ports });
    for (let round = 0; round < 80; round++) {
      await manager.saveAnalysis(`shop${round}`, input(0));
      const reports = await Promise.all([1, 2, 3].map((result) => manager.saveAnalysis(`shop${round}`, input(result))));
      expect(new Set(reports.map(({ versionId }) => versionId)).size).to.equal(3);
      expect(await manager.listVersions(`shop${round}`)).to.have.length(4);
    }
  });

  it('overwrites nothing where there are no hard links either', async () => {
    const noLinks = interceptFs(({ call, proceed }) => {
      if (call === 'linkSync') throw Object.assign(new Error('no links'), { code: 'EPERM' });
      return proceed();
    });
    const basePath = temporaryFolder();
    const documents = new FileDocuments({ fs: noLinks, basePath });
    expect(await documents.createWhole('shop/x', Buffer.from('1'), { durable: true })).to.equal(true);
    expect(await documents.createWhole('shop/x', Buffer.from('2'), { durable: true })).to.equal(false);
    expect(fs.readFileSync(path.join(basePath, 'shop/x'), 'utf8')).to.equal('1');
    expect(fs.readdirSync(path.join(basePath, 'shop'))).to.deep.equal(['x']);
  });
});

describe('a durable value', () => {
  it('has every folder above it that was made for it on disk, too', async () => {
    const folder = temporaryFolder();
    const { fs: port, operations } = faultyFs({ under: folder });
    const manager = await PersistenceManager.open({ basePath: path.join(folder, 'a/b'), ports: { fs: port } });
    await manager.saveFileHashes('shop', {});
    await manager.invalidate('shop');
    const synced = operations.filter(({ call }) => call === 'fsyncSync').map(({ place }) => place);
    expect(synced).to.include.members(['', 'a', 'a/b', 'a/b/shop', 'a/b/shop/epochs', 'a/b/shop/epochs/1.json']);
  });
});

describe('file_hashes.json', () => {
  for (const [what, spoil] of Object.entries({
    deleted: (file: string): void => fs.rmSync(file),
    emptied: (file: string): void => fs.truncateSync(file, 0),
    edited: (file: string): void => fs.appendFileSync(file, '\n'),
  })) {
    it(`is written again by a run that finds it ${what} and nothing else changed`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
      const run = async (): Promise<boolean> =>
        (await observe({ root, basePath, codebaseId: 'shop', analyzers: [wordCount(new Calls())] })).run.changed;
      await run();
      expect(await run()).to.equal(false);
      const file = path.join(basePath, 'shop/file_hashes.json');
      const before = fs.readFileSync(file, 'utf8');
      await new Promise((resolve) => setTimeout(resolve, 20));
      spoil(file);
      expect(await run()).to.equal(true);
      expect(fs.readFileSync(file, 'utf8')).to.equal(before);
      expect(await run()).to.equal(false);
    });
  }
});

describe('a result that cannot be kept', () => {
  it('is answered every time and never written, if its record is too large', async function () {
    this.timeout(30_000);
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const analyzers = [{ id: 'big', version: '1', analyze: () => 'x'.repeat(65 * 1024 * 1024) }];
    for (const round of [1, 2]) {
      const { run, of } = await observe({ root, basePath, codebaseId: 'shop', analyzers });
      expect(run.totals, `run ${round}`).to.include({ analyzed: 1, uncacheable: 1, failed: 0 });
      expect(of('task-uncacheable').map(({ why }) => why)).to.deep.equal([
        'its record would have more than 67108864 bytes',
      ]);
      expect(of('document-corrupt')).to.deep.equal([]);
      expect(of('warning')).to.deep.equal([]);
    }
    expect(filesBelow(basePath).filter((name) => /file_[0-9a-f]{32}/.test(name))).to.deep.equal([]);
  });

  it('is a failure, if its cost adds up to no number', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const analyze = (_: unknown, context: { cost(cost: Record<string, number>): void }): number => {
      context.cost({ usd: 1e308 });
      context.cost({ usd: 1e308 });
      return 1;
    };
    const { run } = await observe({
      root,
      basePath,
      codebaseId: 'shop',
      analyzers: [{ id: 'dear', version: '1', analyze }],
    });
    expect(run.failures.map(({ message }) => message)).to.deep.equal(['Expected the sum of cost.usd to be finite']);
  });
});

describe('a manager that was opened without the root', () => {
  it('writes nothing through a link that was planted in the codebase', async () => {
    const { root, folder } = temporaryCodebase({ 'a.md': 'one' });
    const victim = path.join(folder, 'victim');
    fs.mkdirSync(victim);
    fs.mkdirSync(path.join(root, '.documee'));
    fs.symlinkSync(victim, path.join(root, '.documee/analysis'));
    const manager = await PersistenceManager.open({ basePath: path.join(root, '.documee/analysis') });
    const { of, run } = await observe({ root, manager, codebaseId: 'shop', analyzers: [wordCount(new Calls())] });
    expect(of('warning').map(({ code }) => code)).to.deep.equal(['CACHE_FOLDER_UNSAFE']);
    expect(run.totals.analyzed).to.equal(1);
    expect(fs.readdirSync(victim)).to.deep.equal([]);
  });
});
