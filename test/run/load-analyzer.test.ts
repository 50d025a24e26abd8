import { expect } from 'chai';
import type { AnyAnalyzer } from '../../src/model/analyzer.js';
import { defineAnalyzer } from '../../src/run/load-analyzer.js';

const BASE = { id: 'toy', version: '1' };
const analyze = (): number => 1;
const analyzeMany = (): never => {
  throw new Error('not asked');
};

describe('what counts as an analyzer', () => {
  it('one that has analyze or analyzeMany is answered unchanged', () => {
    const one = {
      ...BASE,
      analyze,
      uses: ['size'],
      surface: () => 1,
      reducers: { n: { select: () => 1, reduce: () => 1 } },
    };
    const many = { ...BASE, analyzeMany };
    expect(defineAnalyzer(one)).to.equal(one);
    expect(defineAnalyzer(many)).to.equal(many);
  });

  for (const [problem, analyzer] of Object.entries<object>({
    'no function analyze': BASE,
    'both analyze and analyzeMany': { ...BASE, analyze, analyzeMany },
    'analyzeMany is not a function': { ...BASE, analyzeMany: 1 },
    'uses is not a list of strings': { ...BASE, analyze, uses: [1] },
    'cannot use other results': { ...BASE, analyze, uses: ['size'], pathIndependent: true },
    'surface is not a function': { ...BASE, analyze, surface: 1 },
    'reducers are no object': { ...BASE, analyze, reducers: [] },
    'reducer "n" has no functions': { ...BASE, analyze, reducers: { n: { select: analyze } } },
    'reducer "m" has no functions': { ...BASE, analyze, reducers: { m: null } },
  }))
    it(`a TypeError says: ${problem}`, () => {
      expect(() => defineAnalyzer(analyzer as AnyAnalyzer)).to.throw(TypeError, problem);
    });
});
