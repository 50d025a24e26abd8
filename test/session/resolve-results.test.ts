/** Results that ask for others while those are running, gone, or waiting themselves. A test that hangs here is a run that hung. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyzeCodebase, type AnalysisRun, type AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { Analyzer, AnyAnalyzer, BatchAnalyzer, BatchAnswer } from '../../src/model/analyzer.js';
import { CacheError, messageOf } from '../../src/model/errors.js';
import { openCache } from '../persistence/committed.js';
import { Calls, observe, type Observed } from '../support/oracle.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

const NAMES = /use (\S+)/g;
const usedIn = (text: string): string[] => [...text.matchAll(NAMES)].map((match) => match[1] as string);

class Codebase {
  readonly root: string;
  readonly basePath: string;
  readonly calls = new Calls();

  constructor(files: Tree) {
    ({ root: this.root, basePath: this.basePath } = temporaryCodebase(files));
  }

  options(analyzers: readonly AnyAnalyzer[]): AnalyzeOptions {
    return { root: this.root, basePath: this.basePath, codebaseId: 'shop', analyzers, changeDetection: 'content' };
  }

  run(analyzers: readonly AnyAnalyzer[], more: Partial<AnalyzeOptions> = {}): Promise<Observed> {
    this.calls.take();
    return observe({ ...this.options(analyzers), ...more });
  }

  async answers(run: AnalysisRun): Promise<Record<string, unknown>> {
    const answers: Record<string, unknown> = {};
    for await (const { path: file, analyzer, result } of run.results()) answers[`${analyzer} ${file}`] = result;
    return answers;
  }

  /** By `analyzer path`: the code, or the message where there is none. */
  failures(run: AnalysisRun): Record<string, string> {
    return Object.fromEntries(
      run.failures.map(({ path: file, analyzer, cause, message }) => [
        `${analyzer} ${file}`,
        cause instanceof CacheError ? cause.code : message,
      ]),
    );
  }

  async recordOf(analyzer: string, file: string): Promise<string> {
    const analysis = await (await openCache(this.basePath)).openAnalysis();
    return path.join(this.basePath, 'shop', `file_${analysis?.recordsOf(file)?.get(analyzer) ?? ''}.json`);
  }
}

describe('a used result whose record goes while the run is under way', function () {
  this.timeout(5000);
  let codebase: Codebase;
  let gate: Promise<void> | undefined;
  const size: Analyzer = {
    ...{ id: 'size', version: '1', include: ['hub.txt'] },
    async analyze(file) {
      codebase.calls.add('size', file.path);
      await sleep(20);
      return file.text().length;
    },
  };
  const user: Analyzer = {
    ...{ id: 'user', version: '1', uses: ['size'] },
    async analyze(file, context) {
      codebase.calls.add('user', file.path);
      // All ask in the same moment.
      await (gate ??= sleep(20));
      return Promise.all(usedIn(file.text()).map((each) => context.resultOf('size', each)));
    },
  };
  const alone: Analyzer = { id: 'alone', version: '1', analyze: () => 1 };

  const FILES = { 'a.txt': 'a', 'hub.txt': 'hub', 'u1.txt': 'use hub.txt', 'u2.txt': 'use hub.txt', 'z.txt': 'z' };
  const EDITED = { 'a.txt': 'A', 'u1.txt': 'use hub.txt use hub.txt', 'u2.txt': 'use hub.txt now', 'z.txt': 'Z' };
  const ways: Record<string, (record: string) => void> = {
    'is gone': (record) => fs.rmSync(record),
    'is damaged': (record) =>
      fs.writeFileSync(record, fs.readFileSync(record, 'utf8').replace('"result": 3', '"result": 4')),
  };

  for (const [how, spoil] of Object.entries(ways))
    for (const [analyzers, others] of [
      [[size, user], 'the same analyzers'],
      [[alone, size, user], 'one more analyzer'],
    ] as const)
      it(`is computed once, whoever asks for it, where it ${how}: ${others}`, async () => {
        codebase = new Codebase(FILES);
        gate = undefined;
        await codebase.run([size, user]);
        const record = await codebase.recordOf('size', 'hub.txt');
        writeTree(codebase.root, EDITED);
        gate = undefined;
        codebase.calls.take();
        const run = await analyzeCodebase({
          ...codebase.options(analyzers),
          concurrency: 4,
          onEvent: ({ type }) => {
            if (type === 'planned') spoil(record);
          },
        });
        expect(codebase.calls.take().filter((call) => call.startsWith('size'))).to.deep.equal(['size hub.txt']);
        const tasks = run.plan.tasks.map(({ analyzer, path: file }) => `${analyzer} ${file}`);
        expect(tasks).to.deep.equal([...new Set(tasks)]);
        const answers = await codebase.answers(run);
        expect(answers).to.include({ 'size hub.txt': 3 });
        expect(answers['user u1.txt']).to.deep.equal([3, 3]);
        gate = undefined;
        const { run: next } = await codebase.run(analyzers);
        expect(codebase.calls.take()).to.deep.equal([]);
        expect(await codebase.answers(next)).to.deep.equal(answers);
      });
});

