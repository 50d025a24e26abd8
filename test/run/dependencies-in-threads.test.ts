import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { resultDigest } from '../../src/run/analyze-one.js';
import { loadAnalyzerModule, type AnalyzerModule } from '../../src/run/load-analyzer.js';
import { runTasks } from '../../src/run/run-tasks.js';
import type { RunOptions } from '../../src/run/task.js';
import { contentHasher, sha256Hex } from '../../src/util/hash.js';
import { temporaryCodebase, temporaryFolder } from '../support/temporary.js';
import { testRun, type TestRun } from './run-options.js';

const COUNT = 80;
const FILES = Array.from({ length: COUNT }, (_, index) => `${String(index).padStart(3, '0')}.txt`);
const LAST = FILES.at(-1) as string;

const READER = `import { threadId } from 'node:worker_threads';
export default { id: 'reader', version: '1', analyze(file, context) {
  const home = context.env('LANGUAGE');
  const text = context.readText('shared.cfg');
  return { inThread: threadId !== 0, home, text, missing: context.exists('missing.cfg'), names: context.list('folder') };
} };`;

const SIZE = `import { threadId } from 'node:worker_threads';
export default { id: 'size', version: '1', analyze: (file) => ({ size: file.bytes.length, inThread: threadId !== 0 }) };`;

/** @param uses as source text. @param target of what is asked, as source text. @param log folder where each call leaves a file. */
const asker = (
  uses: string,
  id: string,
  target: string,
  log?: string,
): string => `import { threadId } from 'node:worker_threads';
import fs from 'node:fs';
const log = ${JSON.stringify(log ?? null)};
export default { id: 'asker', version: '1', ${uses} async analyze(file, context) {
  if (log !== null) fs.writeFileSync(log + '/' + file.path + (threadId === 0 ? '.caller' : '.thread'), '');
  const target = ${target};
  const answer = target === undefined ? null : await context.resultOf('${id}', target);
  return { inThread: threadId !== 0, answer: answer ?? null };
} };`;

/** Where each call was, by the folder that they left files in. */
const analyzed = (log: string): string[] => fs.readdirSync(log).map((name) => name.split('.').at(-1) as string);

const NEXT = `file.text() === '' ? undefined : file.text()`;

