import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Analyzer } from '../../src/model/analyzer.js';
import { sealDocument } from '../../src/codec/sealed-json.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { Calls, observe, toyAnalyzers } from '../support/oracle.js';
import { temporaryCodebase } from '../support/temporary.js';

const TREE = { 'a.md': 'one', 'b.md': 'two', 'src/c.md': 'three' };

describe('invariant 9: invalidation wins', () => {
  /** Answers which round it is, so that an old answer can be told from a new one. */
  const rounds = { now: 1 };
  const round: Analyzer = { id: 'round', version: '1', analyze: () => rounds.now };
  const all = async (options: Parameters<typeof observe>[0]): Promise<Record<string, unknown>> => {
    const answers: Record<string, unknown> = {};
    for await (const { path: name, result } of (await observe(options)).run.results()) answers[name] = result;
    return answers;
  };

  beforeEach(() => {
    rounds.now = 1;
  });

  const selections = [
    { title: 'everything', selection: {}, expected: { 'a.md': 2, 'b.md': 2, 'src/c.md': 2 } },
    { title: 'one path', selection: { paths: ['a.md'] }, expected: { 'a.md': 2, 'b.md': 1, 'src/c.md': 1 } },
    { title: 'a glob', selection: { paths: ['src/**'] }, expected: { 'a.md': 1, 'b.md': 1, 'src/c.md': 2 } },
    { title: 'no path', selection: { paths: [] }, expected: { 'a.md': 1, 'b.md': 1, 'src/c.md': 1 } },
    { title: 'this analyzer', selection: { analyzers: ['round'] }, expected: { 'a.md': 2, 'b.md': 2, 'src/c.md': 2 } },
    {
      title: 'another analyzer',
      selection: { analyzers: ['other'] },
      expected: { 'a.md': 1, 'b.md': 1, 'src/c.md': 1 },
    },
  ];
  for (const { title, selection, expected } of selections) {
    it(`invariant 9: of ${title}, nothing older is served`, async () => {
      const { root, basePath } = temporaryCodebase(TREE);
      const manager = await PersistenceManager.open({ basePath });
      const options = { root, manager, analyzers: [round] };
      await observe(options);
      await manager.invalidate('toy', selection);
      for (const [name, answer] of Object.entries(expected)) {
        const kept = await manager.loadFileAnalysis('toy', name, 'round');
        expect(kept?.results['round'], name).to.equal(answer === 1 ? 1 : undefined);
      }
      rounds.now = 2;
      expect(await all(options)).to.deep.equal(expected);
      rounds.now = 3;
      expect(await all(options), 'once is enough').to.deep.equal(expected);
    });
  }

  it('invariant 9: a run that is overtaken serves nothing older, neither found nor unchanged nor computed', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const manager = await PersistenceManager.open({ basePath });
    const { run } = await observe({ root, manager, analyzers: [round] });
    await manager.invalidate('toy', { paths: ['a.md', 'src/**'] });
    rounds.now = 2;
    const answers: Record<string, unknown> = {};
    for await (const { path: name, result } of run.results()) answers[name] = result;
    expect(answers).to.deep.equal({ 'a.md': 2, 'b.md': 1, 'src/c.md': 2 });
    rounds.now = 3;
    expect(await all({ root, manager, analyzers: [round] }), 'once is enough').to.deep.equal(answers);
  });

  it('invariant 9: a glob covers names with a newline', async () => {
    const { root, basePath } = temporaryCodebase({ 'a\nb.md': 'one', 'x\ny/c.md': 'two' });
    const manager = await PersistenceManager.open({ basePath });
    await observe({ root, manager, analyzers: [round] });
    await manager.invalidate('toy', { paths: ['**'] });
    rounds.now = 2;
    expect(Object.values(await all({ root, manager, analyzers: [round] }))).to.deep.equal([2, 2]);
  });

  it('invariant 9: after an invalidation of everything that is the reason, not a first sight', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const manager = await PersistenceManager.open({ basePath });
    await observe({ root, manager, analyzers: [round] });
    await manager.invalidate('toy');
    const { run } = await observe({ root, manager, analyzers: [round] });
    expect(run.plan.tasks.map(({ reason }) => reason.kind)).to.deep.equal([
      'invalidated',
      'invalidated',
      'invalidated',
    ]);
  });

  for (const selection of [{}, { paths: ['**'] }, { analyzers: ['round'] }]) {
    it(`invariant 9: it wins over a run that began before it and ends after it (${JSON.stringify(selection)})`, async () => {
      const { root, basePath } = temporaryCodebase(TREE);
      const manager = await PersistenceManager.open({ basePath });
      let reached = (): void => undefined;
      let release = (): void => undefined;
      const blocked = new Promise<void>((resolve) => (reached = resolve));
      const open = new Promise<void>((resolve) => (release = resolve));
      const waiting: Analyzer = {
        ...round,
        async analyze() {
          reached();
          const answer = rounds.now;
          await open;
          return answer;
        },
      };
      const running = observe({ root, manager, analyzers: [waiting] });
      await blocked;
      await manager.invalidate('toy', selection);
      release();
      await running;
      rounds.now = 2;
      expect(await all({ root, manager, analyzers: [round] })).to.deep.equal({ 'a.md': 2, 'b.md': 2, 'src/c.md': 2 });
    });
  }

  it('invariant 9: it covers contents that are not the current ones', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const manager = await PersistenceManager.open({ basePath });
    const options = { root, manager, analyzers: [round] };
    await observe(options);
    fs.writeFileSync(path.join(root, 'a.md'), 'two');
    await observe(options);
    await manager.invalidate('toy', { paths: ['a.md'] });
    fs.writeFileSync(path.join(root, 'a.md'), 'one');
    rounds.now = 2;
    expect(await all(options)).to.deep.equal({ 'a.md': 2 });
  });

  it('invariant 9: two at once both count', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const managers = await Promise.all(Array.from({ length: 8 }, () => PersistenceManager.open({ basePath })));
    await observe({ root, basePath, analyzers: [round] });
    const reports = await Promise.all(
      managers.map((manager, index) => manager.invalidate('toy', { paths: [index % 2 === 0 ? 'a.md' : 'b.md'] })),
    );
    expect(reports.map(({ epoch }) => epoch).sort()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    rounds.now = 2;
    expect(await all({ root, basePath, analyzers: [round] })).to.deep.equal({ 'a.md': 2, 'b.md': 2, 'src/c.md': 1 });
  });

  const unreadable: Readonly<Record<string, (file: string) => void>> = {
    'cut off': (file) => fs.truncateSync(file, 30),
    empty: (file) => fs.writeFileSync(file, ''),
    'a folder': (file) => {
      fs.rmSync(file);
      fs.mkdirSync(file);
    },
    'of a pattern that cannot be understood': (file) => {
      const { digest: _, ...entry } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
      fs.writeFileSync(file, sealDocument({ ...entry, selection: { paths: ['x'.repeat(600)], analyzers: null } }));
    },
    'of another number': (file) => fs.renameSync(file, path.join(path.dirname(file), '7.json')),
  };
  for (const [title, spoil] of Object.entries(unreadable)) {
    it(`invariant 9: an entry that is ${title} covers everything`, async () => {
      const { root, basePath } = temporaryCodebase(TREE);
      const manager = await PersistenceManager.open({ basePath });
      const options = { root, basePath, analyzers: [round] };
      await observe(options);
      await manager.invalidate('toy', { paths: ['a.md'] });
      spoil(path.join(basePath, 'toy/epochs/1.json'));
      rounds.now = 2;
      expect(await all(options)).to.deep.equal({ 'a.md': 2, 'b.md': 2, 'src/c.md': 2 });
      rounds.now = 3;
      expect(await all(options), 'once is enough').to.deep.equal({ 'a.md': 2, 'b.md': 2, 'src/c.md': 2 });
    });
  }

  it('invariant 9: an invalidation after its predecessor was deleted by hand still counts', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const manager = await PersistenceManager.open({ basePath });
    const options = { root, basePath, analyzers: [round] };
    await manager.invalidate('toy', { paths: ['a.md'] });
    await observe(options);
    fs.writeFileSync(path.join(root, 'a.md'), 'two');
    await observe(options);
    fs.rmSync(path.join(basePath, 'toy/epochs/1.json'));
    await manager.invalidate('toy', { paths: ['a.md'] });
    fs.writeFileSync(path.join(root, 'a.md'), 'one');
    rounds.now = 2;
    expect(await all(options)).to.deep.equal({ 'a.md': 2 });
  });

  it('invariant 9: deleting the analysis keeps it', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const manager = await PersistenceManager.open({ basePath });
    await observe({ root, basePath, analyzers: toyAnalyzers(new Calls()) });
    const { epoch } = await manager.invalidate('toy');
    await manager.deleteAnalysis('toy');
    // Deleting is an invalidation of everything, too, where there is something to delete.
    expect((await manager.invalidate('toy')).epoch).to.equal(epoch + 2);
  });
});
