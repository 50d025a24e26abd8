import { expect } from 'chai';
import { hashOf, Story } from '../support/dependency-story.js';

describe('story: a configuration nearer to the file', () => {
  const story = new Story(['nearest-config'], {
    conf: 'body 1',
    'main.a': '',
    'src/shop.a': '',
    'src/deep/till.a': '',
  });
  before(() => story.run());

  it('one that appears re-runs the files below it', async () => {
    story.edit({ 'src/conf': 'body 2' });
    const reason = { kind: 'dependency-appeared', path: 'src/conf' };
    expect(await story.explain('nearest-config src/deep/till.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['nearest-config src/deep/till.a', 'nearest-config src/shop.a']);
    expect(story.reason('nearest-config src/shop.a')).to.deep.equal(reason);
  });

  it('one still nearer re-runs only those below that', async () => {
    story.edit({ 'src/deep/conf': 'body 3' });
    expect(await story.run()).to.deep.equal(['nearest-config src/deep/till.a']);
  });

  it('an edit of one re-runs the files that it is the nearest of', async () => {
    story.edit({ conf: 'body 4' });
    const reason = {
      kind: 'dependency-changed',
      path: 'conf',
      old: await hashOf('body 1'),
      new: await hashOf('body 4'),
    };
    expect(await story.explain('nearest-config main.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['nearest-config main.a']);
  });

  it('one that goes leaves the next one', async () => {
    story.edit({ 'src/deep/conf': null });
    expect(await story.run(), 'as after the first step').to.deep.equal([]);
    story.edit({ 'src/conf': null });
    expect(await story.run(), 'the one above is another by now').to.deep.equal([
      'nearest-config src/deep/till.a',
      'nearest-config src/shop.a',
    ]);
  });
});