describe('a run that is aborted while it finds out what has to run', () => {
  it('ends', async () => {
    const codebase = new Codebase({ 'a.txt': 'use b.txt', 'b.txt': 'use c.txt', 'c.txt': 'C' });
    const stop = new AbortController();
    let isSlow = false;
    const deep: Analyzer = {
      ...{ id: 'deep', version: '1', uses: ['deep'] },
      async analyze(file, context) {
        const below = await Promise.all(usedIn(file.text()).map((each) => context.resultOf('deep', each)));
        if (isSlow && file.path === 'b.txt') {
          setTimeout(() => stop.abort(), 20);
          await new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(new Error('stopped'))),
          );
        }
        return [file.text(), ...below] as string[];
      },
    };
    await codebase.run([deep]);
    writeTree(codebase.root, { 'c.txt': 'C2' });
    isSlow = true;
    const end = await codebase.run([deep], { signal: stop.signal }).catch((error: unknown) => error);
    expect(end).to.be.instanceOf(CacheError).with.property('code', 'CACHE_ABORTED');
    isSlow = false;
    const { run } = await codebase.run([deep]);
    expect(await codebase.answers(run)).to.deep.include({ 'deep b.txt': ['use c.txt', ['C2']] });
  }).timeout(5000);
});

describe('results that one call for many files asks for', () => {
  const many = (ask: BatchAnalyzer['analyzeMany']): BatchAnalyzer => ({
    ...{ id: 'many', version: '1' },
    analyzeMany: ask,
  });
  /** Answers files in order, and asks for what they use. */
  const inOrder = (target: string): BatchAnalyzer =>
    many(async function* (files, context): AsyncGenerator<BatchAnswer> {
      for (const { path: file } of files) {
        const used = usedIn(fs.readFileSync(path.join(context.root, file), 'utf8'));
        try {
          const inputs = context.inputsOf(file);
          const answers = await Promise.all(used.map((each) => inputs.resultOf(target, each)));
          yield { path: file, result: answers.map((answer) => answer ?? null) };
        } catch (error) {
          yield { path: file, error: messageOf(error) };
        }
      }
    });

  it('are a circle that names them, where the same call owes the answer', async () => {
    const codebase = new Codebase({ 'a.txt': 'use b.txt', 'b.txt': '', 'c.txt': '' });
    const { run } = await codebase.run([inOrder('many')]);
    expect(codebase.failures(run)).to.deep.equal({ 'many a.txt': 'CACHE_CYCLE' });
    expect(run.failures[0]?.message).to.include('many of a.txt -> many of b.txt -> many of a.txt');
    expect(await codebase.answers(run)).to.deep.equal({ 'many b.txt': [], 'many c.txt': [] });
  }).timeout(5000);

  it('are a circle as well where another analyzer is between', async () => {
    const codebase = new Codebase({ 'a.txt': 'use b.txt', 'b.txt': '', 'c.txt': '' });
    const between: Analyzer = {
      ...{ id: 'between', version: '1', include: ['b.txt'] },
      analyze: async (file, context) => [(await context.resultOf('many', 'b.txt')) ?? null] as string[],
    };
    const { run } = await codebase.run([inOrder('between'), between]);
    expect(codebase.failures(run)).to.deep.equal({ 'between b.txt': 'CACHE_CYCLE', 'many a.txt': 'CACHE_CYCLE' });
    expect(run.failures[0]?.message).to.include('many of a.txt -> between of b.txt -> many of b.txt -> many of a.txt');
  }).timeout(5000);

  it('are there where they are answered already, or by another call', async () => {
    const codebase = new Codebase({ 'a.txt': '', 'b.txt': 'use a.txt' });
    const { run } = await codebase.run([inOrder('many')]);
    expect(await codebase.answers(run)).to.deep.equal({ 'many a.txt': [], 'many b.txt': [[]] });
    writeTree(codebase.root, { 'a.txt': 'use b.txt', 'b.txt': '' });
    await codebase.run([inOrder('many')]);
    const { run: next } = await codebase.run([inOrder('many')]);
    expect(await codebase.answers(next)).to.deep.equal({ 'many a.txt': [[]], 'many b.txt': [] });
  }).timeout(5000);
});

