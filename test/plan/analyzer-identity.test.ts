import { expect } from 'chai';
import fc from 'fast-check';
import type { Analyzer } from '../../src/model/analyzer.js';
import type { JsonValue } from '../../src/model/json.js';
import { identityChanges, identityOf } from '../../src/plan/analyzer-identity.js';

const analyzer = (changes: Partial<Analyzer> = {}): Analyzer => ({
  id: 'a',
  version: '1',
  analyze: () => null,
  ...changes,
});
const identity = (changes: Partial<Analyzer> = {}, variables = {}) => identityOf(analyzer(changes), variables);

describe('the identity of an analyzer', () => {
  it('does not depend on the order of option names', () => {
    const one = identity({ options: { a: 1, b: { c: 2, d: 3 } } });
    expect(identity({ options: { b: { d: 3, c: 2 }, a: 1 } }).fingerprint).to.equal(one.fingerprint);
  });

  it('changes with each thing that shapes the answer, alone', () => {
    const before = identity({ options: { a: 1 }, environment: ['HOME'] }, { HOME: '/x' });
    const changed = {
      id: identity({ id: 'b', options: { a: 1 }, environment: ['HOME'] }, { HOME: '/x' }),
      version: identity({ version: '2', options: { a: 1 }, environment: ['HOME'] }, { HOME: '/x' }),
      options: identity({ options: { a: 2 }, environment: ['HOME'] }, { HOME: '/x' }),
      environment: identity({ options: { a: 1 }, environment: ['HOME'] }, { HOME: '/y' }),
      unset: identity({ options: { a: 1 }, environment: ['HOME'] }, {}),
      code: identity({ options: { a: 1 }, environment: ['HOME'], codeDigest: 'sha256:1' }, { HOME: '/x' }),
      pathIndependent: identity({ options: { a: 1 }, environment: ['HOME'], pathIndependent: true }, { HOME: '/x' }),
    };
    const fingerprints = [before, ...Object.values(changed)].map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).to.equal(fingerprints.length);
  });

  it('does not change with the files that it is asked about', () => {
    expect(identity({ include: ['*.md'] }).fingerprint).to.equal(identity().fingerprint);
  });

  it('does not hold the value of a variable', () => {
    expect(JSON.stringify(identity({ environment: ['TOKEN'] }, { TOKEN: 'secret-value' }))).not.to.contain(
      'secret-value',
    );
  });

  it('takes a variable called like a property of every object for unset', () => {
    expect(identity({ environment: ['constructor', 'toString'] }, {}).environment).to.deep.equal({
      constructor: null,
      toString: null,
    });
  });
});

describe('changes of identity', () => {
  it('are none between equal ones, and at least one between different ones', () => {
    const options = fc.dictionary(
      fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString', '10'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const any = fc.record({ version: fc.constantFrom('1', '2'), options, pathIndependent: fc.boolean() });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const [before, now] = [identity(one as Partial<Analyzer>), identity(other as Partial<Analyzer>)];
        const changes = identityChanges(before, now);
        expect(changes.length > 0).to.equal(before.fingerprint !== now.fingerprint);
      }),
      { numRuns: 300 },
    );
  });

  it('name the option by its JSON pointer, with both values', () => {
    const [change] = identityChanges(
      identity({ options: { 'a/b': { c: 1 } } }),
      identity({ options: { 'a/b': { c: [2] } } }),
    );
    expect(change).to.deep.equal({ kind: 'option-changed', option: '/a~1b/c', old: '1', new: '[2]' });
  });

  it('name an option called like a property of every object', () => {
    const named = JSON.parse('{ "constructor": 1, "__proto__": 2 }') as JsonValue;
    expect(identityChanges(identity({ options: {} }), identity({ options: named }))).to.deep.equal([
      { kind: 'option-changed', option: '/__proto__', old: null, new: '2' },
      { kind: 'option-changed', option: '/constructor', old: null, new: '1' },
    ]);
  });

  it('name a variable, without its value', () => {
    const [change] = identityChanges(
      identity({ environment: ['A'] }, {}),
      identity({ environment: ['A'] }, { A: 'x' }),
    );
    expect(change).to.include({ kind: 'environment-changed', name: 'A', old: null });
  });

  it('name the declared variables where only their set changed', () => {
    const [change] = identityChanges(identity(), identity({ environment: ['A'] }));
    expect(change?.kind).to.equal('option-changed');
  });
});
