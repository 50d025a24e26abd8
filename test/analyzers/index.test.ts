import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BUILT_IN_ANALYZER_IDS, loadBuiltInAnalyzer } from '../../src/analyzers/index.js';

describe('built-in analyzers', () => {
  it('are found by their id, and by no other name', async () => {
    for (const id of BUILT_IN_ANALYZER_IDS) expect((await loadBuiltInAnalyzer(id))?.id).to.equal(id);
    for (const id of ['nothing', 'constructor', '__proto__']) expect(await loadBuiltInAnalyzer(id)).to.equal(undefined);
  });

  it('structure is the default export of its module path, so that a worker thread can load it', async () => {
    const structure = await loadBuiltInAnalyzer('structure');
    const module = (await import(structure!.modulePath!)) as { default: unknown };
    expect(module.default).to.equal(structure);
  });

  it('structure gives the values of the codebase that the documentation names', async () => {
    const structure = await loadBuiltInAnalyzer('structure');
    const names = ['metrics', 'dependencyGraph', 'globalPatterns', 'topTeachingFiles'];
    expect(Object.keys(structure!.reducers!)).to.deep.equal(names);
  });

  it('loading the definition of structure does not load the parser, analyzing does', () => {
    const entry = fileURLToPath(new URL('../../src/analyzers/structure/structure.ts', import.meta.url));
    const script = `
      import { createRequire } from 'node:module';
      const { structure } = await import(${JSON.stringify(entry)});
      const { cache } = createRequire(${JSON.stringify(entry)});
      const count = () => Object.keys(cache).filter((file) => file.includes('tree-sitter')).length;
      const before = count();
      await structure.analyze({ path: 'a.py', text: () => '' });
      process.stdout.write(before + ' ' + count());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout, stderr).to.equal('0 1');
  });
});
