import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { analyzeCodebase, analyzerModule, type AnalysisRun, type RunEvent } from '../../src/index.js';

/** An analyzer as a module, whose thread ends on files that say so. */
const MODULE = `
import { threadId } from 'node:worker_threads';
export default {
  id: 'threads',
  version: '1',
  analyze(file) {
    const text = file.text();
    if (text.includes('THROW')) throw new Error('told to');
    if (text.includes('EXIT')) process.exit(7);
    if (text.includes('LATE')) return new Promise(() => setTimeout(() => { throw new Error('too late'); }));
    return { path: file.path, text, inThread: threadId !== 0 };
  },
};
`;

describe('worker threads', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-threads-'));
    root = path.join(folder, 'code');
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(folder, 'analyzer.mjs'), MODULE);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  async function run(
    texts: Readonly<Record<string, string>>,
    onEvent?: (event: RunEvent) => void,
  ): Promise<AnalysisRun> {
    for (const [name, text] of Object.entries(texts)) fs.writeFileSync(path.join(root, name), text);
    const analyzers = [analyzerModule(path.join(folder, 'analyzer.mjs'))];
    return analyzeCodebase({
      root,
      codebaseId: 'threads',
      analyzers,
      concurrency: 2,
      onEvent,
      changeDetection: 'content',
    });
  }

  async function resultsOf(finished: AnalysisRun): Promise<{ path: string; text: string; inThread: boolean }[]> {
    const results: { path: string; text: string; inThread: boolean }[] = [];
    for await (const { result } of finished.results()) results.push(result as (typeof results)[number]);
    return results;
  }

  const texts = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`f${String(index).padStart(3, '0')}.txt`, `text ${index}`]),
    );

  it('an analyzer given as a module runs in threads, and every file gets its own bytes', async () => {
    const results = await resultsOf(await run(texts(100)));
    expect(results.map(({ text }) => text)).to.deep.equal(Object.values(texts(100)));
    expect(results.every(({ inThread }) => inThread)).to.equal(true);
  });

  it('up to four tasks run without threads', async () => {
    const results = await resultsOf(await run(texts(4)));
    expect(results.map(({ inThread }) => inThread)).to.deep.equal([false, false, false, false]);
  });

  it('a file that ends its thread fails alone, and the others are analyzed', async () => {
    const finished = await run({ ...texts(40), 'f010.txt': 'EXIT', 'f020.txt': 'LATE', 'f030.txt': 'THROW' });
    expect(finished.totals).to.include({ files: 40, analyzed: 37, failed: 3 });
    const reasons = finished.failures.map(({ path: file, reason }) => `${file} ${reason}`).sort();
    expect(reasons).to.deep.equal(['f010.txt analyzer-threw', 'f020.txt worker-died', 'f030.txt analyzer-threw']);
  });

  it('what failed in a thread is tried again in the next run and nothing else', async () => {
    await run({ ...texts(40), 'f020.txt': 'LATE' });
    const ran: string[] = [];
    const second = await run({}, (event) => {
      if (event.type === 'task-failed' || event.type === 'task-finished') ran.push(event.path);
    }).catch((error: unknown) => error);
    expect(second).to.not.be.instanceOf(Error);
    expect(ran).to.deep.equal(['f020.txt']);
  });
});
