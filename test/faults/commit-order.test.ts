import { expect } from 'chai';
import path from 'node:path';
import { faultyFs, type Operation } from '../support/fault-fs.js';
import { Calls, observe, toyAnalyzers } from '../support/oracle.js';
import { temporaryCodebase } from '../support/temporary.js';

const isRecord = (place: string): boolean => /file_[0-9a-f]{32}\.json$/.test(place);

describe('invariant 6: results first, file_hashes.json second, analysis.json last', () => {
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
