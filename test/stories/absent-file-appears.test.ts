import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: a file that was looked for appears', () => {
  it('one that is imported', async () => {
    const story = new Story(['imports', 'exports', 'checker', 'size'], {
      'shop.a': 'import ./price',
      'far.a': 'import ./shop',
    });
    await story.run();
    story.edit({ 'price.b': 'export price' });
    expect(await story.explain('imports far.a')).to.deep.equal({ kind: 'dependency-appeared', path: 'price.b' });
    expect(await story.run()).to.deep.equal([
      'checker price.b',
      'checker shop.a',
      'exports price.b',
      'imports far.a',
      'imports price.b',
      'imports shop.a',
      'size far.a',
      'size price.b',
      'size shop.a',
    ]);
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'price.b': null });
    expect(await story.run()).to.deep.equal([]);
  });

  it('one in a folder that was not there either', async () => {
    const story = new Story(['imports'], { 'shop.a': 'import ./deep/down/price' });
    await story.run();
    story.edit({ 'deep/other.txt': '' });
    expect(await story.run(), 'a folder on the way is not the file').to.deep.equal([]);
    story.edit({ 'deep/down/price.a': 'body' });
    expect(await story.run()).to.deep.equal(['imports deep/down/price.a', 'imports shop.a']);
  });

  it('one that is no source file', async () => {
    const story = new Story(['nearest-config'], { 'shop.a': '' });
    await story.run();
    story.edit({ conf: 'body' });
    expect(await story.explain('nearest-config shop.a')).to.deep.equal({ kind: 'dependency-appeared', path: 'conf' });
    expect(await story.run()).to.deep.equal(['nearest-config shop.a']);
  });

  it('one that is only asked for, and then goes again', async () => {
    const story = new Story(['folder-lister'], { 'src/shop.a': 'has ../else/price' });
    await story.run();
    story.edit({ 'else/price': 'body 1' });
    expect(await story.run()).to.deep.equal(['folder-lister src/shop.a']);
    story.edit({ 'else/price': 'body 2' });
    expect(await story.run(), 'its content was not asked for').to.deep.equal([]);
    story.edit({ 'else/price': null, 'src/shop.a': 'has ../else/price\nbody' });
    expect(await story.run()).to.deep.equal(['folder-lister src/shop.a']);
    story.edit({ 'else/price': 'body 1' });
    expect(await story.run()).to.deep.equal(['folder-lister src/shop.a']);
    story.edit({ 'else/price': null });
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'src/shop.a': 'has ../else/other', 'else/other': 'body 1' });
    expect(await story.run()).to.deep.equal(['folder-lister src/shop.a']);
    story.edit({ 'else/other': null });
    const reason = { kind: 'dependency-changed', path: 'else/other', old: null, new: null };
    expect(await story.explain('folder-lister src/shop.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['folder-lister src/shop.a']);
  });
});
