import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { BatchAnalyzer, BatchAnswer, BatchContext, BatchFile } from '../../src/model/analyzer.js';
import { runTasks } from '../../src/run/run-tasks.js';
import { temporaryCodebase } from '../support/temporary.js';
import { fileOf, testRun, type TestRun } from './run-options.js';

const TREE = { 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'three', 'shared.cfg': 'cfg' };
const FILES = ['a.txt', 'b.txt', 'c.txt'];

type Answers = (files: readonly BatchFile[], context: BatchContext, root: string) => AsyncIterable<BatchAnswer>;

async function runBatch(
  answers: Answers,
  given: { signal?: AbortSignal } = {},
): Promise<TestRun & { asked: string[][]; root: string }> {
  const { root } = temporaryCodebase(TREE);
  const asked: string[][] = [];
  const analyzer: BatchAnalyzer = {
    ...{ id: 'tool', version: '1' },
    analyzeMany(files, context) {
      asked.push(files.map((file) => file.path));
      return answers(files, context, root);
    },
  };
  const run = await testRun(root, [{ analyzer }], given);
  await runTasks(await run.tasksOf('tool', FILES), run.options);
  return { ...run, asked, root };
}

const shown = ({ results }: TestRun): Record<string, string> =>
  Object.fromEntries(
    [...results].map(([name, { outcome }]) => [
      name.replace('tool ', ''),
      outcome.ok ? (outcome.uncacheable ?? outcome.resultText) : `${outcome.reason}: ${outcome.message}`,
    ]),
  );

describe('an analyzer of many files', () => {
  it('is called once for all of them, and answers in any order', async () => {
    const run = await runBatch(async function* (files) {
      for (const { path: file } of [...files].reverse()) {
        await Promise.resolve();
        yield { path: file, result: file, durationMs: 5 };
      }
    });
    expect(run.asked).to.deep.equal([FILES]);
    expect(shown(run)).to.deep.equal({ 'c.txt': '"c.txt"', 'b.txt': '"b.txt"', 'a.txt': '"a.txt"' });
    expect(run.outcome('tool a.txt')).to.have.property('durationMs', 5);
  });

  it('records inputs for each file by itself, and sees the files of the run', async () => {
    const run = await runBatch(async function* (files, context) {
      context.inputsOf(fileOf('a.txt')).read('shared.cfg');
      expect(context.inputsOf(fileOf('a.txt'))).to.equal(context.inputsOf(fileOf('a.txt')));
      expect(context.files.map((file) => file.path)).to.deep.equal(FILES);
      await Promise.resolve();
      for (const { path: file } of files) yield { path: file, result: 1 };
    });
    expect(run.dependencies('tool a.txt').map((each) => each.kind)).to.deep.equal(['content']);
    expect(run.dependencies('tool b.txt')).to.deep.equal([]);
  });

  it('answers for other files, and second answers, are ignored', async () => {
    const run = await runBatch(async function* (files) {
      await Promise.resolve();
      yield { path: fileOf('shared.cfg'), result: 0 };
      for (const { path: file } of files) yield { path: file, result: 1 };
      for (const { path: file } of files) yield { path: file, result: 2 };
    });
    expect(shown(run)).to.deep.equal({ 'a.txt': '1', 'b.txt': '1', 'c.txt': '1' });
  });

  it('a file that it names as wrong fails alone, as do those that it does not answer', async () => {
    const run = await runBatch(async function* () {
      await Promise.resolve();
      yield { path: fileOf('a.txt'), error: 'line 1\nline 2' };
      yield { path: fileOf('b.txt'), result: 1 };
    });
    expect(shown(run)).to.deep.equal({
      'a.txt': 'analyzer-threw: line 1\nline 2',
      'b.txt': '1',
      'c.txt': 'analyzer-threw: the analyzer gave no answer for this file',
    });
  });

  it('what it answered before it failed is kept, and all others fail with its message', async () => {
    const run = await runBatch(async function* () {
      await Promise.resolve();
      yield { path: fileOf('b.txt'), result: 1 };
      throw new Error('the tool died');
    });
    expect(shown(run)).to.deep.equal({
      'b.txt': '1',
      'a.txt': 'analyzer-threw: the tool died',
      'c.txt': 'analyzer-threw: the tool died',
    });
  });

  it('an analyzer that fails before its first answer fails every file', async () => {
    const run = await runBatch(() => {
      throw new Error('not installed');
    });
    expect(new Set(Object.values(shown(run)))).to.deep.equal(new Set(['analyzer-threw: not installed']));
  });

  it('an answer is not kept where the file, or what was read for it, is another when it comes', async () => {
    const run = await runBatch(async function* (_, context, root) {
      context.inputsOf(fileOf('a.txt')).read('shared.cfg');
      context.inputsOf(fileOf('c.txt')).exists('new.cfg');
      await Promise.resolve();
      yield { path: fileOf('c.txt'), result: 1 };
      fs.writeFileSync(path.join(root, 'shared.cfg'), 'other');
      fs.writeFileSync(path.join(root, 'b.txt'), 'edited');
      yield { path: fileOf('a.txt'), result: 1 };
      yield { path: fileOf('b.txt'), result: 1 };
    });
    expect(shown(run)).to.deep.equal({
      'a.txt': 'shared.cfg changed during the run',
      'b.txt': 'the file changed during the run',
      'c.txt': '1',
    });
  });

  it('what comes in one wave is checked once for all, and anew in the next', async () => {
    const looked: string[] = [];
    const { root } = temporaryCodebase(TREE);
    const analyzer: BatchAnalyzer = {
      ...{ id: 'tool', version: '1' },
      async *analyzeMany(files, context) {
        for (const { path: file } of files) context.inputsOf(file).read('shared.cfg');
        const [a, b, c] = files as [BatchFile, BatchFile, BatchFile];
        await Promise.resolve();
        yield { path: a.path, result: 1 };
        yield { path: b.path, result: 1 };
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield { path: c.path, result: 1 };
      },
    };
    const states = {
      isCurrent: () => true,
      isStillCurrent: (dependency: { readonly kind: string }) => looked.push(dependency.kind) > 0,
    };
    const run = await testRun(root, [{ analyzer }], { states });
    await runTasks(await run.tasksOf('tool', FILES), run.options);
    expect(looked).to.deep.equal(['content', 'content']);
  });

  it('an abort leaves behind one that never answers, and keeps what it answered', async () => {
    const controller = new AbortController();
    const alive = setInterval(() => undefined, 50);
    const run = await runBatch(
      async function* () {
        yield { path: fileOf('a.txt'), result: 1 };
        setTimeout(() => controller.abort(), 10);
        await new Promise(() => undefined);
      },
      { signal: controller.signal },
    );
    clearInterval(alive);
    expect(shown(run)).to.deep.equal({ 'a.txt': '1' });
  });

  it('a task that somebody else has claimed is not passed on', async () => {
    const { root } = temporaryCodebase(TREE);
    const asked: string[] = [];
    const analyzer: BatchAnalyzer = {
      ...{ id: 'tool', version: '1' },
      async *analyzeMany(files) {
        await Promise.resolve();
        for (const { path: file } of files) {
          asked.push(file);
          yield { path: file, result: 1 };
        }
      },
    };
    const run = await testRun(root, [{ analyzer }]);
    const tasks = await run.tasksOf('tool', FILES);
    run.options.claim(tasks[1]!);
    await runTasks(tasks, run.options);
    expect(asked).to.deep.equal(['a.txt', 'c.txt']);
  });
});
