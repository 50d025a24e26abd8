import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: two branches in turn', () => {
  it('both hit after each was seen once, though they differ only in what files depend on', async () => {
    const story = new Story(['imports', 'exports', 'checker', 'nearest-config', 'folder-lister', 'size'], {
      'src/price.a': 'export price',
      'src/shop.a': 'import ./price\nexport shop',
      'src/till.a': 'import ./shop',
      conf: 'body 1',
    });
    const main = { 'src/price.a': 'export price', conf: 'body 1', 'src/extra.b': null };
    const branch = { 'src/price.a': 'export cost', conf: 'body 2', 'src/extra.b': 'export extra' };
    await story.run();
    story.edit(branch);
    expect(await story.run()).to.deep.equal([
      'checker src/extra.b',
      'checker src/price.a',
      'checker src/shop.a',
      'exports src/extra.b',
      'exports src/price.a',
      'folder-lister src/extra.b',
      'folder-lister src/price.a',
      'folder-lister src/shop.a',
      'folder-lister src/till.a',
      'imports src/extra.b',
      'imports src/price.a',
      'imports src/shop.a',
      'imports src/till.a',
      'nearest-config src/extra.b',
      'nearest-config src/price.a',
      'nearest-config src/shop.a',
      'nearest-config src/till.a',
      'size src/extra.b',
      'size src/price.a',
      'size src/shop.a',
      'size src/till.a',
    ]);
    for (const files of [main, branch, main, branch]) {
      story.edit(files);
      expect(await story.run()).to.deep.equal([]);
    }
  });
});
