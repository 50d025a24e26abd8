import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: a new file shadows an import', () => {
  const story = new Story(['imports', 'checker', 'exports'], {
    'price.b': 'export price',
    'shop.a': 'import ./price',
    'till.a': 'import ./shop',
  });
  before(() => story.run());

  it('the file that is found first re-runs all that read the other', async () => {
    story.edit({ 'price.a': 'export cost' });
    expect(await story.explain('imports till.a')).to.deep.equal({ kind: 'dependency-appeared', path: 'price.a' });
    expect(await story.run()).to.deep.equal([
      'checker price.a',
      'checker shop.a',
      'exports price.a',
      'imports price.a',
      'imports shop.a',
      'imports till.a',
    ]);
    expect(story.reason('checker shop.a')).to.deep.equal({ kind: 'dependency-appeared', path: 'price.a' });
  });

  it('the shadowed file is no dependency any more', async () => {
    story.edit({ 'price.b': 'export worth' });
    expect(await story.run()).to.deep.equal(['checker price.b', 'exports price.b', 'imports price.b']);
  });

  it('a folder that shadows it counts as well', async () => {
    story.edit({ 'price.a': null, 'price.b': 'export price' });
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'price.a/inside.txt': 'nothing' });
    expect(await story.run()).to.deep.equal(['checker shop.a', 'imports shop.a', 'imports till.a']);
  });
});
