import { expect } from 'chai';
import { analyze, functionNamed, placesOf } from './support/analyze.js';

describe('structure of JavaScript and TypeScript', () => {
  it('lists declarations, bound functions, named expressions, object methods and default exports, and no callbacks', async () => {
    const { symbols } = await analyze(
      'js',
      'function declared() {}',
      'const bound = () => 1, other = (function () {});',
      'x.y.assigned = async function () {};',
      'const o = { shorthand() {}, pair: () => 1, get value() { return 1; }, [computed]() {} };',
      'list.map((item) => item);',
      'run(function named() {});',
      'export default () => {};',
    );
    expect(symbols.functions.map(({ name, startLine }) => `${name} ${startLine}`)).to.deep.equal([
      'declared 1',
      'bound 2',
      'other 2',
      'assigned 3',
      'shorthand 4',
      'pair 4',
      'value 4',
      '[computed] 4',
      'named 6',
      'default 7',
    ]);
  });

  it('counts class members with a body as methods, fields bound to functions included', async () => {
    const { symbols } = await analyze(
      'ts',
      'abstract class A {',
      '  constructor(private x: string) {}',
      '  over(a: string): void;',
      '  over(a: unknown) {}',
      '  abstract missing(): void;',
      '  handler = async (event: Event): Promise<void> => {};',
      "  static #secret() {} get 'quoted'() { return 1; }",
      '}',
      'declare function ambient(): void;',
    );
    expect(symbols.functions).to.deep.equal([]);
    expect(placesOf(symbols.classes[0]!.methods)).to.deep.equal([
      'constructor 2-2',
      'over 4-4',
      'handler 6-6',
      '#secret 7-7',
      'quoted 7-7',
    ]);
  });

  it('starts at the name or keyword, below decorators', async () => {
    const { symbols } = await analyze(
      'ts',
      '@Injectable()',
      'export class A {',
      "  @Get('x')",
      '  @B.c',
      '  async find() {}',
      '  @Input() field = 1;',
      '  plain() {}',
      '}',
    );
    expect(symbols.classes[0]).to.deep.include({ startLine: 2, endLine: 8, decorators: ['Injectable'] });
    expect(symbols.classes[0]!.methods.map(({ decorators }) => decorators)).to.deep.equal([['Get', 'B.c'], []]);
    expect(symbols.classes[0]!.methods[0]).to.include({ startLine: 5, isAsync: true });
  });

  for (const [code, complexity] of [
    ['return a && b || c ?? d', 4],
    ['return a?.b?.c', 1],
    ['a ??= b; a &&= c', 1],
    ['return a ? b : c', 2],
    ['do { } while (a)', 2],
    ['for (;;) {} for (const x of y) {} for (const x in y) {}', 4],
    ['switch (a) { case 1: case 2: break; default: }', 3],
    ['try {} catch {} finally {}', 2],
    ['if (a) {} else if (b) {} else {}', 3],
    ['list.map((x) => x && y)', 1],
  ] as const)
    it(`gives "${code}" a complexity of ${complexity}`, async () => {
      const result = await analyze('ts', `function f() { ${code} }`);
      expect(functionNamed(result, 'f').complexity).to.equal(complexity);
    });

  it('takes else-if for one level of nesting', async () => {
    const result = await analyze('js', 'function f() { if (a) {} else if (b) { for (;;) {} } else if (c) {} }');
    expect(functionNamed(result, 'f').nestingDepth).to.equal(2);
  });

  it('gives parameters as bare names or patterns, and the return type as text', async () => {
    const result = await analyze(
      'ts',
      'const f = <T,>({ a, b }: T = {}, c?: string, @P() d = 1, ...rest: T[]): c is T => 1',
    );
    expect(functionNamed(result, 'f').parameters).to.deep.equal(['{ a, b }', 'c', 'd', 'rest']);
    expect(functionNamed(result, 'f').returnType).to.equal('c is T');
  });

  it('reads the JSDoc block before the statement, its export or its decorators', async () => {
    const { symbols } = await analyze(
      'ts',
      '/**',
      ' * First.',
      ' *   Second.',
      ' */',
      '// eslint-disable-next-line',
      'export const f = () => 1;',
      '/* no doc */',
      'function g() {}',
      '/** Of the class. */',
      '@D()',
      'export class A {',
      '  /** Of m. */',
      '  @E() m() {}',
      '}',
    );
    expect(symbols.functions.map(({ docstring }) => docstring)).to.deep.equal(['First.\n  Second.', null]);
    expect(symbols.classes[0]!.docstring).to.equal('Of the class.');
    expect(symbols.classes[0]!.methods[0]!.docstring).to.equal('Of m.');
  });

  it('gives extends and implements as source text and names anonymous classes', async () => {
    const { symbols } = await analyze(
      'ts',
      'class A extends B.C<T> implements D, E {}',
      'use(class {});',
      'const F = class {};',
    );
    expect(symbols.classes.map(({ name, baseClasses }) => [name, baseClasses])).to.deep.equal([
      ['A', ['B.C<T>', 'D', 'E']],
      ['<anonymous>', []],
      ['F', []],
    ]);
  });

  it('gives every kind of import with the names of the other module', async () => {
    const { symbols } = await analyze(
      'ts',
      "import d, { a as b, type C } from 'm';",
      "import * as ns from '@s/p/x';",
      "import './side.js';",
      "import fs = require('fs');",
      "const { x, y: z } = require('./cjs');",
      "const w = await import(/* hint */ 'dyn');",
      "export { q as r } from '../up.js';",
      "export type * from './types.js';",
      'require(name); require("a" + b);',
    );
    expect(
      symbols.imports.map(({ module, symbols: names, kind, line }) => [module, names.join(), kind, line]),
    ).to.deep.equal([
      ['m', 'default,a,C', 'es6', 1],
      ['@s/p/x', '*', 'es6', 2],
      ['./side.js', '', 'es6', 3],
      ['fs', '', 'require', 4],
      ['./cjs', 'x,y', 'require', 5],
      ['dyn', '', 'dynamic', 6],
      ['../up.js', 'q', 'es6', 7],
      ['./types.js', '*', 'es6', 8],
    ]);
  });

  it('takes export type * for valid code', async () => {
    expect((await analyze('ts', "export type * from './types.js';")).errors).to.deep.equal([]);
  });

  it('gives the names that a module exports, CommonJS included', async () => {
    const modern = await analyze(
      'ts',
      'export const a = 1, { b, c: [d = 2, ...e] } = x;',
      'export function f() {}',
      'export type T = 1; export interface I {} export enum E { X }',
      "export { g as h, default } from './x'; export * from './y'; export * as n from './z';",
      'export default class {}',
    );
    const common = await analyze('js', 'exports.a = module.exports.b = 1;', 'module.exports = { c, d: 1, e() {} };');
    expect(modern.symbols.exports.join()).to.equal('a,b,d,e,f,T,I,E,h,default,*,n');
    expect(common.symbols.exports.join()).to.equal('a,b,c,d,e');
  });

  it('tells the five languages apart by the ending', async () => {
    const endings = ['py', 'ts', 'mts', 'cts', 'tsx', 'js', 'mjs', 'cjs', 'jsx'];
    const languages = await Promise.all(endings.map(async (ending) => (await analyze(ending, '')).language));
    expect(languages.join()).to.equal(
      'python,typescript,typescript,typescript,tsx,javascript,javascript,javascript,jsx',
    );
  });
});
