import { expect } from 'chai';
import path from 'node:path';
import ts from 'typescript';
import type { Probe, Resolution } from '../../../src/analyzers/imports/probe.js';
import { resolveScript } from '../../../src/analyzers/imports/resolve-script.js';
import type { SpecifierKind } from '../../../src/analyzers/imports/result.js';
import { probeOf, type Files } from './support/map-tree.js';

interface Asked {
  readonly resolution: Resolution;
  readonly asked: readonly string[];
}

function resolve(
  files: Files,
  from: string,
  module: string,
  extra: Partial<Probe> = {},
  kind: SpecifierKind = 'import',
): Asked {
  const probe = probeOf(files, extra);
  const resolution = resolveScript(from, { kind, module }, probe);
  return { resolution, asked: probe.asked.filter((name) => !/(ts|js)config\.json$/.test(name)) };
}

const filesOf = (...parameters: Parameters<typeof resolve>): readonly string[] =>
  resolve(...parameters).resolution.files;
const tree = (...paths: readonly string[]): Files => Object.fromEntries(paths.map((name) => [name, '']));
const json = (value: unknown): string => JSON.stringify(value);

describe('resolution of scripts', () => {
  it('a relative name means the first file TypeScript would take, and nothing behind it is asked for', () => {
    const { resolution, asked } = resolve(tree('src/b.tsx', 'src/b.js'), 'src/a.ts', './b');
    expect(resolution).to.deep.equal({ files: ['src/b.tsx'], outcome: 'found' });
    expect(asked).to.deep.equal(['src/b.ts', 'src/b.tsx']);
  });

  it('the name of what is emitted means its source', () => {
    expect(resolve(tree('b.ts'), 'a.ts', './b.js').asked).to.deep.equal(['b.ts']);
    expect(filesOf(tree('b.mts', 'b.mjs'), 'a.ts', './b.mjs')).to.deep.equal(['b.mts']);
    expect(filesOf(tree('b.cts'), 'a.ts', './b.cjs')).to.deep.equal(['b.cts']);
    expect(filesOf(tree('b.tsx'), 'a.ts', './b.jsx')).to.deep.equal(['b.tsx']);
  });

  it('where a file only declares types, the code that it stands for counts as well', () => {
    expect(filesOf(tree('b.d.ts', 'b.js'), 'a.ts', './b.js')).to.deep.equal(['b.d.ts', 'b.js']);
  });

  it('JavaScript means what TypeScript and what Node would take', () => {
    expect(filesOf(tree('b.ts', 'b.js'), 'a.js', './b.js')).to.deep.equal(['b.ts', 'b.js']);
  });

  it('a folder means what its manifest names, else its index; an absent folder is one look', () => {
    expect(filesOf(tree('b/index.ts'), 'a.ts', './b')).to.deep.equal(['b/index.ts']);
    const named = { ...tree('b/lib/main.ts', 'b/index.ts'), 'b/package.json': json({ main: 'lib/main.js' }) };
    expect(filesOf(named, 'a.ts', './b')).to.deep.equal(['b/lib/main.ts']);
    const { resolution, asked } = resolve({}, 'src/a.ts', './b');
    expect(resolution.outcome).to.equal('unresolved');
    expect(asked).to.include.members(['src/b.ts', 'src/b.tsx', 'src/b.d.ts', 'src/b.js', 'src/b.jsx', 'src/b']);
    expect(asked.filter((name) => name.startsWith('src/b/'))).to.deep.equal([]);
  });

  it('dots in a name need not begin an ending', () => {
    expect(filesOf(tree('user.service.ts'), 'a.ts', './user.service')).to.deep.equal(['user.service.ts']);
    expect(filesOf(tree('a.css'), 'a.ts', './a.css?inline')).to.deep.equal(['a.css']);
    expect(filesOf(tree('a.json'), 'a.ts', './a.json')).to.deep.equal(['a.json']);
  });

  it('names lead out of the root and back', () => {
    expect(filesOf(tree('../other/b.ts'), 'src/a.ts', '../../other/b')).to.deep.equal(['../other/b.ts']);
  });

  it('a reference is relative without a dot', () => {
    expect(filesOf(tree('src/globals.d.ts'), 'src/a.ts', 'globals.d.ts', {}, 'path')).to.deep.equal([
      'src/globals.d.ts',
    ]);
  });

  it('paths: the longest prefix decides, targets are tried in order, through extends and comments', () => {
    const files = {
      ...tree('src/lib/x.ts', 'gen/x.ts', 'src/exact.ts'),
      'tsconfig.json': `{ "extends": ["./base"], /* c */ "compilerOptions": { "strict": true, }, }`,
      'base.json': json({
        compilerOptions: {
          baseUrl: './src',
          paths: {
            '*': ['none/*'],
            '@/*': ['./none/*'],
            '@/lib/*': ['missing/*', '../gen/*', 'lib/*'],
            exact: ['exact'],
          },
        },
      }),
    };
    expect(filesOf(files, 'src/deep/a.ts', '@/lib/x')).to.deep.equal(['gen/x.ts']);
    expect(filesOf(files, 'src/deep/a.ts', 'exact')).to.deep.equal(['src/exact.ts']);
    expect(filesOf(files, 'src/deep/a.ts', 'lib/x')).to.deep.equal(['src/lib/x.ts']);
    const probe = probeOf(files);
    resolveScript('src/deep/a.ts', { kind: 'import', module: '@/lib/x' }, probe);
    expect(probe.asked).to.include.members([
      'src/deep/tsconfig.json',
      'src/tsconfig.json',
      'base.json',
      'src/missing/x.ts',
    ]);
    expect(probe.asked).not.to.include('src/lib/x.ts');
  });

  it('a configuration that only refers to others means those whose folder holds the file', () => {
    const files = {
      ...tree('p/src/x.ts'),
      'p/tsconfig.json': json({ files: [], references: [{ path: './tsconfig.app.json' }, { path: '../q' }] }),
      'p/tsconfig.app.json': json({ compilerOptions: { paths: { '~/*': ['${configDir}/src/*'] } } }),
    };
    expect(filesOf(files, 'p/src/a.ts', '~/x')).to.deep.equal(['p/src/x.ts']);
    const probe = probeOf(files);
    resolveScript('p/src/a.ts', { kind: 'import', module: '~/x' }, probe);
    expect(probe.asked).not.to.include('q/tsconfig.json');
  });

  it('rootDirs are one folder, moduleSuffixes come first', () => {
    const files = {
      ...tree('generated/v/b.ts', 'src/v/c.ios.ts', 'src/v/c.ts'),
      'tsconfig.json': json({ compilerOptions: { rootDirs: ['src', 'generated'], moduleSuffixes: ['.ios', ''] } }),
    };
    expect(filesOf(files, 'src/v/a.ts', './b')).to.deep.equal(['generated/v/b.ts']);
    expect(filesOf(files, 'src/v/a.ts', './c')).to.deep.equal(['src/v/c.ios.ts']);
  });

  it('imports of the manifest lead to files under any condition, and to packages', () => {
    const imports = { '#a': { types: './src/a.ts', default: './dist/a.js' }, '#u/*': './src/u/*.js', '#p': 'pkg' };
    const files = { ...tree('src/a.ts', 'src/u/v.ts'), 'package.json': json({ imports }) };
    expect(filesOf(files, 'src/deep/z.ts', '#a')).to.deep.equal(['src/a.ts']);
    expect(filesOf(files, 'src/deep/z.ts', '#u/v')).to.deep.equal(['src/u/v.ts']);
    const { asked } = resolve({ ...files, 'node_modules/pkg/package.json': '{}' }, 'src/z.ts', '#p');
    expect(asked).to.include('node_modules/pkg/package.json');
  });

  it('a package may import itself by its exports, whose sources stand for what is not built', () => {
    const exports = { '.': { types: './dist/index.d.ts' }, './sub': './dist/sub/index.js' };
    const files = { ...tree('src/index.ts', 'src/sub/index.ts'), 'package.json': json({ name: 'self', exports }) };
    expect(filesOf(files, 'test/a.ts', 'self')).to.deep.equal(['src/index.ts']);
    expect(filesOf(files, 'test/a.ts', 'self/sub')).to.deep.equal(['src/sub/index.ts']);
  });

  it('of an installed package only the manifest counts, and every folder where it is not', () => {
    const files = { 'node_modules/pkg/package.json': json({ types: 'a.d.ts' }), 'node_modules/pkg/a.d.ts': '' };
    const { resolution, asked } = resolve(files, 'src/deep/a.ts', 'pkg/sub');
    expect(resolution).to.deep.equal({ files: [], outcome: 'external' });
    expect(asked.filter((name) => name.includes('node_modules'))).to.deep.equal([
      'src/deep/node_modules',
      'src/node_modules',
      'node_modules',
      'node_modules/pkg/package.json',
    ]);
  });

  it('types of a package that has none are looked for beside it', () => {
    const files = { 'node_modules/@s/p/package.json': '{}' };
    expect(resolve(files, 'a.ts', '@s/p').asked).to.include('node_modules/@types/s__p/package.json');
  });

  it('folders above the root are looked into as far as there are any', () => {
    const files = { '../../node_modules/pkg/package.json': '{}' };
    expect(resolve(files, 'a.ts', 'pkg', { levelsAbove: 2 }).asked).to.include('../../node_modules/pkg/package.json');
  });

  it('a link into the codebase is followed to its sources', () => {
    const manifest = json({ name: '@s/b', main: './dist/index.js' });
    const files = {
      ...tree('packages/b/src/index.ts'),
      'packages/b/package.json': manifest,
      'node_modules/@s/b/package.json': manifest,
    };
    const realpath = (name: string): string => name.replace('node_modules/@s', 'packages');
    expect(filesOf(files, 'packages/a/x.ts', '@s/b', { realpath })).to.deep.equal(['packages/b/src/index.ts']);
  });

  it('workspaces that are not installed are found by name, of npm and of pnpm', () => {
    const b = { ...tree('packages/other/src/index.ts'), 'packages/other/package.json': json({ name: '@s/b' }) };
    const npm = { ...b, 'package.json': json({ workspaces: ['packages/*'] }) };
    const pnpm = { ...b, 'pnpm-workspace.yaml': `packages:\n  # ours\n  - 'packages/*'\n\ncatalog:\n  x: 1\n` };
    for (const files of [npm, pnpm])
      expect(filesOf(files, 'packages/a/x.ts', '@s/b')).to.deep.equal(['packages/other/src/index.ts']);
  });

  it('where TypeScript resolves, its answer is among ours', () => {
    const files: Files = {
      ...tree('a.ts', 'b.ts', 'b/index.ts', 'c/index.d.ts', 'c/index.js', 'd.js', 'd/index.ts', 'e.d.ts', 'f.css.d.ts'),
      ...tree('g.mts', 'h.cts', 'i/lib/x.d.ts', 'j.tsx', 'j.jsx', 'f.d.css.ts', 'k.json', 'src/m.ts'),
      'i/package.json': json({ types: 'lib/x.d.ts', main: 'lib/x.js' }),
      'package.json': json({ name: 'self', imports: { '#m': './src/m.ts' }, exports: './b.ts' }),
    };
    const names = [
      './b',
      './b.js',
      './b/',
      './c',
      './d',
      './d.js',
      './e',
      './f.css',
      './g.mjs',
      './h.cjs',
      './i',
      './j',
    ];
    const root = path.resolve('/virtual');
    const inside = (file: string): string => path.relative(root, file).split(path.sep).join('/');
    const host: ts.ModuleResolutionHost = {
      fileExists: (file) => inside(file) in files,
      readFile: (file) => files[inside(file)],
      directoryExists: (folder) =>
        folder === root || Object.keys(files).some((file) => file.startsWith(`${inside(folder)}/`)),
    };
    let compared = 0;
    for (const moduleResolution of [ts.ModuleResolutionKind.NodeNext, ts.ModuleResolutionKind.Bundler])
      for (const mode of [ts.ModuleKind.CommonJS, ts.ModuleKind.ESNext] as const)
        for (const name of [...names, './k.json', '#m', 'self']) {
          const options: ts.CompilerOptions = {
            moduleResolution,
            module:
              moduleResolution === ts.ModuleResolutionKind.NodeNext ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
            allowJs: true,
            resolveJsonModule: true,
            allowArbitraryExtensions: true,
          };
          const found = ts.resolveModuleName(name, path.join(root, 'a.ts'), options, host, undefined, undefined, mode);
          if (found.resolvedModule === undefined) continue;
          compared += 1;
          expect(filesOf(files, 'a.ts', name), name).to.include(inside(found.resolvedModule.resolvedFileName));
        }
    expect(compared).to.be.greaterThan(40);
  });
});
