import { expect } from 'chai';
import type { Analyzer, BatchAnalyzer } from '../../src/model/analyzer.js';
import type { analyzeOne } from '../../src/run/analyze-one.js';
import { resultDigest } from '../../src/run/analyze-one.js';
import { runTasks } from '../../src/run/run-tasks.js';
import { temporaryCodebase } from '../support/temporary.js';
import { testRun } from './run-options.js';

/** Files `0.txt` and on; each but the last names the next. */
function chain(length: number): { root: string; files: string[] } {
  const files = Array.from({ length }, (_, index) => `${String(index).padStart(3, '0')}.txt`);
  const { root } = temporaryCodebase(Object.fromEntries(files.map((file, index) => [file, files[index + 1] ?? ''])));
  return { root, files };
}

const depth: Analyzer<number> = {
  ...{ id: 'depth', version: '1' },
  async analyze(file, context) {
    await Promise.resolve();
    const next = file.text();
    return next === '' ? 0 : 1 + ((await context.resultOf<number>('depth', next)) ?? 0);
  },
};

describe('results that are asked for while an analyzer runs', () => {
  it('are computed on demand, however long the chain, with few slots', async () => {
    const { root, files } = chain(60);
    const run = await testRun(root, [{ analyzer: depth }]);
    await runTasks(await run.tasksOf('depth', files), run.options);
    expect(run.results.size).to.equal(60);
    expect(run.result('depth 000.txt')).to.equal(59);
    expect(run.dependencies('depth 000.txt')).to.deep.equal([
      { kind: 'result', analyzer: 'depth', path: '001.txt', hash: resultDigest(58) },
    ]);
  });

  it('a task runs once, whoever asks for it', async () => {
    const { root } = temporaryCodebase({ 'a.txt': 'z.txt', 'b.txt': 'z.txt', 'z.txt': '' });
    const ran: string[] = [];
    const analyzer: Analyzer = {
      ...depth,
      analyze(file, context) {
        ran.push(file.path);
        return depth.analyze(file, context);
      },
    };
    const run = await testRun(root, [{ analyzer }]);
    await runTasks(await run.tasksOf('depth', ['a.txt', 'b.txt', 'z.txt']), run.options);
    expect(ran.sort()).to.deep.equal(['a.txt', 'b.txt', 'z.txt']);
  });

  it('an analyzer of many files can ask, and be asked', async () => {
    const { root } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'two' });
    const tool: BatchAnalyzer = {
      ...{ id: 'tool', version: '1' },
      async *analyzeMany(files, context) {
        for (const { path: file } of files)
          yield { path: file, result: await context.inputsOf(file).resultOf('size', file) };
      },
    };
    const size: Analyzer = { id: 'size', version: '1', analyze: (file) => file.bytes.length };
    const asker: Analyzer = {
      ...{ id: 'asker', version: '1' },
      analyze: (file, context) => context.resultOf('tool', file.path),
    };
    const run = await testRun(root, [{ analyzer: tool }, { analyzer: size }, { analyzer: asker }]);
    const tasks = await Promise.all(['asker', 'size', 'tool'].map((id) => run.tasksOf(id, ['a.txt', 'b.txt'])));
    await runTasks(tasks.flat(), run.options);
    expect(run.result('asker b.txt')).to.equal(3);
    expect(run.dependencies('tool a.txt')).to.deep.equal([
      { kind: 'result', analyzer: 'size', path: 'a.txt', hash: resultDigest(3) },
    ]);
  });

  it('an input that the run knows in another state makes the result uncacheable', async () => {
    const { root } = temporaryCodebase({ 'a.txt': 'one', 'b.txt': 'two' });
    const analyzer: Analyzer = { id: 'toy', version: '1', analyze: (_, context) => context.readText('b.txt') };
    const states = { isCurrent: () => false, isStillCurrent: () => true };
    const run = await testRun(root, [{ analyzer }], { states });
    await runTasks(await run.tasksOf('toy', ['a.txt']), run.options);
    expect(run.outcome('toy a.txt')).to.include({ ok: true, uncacheable: 'b.txt changed during the run' });
  });

  it('a question that nobody waits for does not end the process', async () => {
    const { root } = temporaryCodebase({ 'a.txt': 'one' });
    const analyzer: Analyzer = {
      ...{ id: 'toy', version: '1' },
      analyze(_, context) {
        void context.resultOf('toy', 'a.txt');
        return 1;
      },
    };
    const run = await testRun(root, [{ analyzer }], { resultOf: () => Promise.reject(new Error('a circle')) });
    await runTasks(await run.tasksOf('toy', ['a.txt']), run.options);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(run.result('toy a.txt')).to.equal(1);
  });
});

describe('the surface of a result', () => {
  const outcomeOf = async (surface: Analyzer['surface']): Promise<Awaited<ReturnType<typeof analyzeOne>>> => {
    const { root } = temporaryCodebase({ 'a.txt': 'one' });
    const analyzer: Analyzer = {
      ...{ id: 'toy', version: '1', analyze: () => ({ b: 1, a: 2 }) },
      ...(surface === undefined ? {} : { surface }),
    };
    const run = await testRun(root, [{ analyzer }]);
    await runTasks(await run.tasksOf('toy', ['a.txt']), run.options);
    return run.outcome('toy a.txt');
  };

  it('is a digest that does not depend on the order of keys', async () => {
    expect(await outcomeOf((result) => result)).to.have.property('surface', resultDigest({ a: 2, b: 1 }));
  });
  it('is null where the analyzer has none, or none for this result', async () => {
    expect(await outcomeOf(undefined)).to.have.property('surface', null);
    expect(await outcomeOf(() => undefined)).to.have.property('surface', null);
  });
  for (const [name, surface] of Object.entries<NonNullable<Analyzer['surface']>>({
    'that throws': () => {
      throw new Error('no such field');
    },
    'that is a promise': () => Promise.resolve(1),
    'that is a set': () => new Set([1]),
  }))
    it(`one ${name} fails the analysis, and says so`, async () => {
      const outcome = await outcomeOf(surface);
      expect(outcome).to.include({ ok: false, reason: 'analyzer-threw' });
      expect(outcome).to.have.property('message').that.contains('surface');
    });
});
