import { expect } from 'chai';
import type { Analyzer, Reducer } from '../../src/model/analyzer.js';
import { toyAnalyzer, type Exports } from '../support/dependency-analyzers.js';
import { Story } from '../support/dependency-story.js';

describe('story: a value of the whole codebase', () => {
  const reduced: string[] = [];
  const names: Reducer<unknown, string> = {
    select: (result) => (result as Exports).exports.join(',') || undefined,
    reduce(inputs) {
      const all = [...inputs].map(({ path, input }) => `${path}:${input}`);
      reduced.push(all.join(' '));
      return all;
    },
  };
  const analyzer: Analyzer = {
    ...toyAnalyzer('exports'),
    reducers: { names: names as unknown as Reducer<unknown, never> },
  };
  const story = new Story([analyzer], { 'price.a': 'export price', 'shop.a': 'export shop', 'till.a': 'body' });
  const value = (): unknown => story.last?.run.values()['names'];

  it('is computed from the inputs of all files that have any, in order', async () => {
    await story.run();
    expect(value()).to.deep.equal(['price.a:price', 'shop.a:shop']);
    expect(reduced.splice(0)).to.have.length(1);
  });

  it('is not computed anew where nothing ran', async () => {
    await story.run();
    expect(value()).to.deep.equal(['price.a:price', 'shop.a:shop']);
    expect(reduced.splice(0)).to.deep.equal([]);
  });

  it('is not computed anew where a result changed, but not what it takes from it', async () => {
    story.edit({ 'price.a': 'export price\nbody 2' });
    expect(await story.run()).to.deep.equal(['exports price.a']);
    expect(value()).to.deep.equal(['price.a:price', 'shop.a:shop']);
    expect(reduced.splice(0)).to.deep.equal([]);
  });

  it('is computed anew where one of its inputs changed, came or went', async () => {
    story.edit({ 'price.a': 'export cost' });
    await story.run();
    expect(value()).to.deep.equal(['price.a:cost', 'shop.a:shop']);
    story.edit({ 'till.a': 'export till' });
    await story.run();
    expect(value()).to.deep.equal(['price.a:cost', 'shop.a:shop', 'till.a:till']);
    story.edit({ 'shop.a': null });
    await story.run();
    expect(value()).to.deep.equal(['price.a:cost', 'till.a:till']);
    expect(reduced.splice(0)).to.have.length(3);
  });
});
