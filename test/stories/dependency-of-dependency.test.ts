import { expect } from 'chai';
import { hashOf, Story } from '../support/dependency-story.js';

describe('story: a dependency of a dependency', () => {
  const story = new Story(['imports', 'size'], {
    'coin.a': 'body 1',
    'price.a': 'import ./coin',
    'shop.a': 'import ./price',
    'street.a': 'import ./shop',
  });
  before(() => story.run());

  it('an edit at the far end re-runs all that read it', async () => {
    story.edit({ 'coin.a': 'body 2' });
    const reason = {
      kind: 'dependency-changed',
      path: 'coin.a',
      old: await hashOf('body 1'),
      new: await hashOf('body 2'),
    };
    expect(await story.explain('imports street.a')).to.deep.equal(reason);
    expect(await story.run(), 'the sizes above it are the same').to.deep.equal([
      'imports coin.a',
      'imports price.a',
      'imports shop.a',
      'imports street.a',
      'size coin.a',
    ]);
  });

  it('an edit that changes a result goes all the way up', async () => {
    story.edit({ 'coin.a': 'body 2 and more' });
    expect(await story.explain('size street.a')).to.deep.equal({
      kind: 'dependency-would-run',
      analyzer: 'size',
      path: 'shop.a',
    });
    expect(await story.run()).to.deep.equal([
      'imports coin.a',
      'imports price.a',
      'imports shop.a',
      'imports street.a',
      'size coin.a',
      'size price.a',
      'size shop.a',
      'size street.a',
    ]);
    expect(story.reason('size street.a')).to.include({ kind: 'surface-changed', analyzer: 'size', path: 'shop.a' });
  });

  it('two edits that leave a result as it was go no further', async () => {
    story.edit({ 'coin.a': 'body 2', 'price.a': 'import ./coin\n12345678' });
    expect(await story.run()).to.deep.equal(['imports price.a', 'imports shop.a', 'imports street.a', 'size price.a']);
    expect(await story.run()).to.deep.equal([]);
  });

  it('going back to the first state runs nothing', async () => {
    story.edit({ 'coin.a': 'body 1', 'price.a': 'import ./coin' });
    expect(await story.run()).to.deep.equal([]);
  });
});