describe('a result that was asked for by somebody who did not wait for it', () => {
  const asking = (
    ask: (resultOf: (file: string) => Promise<string | undefined>) => unknown,
  ): readonly AnyAnalyzer[] => [
    {
      ...{ id: 'slow', version: '1' },
      async analyze(file) {
        if (file.path === 'bad.txt') throw new Error('bad');
        await sleep(file.path === 'slow.txt' ? 100 : 0);
        return file.path;
      },
    },
    {
      ...{ id: 'asker', version: '1', include: ['a.txt'] },
      analyze: (_, context) => ask((file) => context.resultOf<string>('slow', file)),
    },
  ];
  const FILES = { 'a.txt': '', 'bad.txt': '', 'slow.txt': '' };

  for (const [how, analyzers] of Object.entries({
    'another failed first': asking((resultOf) => Promise.all([resultOf('bad.txt'), resultOf('slow.txt')])),
    'it was not needed': asking((resultOf) => (void resultOf('slow.txt'), 1)),
  }))
    it(`is part of the run all the same: ${how}`, async () => {
      const codebase = new Codebase(FILES);
      const { run } = await codebase.run(analyzers);
      expect(await codebase.answers(run)).to.include({ 'slow slow.txt': 'slow.txt' });
      const { run: next } = await codebase.run(analyzers);
      const ran = next.plan.tasks.filter(({ decision }) => decision === 'run').map(({ path: file }) => file);
      expect(ran).not.to.include('slow.txt');
    });

  it('does not wait for who asked, once that is over', async () => {
    const codebase = new Codebase({ 'a.txt': '', 'b.txt': '' });
    const one: Analyzer = {
      ...{ id: 'one', version: '1', include: ['a.txt'] },
      analyze: (_, context) => (void context.resultOf('two', 'b.txt'), 1),
    };
    const two: Analyzer = {
      ...{ id: 'two', version: '1', include: ['b.txt'] },
      async analyze(_, context) {
        await sleep(50);
        return context.resultOf<number>('one', 'a.txt');
      },
    };
    const { run } = await codebase.run([one, two]);
    expect(await codebase.answers(run)).to.deep.equal({ 'one a.txt': 1, 'two b.txt': 1 });
  });
});

