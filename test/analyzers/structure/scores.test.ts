import { expect } from 'chai';
import { analyze } from './support/analyze.js';

describe('scores of structure', () => {
  it('coverage is documented / all over functions, methods and classes', async () => {
    const result = await analyze(
      'py',
      'class A:',
      '    """Doc."""',
      '    def f(self): "doc"',
      '    def g(self): pass',
      'def h(): ""',
    );
    expect(result.documentationCoverage).to.equal(0.5);
  });

  it('complexity covers functions and methods: high is above 10, trivial below 2', async () => {
    const ifs = 'if (a) {}'.repeat(10);
    const { complexity } = await analyze(
      'ts',
      `function big() { ${ifs} }`,
      'class A { small() {} }',
      'const mid = (a) => a || 1;',
    );
    expect(complexity).to.deep.equal({
      average: 4.6667,
      max: 11,
      min: 1,
      averageNestingDepth: 0.3333,
      highComplexityFunctions: ['big'],
      trivialFunctions: ['small'],
    });
  });

  it('issues name complexity, nesting, parameters, length and missing documentation', async () => {
    const deep = 'if (a) {'.repeat(11) + '}'.repeat(11);
    const { issues } = await analyze(
      'ts',
      `function f(a, b, c, d, e, g, h) { ${deep}`,
      ...Array<string>(100).fill(''),
      '}',
    );
    expect(issues.map(({ type, severity, line }) => `${type} ${severity} ${line}`)).to.deep.equal([
      'high-complexity warning 1',
      'deep-nesting warning 1',
      'too-many-parameters warning 1',
      'long-function info 1',
      'missing-documentation info 1',
    ]);
  });

  it('self and cls are no parameters to complain about', async () => {
    const { issues } = await analyze('py', 'def f(self, a, b, c, d, e, g): "doc"');
    expect(issues).to.deep.equal([]);
  });

  it('documentation raises the teaching value', async () => {
    const bare = await analyze('py', 'def f(a):', '    return a or 1');
    const documented = await analyze('py', 'def f(a):', '    "Doc."', '    return a or 1');
    expect(documented.teachingValue.total).to.be.above(bare.teachingValue.total);
    expect(documented.teachingValue).to.include({
      documentation: 1,
      complexity: 1,
      pattern: 0,
      structure: 1,
      total: 0.75,
    });
    expect(documented.teachingValue.explanation).to.match(/^Well documented \(100 % coverage\)/);
  });
});
