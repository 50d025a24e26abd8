import { expect } from 'chai';
import { cyclesOf } from '../../../src/analyzers/structure/codebase/cycles.js';
import { packageOf } from '../../../src/analyzers/structure/codebase/package-name.js';
import { analyzeSource } from '../../../src/analyzers/structure/analyze-source.js';
import type { StructureResult } from '../../../src/analyzers/structure/result.js';
import type { SourcePath } from '../../../src/model/ids.js';
import { summarizeCodebase, type Summary } from './support/summarize.js';

async function summarize(files: readonly (readonly [path: string, code: string])[]): Promise<Summary> {
  const results = await Promise.all(
    files.map(async ([path, code]) => ({ path: path as SourcePath, result: await analyzeSource(path, code) })),
  );
  return summarizeCodebase(results);
}

async function importsOf(path: string, code: string, others: readonly string[]): Promise<string[]> {
  const { dependencyGraph } = await summarize([[path, code], ...others.map((other) => [other, ''] as const)]);
  const node = dependencyGraph.nodes[path]!;
  return [...node.imports, ...node.externalImports.map((name) => `package ${name}`)];
}

describe('structure of a codebase', () => {
  it('sums functions, methods, classes, complexity, coverage and patterns', async () => {
    const { metrics } = await summarize([
      ['a.py', 'def f(a):\n    """Doc."""\n    return a and 1'],
      ['b.ts', 'class A { m() {} }'],
    ]);
    expect(metrics).to.deep.equal({
      totalFiles: 2,
      totalFunctions: 1,
      totalMethods: 1,
      totalClasses: 1,
      averageComplexity: 1.5,
      averageDocumentationCoverage: 0.5,
      totalPatterns: 0,
    });
  });

  for (const [specifier, file] of [
    ['./x', 'src/x.ts'],
    ['./x.js', 'src/x.ts'],
    ['./x.js', 'src/x.js'],
    ['./x.mjs', 'src/x.mts'],
    ['./x.jsx', 'src/x.tsx'],
    ['../lib', 'lib/index.ts'],
    ['..', 'index.js'],
    ['.', 'src/index.tsx'],
    ['./x.y', 'src/x.y.ts'],
    ['./x.js?raw', 'src/x.js'],
  ] as const)
    it(`finds ${file} for '${specifier}'`, async () => {
      expect(await importsOf('src/main.ts', `import '${specifier}';`, [file])).to.deep.equal([file]);
    });

  it('gives no edge and no package for a relative import that is missing or outside', async () => {
    expect(await importsOf('a.ts', "import './style.css'; import '../../out.js'; import './gone';", [])).to.deep.equal(
      [],
    );
  });

  for (const [code, importer, files, expected] of [
    ['import pkg.mod', 'main.py', ['pkg/mod.py'], ['pkg/mod.py']],
    ['import pkg', 'main.py', ['pkg/__init__.py'], ['pkg/__init__.py']],
    ['from pkg import mod', 'main.py', ['pkg/__init__.py', 'pkg/mod.py'], ['pkg/mod.py']],
    ['from pkg import mod, name', 'main.py', ['pkg/__init__.py', 'pkg/mod.py'], ['pkg/__init__.py', 'pkg/mod.py']],
    ['from . import b', 'pkg/a.py', ['pkg/__init__.py', 'pkg/b.py'], ['pkg/b.py']],
    ['from ..x import y', 'pkg/sub/a.py', ['pkg/x.py'], ['pkg/x.py']],
    ['from ....x import y', 'pkg/a.py', ['x.py'], []],
    ['import app.models', 'tests/test_a.py', ['src/app/models.py'], ['src/app/models.py']],
    [
      'import app.models',
      'backend/app/views.py',
      ['backend/app/models.py', 'backend/app/__init__.py'],
      ['backend/app/models.py'],
    ],
    ['import json', 'pkg/a.py', ['pkg/__init__.py', 'pkg/json.py'], ['package json']],
    ['import json', 'json.py', [], ['package json']],
    ['import pkg; from . import name', 'pkg/__init__.py', [], []],
    ['import redis', 'main.py', ['redis/scripts/a.py'], ['package redis']],
    ['from ns import mod', 'main.py', ['ns/mod.py'], ['ns/mod.py']],
    ['import os.path, numpy as np', 'a.py', [], ['package numpy', 'package os']],
  ] as const)
    it(`finds ${expected.join(' and ') || 'nothing'} for "${code}" in ${importer}`, async () => {
      expect(await importsOf(importer, code, files)).to.deep.equal(expected);
    });

  it('names packages by scope and name, and modules of Node with their prefix', () => {
    const specifiers = ['lodash/fp', '@s/p/deep', 'fs/promises', 'node:fs', 'node:test', '/abs', 'https://x.y/z.js'];
    expect(specifiers.map(packageOf)).to.deep.equal([
      'lodash',
      '@s/p',
      'node:fs',
      'node:fs',
      'node:test',
      undefined,
      'https://x.y/z.js',
    ]);
  });

  it('counts each package once for each file, and lists importers', async () => {
    const { dependencyGraph } = await summarize([
      ['a.ts', "import 'x'; import 'x/y'; import './b.js';"],
      ['b.ts', "import 'x';"],
    ]);
    expect(dependencyGraph.externalDependencies).to.deep.equal({ x: 2 });
    expect(dependencyGraph.nodes['b.ts']?.importedBy).to.deep.equal(['a.ts']);
  });

  it('finds circles, sorted, whatever the order of the results', async () => {
    const files = [
      ['c.ts', "import './a.js';"],
      ['a.ts', "import './b.js';"],
      ['b.ts', "import './c.js'; import './b.js';"],
      ['z.ts', "import './y.js';"],
      ['y.ts', "import './z.js'; import './a.js';"],
    ] as const;
    const expected = [
      ['a.ts', 'b.ts', 'c.ts'],
      ['y.ts', 'z.ts'],
    ];
    const forwards = await summarize(files);
    expect(forwards.dependencyGraph.circularDependencies).to.deep.equal(expected);
    expect(await summarize([...files].reverse())).to.deep.equal(forwards);
  });

  it('finds one circle of 100,000 files without recursion', () => {
    const graph = new Map(Array.from({ length: 100_000 }, (_, at) => [`${at}`, [`${(at + 1) % 100_000}`]]));
    expect(cyclesOf(graph)[0]?.length).to.equal(100_000);
  });

  it('keeps files called __proto__ and constructor', async () => {
    const result = await analyzeSource('x.ts', "import 'constructor'; import '__proto__';");
    const summary = summarizeCodebase(
      ['__proto__', 'constructor'].map((path) => ({ path: path as SourcePath, result })),
    );
    expect(Object.keys(summary.dependencyGraph.nodes)).to.deep.equal(['__proto__', 'constructor']);
    expect(Object.entries(summary.dependencyGraph.externalDependencies)).to.deep.equal([
      ['__proto__', 2],
      ['constructor', 2],
    ]);
    expect(JSON.stringify(summary.dependencyGraph.nodes)).to.contain('"__proto__":');
  });

  it('ranks patterns by files and teaching files by score', async () => {
    const summary = await summarize([
      ['a.py', 'def f(a):\n    """Doc."""\n    return [x for x in a]'],
      ['b.py', 'x = [a for a in b]'],
      ['c.py', 'def f(): pass'],
    ]);
    expect(summary.globalPatterns[0]).to.deep.equal({
      type: 'comprehension',
      files: 2,
      averageConfidence: 0.9,
      examples: ['a.py', 'b.py'],
    });
    expect(summary.topTeachingFiles.map(([path]) => path)).to.deep.equal(['a.py', 'c.py', 'b.py']);
  });

  it('takes 50,000 results in less than 5 s', async () => {
    const base = await analyzeSource('a.ts', "import './f1.js';\nimport 'lodash';");
    const results = Array.from({ length: 50_000 }, (_, at) => ({
      path: `src/d${at % 100}/f${at}.ts` as SourcePath,
      result: withImports(base, [`./f${(at * 7) % 50_000}.js`, `../d1/f${at - 1}`, 'lodash', 'node:fs', './missing']),
    }));
    const started = performance.now();
    const { metrics } = summarizeCodebase(results);
    expect(metrics.totalFiles).to.equal(50_000);
    expect(performance.now() - started).to.be.below(5000);
  });
});

function withImports(result: StructureResult, modules: readonly string[]): StructureResult {
  const imports = modules.map((module, at) => ({
    module,
    symbols: [],
    isRelative: module.startsWith('.'),
    kind: 'es6' as const,
    line: at + 1,
  }));
  return { ...result, symbols: { ...result.symbols, imports } };
}
