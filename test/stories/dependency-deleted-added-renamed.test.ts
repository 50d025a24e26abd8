import { expect } from 'chai';
import { hashOf, Story } from '../support/dependency-story.js';

describe('story: a dependency is deleted, added and renamed', () => {
  const story = new Story(['imports', 'checker', 'exports'], {
    'price.a': 'export price',
    'shop.a': 'import ./price',
    'till.a': 'export till',
  });
  before(() => story.run());

  it('a dependency that is deleted re-runs who read it', async () => {
    story.edit({ 'price.a': null });
    const reason = { kind: 'dependency-changed', path: 'price.a', old: await hashOf('export price'), new: null };
    expect(await story.explain('imports shop.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal(['checker shop.a', 'imports shop.a']);
    expect(story.reason('imports shop.a')).to.deep.equal(reason);
    expect(await story.run()).to.deep.equal([]);
  });

  it('a dependency that comes back is found, and runs nothing', async () => {
    story.edit({ 'price.a': 'export price' });
    expect(await story.explain('imports shop.a')).to.deep.equal({ kind: 'found-by-key' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('a dependency that comes back as another re-runs itself and who reads it', async () => {
    story.edit({ 'price.a': null });
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'price.a': 'export cost' });
    expect(await story.explain('imports shop.a')).to.deep.equal({ kind: 'dependency-appeared', path: 'price.a' });
    expect(await story.run()).to.deep.equal([
      'checker price.a',
      'checker shop.a',
      'exports price.a',
      'imports price.a',
      'imports shop.a',
    ]);
  });

  it('a dependency that is renamed re-runs itself and who read it', async () => {
    story.rename('price.a', 'cost.a');
    expect(await story.run()).to.deep.equal(['checker cost.a', 'exports cost.a', 'imports cost.a']);
    expect(await story.explain('imports shop.a')).to.deep.equal({ kind: 'unchanged' });
    story.edit({ 'shop.a': 'import ./cost' });
    expect(await story.run()).to.deep.equal(['checker shop.a', 'exports shop.a', 'imports shop.a']);
  });

  it('a dependency that is added re-runs who names it', async () => {
    story.edit({ 'till.a': 'export till\nimport ./shop' });
    expect(await story.run()).to.deep.equal(['checker till.a', 'exports till.a', 'imports till.a']);
    story.edit({ 'shop.a': 'import ./cost\nbody 1' });
    expect(await story.run()).to.deep.equal(['checker shop.a', 'exports shop.a', 'imports shop.a', 'imports till.a']);
  });

  it('a dependency that was dropped is none any more', async () => {
    story.edit({ 'till.a': 'export till' });
    expect(await story.run()).to.deep.equal([]);
    story.edit({ 'shop.a': 'import ./cost\nbody 2' });
    expect(await story.run()).to.deep.equal(['checker shop.a', 'exports shop.a', 'imports shop.a']);
  });

  it('what is put back after a time in which nothing depended on anything is found', async () => {
    const other = new Story(['imports'], { 'price.a': 'export price', 'shop.a': 'import ./price' });
    await other.run();
    other.edit({ 'shop.a': 'body 1' });
    expect(await other.run()).to.deep.equal(['imports shop.a']);
    other.edit({ 'shop.a': 'import ./price' });
    expect(await other.run()).to.deep.equal([]);
  });

  it('a result that is asked for comes and goes with its file', async () => {
    const other = new Story(['exports', 'checker'], { 'price.a': 'export price', 'shop.a': 'ask price.a' });
    await other.run();
    other.edit({ 'price.a': null });
    expect(await other.run()).to.deep.equal(['checker shop.a']);
    expect(other.reason('checker shop.a')).to.include({ kind: 'surface-changed', path: 'price.a', new: null });
    other.edit({ 'price.a': 'export cost' });
    expect(await other.run()).to.deep.equal(['checker price.a', 'checker shop.a', 'exports price.a']);
    expect(other.reason('checker shop.a')).to.include({ kind: 'surface-changed', path: 'price.a', old: null });
    other.setup = { ...other.setup, narrow: true };
    other.rename('price.a', 'price.b');
    other.edit({ 'shop.a': 'ask price.b' });
    expect(await other.run()).to.deep.equal(['checker price.b', 'checker shop.a', 'exports shop.a']);
    other.setup = { ...other.setup, narrow: false };
    expect(await other.run(), 'it is asked about that file now').to.deep.equal(['checker shop.a', 'exports price.b']);
  });
});
