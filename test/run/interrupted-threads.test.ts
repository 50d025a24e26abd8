import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { loadAnalyzerModule } from '../../src/run/load-analyzer.js';
import { readCode } from '../../src/run/code-digest.js';
import { runTasks } from '../../src/run/run-tasks.js';
import type { RunOptions } from '../../src/run/task.js';
import type { WorkerPool } from '../../src/run/worker-pool.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryCodebase } from '../support/temporary.js';
import { testRun, type TestRun } from './run-options.js';

/**
 * A file's text says how long it takes, in ms; 'hang': for ever; 'meet': until files of another thread are analyzed, too. What is finished, and
 * what hangs, leaves a file.
 */
const ANALYZER = `import fs from 'node:fs';
import { threadId } from 'node:worker_threads';
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
export default { id: 'slow', version: '1', analyze(file) {
  const text = file.text();
  const log = (kind) => {
    fs.mkdirSync(new URL(kind, import.meta.url), { recursive: true });
    fs.writeFileSync(new URL(kind + '/' + file.path, import.meta.url), '');
  };
  if (text === 'hang') {
    log('hanging');
    return new Promise(() => setInterval(() => {}, 1000));
  }
  if (text === 'fail') {
    log('finished');
    throw new Error('told to');
  }
  if (text !== 'meet') sleep(Number(text));
  else {
    const folder = new URL('threads/', import.meta.url);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(new URL(String(threadId), folder), '');
    for (let turns = 0; fs.readdirSync(folder).length < 2; turns++) {
      if (turns === 200) throw new Error('no other thread has work');
      sleep(10);
    }
  }
  log('finished');
  return { text };
} };`;

const THREADS = 2;

describe('worker threads of slow analyzers', function () {
  this.timeout(30_000);
  let open: TestRun | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  const named = (texts: readonly string[]): [string, string][] =>
    texts.map((text, index) => [`${String(index).padStart(3, '0')}.txt`, text]);

  async function openRun(texts: readonly string[], given: Partial<RunOptions> = {}): Promise<TestRun> {
    const { root, folder } = temporaryCodebase(Object.fromEntries(named(texts)));
    const module = { module: path.join(folder, 'slow.mjs') };
    fs.writeFileSync(module.module, ANALYZER);
    const analyzer = await loadAnalyzerModule(module);
    const { digest } = readCode(realFs, module.module);
    return (open = await testRun(root, [{ analyzer: { ...analyzer, codeDigest: digest as string }, module }], given));
  }

  const tasksOf = (run: TestRun, texts: readonly string[]): ReturnType<TestRun['tasksOf']> =>
    run.tasksOf(
      'slow',
      named(texts).map(([name]) => name),
    );

  /** Runs until every thread hangs, aborts, and tells what was finished in the threads and what of it is there in the end. */
  async function runAndAbort(texts: readonly string[]): Promise<{ finished: string[]; kept: string[] }> {
    const controller = new AbortController();
    const run = await openRun(texts, { signal: controller.signal });
    const logged = (kind: string): string[] => {
      const folder = path.join(run.options.root, '..', kind);
      return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
    };
    const running = runTasks(await tasksOf(run, texts), run.options);
    const wait = async (isOver: () => boolean, longestMs: number): Promise<void> => {
      const endsAt = performance.now() + longestMs;
      while (!isOver() && performance.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await wait(() => logged('hanging').length === THREADS, 20_000);
    // What was answered may be on its way.
    await wait(() => run.results.size === logged('finished').length, 1000);
    controller.abort();
    await running;
    const kept = [...run.results.keys()].map((name) => name.replace('slow ', '')).sort();
    return { finished: logged('finished'), kept };
  }

  const times = (count: number, text: string): string[] => Array<string>(count).fill(text);

  it('an aborted run keeps every file that was finished', async () => {
    const texts = [...times(6, '60'), ...times(18, 'hang')];
    const { finished, kept } = await runAndAbort(texts);
    expect(finished).to.have.length.of.at.least(6);
    expect(kept).to.deep.equal(finished);
  });

  it('an aborted run keeps every file that was finished where the first ones were quick', async () => {
    const texts = [...times(70, '0'), ...times(6, '60'), ...times(60, 'hang')];
    const { finished, kept } = await runAndAbort(texts);
    expect(finished).to.not.deep.equal([]);
    expect(kept).to.deep.equal(finished);
  });

  it('an aborted run keeps every file that was finished where the first ones failed', async () => {
    const texts = [...times(40, 'fail'), ...times(6, '60'), ...times(60, 'hang')];
    const { finished, kept } = await runAndAbort(texts);
    expect(finished).to.not.deep.equal([]);
    expect(kept).to.deep.equal(finished);
  });

  it('a few slow files are shared by all threads', async () => {
    const texts = times(8, 'meet');
    const run = await openRun(texts);
    await runTasks(await tasksOf(run, texts), run.options);
    for (const [name] of named(texts)) expect(run.result(`slow ${name}`)).to.deep.equal({ text: 'meet' });
  });

  it('every file is analyzed once and has its own result, whatever the batches', async () => {
    const texts = Array.from({ length: 120 }, (_, index) => (index % 17 === 3 ? '60' : '0'));
    const run = await openRun(texts);
    const handedOver: string[] = [];
    await runTasks(await tasksOf(run, texts), {
      ...run.options,
      onResult: (task, result) => {
        handedOver.push(task.path);
        return run.options.onResult(task, result);
      },
    });
    expect(handedOver.sort()).to.deep.equal(named(texts).map(([name]) => name));
    for (const [name, text] of named(texts)) expect(run.result(`slow ${name}`)).to.deep.equal({ text });
  });

  it('quick files go to the threads many at a time', async () => {
    const texts = times(400, '0');
    const run = await openRun(texts);
    let calls = 0;
    const pool = async (): Promise<WorkerPool> => {
      const real = await run.options.pool();
      return {
        analyze: (request) => {
          calls++;
          return real.analyze(request);
        },
        close: () => real.close(),
      };
    };
    await runTasks(await tasksOf(run, texts), { ...run.options, pool });
    expect(run.results.size).to.equal(400);
    // 12 if all were full; the first ones are small, and a busy machine may cut some.
    expect(calls).to.be.below(80);
  });
});