describe('dependencies in worker threads', function () {
  this.timeout(30_000);
  let open: TestRun | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  /** Each file names the next. */
  async function openRun(sources: readonly string[], given: Partial<RunOptions> = {}): Promise<TestRun> {
    const { root, folder } = temporaryCodebase({
      ...Object.fromEntries(FILES.map((file, index) => [file, FILES[index + 1] ?? ''])),
      'shared.cfg': 'shared',
      'folder/x.txt': '',
    });
    const entries = [];
    for (const [index, source] of sources.entries()) {
      const module: AnalyzerModule = { module: path.join(folder, `analyzer-${index}.mjs`) };
      fs.writeFileSync(module.module, source);
      const analyzer = await loadAnalyzerModule(module);
      // As the thread finds it.
      const { readCode } = await import('../../src/run/code-digest.js');
      const { realFs } = await import('../../src/util/fs.js');
      const { digest } = readCode(realFs, module.module);
      entries.push({ analyzer: { ...analyzer, codeDigest: digest as string }, module });
    }
    return (open = await testRun(root, entries, given));
  }

  interface Answer {
    readonly inThread: boolean;
    readonly answer: unknown;
  }

  it('files, presence, listings and variables are read in the thread and recorded', async () => {
    const run = await openRun([READER]);
    await runTasks(await run.tasksOf('reader', FILES), run.options);
    const hasher = await contentHasher('xxh64');
    const expected = { inThread: true, home: 'en', text: 'shared', missing: false, names: ['x.txt'] };
    for (const file of FILES) {
      expect(run.result(`reader ${file}`)).to.deep.equal(expected);
      expect(run.dependencies(`reader ${file}`)).to.deep.equal([
        { kind: 'env', name: 'LANGUAGE', hash: `sha256:${sha256Hex('en')}` },
        { kind: 'content', path: 'shared.cfg', hash: hasher.hash(Buffer.from('shared')) },
        { kind: 'absent', path: 'missing.cfg' },
        { kind: 'listing', path: 'folder', hash: `sha256:${sha256Hex('["x.txt"]')}` },
      ]);
    }
  });

  it('a declared result is asked for from the thread', async () => {
    const run = await openRun([SIZE, asker(`uses: ['size'],`, 'size', NEXT)]);
    await runTasks(await run.tasksOf('size', FILES), run.options);
    await runTasks(await run.tasksOf('asker', FILES), run.options);
    expect(run.result(`asker ${FILES[0] ?? ''}`)).to.deep.equal({
      inThread: true,
      answer: { size: 7, inThread: true },
    });
    expect(run.results.size).to.equal(2 * COUNT);
    expect(run.dependencies(`asker ${FILES[0] ?? ''}`)).to.deep.equal([
      { kind: 'result', analyzer: 'size', path: FILES[1], hash: resultDigest({ size: 7, inThread: true }) },
    ]);
  });

  it('files that wait do not hold up those behind them', async () => {
    const run = await openRun([SIZE, asker(`uses: ['size'],`, 'size', NEXT)]);
    let waiting = 0;
    let most = 0;
    const options: RunOptions = {
      ...run.options,
      resultOf: async () => {
        most = Math.max(most, ++waiting);
        await new Promise((resolve) => setTimeout(resolve, 100));
        waiting--;
        return { value: 1, hash: 'sha256:1' };
      },
    };
    await runTasks(await run.tasksOf('asker', FILES), options);
    expect(run.results.size).to.equal(COUNT);
    expect(most).to.be.greaterThan(4);
  });

  it('why there is no result reaches the analyzer in its thread', async () => {
    const run = await openRun([SIZE, asker(`uses: ['size'],`, 'size', NEXT)], {
      resultOf: () => Promise.reject(new TypeError('is not part of the run')),
    });
    await runTasks(await run.tasksOf('asker', FILES), run.options);
    expect(run.outcome(`asker ${FILES[0] ?? ''}`)).to.include({ ok: false, message: 'is not part of the run' });
    expect((run.result(`asker ${LAST}`) as Answer).inThread).to.equal(true);
  });

  it("a result that is known to be its own is asked for in the caller's thread at once, each file once", async () => {
    const log = temporaryFolder();
    const run = await openRun([asker(`uses: ['asker'],`, 'asker', NEXT, log)]);
    await runTasks(await run.tasksOf('asker', FILES), run.options);
    expect(analyzed(log)).to.deep.equal(Array<string>(COUNT).fill('caller'));
  });

  it('a thread that has to leave a file to the caller leaves the rest of its batch, too', async () => {
    const log = temporaryFolder();
    const run = await openRun([asker('', 'asker', NEXT, log)]);
    await runTasks(await run.tasksOf('asker', FILES), run.options);
    expect(run.results.size).to.equal(COUNT);
    expect(analyzed(log).filter((where) => where === 'caller')).to.have.length(COUNT);
    // One of each batch that was sent before the first answer: two for each of two threads.
    expect(analyzed(log).filter((where) => where === 'thread')).to.have.length.of.at.most(4);
  });

  it('a result that was used before, though it is not declared, is asked for from the thread', async () => {
    const uses: Record<string, readonly string[]> = { asker: ['size'] };
    const run = await openRun([SIZE, asker('', 'size', NEXT)], { usesOf: (id) => uses[id] ?? [] });
    await runTasks(await run.tasksOf('size', FILES), run.options);
    await runTasks(await run.tasksOf('asker', FILES), run.options);
    expect((run.result(`asker ${FILES[0] ?? ''}`) as Answer).inThread).to.equal(true);
  });

  for (const [name, uses] of [
    ['is not declared', ''],
    ['is its own', `uses: ['asker'],`],
  ] as const)
    it(`a result that ${name} is asked for in the caller's thread, in any order`, async () => {
      const run = await openRun([asker(uses, 'asker', NEXT)]);
      await runTasks(await run.tasksOf('asker', FILES), run.options);
      expect(run.results.size).to.equal(COUNT);
      let answer = run.result(`asker ${FILES[0] ?? ''}`) as Answer;
      for (let depth = 1; depth < COUNT; depth++) {
        expect(answer.inThread).to.equal(false);
        answer = answer.answer as Answer;
      }
      expect(answer.answer).to.equal(null);
    });
});
