import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: the third run after two edits', () => {
  for (const analyzers of [['imports'], ['exports', 'checker'], ['size']] as const) {
    it(`sees the second edit of a dependency as well as the first (${analyzers.join(', ')})`, async () => {
      const story = new Story(analyzers, {
        'price.a': 'export f',
        'shop.a': 'import ./price',
        'far.a': 'import ./shop',
      });
      await story.run();
      const ran: string[][] = [];
      for (const text of ['export longer', 'export even longer', 'export f']) {
        story.edit({ 'price.a': text });
        ran.push(await story.run());
      }
      expect(ran[0]).to.include(`${analyzers.at(-1) as string} shop.a`);
      expect(ran[1]).to.deep.equal(ran[0]);
      expect(ran[2]).to.deep.equal([]);
    });
  }

  it('an edit that no run saw leaves no trace', async () => {
    const story = new Story(['imports'], { 'price.a': 'one', 'shop.a': 'import ./price' });
    await story.run();
    story.edit({ 'price.a': 'two' });
    story.edit({ 'price.a': 'one' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit of a dependency, then of the file itself', async () => {
    const story = new Story(['imports'], { 'price.a': 'one', 'shop.a': 'import ./price' });
    await story.run();
    story.edit({ 'price.a': 'two' });
    expect(await story.run()).to.deep.equal(['imports price.a', 'imports shop.a']);
    story.edit({ 'shop.a': 'import ./price\nbody' });
    expect(await story.run()).to.deep.equal(['imports shop.a']);
    story.edit({ 'price.a': 'one' });
    expect(await story.run(), 'the file was never seen with that').to.deep.equal(['imports shop.a']);
    story.edit({ 'shop.a': 'import ./price' });
    expect(await story.run()).to.deep.equal([]);
  });
});
