import { expect } from 'chai';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import { Story } from '../support/dependency-story.js';

describe('story: two configurations in turn', () => {
  it('each is analyzed once, also after edits that both see', async () => {
    const story = new Story(['imports', 'exports', 'checker'], { 'price.a': 'export f', 'shop.a': 'import ./price' });
    const setups = [story.setup, { ...story.setup, shout: true, version: '2' }];
    const turn = async (): Promise<string[][]> => {
      const ran: string[][] = [];
      for (const setup of setups) {
        story.setup = setup;
        ran.push(await story.run());
      }
      return ran;
    };
    const all = ['exports price.a', 'exports shop.a', 'imports price.a', 'imports shop.a'];
    expect(await turn()).to.deep.equal([['checker price.a', 'checker shop.a', ...all], all]);
    expect(await turn()).to.deep.equal([[], []]);
    story.edit({ 'price.a': 'export g' });
    expect(await turn()).to.deep.equal([
      ['checker price.a', 'checker shop.a', 'exports price.a', 'imports price.a', 'imports shop.a'],
      ['exports price.a', 'imports price.a', 'imports shop.a'],
    ]);
    expect(await turn()).to.deep.equal([[], []]);
    story.edit({ 'price.a': 'export f' });
    expect(await turn()).to.deep.equal([[], []]);
  });

  it('an analyzer that is left out for a run is as it was when it comes back', async () => {
    const story = new Story(['imports', 'size'], { 'price.a': 'one', 'shop.a': 'import ./price' });
    await story.run();
    const withoutFirst = () => analyzeCodebase({ ...story.options(), analyzers: story.options().analyzers.slice(1) });
    const { totals } = await withoutFirst();
    expect(totals.analyzed).to.equal(0);
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'price.a': 'another' });
    await withoutFirst();
    expect(await story.run(), 'the edit that it did not see').to.deep.equal(['imports price.a', 'imports shop.a']);
  });
});
