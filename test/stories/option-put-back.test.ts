import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: an option is changed and put back', () => {
  const story = new Story(['imports', 'size'], { 'price.a': 'body 1', 'shop.a': 'import ./price' });
  before(() => story.run());

  it('the change re-runs that analyzer only', async () => {
    story.setup = { ...story.setup, shout: true };
    const reason = { kind: 'option-changed', option: '/shout', old: 'false', new: 'true' };
    expect(await story.explain('imports shop.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['imports price.a', 'imports shop.a']);
  });

  it('put back, it runs nothing', async () => {
    story.setup = { ...story.setup, shout: false };
    expect(await story.explain('imports shop.a')).to.deep.equal({ kind: 'found-by-key' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('put back after a dependency changed, it runs what depends on that', async () => {
    story.setup = { ...story.setup, shout: true };
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'price.a': 'body 2' });
    expect(await story.run()).to.deep.equal(['imports price.a', 'imports shop.a', 'size price.a']);
    story.setup = { ...story.setup, shout: false };
    expect(await story.run()).to.deep.equal(['imports price.a', 'imports shop.a']);
  });
});
