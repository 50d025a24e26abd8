import { expect } from 'chai';
import { digestOf, Story } from '../support/dependency-story.js';

describe('story: an environment variable changes', () => {
  const story = new Story(['env-reader'], { 'one.a': 'env TOY', 'two.a': 'env OTHER', 'three.a': 'body' });
  before(() => story.run());

  it('who asked for it runs again', async () => {
    story.environment['TOY'] = 'secret';
    const reason = { kind: 'environment-changed', name: 'TOY', old: null, new: digestOf('secret') };
    expect(await story.explain('env-reader one.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['env-reader one.a']);
    expect(story.reason('env-reader one.a')).to.deep.equal(reason);
  });

  it('an empty value is not the same as none', async () => {
    story.environment['OTHER'] = '';
    expect(await story.run()).to.deep.equal(['env-reader two.a']);
  });

  it('a variable that nobody asked for re-runs nothing', async () => {
    story.environment['UNRELATED'] = 'x';
    expect(await story.run()).to.deep.equal([]);
  });

  it('a value that was there before is found', async () => {
    delete story.environment['TOY'];
    expect(await story.explain('env-reader one.a')).to.deep.equal({ kind: 'found-by-key' });
    expect(await story.run()).to.deep.equal([]);
  });
});
