import { expect } from 'chai';
import fc from 'fast-check';
import { didYouMean, editDistance, suggest } from '../../src/util/suggest.js';

const WORDS = ['analyze', 'plan', 'explain', 'invalidate', 'include', 'exclude', '--json'];

describe('suggest', () => {
  for (const [typo, word] of Object.entries({
    anaylze: 'analyze',
    analyse: 'analyze',
    paln: 'plan',
    exlpain: 'explain',
    INVALIDATE: 'invalidate',
    invaldate: 'invalidate',
    '--jsno': '--json',
  })) {
    it(`${typo} was meant to be ${word}`, () => {
      expect(suggest(typo, WORDS)).to.equal(word);
    });
  }

  for (const stranger of ['', 'x', 'deploy', 'analyzer-options', 'x'.repeat(10_000)]) {
    it(`${stranger.slice(0, 20)} resembles none`, () => {
      expect(suggest(stranger, WORDS)).to.equal(undefined);
      expect(didYouMean(stranger, WORDS)).to.equal('');
    });
  }

  it('didYouMean can stand behind the word', () => {
    expect(`unknown command "paln"${didYouMean('paln', WORDS)}.`).to.equal(
      'unknown command "paln" (did you mean "plan"?).',
    );
  });

  it('the distance is symmetric, 0 only for equal words, and a swap of neighbours counts once', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, b) === 0).to.equal(a === b);
        expect(editDistance(a, b)).to.be.at.most(Math.max(a.length, b.length));
      }),
    );
    expect(editDistance('abcd', 'abdc')).to.equal(1);
  });
});
