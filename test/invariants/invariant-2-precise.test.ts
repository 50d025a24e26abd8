import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { AnalyzeOptions } from '../../src/analyze-codebase.js';
import { Calls, observe, PLAIN_TOYS, toyAnalyzers, type Toys } from '../support/oracle.js';
import { filesBelow, temporaryCodebase, temporaryFolder, writeTree } from '../support/temporary.js';

const TREE = { 'a.md': 'one two', 'b.md': 'three', 'src/c.md': 'four', 'src/deep/d.md': 'five' };

/** Runs with a cache inside the codebase, as users have it. */
class Project {
  readonly calls = new Calls();
  root: string;

  constructor(root: string = temporaryCodebase(TREE).root) {
    this.root = root;
  }

  async run(toys: Toys = PLAIN_TOYS, options: Partial<AnalyzeOptions> = {}): Promise<string[]> {
    await observe({ root: this.root, analyzers: toyAnalyzers(this.calls, toys), ...options });
    return this.calls.take();
  }
}

describe('invariant 2: nothing re-runs whose inputs did not change', () => {
  for (const changeDetection of ['stat', 'content'] as const) {
    it(`invariant 2: two identical runs in a row run nothing the second time (${changeDetection})`, async () => {
      const project = new Project();
      expect(await project.run(PLAIN_TOYS, { changeDetection })).to.have.length(16);
      expect(await project.run(PLAIN_TOYS, { changeDetection })).to.deep.equal([]);
      expect(await project.run(PLAIN_TOYS, { changeDetection })).to.deep.equal([]);
    });
  }

  it('invariant 2: a second run writes no document', async () => {
    const project = new Project();
    await project.run();
    const documents = (): string[] =>
      filesBelow(path.join(project.root, '.documee'))
        .filter((name) => name.endsWith('.json'))
        .map(
          (name) =>
            `${name} ${String(fs.statSync(path.join(project.root, '.documee', name), { bigint: true }).mtimeNs)}`,
        );
    const before = documents();
    await project.run();
    expect(documents()).to.deep.equal(before);
  });

  it('invariant 2: moving the project re-runs nothing', async () => {
    const project = new Project();
    await project.run();
    const moved = path.join(temporaryFolder(), 'moved here');
    fs.renameSync(project.root, moved);
    project.root = moved;
    expect(await project.run()).to.deep.equal([]);
  });

  it('invariant 2: a clone elsewhere with a copy of the cache re-runs nothing', async () => {
    const project = new Project();
    await project.run();
    const copy = path.join(temporaryFolder(), 'clone');
    fs.cpSync(project.root, copy, { recursive: true });
    project.root = copy;
    expect(await project.run()).to.deep.equal([]);
    expect(await project.run()).to.deep.equal([]);
  });

  it('invariant 2: touching every file re-runs nothing', async () => {
    const project = new Project();
    await project.run();
    for (const name of Object.keys(TREE)) fs.utimesSync(path.join(project.root, name), new Date(), new Date(1_000_000));
    expect(await project.run()).to.deep.equal([]);
  });

  it('invariant 2: switching between two contents re-runs nothing the second time', async () => {
    const project = new Project();
    await project.run();
    writeTree(project.root, { 'a.md': 'another' });
    expect(await project.run()).to.have.length(4);
    for (const content of [TREE['a.md'], 'another', TREE['a.md']]) {
      writeTree(project.root, { 'a.md': content });
      expect(await project.run(), content).to.deep.equal([]);
    }
  });

  it('invariant 2: switching between two sets of options re-runs nothing the second time', async () => {
    const project = new Project();
    const other: Toys = { version: '2', minimum: 4 };
    await project.run();
    expect(await project.run(other)).to.have.length(8);
    for (const toys of [PLAIN_TOYS, other, PLAIN_TOYS]) expect(await project.run(toys)).to.deep.equal([]);
  });

  it('invariant 2: each change re-runs exactly what it concerns', async () => {
    const project = new Project();
    await project.run();
    writeTree(project.root, { 'b.md': 'THREE' });
    expect(await project.run()).to.deep.equal(['byte-sum b.md', 'long-words b.md', 'moody b.md', 'word-count b.md']);
    expect(await project.run({ ...PLAIN_TOYS, minimum: 3 })).to.deep.equal(
      Object.keys(TREE)
        .map((name) => `long-words ${name}`)
        .sort(),
    );
    fs.renameSync(path.join(project.root, 'a.md'), path.join(project.root, 'z.md'));
    expect(
      await project.run({ ...PLAIN_TOYS, minimum: 3 }),
      'a rename needs no answer that holds at every path',
    ).to.deep.equal(['long-words z.md', 'moody z.md', 'word-count z.md']);
    fs.rmSync(path.join(project.root, 'z.md'));
    expect(await project.run({ ...PLAIN_TOYS, minimum: 3 })).to.deep.equal([]);
  });

  it('invariant 2: results that were found by key and are old are renewed, and nothing runs', async () => {
    const project = new Project();
    await project.run();
    writeTree(project.root, { 'a.md': 'another' });
    await project.run();
    const cache = path.join(project.root, '.documee');
    const records = filesBelow(cache).filter((name) => /file_[0-9a-f]{32}/.test(name));
    const longAgo = new Date(Date.now() - 40 * 86_400_000);
    for (const name of records) fs.utimesSync(path.join(cache, name), longAgo, longAgo);
    writeTree(project.root, { 'a.md': TREE['a.md'] });
    expect(await project.run()).to.deep.equal([]);
    const young = records.filter((name) => fs.statSync(path.join(cache, name)).mtimeMs > longAgo.getTime() + 1000);
    expect(young).to.have.length(4);
  });
});
