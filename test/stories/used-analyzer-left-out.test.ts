import { expect } from 'chai';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import { temporaryCodebase } from '../support/temporary.js';

const size: Analyzer = { id: 'size', version: '1', analyze: (file) => file.text().length };
const user: Analyzer = {
  ...{ id: 'user', version: '1' },
  analyze: async (file, context) => ({ of: (await context.resultOf('size', file.path)) ?? null }),
};

describe('story: an analyzer whose results others use is left out', () => {
  it('who used them fails as it does from scratch, and is found again when it comes back', async () => {
    const { root, basePath, folder } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'other' });
    const run = async (analyzers: readonly Analyzer[], cache = basePath): Promise<unknown> => {
      const { totals, failures } = await analyzeCodebase({ root, basePath: cache, codebaseId: 'x', analyzers });
      return { failed: failures.map(({ path, message }) => [path, message]), analyzed: totals.analyzed };
    };
    await run([size, user]);
    expect(await run([size, user])).to.deep.equal({ failed: [], analyzed: 0 });
    const fromScratch = await run([user], `${folder}/other`);
    expect(fromScratch).to.have.property('failed').with.length(2);
    expect(await run([user])).to.deep.equal(fromScratch);
    expect(await run([size, user])).to.deep.equal({ failed: [], analyzed: 0 });
  });

  it('who used one for a file that it is not asked about any more sees none', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'other' });
    const run = async (include: readonly string[]): Promise<unknown> => {
      const done = await analyzeCodebase({
        ...{ root, basePath, codebaseId: 'x', analyzers: [{ ...size, include }, user] },
      });
      const answers: unknown[] = [];
      for await (const { analyzer, result } of done.results()) if (analyzer === 'user') answers.push(result);
      return { answers, analyzed: done.totals.analyzed };
    };
    expect(await run(['*.txt'])).to.deep.equal({ answers: [{ of: 3 }, { of: 5 }], analyzed: 4 });
    expect(await run(['a.txt'])).to.deep.equal({ answers: [{ of: 3 }, { of: null }], analyzed: 1 });
    expect(await run(['*.txt'])).to.deep.equal({ answers: [{ of: 3 }, { of: 5 }], analyzed: 0 });
  });
});
