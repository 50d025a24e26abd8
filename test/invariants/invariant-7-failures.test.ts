import { expect } from 'chai';
import type { Analyzer } from '../../src/model/analyzer.js';
import { CacheError } from '../../src/model/errors.js';
import { Calls, canonicalLines, moody, observe, wordCount } from '../support/oracle.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

describe('invariant 7: failed or aborted analyses are never answers', () => {
  it('invariant 7: a failure is reported and tried again in every run', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'FAIL', 'b.md': 'fine' });
    const calls = new Calls();
    for (const expected of [['moody a.md', 'moody b.md'], ['moody a.md'], ['moody a.md']]) {
      const { run, of } = await observe({ root, basePath, analyzers: [moody(calls)] });
      expect(calls.take()).to.deep.equal(expected);
      expect(run.totals.failed).to.equal(1);
      expect(of('task-failed').map(({ path, reason }) => [path, reason])).to.deep.equal([['a.md', 'analyzer-threw']]);
      expect(await canonicalLines(run)).to.include('a.md | moody | failed');
    }
  });

  it('invariant 7: the answer of before a failure is not served after it', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'fine' });
    const options = { root, basePath, analyzers: [moody(new Calls())] };
    await observe(options);
    writeTree(root, { 'a.md': 'FAIL' });
    expect(await canonicalLines((await observe(options)).run)).to.deep.equal(['a.md | moody | failed']);
    expect(await canonicalLines((await observe(options)).run)).to.deep.equal(['a.md | moody | failed']);
  });

  const notJson: Readonly<Record<string, () => unknown>> = {
    undefined: () => undefined,
    'not a number': () => ({ a: NaN }),
    'a function': () => ({ a: () => 1 }),
    'a cycle': () => {
      const cycle: Record<string, unknown> = {};
      return (cycle['self'] = cycle);
    },
    'a date': () => new Date(),
    'a bigint': () => 1n,
    'a map': () => new Map(),
    'a rejected promise': () => Promise.reject(new Error('no')),
    'a thrown string': () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- analyzers may do this
      throw 'no';
    },
    'a thrown undefined': () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- analyzers may do this
      throw undefined;
    },
  };
  for (const [title, analyze] of Object.entries(notJson)) {
    it(`invariant 7: ${title} is a failure of that task alone`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
      const calls = new Calls();
      const odd: Analyzer = { id: 'odd', version: '1', analyze };
      for (let round = 0; round < 2; round++) {
        const { run } = await observe({ root, basePath, analyzers: [odd, wordCount(calls)] });
        expect(run.failures.map(({ analyzer }) => analyzer)).to.deep.equal(['odd']);
      }
      expect(calls.take()).to.deep.equal(['word-count a.md']);
    });
  }

  it('invariant 7: a result that the analyzer does not want kept is computed in every run', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'VOLATILE' });
    const calls = new Calls();
    for (let round = 0; round < 3; round++) {
      const { run } = await observe({ root, basePath, analyzers: [moody(calls)] });
      expect(run.totals).to.include({ uncacheable: 1, failed: 0 });
      expect(await canonicalLines(run)).to.have.length(1);
      expect(calls.take()).to.deep.equal(['moody a.md']);
    }
  });

  it('invariant 7: an aborted run keeps what was finished and nothing else', async () => {
    const tree = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`${String(index).padStart(2, '0')}.md`, `text ${index}`]),
    );
    const { root, basePath } = temporaryCodebase(tree);
    const abort = new AbortController();
    let asked = 0;
    const slow: Analyzer = {
      id: 'slow',
      version: '1',
      async analyze(file, { signal }) {
        if (++asked === 8) abort.abort();
        await new Promise((resolve) => setTimeout(resolve, 1));
        signal.throwIfAborted();
        return file.text();
      },
    };
    const options = { root, basePath, analyzers: [slow], concurrency: 1 };
    const error: unknown = await observe({ ...options, signal: abort.signal }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CacheError).with.property('code', 'CACHE_ABORTED');
    const finished = (error as CacheError).details['finished'];
    expect(finished).to.equal(7);
    const { run } = await observe(options);
    expect(run.totals).to.include({ analyzed: 13, reused: 7, failed: 0 });
  });
});
