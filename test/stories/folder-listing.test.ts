import { expect } from 'chai';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import { Story } from '../support/dependency-story.js';

describe('story: the names in a folder change', () => {
  const story = new Story(['folder-lister'], { 'lib/main.a': 'list ../src', 'src/shop.a': '', 'src/notes.txt': '' });
  before(() => story.run());

  it('a name that comes re-runs who listed the folder', async () => {
    story.edit({ 'src/more.txt': '' });
    const reason = await story.explain('folder-lister lib/main.a');
    expect(reason).to.include({ kind: 'listing-changed', path: 'src' });
    expect((reason as { old: string }).old).to.match(/^sha256:[0-9a-f]{64}$/);
    expect((reason as { new: string }).new)
      .to.match(/^sha256:[0-9a-f]{64}$/)
      .and.not.equal((reason as { old: string }).old);
    expect(await story.run()).to.deep.equal(['folder-lister lib/main.a', 'folder-lister src/shop.a']);
    expect(story.reason('folder-lister src/shop.a')).to.deep.equal(reason);
  });

  it('a name that goes puts the listing back, and runs nothing', async () => {
    story.edit({ 'src/more.txt': null });
    expect(await story.run()).to.deep.equal([]);
  });

  it('a rename is a change', async () => {
    story.rename('src/notes.txt', 'src/words.txt');
    expect(await story.run()).to.deep.equal(['folder-lister lib/main.a', 'folder-lister src/shop.a']);
  });

  it('names below are not names in the folder', async () => {
    story.edit({ 'src/deep/one.txt': '' });
    expect(await story.run()).to.deep.equal(['folder-lister lib/main.a', 'folder-lister src/shop.a']);
    story.edit({ 'src/deep/two.txt': '' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('a folder that goes, or becomes a file, is a change', async () => {
    story.edit({ src: null });
    expect(await story.run()).to.deep.equal(['folder-lister lib/main.a']);
    expect(story.reason('folder-lister lib/main.a')).to.include({ kind: 'listing-changed', new: null });
    story.edit({ src: 'a file' });
    expect(await story.run()).to.deep.equal(['folder-lister lib/main.a']);
  });

  it('the cache of documee itself is no name', async () => {
    const inside = new Story(['folder-lister'], { 'main.a': '' });
    const { basePath: _, ...options } = inside.options();
    const first = await analyzeCodebase(options);
    const second = await analyzeCodebase(options);
    expect([first.totals.analyzed, second.totals.analyzed]).to.deep.equal([1, 0]);
  });
});
