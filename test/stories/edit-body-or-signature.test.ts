import { expect } from 'chai';
import { Story } from '../support/dependency-story.js';

describe('story: an edit of a body, then of a signature', () => {
  const story = new Story(['exports', 'checker'], {
    'price.a': 'export price\nbody 1',
    'shop.a': 'import ./price\nexport shop',
    'till.a': 'import ./price\nexport till',
    'street.a': 'import ./shop',
  });

  it('the first run analyzes everything, the second nothing', async () => {
    expect(await story.run()).to.have.length(8);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an edit of a body re-runs one file', async () => {
    story.edit({ 'price.a': 'export price\nbody 2' });
    expect(await story.explain('exports price.a')).to.include({ kind: 'content-changed' });
    expect(await story.explain('checker shop.a')).to.deep.equal({
      kind: 'dependency-would-run',
      analyzer: 'exports',
      path: 'price.a',
    });
    expect(await story.explain('checker street.a')).to.deep.equal({ kind: 'unchanged' });
    expect(await story.run()).to.deep.equal(['checker price.a', 'exports price.a']);
    expect(await story.explain('checker shop.a')).to.deep.equal({ kind: 'unchanged' });
  });

  it('an edit of a signature re-runs those that use it, and not those that use them', async () => {
    story.edit({ 'price.a': 'export cost\nbody 2' });
    expect(await story.run()).to.deep.equal(['checker price.a', 'checker shop.a', 'checker till.a', 'exports price.a']);
    const reason = story.reason('checker shop.a');
    expect(reason).to.include({ kind: 'surface-changed', analyzer: 'exports', path: 'price.a' });
    expect(reason)
      .to.have.property('old')
      .that.matches(/^sha256:[0-9a-f]{64}$/);
    expect(reason)
      .to.have.property('new')
      .that.matches(/^sha256:[0-9a-f]{64}$/);
    expect((reason as { old: string }).old).to.not.equal((reason as { new: string }).new);
    expect(await story.run()).to.deep.equal([]);
  });

  it('the signature put back is found, with all that used it', async () => {
    story.edit({ 'price.a': 'export price\nbody 2' });
    expect(await story.run()).to.deep.equal([]);
  });

  it('a change of the analyzer whose results are the same re-runs nothing that uses them', async () => {
    story.setup = { ...story.setup, version: '2' };
    expect(await story.run()).to.deep.equal([
      'exports price.a',
      'exports shop.a',
      'exports street.a',
      'exports till.a',
    ]);
    expect(await story.run()).to.deep.equal([]);
  });
});
