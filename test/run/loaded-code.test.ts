import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { analyzeCodebase, analyzerModule, type Analyzer, type RunEvent } from '../../src/index.js';
import { temporaryCodebase } from '../support/temporary.js';

const FILES = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`f${index}.txt`, `text ${index}`]));

interface Ran {
  readonly results: unknown[];
  readonly analyzed: number;
  readonly warnings: string[];
}

async function run(root: string, analyzer: Analyzer | ReturnType<typeof analyzerModule>): Promise<Ran> {
  const warnings: string[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'warning') warnings.push(event.code);
  };
  const finished = await analyzeCodebase({ root, codebaseId: 'code', analyzers: [analyzer], concurrency: 2, onEvent });
  const results: unknown[] = [];
  for await (const { result } of finished.results()) results.push(result);
  return { results, analyzed: finished.totals.analyzed, warnings };
}

/** What another process, which has loaded nothing yet, is served. */
function runElsewhere(root: string, module: string): unknown {
  const library = new URL('../../src/index.ts', import.meta.url).href;
  const script = `
    const { analyzeCodebase, analyzerModule } = await import(${JSON.stringify(library)});
    const ran = await analyzeCodebase({ root: ${JSON.stringify(root)}, codebaseId: 'code', analyzers: [analyzerModule(${JSON.stringify(module)})] });
    const results = [];
    for await (const { result } of ran.results()) results.push(result);
    process.stdout.write(JSON.stringify(results));`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  expect(child.status, child.stderr).to.equal(0);
  return JSON.parse(child.stdout);
}

const answers = (code: number): string =>
  `export default { id: 'm', version: '1', include: ['*.txt'], analyze: () => (${code}) };`;

describe('the code that a process has loaded', () => {
  for (const files of [1, 8]) {
    it(`code that is edited while the process lives is told, and its old answers reach no other process (${files} files)`, async function () {
      this.timeout(60_000);
      const { root, folder } = temporaryCodebase(Object.fromEntries(Object.entries(FILES).slice(0, files)));
      const module = path.join(folder, 'analyzer.mjs');
      fs.writeFileSync(module, answers(1));
      const first = await run(root, analyzerModule(module));
      expect(first).to.deep.equal({ results: Array(files).fill(1), analyzed: files, warnings: [] });
      fs.writeFileSync(module, answers(2));
      fs.writeFileSync(path.join(root, 'new.txt'), 'new');
      const second = await run(root, analyzerModule(module));
      expect(second.results).to.deep.equal(Array(files + 1).fill(1));
      expect(second.analyzed).to.equal(1);
      expect(second.warnings).to.deep.equal(['CACHE_ANALYZER_CHANGED']);
      expect(runElsewhere(root, module)).to.deep.equal(Array(files + 1).fill(2));
      fs.writeFileSync(module, answers(1));
      expect((await run(root, analyzerModule(module))).warnings).to.deep.equal([]);
    });
  }

  it('a module that is edited while it is imported is refused', async () => {
    const { root, folder } = temporaryCodebase({ 'a.txt': 'one' });
    const module = path.join(folder, 'analyzer.mjs');
    fs.writeFileSync(
      module,
      `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(module)}, '// edited');\n${answers(1)}`,
    );
    for (let tries = 0; tries < 2; tries++) {
      const error: unknown = await run(root, analyzerModule(module)).catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'CACHE_ANALYZER_LOAD');
      expect(error).to.have.property('message').that.contains('changed while this process ran');
    }
  });

  it('a helper that was edited between two analyzers that import it is refused by the second', async () => {
    const { root, folder } = temporaryCodebase({ 'a.txt': 'one' });
    const write = (name: string, text: string): string => {
      fs.writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const imports = `import { n } from './helper.mjs'; export default { id: 'm', version: '1', analyze: () => n };`;
    write('helper.mjs', 'export const n = 1;');
    await run(root, analyzerModule(write('one.mjs', imports)));
    write('helper.mjs', 'export const n = 2;');
    const error: unknown = await run(root, analyzerModule(write('two.mjs', imports))).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('message').that.contains('helper.mjs changed');
  });

  const FACTORY = `
    import { threadId } from 'node:worker_threads';
    export const make = ({ x } = { x: 1 }) => ({
      id: 'm', version: '1', options: { x }, modulePath: import.meta.filename,
      analyze: () => ({ x, inThread: threadId !== 0 }),
    });
    export default make;`;

  it('threads make an analyzer object with its options', async () => {
    const { root, folder } = temporaryCodebase(FILES);
    const module = path.join(folder, 'factory.mjs');
    fs.writeFileSync(module, FACTORY);
    const { make } = (await import(module)) as { make: (options: { x: number }) => Analyzer };
    const { results } = await run(root, make({ x: 2 }));
    expect(results).to.deep.equal(Array(8).fill({ x: 2, inThread: true }));
  });

  it('an analyzer object that its module does not make runs in the thread of the caller', async () => {
    const { root, folder } = temporaryCodebase(FILES);
    const module = path.join(folder, 'other.mjs');
    fs.writeFileSync(module, FACTORY.replace('({ x } = { x: 1 })', '(x)').replace('make;', 'make(1);'));
    const { make } = (await import(module)) as { make: (x: number) => Analyzer };
    const { results } = await run(root, make(2));
    expect(results).to.deep.equal(Array(8).fill({ x: 2, inThread: false }));
  });
});
