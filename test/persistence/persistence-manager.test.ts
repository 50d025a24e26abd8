import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import type { RunEvent } from '../../src/model/event.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import type { AnalysisInput } from '../../src/persistence/save-analysis.js';
import { faultyFs, type FaultyFs } from '../support/fault-fs.js';
import { Calls, observe, wordCount } from '../support/oracle.js';
import { filesBelow, temporaryCodebase, temporaryFolder, writeTree } from '../support/temporary.js';

const hash = (digit: string): string => `xxh64:${digit.repeat(16)}`;
const input = (
  files: Readonly<Record<string, readonly [hash: string, result: unknown]>>,
  version = '1',
): AnalysisInput => ({
  analyzers: { lint: { version } },
  files: Object.entries(files).map(([name, [contentHash, result]]) => ({
    path: name,
    contentHash,
    results: { lint: result },
  })),
  values: { metrics: { totalFiles: Object.keys(files).length } },
});

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof CacheError ? error.code : error instanceof TypeError ? 'TypeError' : 'no error';
};

describe('a PersistenceManager without a run', () => {
  let basePath = '';
  let faulty: FaultyFs;
  let manager: PersistenceManager;
  let events: RunEvent[] = [];

  beforeEach(async () => {
    basePath = path.join(temporaryFolder(), 'base');
    faulty = faultyFs({ under: basePath });
    events = [];
    manager = await PersistenceManager.open({
      basePath,
      ports: { fs: faulty.fs },
      onEvent: (event) => events.push(event),
    });
  });

  const recordsWritten = (since: number): string[] =>
    faulty.operations
      .slice(since)
      .flatMap(({ call, place }) => (call === 'openSync' && /file_[0-9a-f]{32}/.test(place) ? [place] : []));

  it('creates nothing before something is saved', async () => {
    await manager.loadAnalysis('shop');
    await manager.listCodebases();
    await manager.verify('shop');
    await manager.prune('shop');
    expect(await manager.deleteAnalysis('shop')).to.equal(false);
    expect(fs.existsSync(basePath)).to.equal(false);
  });

  it('gives back what was saved', async () => {
    await manager.saveAnalysis('shop', input({ 'b.ts': [hash('2'), { n: 2 }], 'a.ts': [hash('1'), [1, null, 'x']] }));
    const loaded = await manager.loadAnalysis('shop');
    expect(loaded?.paths()).to.deep.equal(['a.ts', 'b.ts']);
    expect(loaded?.values()).to.deep.equal({ metrics: { totalFiles: 2 } });
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results).to.deep.equal({ lint: [1, null, 'x'] });
    expect((await manager.loadFileAnalysis('shop', 'b.ts', 'lint'))?.contentHash).to.equal(hash('2'));
    expect(await manager.loadFileAnalysis('shop', 'b.ts', 'other')).to.equal(undefined);
    expect(await manager.loadFileAnalysis('shop', 'c.ts')).to.equal(undefined);
    expect(await manager.loadAnalysis('other')).to.equal(undefined);
  });

  it('writes only records that are new', async () => {
    const files = { 'a.ts': [hash('1'), 1], 'b.ts': [hash('2'), 2] } as const;
    expect(await manager.saveAnalysis('shop', input(files))).to.include({ written: 2, kept: 0 });
    let since = faulty.operations.length;
    expect(await manager.saveAnalysis('shop', input({ ...files, 'c.ts': [hash('3'), 3] }))).to.include({
      written: 1,
      kept: 2,
    });
    const created = recordsWritten(since);
    // A record is created exclusively: that of a file that is there is tried and not written.
    const written = faulty.operations
      .slice(since)
      .filter(({ call, place }) => call === 'writeSync' && /file_[0-9a-f]{32}/.test(place));
    expect(written.map(({ place }) => created.includes(place))).to.deep.equal([true]);
    since = faulty.operations.length;
    expect(await manager.saveAnalysis('shop', input({ ...files, 'a.ts': [hash('1'), 'another answer'] }))).to.include({
      written: 1,
      kept: 1,
    });
    expect((await manager.loadFileAnalysis('shop', 'a.ts'))?.results).to.deep.equal({ lint: 'another answer' });
    expect(await manager.saveAnalysis('shop', input(files, '2'))).to.include({ written: 2, kept: 0 });
  });

  it('refuses what is no analysis before anything is written', async () => {
    const bad: AnalysisInput[] = [
      input({ 'a.ts': ['md5:1', 1] }),
      input({ 'a.ts': [hash('1'), undefined] }),
      input({ 'a.ts': [hash('1'), NaN] }),
      { ...input({}), files: [{ path: 'a', contentHash: hash('1'), results: { unknown: 1 } }] },
      {
        ...input({}),
        files: [
          { path: 'a', contentHash: hash('1'), results: {} },
          { path: 'a', contentHash: hash('1'), results: {} },
        ],
      },
    ];
    for (const analysis of bad) expect(await codeOf(manager.saveAnalysis('shop', analysis))).to.equal('TypeError');
    expect(await codeOf(manager.saveAnalysis('shop', input({ '../a': [hash('1'), 1] })))).to.equal('CACHE_BAD_PATH');
    expect(fs.existsSync(basePath)).to.equal(false);
  });

  it('takes saved hashes for the truth until an analysis is committed', async () => {
    await manager.saveFileHashes('shop', { 'a.ts': hash('1'), __proto__x: hash('2'), '10': hash('3') });
    expect((await manager.getFileHashes('shop'))?.get('a.ts')).to.equal(hash('1'));
    expect(
      await manager.changedFiles('shop', { 'a.ts': hash('9'), '10': hash('3'), 'new.ts': hash('4') }),
    ).to.deep.equal({
      ...{ added: ['new.ts'], changed: ['a.ts'], removed: ['__proto__x'], unchangedCount: 1 },
    });
    await manager.saveAnalysis('shop', input({ 'a.ts': [hash('5'), 1] }));
    await manager.saveFileHashes('shop', { 'a.ts': hash('6') });
    const diff = await manager.changedFiles('shop', { 'a.ts': hash('6') });
    expect(diff.changed, 'hashes of a run that never committed').to.deep.equal(['a.ts']);
    expect(await manager.changedFiles('shop', { 'a.ts': hash('5') })).to.deep.include({
      changed: [],
      unchangedCount: 1,
    });
    expect(Object.fromEntries((await manager.getFileHashes('shop')) ?? [])).to.deep.equal({ 'a.ts': hash('5') });
  });

  it('takes file names that every object knows', async () => {
    const hashes = new Map([
      ['__proto__', hash('1')],
      ['constructor', hash('2')],
      ['10', hash('3')],
      ['toString', hash('4')],
    ]);
    await manager.saveFileHashes('shop', hashes);
    expect(new Map(await manager.getFileHashes('shop'))).to.deep.equal(hashes);
    expect(await manager.changedFiles('shop', hashes)).to.deep.include({
      added: [],
      changed: [],
      removed: [],
      unchangedCount: 4,
    });
    expect(await manager.changedFiles('shop', new Map())).to.deep.include({
      removed: ['10', '__proto__', 'constructor', 'toString'],
    });
    const files = [...hashes].map(([name, contentHash]) => ({ path: name, contentHash, results: { lint: name } }));
    await manager.saveAnalysis('shop', { analyzers: { lint: { version: '1' } }, files });
    for (const name of hashes.keys())
      expect((await manager.loadFileAnalysis('shop', name))?.results['lint']).to.equal(name);
    expect(new Map(await manager.getFileHashes('shop'))).to.deep.equal(hashes);
    expect(({} as Record<string, unknown>)['lint']).to.equal(undefined);
  });

  it('invalidates everything, one path, a glob, one analyzer', async () => {
    const files = { 'a.ts': [hash('1'), 1], 'src/b.ts': [hash('2'), 2], 'src/c.ts': [hash('3'), 3] } as const;
    const left = async (): Promise<string[]> => {
      const names: string[] = [];
      for (const name of Object.keys(files))
        if (((await manager.loadFileAnalysis('shop', name))?.results ?? {})['lint'] !== undefined) names.push(name);
      return names;
    };
    await manager.saveAnalysis('shop', input(files));
    expect(await manager.invalidate('shop', { paths: ['a.ts'] })).to.include({ files: 1, removed: 1, epoch: 1 });
    expect(await left()).to.deep.equal(['src/b.ts', 'src/c.ts']);
    expect(await manager.invalidate('shop', { analyzers: ['other'] })).to.include({ files: 0, removed: 0 });
    expect(await manager.invalidate('shop', { paths: ['src/*'], analyzers: ['lint'] })).to.include({
      files: 2,
      removed: 2,
    });
    expect(await left()).to.deep.equal([]);
    await manager.saveAnalysis('shop', input(files));
    expect(await left()).to.have.length(3);
    expect(await manager.invalidate('shop')).to.include({ files: 3, removed: 3 });
    expect(await manager.loadAnalysis('shop')).to.equal(undefined);
    expect((await manager.changedFiles('shop', { 'a.ts': hash('1') })).added).to.deep.equal(['a.ts']);
  });

  it('deletes one codebase and no other', async () => {
    for (const id of ['ab', 'abc', 'a%', "a'--", 'a_'])
      await manager.saveAnalysis(id, input({ [`${id}.ts`]: [hash('1'), 1] }));
    expect((await manager.listCodebases()).map(({ codebaseId }) => codebaseId)).to.deep.equal([
      'a%',
      "a'--",
      'a_',
      'ab',
      'abc',
    ]);
    expect(await manager.deleteAnalysis('ab')).to.equal(true);
    expect(await manager.deleteAnalysis('ab')).to.equal(false);
    expect((await manager.listCodebases()).map(({ codebaseId }) => codebaseId)).to.deep.equal([
      'a%',
      "a'--",
      'a_',
      'abc',
    ]);
    expect(filesBelow(path.join(basePath, 'ab')), 'of a run that goes on meanwhile nothing may return').to.deep.equal([
      'epochs/1.json',
    ]);
  });

  it('keeps versions, newest first, and tells what differs', async () => {
    const ids: string[] = [];
    for (const answer of [1, 2, 2, 3]) {
      const { versionId } = await manager.saveAnalysis(
        'shop',
        input({ 'a.ts': [hash(String(answer)), answer], [`v${answer}.ts`]: [hash('9'), 0] }),
      );
      ids.push(versionId);
    }
    expect((await manager.listVersions('shop')).map(({ versionId }) => versionId)).to.deep.equal([...ids].reverse());
    const old = await manager.loadVersion('shop', ids[0]!);
    expect((await old?.loadFile('a.ts'))?.results).to.deep.equal({ lint: 1 });
    expect(await manager.loadVersion('shop', '20200101T000000Z-0000')).to.equal(undefined);
    expect(await manager.loadVersion('shop', '../../etc/passwd')).to.equal(undefined);
    expect(await manager.diffVersions('shop', ids[0]!, ids[3]!)).to.deep.include({
      files: { added: ['v3.ts'], removed: ['v1.ts'] },
      results: [
        { path: 'a.ts', analyzer: 'lint', change: 'changed', old: 1, new: 3 },
        { path: 'v1.ts', analyzer: 'lint', change: 'disappeared', old: 0, new: null },
        { path: 'v3.ts', analyzer: 'lint', change: 'appeared', old: null, new: 0 },
      ],
    });
    expect((await manager.diffVersions('shop', ids[1]!, ids[2]!)).results).to.deep.equal([]);
    expect(await codeOf(manager.diffVersions('shop', ids[0]!, '20200101T000000Z-0000'))).to.equal('CACHE_NO_VERSION');
  });

  it('never drops the newest version, however many there are in one second', async () => {
    for (let count = 0; count < 60; count++) {
      const { versionId } = await manager.saveAnalysis('shop', input({ 'a.ts': [hash('1'), count] }));
      const versions = (await manager.listVersions('shop')).map((version) => version.versionId);
      expect(versions[0]).to.equal(versionId);
      expect(versions.length).to.be.at.most(20);
    }
  });

  it('prunes what no kept version needs once it has aged, and nothing young', async () => {
    for (const answer of [1, 2, 3])
      await manager.saveAnalysis('shop', input({ 'a.ts': [hash(String(answer)), answer] }));
    const after = async (days: number): Promise<PersistenceManager> =>
      PersistenceManager.open({ basePath, ports: { clock: { now: () => Date.now() + days * 86_400_000 } } });
    expect(await (await after(0)).prune('shop', { versions: 1, maxAgeDays: 0 }), 'within the grace period').to.include({
      removedRecords: 0,
    });
    expect(await (await after(40)).prune('shop'), 'what lost its version has aged').to.include({
      removedRecords: 2,
      keptRecords: 1,
    });
  });

  it('prunes records of dropped versions after the grace period only, and says so without doing it', async () => {
    for (const answer of [1, 2, 3])
      await manager.saveAnalysis('shop', input({ 'a.ts': [hash(String(answer)), answer] }));
    fs.writeFileSync(path.join(basePath, 'shop/.tmp-0123456789abcdef01234567'), 'left behind');
    fs.writeFileSync(path.join(basePath, 'shop/somebody-elses.txt'), 'not ours');
    const at = (days: number) =>
      PersistenceManager.open({ basePath, ports: { clock: { now: () => Date.now() + days * 86_400_000 } } });
    expect(await (await at(0.9)).prune('shop', { versions: 1, maxAgeDays: 0 })).to.include({
      removedRecords: 0,
      removedTemporaries: 0,
    });
    await manager.saveAnalysis('shop', input({ 'a.ts': [hash('4'), 4] }));
    await manager.saveAnalysis('shop', input({ 'a.ts': [hash('5'), 5] }));
    const limits = { versions: 2, maxAgeDays: 0 };
    expect(await (await at(1.1)).prune('shop', { ...limits, dryRun: true })).to.include({
      removedRecords: 3,
      removedTemporaries: 1,
      removedVersions: 1,
    });
    expect(await (await at(1.1)).prune('shop', limits)).to.include({
      removedRecords: 3,
      removedTemporaries: 1,
      removedVersions: 1,
      keptRecords: 2,
    });
    for (const { versionId } of await manager.listVersions('shop')) {
      expect(
        Object.keys((await (await manager.loadVersion('shop', versionId))!.loadFile('a.ts'))!.results),
      ).to.deep.equal(['lint']);
    }
    expect(fs.existsSync(path.join(basePath, 'shop/somebody-elses.txt'))).to.equal(true);
  });

  it('prunes nothing while a kept version cannot be read', async () => {
    for (const answer of [1, 2]) await manager.saveAnalysis('shop', input({ 'a.ts': [hash(String(answer)), answer] }));
    const oldest = (await manager.listVersions('shop')).at(-1)!.versionId;
    fs.truncateSync(path.join(basePath, `shop/versions/${oldest}.json`), 100);
    const before = filesBelow(basePath);
    expect(await codeOf(manager.prune('shop', { graceHours: 0, maxAgeDays: 0 }))).to.equal('CACHE_PRUNE_STOPPED');
    expect(filesBelow(basePath)).to.deep.equal(before);
  });

  it('does not miss the records that an invalidation removed', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
    const manager = await PersistenceManager.open({ basePath });
    await observe({ root, manager, analyzers: [wordCount(new Calls())] });
    await manager.invalidate('toy', { paths: ['a.md'] });
    expect((await manager.verify('toy')).problems).to.deep.equal([]);
  });

  it('verifies every document, and repairs', async () => {
    await manager.saveAnalysis(
      'shop',
      input({ 'a.ts': [hash('1'), 1], 'b.ts': [hash('2'), 2], 'c.ts': [hash('3'), 3] }),
    );
    expect(await manager.verify('shop')).to.deep.include({ records: 3, problems: [], repaired: 0 });
    const records = filesBelow(basePath).filter((name) => /file_[0-9a-f]{32}/.test(name));
    fs.truncateSync(path.join(basePath, records[0]!), 10);
    fs.copyFileSync(path.join(basePath, records[1]!), path.join(basePath, records[2]!));
    const report = await manager.verify('shop', { repair: true });
    expect(report.problems.map(({ document }) => `shop/${document}`).sort()).to.deep.equal(
      [records[0], records[2]].sort(),
    );
    expect(report.repaired).to.equal(2);
    expect((await manager.verify('shop')).problems, 'two are missing now').to.have.length(2);
  });

  it('reports a damaged document as an event, once, and answers a miss', async () => {
    await manager.saveAnalysis('shop', input({ 'a.ts': [hash('1'), 1] }));
    for (const name of filesBelow(basePath))
      if (/file_[0-9a-f]{32}/.test(name)) fs.truncateSync(path.join(basePath, name), 20);
    expect(await manager.loadFileAnalysis('shop', 'a.ts', 'lint')).to.equal(undefined);
    expect(events.filter(({ type }) => type === 'document-corrupt')).to.have.length(1);
    fs.writeFileSync(path.join(basePath, 'shop/analysis.json'), 'junk');
    expect(await manager.loadAnalysis('shop')).to.equal(undefined);
    expect(await manager.getFileHashes('shop'), 'hashes of an analysis that is gone stand by themselves').not.to.equal(
      undefined,
    );
  });

  it('shows the work of a run, without the files of analyzers that were dropped', async () => {
    const { root } = temporaryCodebase({ 'a.md': 'one two' });
    const second = { ...wordCount(new Calls()), id: 'second' };
    await observe({ root, manager, codebaseId: 'shop', analyzers: [wordCount(new Calls()), second] });
    expect(Object.keys((await manager.loadFileAnalysis('shop', 'a.md'))!.results).sort()).to.deep.equal([
      'second',
      'word-count',
    ]);
    await observe({ root, manager, codebaseId: 'shop', analyzers: [wordCount(new Calls())] });
    expect(Object.keys((await manager.loadFileAnalysis('shop', 'a.md'))!.results)).to.deep.equal(['word-count']);
    expect(events.filter(({ type }) => type === 'document-corrupt')).to.deep.equal([]);
    expect((await manager.verify('shop')).problems).to.deep.equal([]);
    expect((await manager.statistics('shop')).runs).to.equal(2);
  });

  it('goes on after its folder was deleted', async () => {
    const { root } = temporaryCodebase({ 'a.md': 'one two' });
    for (let round = 0; round < 3; round++) {
      const { run, of } = await observe({ root, manager, analyzers: [wordCount(new Calls())] });
      expect(of('warning')).to.deep.equal([]);
      expect(run.versionId).not.to.equal(null);
      fs.rmSync(basePath, { recursive: true });
      await manager.saveAnalysis('shop', input({ 'a.ts': [hash('1'), 1] }));
      fs.rmSync(basePath, { recursive: true });
      await manager.invalidate('shop');
      fs.rmSync(basePath, { recursive: true });
    }
  });

  it('is of no use once it was closed', async () => {
    await manager.close();
    await manager.close();
    const calls = [
      () => manager.loadAnalysis('shop'),
      () => manager.loadFileAnalysis('shop', 'a'),
      () => manager.saveAnalysis('shop', input({})),
      () => manager.getFileHashes('shop'),
      () => manager.saveFileHashes('shop', {}),
      () => manager.epoch('shop'),
      () => manager.changedFiles('shop', {}),
      () => manager.invalidate('shop'),
      () => manager.deleteAnalysis('shop'),
      () => manager.listCodebases(),
      () => manager.listVersions('shop'),
      () => manager.loadVersion('shop', 'a'),
      () => manager.diffVersions('shop', 'a', 'b'),
      () => manager.prune('shop'),
      () => manager.verify('shop'),
      () => manager.statistics('shop'),
    ];
    for (const [index, call] of calls.entries()) expect(await codeOf(call()), `method ${index}`).to.equal('TypeError');
  });

  it('needs a base path', async () => {
    expect(await codeOf(PersistenceManager.open({ basePath: '' }))).to.equal('TypeError');
    expect(await codeOf(PersistenceManager.open({}))).to.equal('TypeError');
  });

  it('leaves out a codebase whose folder it may not read from the list, and no other', async () => {
    await manager.saveAnalysis('good', input({ 'a.ts': [hash('1'), 1] }));
    writeTree(basePath, { 'stray.txt': 'x', 'bad/analysis.json': 'junk', '.hidden/analysis.json': '{}' });
    fs.mkdirSync(path.join(basePath, 'linked'));
    fs.symlinkSync('/', path.join(basePath, 'linked/epochs'));
    fs.copyFileSync(path.join(basePath, 'good/analysis.json'), path.join(basePath, 'linked/analysis.json'));
    expect((await manager.listCodebases()).map(({ codebaseId }) => codebaseId)).to.deep.equal(['good']);
  });
});
