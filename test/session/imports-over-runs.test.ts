/** What imports were resolved by is looked at in the next run, although it is no source file of any analyzer. */
import { expect } from 'chai';
import fs from 'node:fs';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { BatchAnalyzer } from '../../src/model/analyzer.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

const paths = (target: string): string => JSON.stringify({ compilerOptions: { paths: { '@x': [target] } } });

describe('imports over several runs', () => {
  for (const [what, before, after, expected] of [
    [
      'a configuration that changes',
      { 'tsconfig.json': paths('./b.ts') },
      { 'tsconfig.json': paths('./c.ts') },
      undefined,
    ],
    [
      'the manifest of an installed package',
      { 'node_modules/@x/package.json': '{"main":"i.js"}' },
      { 'node_modules/@x/package.json': '{"main":"j.js"}' },
      ['a.ts'],
    ],
    ['a configuration that comes', {}, { 'tsconfig.json': paths('./c.ts') }, undefined],
    ['a package that is installed', {}, { 'node_modules/@x/package.json': '{}' }, ['a.ts']],
  ] as const) {
    it(`${what} concerns who imports by it`, async () => {
      const ran: string[] = [];
      const tool: BatchAnalyzer = {
        ...{ id: 'tool', version: '1', include: ['*.ts'] },
        async *analyzeMany(files, context) {
          await context.recordImports(files.map(({ path }) => path));
          for (const { path } of files) {
            ran.push(path);
            yield { path, result: path };
          }
        },
      };
      const { root, basePath } = temporaryCodebase({ 'a.ts': `import '@x'`, 'b.ts': '', 'c.ts': '', ...before });
      const run = async (): Promise<string[]> => {
        ran.length = 0;
        await analyzeCodebase({ root, basePath, codebaseId: 'x', analyzers: [tool] });
        return [...ran];
      };
      expect(await run()).to.deep.equal(['a.ts', 'b.ts', 'c.ts']);
      expect(await run()).to.deep.equal([]);
      writeTree(root, after);
      const second = await run();
      // What a configuration says concerns every script, as far as we can tell.
      if (expected === undefined) expect(second).to.include('a.ts');
      else expect(second).to.deep.equal(expected);
      expect(await run()).to.deep.equal([]);
    });
  }

  for (const include of [['*.ts'], ['a.ts']]) {
    it(`an answer is not kept where an import was another one meanwhile (asked about ${include.join()})`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.ts': `import './b'`, 'b.ts': '1' });
      const edits = ['2'];
      const tool: BatchAnalyzer = {
        ...{ id: 'tool', version: '1', include },
        async *analyzeMany(files, context) {
          await context.recordImports(files.map(({ path }) => path));
          for (const text of edits.splice(0)) writeTree(root, { 'b.ts': text });
          for (const { path } of files) yield { path, result: fs.readFileSync(`${root}/b.ts`, 'utf8') };
        },
      };
      const run = async (): Promise<unknown> => {
        const done = await analyzeCodebase({ root, basePath, codebaseId: 'x', analyzers: [tool] });
        for await (const { path, result } of done.results()) if (path === 'a.ts') return result;
        return undefined;
      };
      expect(await run()).to.equal('2');
      writeTree(root, { 'b.ts': '1' });
      expect(await run()).to.equal('1');
    });
  }
});
