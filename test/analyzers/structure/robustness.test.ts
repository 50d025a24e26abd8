import { expect } from 'chai';
import { analyzeSource } from '../../../src/analyzers/structure/analyze-source.js';
import { canonicalJson } from '../../../src/util/canonical-json.js';
import { analyze } from './support/analyze.js';

const LEVELS = 5000;

describe('structure of hostile and broken code', () => {
  for (const [what, ending, code] of [
    ['nested parentheses', 'js', `x = ${'('.repeat(LEVELS)}1${')'.repeat(LEVELS)}`],
    ['nested functions', 'js', `${'f = function () {'.repeat(LEVELS)}${'}'.repeat(LEVELS)}`],
    ['curried arrows', 'ts', `const f = ${'a => '.repeat(LEVELS)}1`],
    ['a nested pattern that is exported', 'js', `export const ${'['.repeat(LEVELS)}a${']'.repeat(LEVELS)} = x`],
    ['a chain of assignments', 'js', `${'a = '.repeat(LEVELS)}function () {}`],
    ['a chain of else-if', 'ts', `if (a) {}${' else if (b) {}'.repeat(LEVELS)}`],
    ['open braces', 'tsx', 'function f() { <a>'.repeat(LEVELS)],
    ['comments as arguments', 'js', 'f(/* a */ /* b */ c);'.repeat(LEVELS)],
    ['nested parentheses', 'py', `x = ${'('.repeat(LEVELS)}1${')'.repeat(LEVELS)}`],
    ['a chain of operators', 'py', `x = ${'a and '.repeat(LEVELS)}1`],
    [
      'nothing but noise',
      'py',
      Array.from({ length: LEVELS }, (_, at) => String.fromCharCode((at * 7919) % 0xffff)).join(''),
    ],
  ] as const)
    it(`survives ${LEVELS} times ${what} (${ending}) and answers JSON`, async () => {
      const result = await analyze(ending, code);
      expect(JSON.parse(canonicalJson(result))).to.deep.equal(result);
    });

  it('takes a minified file of 1 MB in less than 10 s', async () => {
    const code = 'function a(b,c){return b?c&&a(c):[1,"x"].map(d=>d+1)}var e={f:function(g){for(;;)if(g)break}};';
    const started = performance.now();
    const { symbols } = await analyze('js', code.repeat(Math.ceil(1_000_000 / code.length)));
    expect(symbols.functions.length).to.be.above(20_000);
    expect(performance.now() - started).to.be.below(10_000);
  });

  it('answers with what could be parsed of broken code, and says where it is broken', async () => {
    const script = await analyze('ts', 'function good() { return 1; }', 'const x = ;', 'class A { m() {} }');
    expect(script.symbols.functions.map(({ name }) => name)).to.deep.equal(['good']);
    expect(script.symbols.classes.map(({ name }) => name)).to.deep.equal(['A']);
    expect(script.errors.map(({ line }) => line)).to.include(2);
    const python = await analyze('py', 'def good():', '    pass', 'def broken(:', '    pass', 'class A: pass');
    expect(python.symbols.functions.map(({ name }) => name)).to.include('good');
    expect(python.errors).to.not.be.empty;
  });

  it('reports at most 50 errors and how many more there are', async () => {
    const { errors } = await analyze('js', 'a b c;\n'.repeat(200));
    expect(errors.length).to.equal(51);
    expect(errors.at(-1)?.message).to.match(/^\d+ more syntax errors$/);
  });

  it('answers an empty file with nothing, fully documented', async () => {
    const result = await analyze('py', '');
    expect(result.documentationCoverage).to.equal(1);
    expect(result.complexity).to.include({ average: 0, max: 0, min: 0 });
    expect(result.teachingValue.total).to.equal(0);
  });

  it('answers the same for the same file each time', async () => {
    const code = 'export class A { async m(a) { return a ? await f(a) : null; } }';
    expect(canonicalJson(await analyze('ts', code))).to.equal(canonicalJson(await analyze('ts', code)));
  });

  it('refuses a path of another language', async () => {
    const outcome = await analyzeSource('a.rs', '').catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(TypeError);
  });
});
