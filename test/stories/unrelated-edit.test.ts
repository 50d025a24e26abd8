import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { TOY_IDS } from '../support/dependency-analyzers.js';
import { Story } from '../support/dependency-story.js';

describe('story: what has nothing to do with a result', () => {
  const story = new Story(TOY_IDS, {
    'src/price.a': 'export price\nenv TOY\nshared x',
    'src/shop.a': 'import ./price\nlist .',
    'notes/readme.txt': 'one',
    'notes/far.a': 'body',
  });
  before(() => story.run());

  it('an edit of a file that nobody asks about re-runs nothing', async () => {
    story.edit({ 'notes/readme.txt': 'two' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit of a file that no other reads re-runs only that file', async () => {
    story.edit({ 'notes/far.a': 'more body' });
    expect(await story.run()).to.deep.equal([
      'checker notes/far.a',
      'env-reader notes/far.a',
      'exports notes/far.a',
      'folder-lister notes/far.a',
      'imports notes/far.a',
      'nearest-config notes/far.a',
      'outside notes/far.a',
      'size notes/far.a',
    ]);
  });

  it('a new file in another folder re-runs nothing but itself', async () => {
    story.edit({ 'else/new.a': '' });
    expect((await story.run()).filter((task) => !task.endsWith('else/new.a'))).to.deep.equal([]);
  });

  it('touching all that was read re-runs nothing', async () => {
    for (const name of ['src/price.a', 'src/shop.a']) fs.utimesSync(path.join(story.root, name), 1, 1);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit of a listed file is no change of the listing', async () => {
    story.edit({ 'src/price.a': 'export price\nenv TOY\nshared x\nbody' });
    expect(await story.run()).to.not.include('folder-lister src/shop.a');
  });

  it('another file beside the root re-runs nothing', async () => {
    story.edit({ '../shared/z': 'body' });
    expect(await story.run()).to.deep.equal([]);
  });
});
