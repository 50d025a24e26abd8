import { expect } from 'chai';
import type { Dependency } from '../../../src/model/dependency.js';
import { ImportGraph, type Followed } from '../../../src/analyzers/imports/import-graph.js';
import { treeOf, type Files } from './support/map-tree.js';

const shown = (dependency: Dependency): string =>
  'path' in dependency ? `${dependency.kind} ${dependency.path}` : dependency.kind;

async function follow(files: Files, path: string, ambient: readonly string[] = []): Promise<Followed> {
  return new ImportGraph(treeOf(files), { ambient }).follow(path);
}

const CHAIN = { 'a.ts': `import './b'`, 'b.ts': `import './c.js'`, 'c.ts': `export {}`, 'd.ts': 'export {}' };

describe('the import graph', () => {
  it('reaches what imports import, but not the file itself', async () => {
    expect((await follow(CHAIN, 'a.ts')).files).to.deep.equal(['b.ts', 'c.ts']);
    expect((await follow(CHAIN, 'd.ts')).files).to.deep.equal([]);
  });

  it('depends on the contents of all that is reached and on every look that led there', async () => {
    const { dependencies } = await follow({ ...CHAIN, 'b.ts': `import './c.js'; import './new'` }, 'a.ts');
    const names = dependencies.map(shown);
    expect(names).to.include.members(['content b.ts', 'content c.ts', 'absent new.ts', 'absent tsconfig.json']);
    expect(names).not.to.include('content a.ts');
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it('files that import each other depend on each other', async () => {
    const cycle = {
      'a.ts': `import './b'`,
      'b.ts': `import './c'`,
      'c.ts': `import './a'; import './d'`,
      'd.ts': 'export {}',
    };
    const graph = new ImportGraph(treeOf(cycle), { ambient: [] });
    expect((await graph.follow('b.ts')).files).to.deep.equal(['a.ts', 'c.ts', 'd.ts']);
    expect((await graph.follow('a.ts')).files).to.deep.equal(['b.ts', 'c.ts', 'd.ts']);
    expect((await graph.follow('d.ts')).files).to.deep.equal([]);
  });

  it('resolves the imports of each file once, whoever asks', async () => {
    const tree = treeOf(CHAIN);
    const graph = new ImportGraph(tree, { ambient: [] });
    await Promise.all(['a.ts', 'b.ts', 'c.ts', 'a.ts'].map((path) => graph.follow(path)));
    await graph.prepare(['a.ts']);
    expect(tree.asked.sort()).to.deep.equal(['a.ts', 'b.ts', 'c.ts']);
  });

  it('answers the same in whatever order it is asked', async () => {
    const one = new ImportGraph(treeOf(CHAIN), { ambient: [] });
    const other = new ImportGraph(treeOf(CHAIN), { ambient: [] });
    for (const path of ['a.ts', 'b.ts', 'd.ts']) await one.follow(path);
    for (const path of ['d.ts', 'b.ts', 'a.ts']) await other.follow(path);
    expect(await one.follow('a.ts')).to.deep.equal(await other.follow('a.ts'));
  });

  it('ambient files, and what they import, mean something to every script and to no Python', async () => {
    const files = { ...CHAIN, 'env.d.ts': `import './e'; declare global {}`, 'e.ts': 'export {}', 'p.py': '' };
    expect((await follow(files, 'd.ts', ['env.d.ts'])).files).to.deep.equal(['e.ts', 'env.d.ts']);
    expect((await follow(files, 'e.ts', ['env.d.ts'])).files).to.deep.equal(['env.d.ts']);
    expect((await follow(files, 'p.py', ['env.d.ts'])).files).to.deep.equal([]);
  });

  it('built files that are no sources are followed, installed ones are not', async () => {
    const files = {
      'a.ts': `import './dist/x.js'; import 'pkg'`,
      'dist/x.js': `import './y.js'`,
      'dist/y.js': '',
      'node_modules/pkg/package.json': '{"main":"i.js"}',
      'node_modules/pkg/i.js': '',
    };
    const { files: reached, dependencies } = await follow(files, 'a.ts');
    expect(reached).to.deep.equal(['dist/x.js', 'dist/y.js']);
    expect(dependencies.map(shown)).to.include('content node_modules/pkg/package.json');
  });

  it('names the files whose imports cannot be known', async () => {
    expect((await follow({ 'a.ts': `import './b'`, 'b.ts': 'import(x)' }, 'a.ts')).unknown).to.deep.equal(['b.ts']);
  });

  it('a name that no record can hold is no file', async () => {
    const { dependencies } = await follow({ 'a.ts': String.raw`import './b\\c'; import './d\0'` }, 'a.ts');
    expect(dependencies.map(shown).filter((name) => /[\\\0]/.test(name))).to.deep.equal([]);
  });
});
