import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase, type AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { Analyzer, AnalyzerShape } from '../../src/model/analyzer.js';
import type { JsonValue } from '../../src/model/json.js';
import type { CodebaseValues } from '../../src/persistence/analysis-document.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { observe } from '../support/oracle.js';
import { temporaryCodebase, temporaryFolder, writeTree, type Tree } from '../support/temporary.js';

interface Note {
  readonly words: number;
  readonly title: string;
}

/** First line and number of words of a file, with two values of the codebase; `log` is what was called. */
function notes(log: string[], shape: Partial<AnalyzerShape<Note>> = {}): Analyzer<Note> {
  return {
    id: 'notes',
    version: '1',
    analyze(file, context) {
      const text = file.text();
      if (text.includes('FAIL')) throw new Error('no');
      if (text.includes('UNCACHEABLE')) context.uncacheable('on purpose');
      return { words: text.split(/\s+/).length, title: text.split('\n', 1)[0] ?? '' };
    },
    reducers: {
      words: {
        select({ words }, file) {
          log.push(`select ${file}`);
          return words;
        },
        reduce(inputs) {
          log.push('reduce words');
          let sum = 0;
          for (const { input } of inputs) sum += input as number;
          return sum;
        },
      },
      titles: {
        select: ({ title }) => (title === '' ? undefined : title),
        reduce(inputs) {
          log.push('reduce titles');
          return Array.from(inputs, ({ path: file, input }) => [file, input]);
        },
      },
    },
    ...shape,
  };
}

interface Place {
  readonly root: string;
  readonly basePath: string;
  /** Runs; answers the values without the figures of the run. */
  readonly run: (...analyzers: Analyzer[]) => Promise<CodebaseValues>;
  readonly file: (name: string) => string;
}

function place(files: Tree): Place {
  const { root, basePath } = temporaryCodebase(files);
  const run: Place['run'] = (...analyzers) => valuesOf({ root, basePath, codebaseId: 'toy', analyzers });
  return { root, basePath, run, file: (name) => path.join(basePath, 'toy', name) };
}

async function valuesOf(options: AnalyzeOptions): Promise<CodebaseValues> {
  const run = await analyzeCodebase(options);
  await run.close();
  const { metrics, ...values } = run.values();
  expect(metrics).to.be.an('object');
  return values;
}

const fromScratch = (root: string, ...analyzers: Analyzer[]): Promise<CodebaseValues> =>
  valuesOf({ root, basePath: temporaryFolder(), codebaseId: 'toy', analyzers });

