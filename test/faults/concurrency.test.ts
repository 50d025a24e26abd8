import { expect } from 'chai';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { childScript } from '../support/compiled.js';
import { Calls, canonical, fresh, observe, toyAnalyzers } from '../support/oracle.js';
import { scale } from '../support/scale.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

const TREE = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.md`, `text of ${index}`]));

describe('several runs on one codebase at once', () => {
  it('eight runs in one process all answer right, and leave one whole analysis', async function () {
    this.timeout(60_000);
    const { root, basePath } = temporaryCodebase(TREE);
    const options = { root, basePath, analyzers: toyAnalyzers(new Calls()) };
    const expected = await fresh(options);
    const runs = await Promise.all(Array.from({ length: 8 }, () => observe(options)));
    for (const { run, of } of runs) {
      expect(await canonical(run)).to.equal(expected);
      expect(of('warning')).to.deep.equal([]);
    }
    const manager = await PersistenceManager.open({ basePath });
    const loaded = await manager.loadAnalysis('toy');
    expect(runs.map(({ run }) => run.versionId)).to.include(loaded?.versionId);
    expect((await observe(options)).run.totals.analyzed).to.equal(0);
    expect((await manager.verify('toy')).problems).to.deep.equal([]);
  });

  it('readers beside writers in other processes never see a mixture or an error', async function () {
    this.timeout(0);
    const { root, basePath } = temporaryCodebase(TREE);
    const options = { root, basePath, analyzers: toyAnalyzers(new Calls()) };
    await observe(options);
    const manager = await PersistenceManager.open({ basePath });
    const rounds = scale(12, 300);
    const writers = [1, 2, 3].map((seed) => writer(root, basePath, rounds, seed));
    let reads = 0;
    let running = true;
    const read = async (): Promise<void> => {
      while (running) {
        const loaded = await manager.loadAnalysis('toy');
        expect(loaded, 'an analysis is always there').not.to.equal(undefined);
        const seen = new Set<string>();
        for await (const { path: name, records } of loaded!.files()) {
          seen.add(name);
          for (const record of Object.values(records))
            expect(record.path === name || record.analyzer.id === 'byte-sum').to.equal(true);
        }
        expect(seen.size).to.equal(loaded!.head.totals.files);
        reads++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = [read(), read()];
    try {
      await Promise.all(writers);
    } finally {
      running = false;
    }
    await Promise.all(readers);
    expect(reads).to.be.greaterThan(rounds);
    writeTree(root, TREE);
    expect(await canonical((await observe(options)).run)).to.equal(await fresh(options));
    expect((await manager.verify('toy')).problems).to.deep.equal([]);
    expect(fs.readdirSync(path.join(basePath, 'toy')).filter((name) => name.startsWith('.tmp-'))).to.deep.equal([]);
  });
});

function writer(root: string, basePath: string, rounds: number, seed: number): Promise<void> {
  const script = childScript('writer-child');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify({ root, basePath, rounds, seed })], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`writer ${seed} ended with ${code ?? '?'}: ${said}`)),
    );
  });
}
