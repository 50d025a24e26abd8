import { expect } from 'chai';
import path from 'node:path';
import { faultyFs, type Operation } from '../support/fault-fs.js';
import { Calls, observe, toyAnalyzers } from '../support/oracle.js';
import { commitResults, env, openCache } from '../persistence/committed.js';
import { temporaryCodebase, temporaryFolder } from '../support/temporary.js';
import { rebuildDependencies } from '../../src/persistence/rebuild-dependencies.js';

const isRecord = (place: string): boolean => /file_[0-9a-f]{32}(-[0-9a-f]{8})?\.json$/.test(place);

describe('invariant 6: results first, the documents beside it second, analysis.json last', () => {
  async function operationsOf(durability: 'ordered' | 'full'): Promise<readonly Operation[]> {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' });
    const { fs, operations } = faultyFs({ under: basePath });
    await observe({ root, basePath, durability, analyzers: toyAnalyzers(new Calls()), ports: { fs } });
    return operations;
  }

  const renameTo = (operations: readonly Operation[], name: string): number =>
    operations.findIndex(({ call, to }) => call === 'renameSync' && to === `toy/${name}`);

  it('invariant 6: the documents are published in this order', async () => {
    const operations = await operationsOf('ordered');
    const lastRecord = operations.findLastIndex(({ call, place }) => call === 'writeSync' && isRecord(place));
    const hashes = renameTo(operations, 'file_hashes.json');
    const version = operations.findIndex(
      ({ call, to }) => call === 'linkSync' && to?.startsWith('toy/versions/') === true,
    );
    const analysis = renameTo(operations, 'analysis.json');
    expect(lastRecord).to.be.greaterThan(0);
    expect([lastRecord, hashes, version, analysis]).to.deep.equal(
      [lastRecord, hashes, version, analysis].sort((a, b) => a - b),
    );
  });

  it('invariant 6: dependencies.json is published after the hashes, and is removed only after the commit', async () => {
    const basePath = path.join(temporaryFolder(), 'base');
    const { fs, operations } = faultyFs({ under: basePath });
    const places = (since: number): string[] =>
      operations
        .slice(since)
        .filter(({ call }) => call === 'renameSync' || call === 'linkSync' || call === 'unlinkSync')
        .map(({ place, to = place }) => to)
        .filter((place) => /(dependencies|file_hashes|analysis)\.json$|versions\/[^.]*\.json$/.test(place))
        .map((place) => place.replace(/versions\/.*/, 'version').replace('shop/', ''));
    await commitResults({ 'a.ts': [env('TZ')] }, basePath, fs);
    expect(places(0)).to.deep.equal(['file_hashes.json', 'dependencies.json', 'version', 'analysis.json']);
    const since = operations.length;
    await commitResults({ 'a.ts': [] }, basePath, fs);
    const [hashes, version, analysis, ...dropped] = places(since);
    expect([hashes, version, analysis]).to.deep.equal(['file_hashes.json', 'version', 'analysis.json']);
    expect(dropped).to.have.members(['version', 'dependencies.json']);
  });

  it('invariant 6: a disk that fails at any point of a commit leaves an analysis whose dependencies can be told', async () => {
    const before = { 'a.ts': [env('TZ')], 'b.ts': [env('A')] };
    const now = { 'a.ts': [env('LANG')], 'b.ts': [] };
    for (let at = 1, isDone = false; !isDone; at++) {
      const { basePath } = await commitResults(before);
      const faulty = faultyFs({ under: basePath, fault: { kind: 'errno', at, code: 'EIO', lasting: true } });
      await commitResults(now, basePath, faulty.fs).catch(() => undefined);
      isDone = !faulty.struck();
      const cache = await openCache(basePath);
      const analysis = await cache.openAnalysis();
      expect(analysis, `failed at ${at}`).not.to.equal(undefined);
      const opened = await cache.openDependencies(analysis!);
      const { dependencies, lost } = await rebuildDependencies(cache, analysis!);
      expect(lost).to.deep.equal([]);
      if (opened !== undefined) expect(opened.encode().toString()).to.equal(dependencies.encode().toString());
      const line = Array.from(dependencies.of('a.ts').values());
      expect([[before['a.ts']], [now['a.ts']]], `failed at ${at}`).to.deep.include(line);
    }
  });

  it('invariant 6: the bytes of analysis.json are on disk before it has its name, and its folder after', async () => {
    const operations = await operationsOf('ordered');
    const analysis = renameTo(operations, 'analysis.json');
    const temporary = operations[analysis]!.place;
    const source = operations.find(({ call, to }) => call === 'linkSync' && to === temporary)?.place ?? temporary;
    const written = operations.find(({ call, to }) => call === 'linkSync' && to === source)?.place ?? source;
    const synced = operations.findIndex(({ call, place }) => call === 'fsyncSync' && place === written);
    const lastWrite = operations.findLastIndex(({ call, place }) => call === 'writeSync' && place === written);
    expect(synced).to.be.greaterThan(lastWrite).and.below(analysis);
    expect(operations.slice(analysis).some(({ call, place }) => call === 'fsyncSync' && place === 'toy')).to.equal(
      true,
    );
  });

  it('invariant 6: every rename stays in its folder', async () => {
    for (const { call, place, to } of await operationsOf('full')) {
      if (call === 'renameSync') expect(path.dirname(place), place).to.equal(path.dirname(to!));
    }
  });

  it('invariant 6: with full durability every record is on disk before the commit', async () => {
    const operations = await operationsOf('full');
    const analysis = renameTo(operations, 'analysis.json');
    const records = new Set(
      operations.filter(({ call, place }) => call === 'writeSync' && isRecord(place)).map(({ place }) => place),
    );
    expect(records.size).to.equal(8);
    for (const record of records) {
      expect(
        operations.slice(0, analysis).some(({ call, place }) => call === 'fsyncSync' && place === record),
        record,
      ).to.equal(true);
    }
  });
});