describe('tasks that are run because somebody asks for them', function () {
  this.timeout(10_000);
  /** Counts how many are at work at the same time, those that wait left out. */
  class Gauge {
    peak = 0;
    #now = 0;

    async work(): Promise<void> {
      this.peak = Math.max(this.peak, ++this.#now);
      await sleep(2);
      this.#now--;
    }
  }
  const FILES = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, '0')}.txt`);

  for (const concurrency of [1, 2, 3])
    it(`keep to the limit of ${concurrency}, whoever asks for how many at once`, async () => {
      const gauge = new Gauge();
      const slow: Analyzer = { id: 'slow', version: '1', analyze: () => gauge.work().then(() => 1) };
      const batch: BatchAnalyzer = {
        ...{ id: 'zz-batch', version: '1', include: ['0*.txt'] },
        async *analyzeMany(files, context) {
          for (const { path: file } of files)
            yield { path: file, result: await context.inputsOf(file).resultOf<number>('slow', file) };
        },
      };
      const all: Analyzer = {
        ...{ id: 'all', version: '1' },
        async analyze(_, context) {
          await gauge.work();
          const answers = await Promise.all(FILES.map((file) => context.resultOf<number>('slow', file)));
          await gauge.work();
          return answers.length;
        },
      };
      const codebase = new Codebase(Object.fromEntries(FILES.map((file) => [file, ''])));
      const { run } = await codebase.run([all, batch, slow], { concurrency });
      expect(run.totals).to.include({ analyzed: 90, failed: 0 });
      expect(gauge.peak).to.be.at.most(concurrency).and.at.least(1);
    });

  for (const concurrency of [1, 2])
    it(`reach the end of a chain that is longer than the limit of ${concurrency}, from any end, and twice over`, async () => {
      const gauge = new Gauge();
      const names = FILES.map((file, index) => [file, index % 2 === 0 ? FILES[index + 2] : FILES[index - 2]] as const);
      const codebase = new Codebase(
        Object.fromEntries(names.map(([file, next]) => [file, next ? `use ${next} use ${next}` : ''])),
      );
      const depth: Analyzer<number> = {
        ...{ id: 'depth', version: '1' },
        async analyze(file, context) {
          await gauge.work();
          const below = await Promise.all(usedIn(file.text()).map((each) => context.resultOf<number>('depth', each)));
          await gauge.work();
          return 1 + Math.max(0, ...below.map((each) => each ?? 0));
        },
      };
      const { run } = await codebase.run([depth], { concurrency });
      expect(await codebase.answers(run)).to.include({ 'depth 00.txt': 20, 'depth 39.txt': 20, 'depth 38.txt': 1 });
      expect(gauge.peak).to.be.at.most(concurrency);
    });
});

describe('a circle', () => {
  /** Catches what it is told, where its file says so. */
  const lenient: Analyzer = {
    ...{ id: 'lenient', version: '1' },
    async analyze(file, context) {
      const answers: string[] = [];
      for (const each of usedIn(file.text())) {
        try {
          answers.push(`${each} ${JSON.stringify(await context.resultOf('lenient', each))}`);
        } catch (error) {
          if (!file.text().includes('catch')) throw error;
          answers.push(`caught ${error instanceof CacheError ? error.code : ''}`);
        }
      }
      return answers;
    },
  };
  const OPEN = {
    'a.txt': 'use b.txt catch',
    'b.txt': 'use c.txt',
    'c.txt': '',
    'd.txt': 'use b.txt',
    'e.txt': 'use d.txt catch',
  };
  const CLOSED = { ...OPEN, 'c.txt': 'use a.txt' };
  const FAILED = {
    ...{ 'lenient a.txt': 'CACHE_CYCLE', 'lenient b.txt': 'CACHE_CYCLE', 'lenient c.txt': 'CACHE_CYCLE' },
    'lenient d.txt': 'CACHE_DEPENDENCY_FAILED',
  };
  const ANSWERED = { 'lenient e.txt': ['caught CACHE_DEPENDENCY_FAILED'] };

  it('fails each of its members alike, whoever catches the error and whoever came first', async () => {
    const fresh = new Codebase(CLOSED);
    const { run: scratch } = await fresh.run([lenient]);
    expect(fresh.failures(scratch)).to.deep.equal(FAILED);
    expect(await fresh.answers(scratch)).to.deep.equal(ANSWERED);
    const codebase = new Codebase(OPEN);
    await codebase.run([lenient]);
    const edits: Tree[] = [CLOSED, { 'b.txt': 'use c.txt edited' }, { 'a.txt': 'use b.txt catch edited' }];
    for (const edit of edits) {
      writeTree(codebase.root, edit);
      const { run } = await codebase.run([lenient]);
      expect(codebase.failures(run)).to.deep.equal(FAILED);
      expect(await codebase.answers(run)).to.deep.equal(ANSWERED);
      const messages = run.failures.filter(({ path: file }) => file < 'd').map(({ message }) => message);
      expect(new Set(messages).size).to.equal(1);
    }
    writeTree(codebase.root, OPEN);
    expect(codebase.failures((await codebase.run([lenient])).run)).to.deep.equal({});
  });
});

describe('two processes that get different answers to the same question', () => {
  it('agree on the one that was kept first, and so does what depends on it', async () => {
    const codebase = new Codebase({ 'a.txt': 'A1', 'u.txt': '' });
    let count = 0;
    const fickle: Analyzer = {
      ...{ id: 'fickle', version: '1', include: ['a.txt'] },
      async analyze(file) {
        if (file.text() === 'A1') return 1;
        const mine = ++count;
        await sleep(mine === 1 ? 300 : 30);
        return mine;
      },
    };
    const user: Analyzer = {
      ...{ id: 'user', version: '1', uses: ['fickle'], include: ['u.txt'] },
      analyze: async (_, context) => (await context.resultOf<number>('fickle', 'a.txt')) ?? null,
    };
    const options = codebase.options([fickle, user]);
    await analyzeCodebase(options);
    writeTree(codebase.root, { 'a.txt': 'A2' });
    const late = analyzeCodebase(options);
    await sleep(100);
    await Promise.all([late, analyzeCodebase(options)]);
    for (const run of [await late, await analyzeCodebase(options)])
      expect(await codebase.answers(run)).to.deep.equal({ 'fickle a.txt': 2, 'user u.txt': 2 });
  });
});