describe('reducers', () => {
  let log: string[];
  beforeEach(() => {
    log = [];
  });

  it('one edited file is one selection, and only the values it has a part in are computed', async () => {
    const { root, run } = place({ 'a.md': 'A\none', 'b.md': 'B\ntwo', 'c.md': 'C' });
    expect(await run(notes(log))).to.deep.equal({
      words: 5,
      titles: [
        ['a.md', 'A'],
        ['b.md', 'B'],
        ['c.md', 'C'],
      ],
    });
    expect(log).to.have.members(['select a.md', 'select b.md', 'select c.md', 'reduce words', 'reduce titles']);
    log = [];
    writeTree(root, { 'b.md': 'B\ntwo words' });
    expect(await run(notes(log))).to.deep.equal({
      words: 6,
      titles: [
        ['a.md', 'A'],
        ['b.md', 'B'],
        ['c.md', 'C'],
      ],
    });
    expect(log).to.deep.equal(['select b.md', 'reduce words']);
    log = [];
    writeTree(root, { 'b.md': 'B\nother words' });
    expect(await run(notes(log))).to.have.property('words', 6);
    expect(log).to.deep.equal(['select b.md']);
    log = [];
    await run(notes(log));
    expect(log).to.deep.equal([]);
  });

  it('a file that came, went or failed counts', async () => {
    const { root, run } = place({ 'a.md': 'A', 'b.md': 'B', 'c.md': 'C' });
    await run(notes(log));
    log = [];
    fs.rmSync(path.join(root, 'a.md'));
    writeTree(root, { 'b.md': 'FAIL', 'd.md': '\nnew file' });
    expect(await run(notes(log))).to.deep.equal({ words: 4, titles: [['c.md', 'C']] });
    expect(log).to.deep.equal(['select d.md', 'reduce words', 'reduce titles']);
  });

  it('a result that is never kept counts in the run that made it', async () => {
    const { root, run } = place({ 'a.md': 'A', 'b.md': 'B UNCACHEABLE' });
    expect(await run(notes(log))).to.have.property('words', 3);
    writeTree(root, { 'b.md': 'B now UNCACHEABLE' });
    expect(await run(notes(log))).to.have.property('words', 4);
    writeTree(root, { 'b.md': 'B' });
    expect(await run(notes(log))).to.have.property('words', 2);
  });

  for (const [name, harm] of [
    ['lost', (file: string) => fs.rmSync(file)],
    ['truncated', (file: string) => fs.truncateSync(file, 20)],
    [
      'replaced by another',
      (file: string) => fs.writeFileSync(file, '{\n  "a.md": { "notes": { "words": 1000 } }\n}\n'),
    ],
  ] as const) {
    it(`inputs that were ${name} are taken anew`, async () => {
      const { root, run, file } = place({ 'a.md': 'A', 'b.md': 'B' });
      await run(notes(log));
      harm(file('reducer_inputs.json'));
      log = [];
      writeTree(root, { 'a.md': 'A more' });
      expect(await run(notes(log))).to.deep.equal({
        words: 3,
        titles: [
          ['a.md', 'A more'],
          ['b.md', 'B'],
        ],
      });
      expect(log.filter((line) => line.startsWith('select'))).to.have.members(['select a.md', 'select b.md']);
      log = [];
      writeTree(root, { 'a.md': 'A more and more' });
      await run(notes(log));
      expect(log.filter((line) => line.startsWith('select'))).to.deep.equal(['select a.md']);
    });
  }

  it('verify tells of inputs that are not those of the analysis', async () => {
    const { basePath, run, file } = place({ 'a.md': 'A' });
    await run(notes(log));
    const manager = await PersistenceManager.open({ basePath });
    expect((await manager.verify('toy')).problems).to.deep.equal([]);
    fs.appendFileSync(file('reducer_inputs.json'), '\n');
    const { problems } = await manager.verify('toy');
    expect(problems.map(({ document }) => document)).to.deep.equal(['reducer_inputs.json']);
  });

  it('another version of the analyzer takes everything anew', async () => {
    const { run } = place({ 'a.md': 'A', 'b.md': 'B' });
    await run(notes(log));
    log = [];
    await run(notes(log, { version: '2' }));
    expect(log).to.include.members(['select a.md', 'select b.md', 'reduce words', 'reduce titles']);
  });

  it('other reducers of an object count from the next change on', async () => {
    const { root, run } = place({ 'a.md': 'A', 'b.md': 'B' });
    await run(notes(log));
    const count = { select: () => 1, reduce: (inputs: Iterable<unknown>) => [...inputs].length };
    writeTree(root, { 'a.md': 'AA' });
    expect(await run(notes(log, { reducers: { count } }))).to.deep.equal({ count: 2 });
  });

  it('analyzers that come and go leave the values of the others alone', async () => {
    const { root, run } = place({ 'a.md': 'A', 'b.md': 'B' });
    const lines: Analyzer<number> = {
      ...{ id: 'lines', version: '1', analyze: (file) => file.text().split('\n').length },
      reducers: { lines: { select: (count) => count, reduce: (inputs) => Array.from(inputs, ({ input }) => input) } },
    };
    await run(notes(log), lines);
    log = [];
    expect(await run(notes(log))).to.have.all.keys('words', 'titles');
    expect(await run(notes(log), lines))
      .to.have.property('lines')
      .that.deep.equals([1, 1]);
    expect(log).to.deep.equal([]);
    writeTree(root, { 'a.md': 'A\nA' });
    expect(await run(lines)).to.deep.equal({ lines: [2, 1] });
    expect(await run(notes(log), lines)).to.deep.equal(await fromScratch(root, notes([]), lines));
  });

  for (const [name, reducers] of [
    [
      'select',
      {
        bad: {
          select: () => {
            throw new Error('cannot select');
          },
          reduce: () => 1,
        },
      },
    ],
    [
      'reduce',
      {
        bad: {
          select: () => 1,
          reduce: () => {
            throw new Error('cannot reduce');
          },
        },
      },
    ],
    ['a selection that is no JSON', { bad: { select: () => NaN, reduce: () => 1 } }],
    ['a value that is no JSON', { bad: { select: () => 1, reduce: () => undefined as unknown as JsonValue } }],
  ] as const) {
    it(`${name} that fails is reported and tried again, and other values are there`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.md': 'A', 'b.md': 'B' });
      const broken = notes(log, { reducers: { ...notes(log).reducers, ...reducers } });
      for (let round = 0; round < 2; round += 1) {
        const { run, of } = await observe({ root, basePath, analyzers: [broken] });
        expect(of('warning').map(({ code }) => code)).to.deep.equal(['CACHE_SUMMARY_FAILED']);
        expect(run.values()).to.include({ words: 2 }).and.not.to.have.property('bad');
      }
      const mended = notes(log, {
        reducers: { ...notes(log).reducers, bad: { select: () => 1, reduce: () => 'good' } },
      });
      const { run, of } = await observe({ root, basePath, analyzers: [mended] });
      expect(of('warning')).to.deep.equal([]);
      expect(run.values()).to.include({ words: 2, bad: 'good' });
    });
  }

  it('a reducer cannot take a name that analysis.json needs', async () => {
    const { run } = place({ 'a.md': 'A' });
    const greedy = notes(log, { reducers: { files: { select: () => 1, reduce: () => 'mine' } } });
    expect(await run(greedy)).to.deep.equal({});
  });

  it('the values are those of a run from scratch after each of 40 edits', async () => {
    const { root, run } = place({ 'a.md': 'A' });
    let state = 42;
    const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    for (let edit = 0; edit < 40; edit += 1) {
      const file = `${'abcde'[random(5)] ?? 'a'}.md`;
      const text = ['', 'one', 'one two', 'Title\nbody', 'FAIL', 'x UNCACHEABLE', `edit ${edit}`][random(7)] ?? '';
      if (random(4) === 0) fs.rmSync(path.join(root, file), { force: true });
      else writeTree(root, { [file]: text });
      const analyzers = [notes(log), summing(log)].filter(() => random(6) > 0);
      expect(await run(...analyzers), `edit ${edit}: ${file} ${text}`).to.deep.equal(
        await fromScratch(root, ...analyzers),
      );
    }
  });
});

