import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: three files that import each other in a circle', () => {
  const story = new Story(['imports', 'checker', 'exports'], {
    'one.a': 'import ./two\nexport one',
    'two.a': 'import ./three\nexport two',
    'three.a': 'import ./one\nexport three',
    'other.a': 'export other',
  });

  it('is analyzed once', async () => {
    expect(await story.run()).to.have.length(12);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit of one re-runs all that read it, and nothing else', async () => {
    story.edit({ 'two.a': 'import ./three\nexport two\nbody 1' });
    expect(await story.run()).to.deep.equal([
      'checker two.a',
      'exports two.a',
      'imports one.a',
      'imports three.a',
      'imports two.a',
    ]);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit that opens the circle, and one that closes it again', async () => {
    const closed = 'import ./one\nexport three';
    story.edit({ 'three.a': 'export three' });
    expect(await story.run()).to.deep.equal([
      'checker three.a',
      'exports three.a',
      'imports one.a',
      'imports three.a',
      'imports two.a',
    ]);
    story.edit({ 'three.a': closed });
    expect(await story.run()).to.deep.equal([]);
  });
});
