import { expect } from 'chai';
import type { Analyzer } from '../../src/model/analyzer.js';
import { CacheError } from '../../src/model/errors.js';
import { toyAnalyzer } from '../support/dependency-analyzers.js';
import { Story } from '../support/dependency-story.js';

describe('story: results that wait for each other', () => {
  const open = { 'one.a': 'import ./two', 'two.a': 'import ./three', 'three.a': 'body', 'user.a': 'import ./one' };
  const circle = { ...open, 'three.a': 'import ./one' };
  const sizes = ['size one.a', 'size three.a', 'size two.a', 'size user.a'];

  it('are an error that names them, in every file of the circle and all that use one of them', async () => {
    const story = new Story(['size'], { ...circle, 'apart.a': 'body' });
    expect(await story.run()).to.deep.equal(['size apart.a', ...sizes]);
    expect(story.failures()).to.have.length(4);
    const causes = story.failures().map(({ cause }) => (cause instanceof CacheError ? cause : undefined));
    const cycle = causes.find((cause) => cause?.code === 'CACHE_CYCLE');
    expect(cycle?.message).to.include('size of one.a -> size of two.a -> size of three.a -> size of one.a');
    for (const cause of causes) expect(cause?.code).to.be.oneOf(['CACHE_CYCLE', 'CACHE_DEPENDENCY_FAILED']);
  });

  it('are tried again in the next run, and the rest is not', async () => {
    const story = new Story(['size'], { ...circle, 'apart.a': 'body' });
    await story.run();
    expect(await story.run()).to.deep.equal(sizes);
  });

  it('a circle that is closed by an edit fails, and one that is opened is found again', async () => {
    const story = new Story(['size'], open);
    expect(await story.run()).to.deep.equal(sizes);
    story.edit(circle);
    expect(await story.run()).to.deep.equal(sizes);
    expect(story.failures()).to.have.length(4);
    story.edit(open);
    expect(await story.run()).to.deep.equal([]);
    expect(story.failures()).to.deep.equal([]);
  });

  it('a file that asks for its own result is the smallest circle', async () => {
    const story = new Story(['size'], { 'one.a': 'import ./one' });
    expect(await story.run()).to.deep.equal(['size one.a']);
    expect(story.failures()[0]?.message).to.include('size of one.a -> size of one.a');
  });

  it('two analyzers that ask each other about one file are a circle, too', async () => {
    const asking = (id: string, other: string): Analyzer => ({
      ...toyAnalyzer('size'),
      id,
      analyze: async (file, context) => [await context.resultOf(other, file.path)] as string[],
    });
    const story = new Story([asking('left', 'right'), asking('right', 'left')], { 'one.a': '' });
    expect(await story.run()).to.deep.equal(['left one.a', 'right one.a']);
    expect(
      story
        .failures()
        .map(({ message }) => message)
        .join('\n'),
    ).to.include('left of one.a -> right of one.a -> left of one.a');
  });

  it('a failed dependency fails who needs it, naming it, and mends itself', async () => {
    const story = new Story(['exports', 'checker'], { 'price.a': 'fail', 'shop.a': 'import ./price' });
    await story.run();
    expect(story.failures().map(({ path, analyzer }) => `${analyzer} ${path}`)).to.deep.equal([
      'exports price.a',
      'checker shop.a',
    ]);
    expect(story.failures()[1]?.message).to.include('exports for price.a').and.include('found a line that says fail');
    story.edit({ 'price.a': 'export price' });
    expect(await story.run()).to.deep.equal(['checker price.a', 'checker shop.a', 'exports price.a']);
    expect(await story.run()).to.deep.equal([]);
  });
});