/** An analyzer that only summarizes. */
function summing(log: string[]): Analyzer<number> {
  return {
    ...{ id: 'summing', version: '1' },
    analyze: (file) => file.text().trim().length,
    summarize(results) {
      log.push('summarize');
      return { total: Array.from(results, ({ result }) => result).reduce((sum, length) => sum + length, 0) };
    },
  };
}

describe('summarize', () => {
  it('is called only if a result changed', async () => {
    const log: string[] = [];
    const { root, run } = place({ 'a.md': 'one', 'b.md': 'two' });
    expect(await run(summing(log))).to.deep.equal({ total: 6 });
    writeTree(root, { 'a.md': 'one  ' });
    expect(await run(summing(log))).to.deep.equal({ total: 6 });
    expect(log).to.deep.equal(['summarize']);
    writeTree(root, { 'a.md': 'ones' });
    expect(await run(summing(log))).to.deep.equal({ total: 7 });
    fs.rmSync(path.join(root, 'b.md'));
    expect(await run(summing(log))).to.deep.equal({ total: 4 });
    writeTree(root, { 'c.md': '' });
    expect(await run(summing(log))).to.deep.equal({ total: 4 });
    expect(log).to.have.length(4);
  });

  it('is called where there was no answer before, or is none now', async () => {
    const log: string[] = [];
    const { root, run } = place({ 'a.md': 'one', 'b.md': 'two' });
    await run(notes([]), summing(log));
    const failing: Analyzer<number> = {
      ...summing(log),
      analyze(file) {
        if (file.path === 'a.md') throw new Error('no');
        return file.text().trim().length;
      },
    };
    writeTree(root, { 'a.md': 'other' });
    expect(await run(failing)).to.deep.equal({ total: 3 });
    expect(await run(summing(log))).to.deep.equal({ total: 8 });
  });
});
