import { expect } from 'chai';
import { scanImports } from '../../../src/analyzers/imports/scan-imports.js';

const modules = (path: string, ...lines: readonly string[]): string[] =>
  scanImports(path, lines.join('\n')).specifiers.map(({ kind, module }) => `${kind} ${module}`);
const isAmbient = (path: string, ...lines: readonly string[]): boolean => scanImports(path, lines.join('\n')).ambient;

describe('imports of JavaScript and TypeScript', () => {
  it('every form of import is found', () => {
    expect(
      modules(
        'a.ts',
        '#!/usr/bin/env node',
        '/// <reference path="globals.d.ts" />',
        '/// <reference types="node" />',
        `import a, { b as c } from './a.js'; import * as d from "d"`,
        `import type { T } from 't'; import './effect'; export * from 'e'; export { f } from 'f';`,
        `import g = require('g'); const h = require('h'); require.resolve('i');`,
        `type J = import('j').J; const k = await import(/* webpackChunkName: "x" */ \`k\`, { with: {} });`,
        `import.meta.resolve('l'); import json from './m.json' with { type: 'json' };`,
        `f(...import('n')); import.defer('o'); declare module 'p' {}`,
      ),
    ).to.deep.equal([
      'path globals.d.ts',
      'types node',
      ...['./a.js', 'd', 't', './effect', 'e', 'f'].map((name) => `import ${name}`),
      ...['g', 'h', 'i'].map((name) => `require ${name}`),
      ...['j', 'k', 'l'].map((name) => `dynamic ${name}`),
      'import ./m.json',
      'dynamic n',
      'dynamic o',
      'augments p',
    ]);
  });

  it('what stands in comments, strings, templates and regular expressions is no import', () => {
    expect(
      modules(
        'a.ts',
        `// import 'a'`,
        `/* import 'b' */ const s = "import 'c'", t = \`import 'd' \${'x' + \`import 'e'\`}\`;`,
        `const r = /['"]/, u = a / b, v = c! / /"/.exec('')!.length; if (x) /'/.test(s);`,
        `x.from('y'); const o = { import: 'z', from: 'w' }; o.import('v');`,
        `import 'real';`,
      ),
    ).to.deep.equal(['import real']);
  });

  it('text of JSX is no code, and code in it is', () => {
    expect(
      modules(
        'a.tsx',
        `const one = <T,>(x: T) => x, two = <T extends object>(x: T) => x; type F = <T>(x: T) => void;`,
        `const a = <A b="it's" c={() => import('in-attribute')}>don't import 'text' {require('in-child')} <B/> </A>;`,
        `const b = x ? <></> : <C.D e:f='"' {...g} />; if (1 << 2 < y) import('after');`,
      ),
    ).to.deep.equal(['dynamic in-attribute', 'require in-child', 'dynamic after']);
  });

  it('types in the comments of JavaScript count, those of TypeScript do not', () => {
    const lines = [`/** @type {import('./t').T} */`, `/** @import { U } from "./u" */`];
    expect(modules('a.js', ...lines)).to.deep.equal(['dynamic ./t', 'dynamic ./u']);
    expect(modules('a.ts', ...lines)).to.deep.equal([]);
  });

  it('an import of an expression is unknown, a call without arguments is not', () => {
    for (const code of ['import(name)', 'require(`./${name}`)', `import('./a' + name)`, 'f(require(x).y)'])
      expect(scanImports('a.ts', code).unknown, code).to.equal(true);
    for (const code of ['x.require()', `require('a')`, 'import.meta.url', `import('a').then(b)`])
      expect(scanImports('a.ts', code).unknown, code).to.equal(undefined);
  });

  it('scripts, global declarations and declared modules are ambient, modules are not', () => {
    expect(isAmbient('a.ts', 'const a = 1;')).to.equal(true);
    expect(isAmbient('a.d.ts', `type A = import('a').A;`)).to.equal(true);
    expect(isAmbient('a.ts', 'import A = B.C;')).to.equal(true);
    expect(isAmbient('a.ts', 'export {};', 'declare global { interface Window {} }')).to.equal(true);
    expect(isAmbient('a.ts', `import 'a'; declare module 'a' {}`)).to.equal(true);
    expect(isAmbient('a.d.ts', 'export as namespace A; export const a: 1;')).to.equal(true);
    expect(isAmbient('a.d.ts', `declare module '*.svg' { export default x; }`)).to.equal(true);
    for (const code of [`import 'a'`, 'export const a = 1', `import a = require('a')`, `export * from 'b'`])
      expect(isAmbient('a.ts', code), code).to.equal(false);
    expect(isAmbient('a.js', 'module.exports = 1')).to.equal(false);
    expect(isAmbient('a.js', 'window.a = 1')).to.equal(true);
  });

  it('code that cannot be told from strings is searched for everything that looks like an import', () => {
    const found = scanImports(
      'a.ts',
      `import a from 'a';\nconst s = 'not closed\nrequire( "b" ); import(c);\n// from 'd'\n`,
    );
    expect(found.specifiers.map(({ module }) => module)).to.have.members(['a', 'b', 'd']);
    expect(found).to.include({ ambient: true, unknown: true });
  });

  it('escapes in a name are read', () => {
    expect(modules('a.ts', String.raw`import './\u0061\x62\/c'`)).to.deep.equal(['import ./ab/c']);
  });
});
