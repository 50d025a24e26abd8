import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import { PLAIN_SETUP, toyAnalyzer } from '../support/dependency-analyzers.js';
import { hashOf, Story } from '../support/dependency-story.js';
import { filesBelow } from '../support/temporary.js';

describe('story: a dependency outside the root', () => {
  const story = new Story(['outside'], { 'shop.a': 'shared x', 'till.a': 'shared y' });
  before(() => story.run());

  it('one that appears, is edited and goes re-runs who read it', async () => {
    story.edit({ '../shared/x': 'body 1' });
    expect(await story.explain('outside shop.a')).to.deep.equal({ kind: 'dependency-appeared', path: '../shared/x' });
    expect(await story.run()).to.deep.equal(['outside shop.a']);
    story.edit({ '../shared/x': 'body 2' });
    const change = { old: await hashOf('body 1'), new: await hashOf('body 2') };
    expect(await story.explain('outside shop.a')).to.deep.equal({
      ...{ kind: 'dependency-changed', path: '../shared/x' },
      ...change,
    });
    expect(await story.run()).to.deep.equal(['outside shop.a']);
    story.edit({ '../shared/x': null });
    expect(await story.run()).to.deep.equal([]);
  });

  it('is recorded by a path relative to the root, so that the project may move together with it', async () => {
    story.edit({ '../shared/x': 'body 2' });
    await story.run();
    const folder = path.dirname(story.root);
    const records = filesBelow(folder).filter((name) => name.endsWith('.json'));
    for (const name of records) expect(fs.readFileSync(path.join(folder, name), 'utf8')).to.not.include(folder);
    const moved = `${folder}-moved`;
    fs.cpSync(folder, moved, { recursive: true });
    try {
      const at = (place: string | undefined): string => String(place).replace(folder, moved);
      const options = story.options();
      const run = await analyzeCodebase({ ...options, root: at(options.root), basePath: at(options.basePath) });
      expect(run.totals).to.include({ analyzed: 0, reused: 2 });
    } finally {
      fs.rmSync(moved, { recursive: true });
    }
  });

  it("a result that read another user's home is never kept, and says why", async () => {
    const place = '/home/nobody-has-this-name/.toyrc';
    const nosy: Analyzer = {
      ...toyAnalyzer('outside', PLAIN_SETUP),
      id: 'nosy',
      analyze: (_file, context) => context.readText(place) ?? null,
    };
    const nosyStory = new Story([nosy], { 'shop.a': '' });
    for (let run = 0; run < 2; run++) {
      expect(await nosyStory.run()).to.deep.equal(['nosy shop.a']);
      const [said] = nosyStory.last!.of('task-uncacheable');
      expect(said?.why).to.include(place).and.include('home');
    }
    const reason = await nosyStory.explain('nosy shop.a');
    expect(reason).to.include({ kind: 'not-kept' });
    expect((reason as { why: string }).why).to.include(place);
  });
});
