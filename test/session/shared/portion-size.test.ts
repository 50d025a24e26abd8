import { expect } from 'chai';
import { PortionSize } from '../../../src/session/shared/portion-size.js';

describe('the size of a portion', () => {
  const limits = { first: 4, least: 2, most: 20, targetMs: 100 };

  it('grows while full portions are quick, up to the most', () => {
    const size = new PortionSize(limits);
    const sizes = [10, 10, 10, 10].map((elapsedMs) => (size.note(size.current, elapsedMs), size.current));
    expect(sizes).to.deep.equal([8, 16, 20, 20]);
  });

  it('shrinks at once to what fits, down to the least', () => {
    const size = new PortionSize({ ...limits, first: 16 });
    size.note(16, 400);
    expect(size.current).to.equal(4);
    size.note(4, 10_000);
    expect(size.current).to.equal(2);
  });

  it('learns nothing from a portion that was not full, and stays where it takes about as long as it should', () => {
    const size = new PortionSize(limits);
    size.note(1, 1);
    expect(size.current).to.equal(4);
    size.note(4, 80);
    expect(size.current).to.equal(4);
  });
});
