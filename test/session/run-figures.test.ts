import { expect } from 'chai';
import type { Analyzer } from '../../src/model/analyzer.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { Calls, observe, wordCount } from '../support/oracle.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

describe('the figures of a run', () => {
  it('the time saved is the sum of what the current records took, after any number of edits', async () => {
    const { root, basePath } = temporaryCodebase(
      Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}.md`, `file ${n}`])),
    );
    const manager = await PersistenceManager.open({ basePath });
    const slow: Analyzer = {
      id: 'slow',
      version: '1',
      async analyze(file) {
        await new Promise((resolve) => setTimeout(resolve, file.path === '0.md' ? 30 : 1));
        return file.text();
      },
    };
    for (let edit = 0; edit < 6; edit++) {
      writeTree(root, { '0.md': `edit ${edit % 4}`, [`new ${edit}.md`]: 'new' });
      await observe({ root, manager, analyzers: [slow] });
    }
    const { run } = await observe({ root, manager, analyzers: [slow] });
    let sum = 0;
    const analysis = await manager.loadAnalysis('toy');
    for await (const { records } of analysis?.files() ?? []) sum += records['slow']?.durationMs ?? 0;
    expect(run.savedMs).to.be.closeTo(sum, 0.1);
  });

  it('an invalidation that covers nothing is noted once, and runs nothing', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const manager = await PersistenceManager.open({ basePath });
    const calls = new Calls();
    const options = { root, manager, analyzers: [wordCount(calls)] };
    await observe(options);
    calls.take();
    await manager.invalidate('toy', { analyzers: ['other'] });
    const versions: (string | null)[] = [];
    for (let round = 0; round < 3; round++) versions.push((await observe(options)).run.versionId);
    expect(calls.take()).to.deep.equal([]);
    expect(versions[1]).to.equal(versions[0]);
    expect(versions[2]).to.equal(versions[1]);
    expect((await manager.loadAnalysis('toy'))?.head.epoch).to.equal(1);
  });

  it('a failure whose message differs each time makes no new version', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    let round = 0;
    const failing: Analyzer = {
      id: 'failing',
      version: '1',
      analyze() {
        throw new Error(`round ${round++}`);
      },
    };
    const options = { root, basePath, analyzers: [failing] };
    const { run } = await observe(options);
    const again = (await observe(options)).run;
    expect(again.versionId).to.equal(run.versionId);
    expect(again.changed).to.equal(false);
  });
});

describe('a summary that fails', () => {
  it('is reported in every run, and taken in as soon as it works, though no file changed', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    let works = false;
    const analyzer: Analyzer = {
      id: 'summing',
      version: '1',
      analyze: () => 1,
      summarize() {
        if (!works) throw new Error('not yet');
        return { sum: 1 };
      },
    };
    const options = { root, basePath, analyzers: [analyzer] };
    const versions: (string | null)[] = [];
    for (let round = 0; round < 2; round++) {
      const { run, of } = await observe(options);
      expect(of('warning').map(({ code }) => code)).to.deep.equal(['CACHE_SUMMARY_FAILED']);
      versions.push(run.versionId);
    }
    expect(versions[1]).to.equal(versions[0]);
    works = true;
    expect((await observe(options)).run.values()).to.include({ sum: 1 });
    const { run, of } = await observe(options);
    expect(run.values()).to.include({ sum: 1 });
    expect(of('warning')).to.deep.equal([]);
  });
});
