import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Analyzer } from '../../src/model/analyzer.js';
import { toyAnalyzer } from '../support/dependency-analyzers.js';
import { Story } from '../support/dependency-story.js';
import { observe } from '../support/oracle.js';

interface Interruption {
  readonly when: 'before it reads' | 'before it answers';
  event: (() => void) | undefined;
}

/** `imports`, with something that happens once while it analyzes `shop.a`. */
function interrupted(interruption: Interruption): Analyzer {
  const imports = toyAnalyzer('imports');
  const interrupt = (file: string, when: Interruption['when']): void => {
    if (file !== 'shop.a' || interruption.when !== when) return;
    interruption.event?.();
    interruption.event = undefined;
  };
  return {
    ...imports,
    async analyze(file, context) {
      interrupt(file.path, 'before it reads');
      const answer = await imports.analyze(file, context);
      interrupt(file.path, 'before it answers');
      return answer;
    },
  };
}

describe('story: something that is read changes while the analysis runs', () => {
  const files = { 'price.b': 'export price', 'shop.a': 'import ./price' };
  const events: Readonly<Record<string, (root: string) => void>> = {
    'a dependency is edited': (root) => fs.writeFileSync(path.join(root, 'price.b'), 'export cost'),
    'a dependency is deleted': (root) => fs.rmSync(path.join(root, 'price.b')),
    'a file appears that is looked for': (root) => fs.writeFileSync(path.join(root, 'price.a'), 'export worth'),
    'the file itself is edited': (root) => fs.writeFileSync(path.join(root, 'shop.a'), 'import ./other'),
  };

  function interruptedStory(when: Interruption['when'], event: (root: string) => void): Story {
    const interruption: Interruption = { when, event: undefined };
    const story = new Story([interrupted(interruption)], files);
    interruption.event = () => event(story.root);
    return story;
  }

  for (const [title, event] of Object.entries(events)) {
    it(`${title} before it is read: the next run is as from scratch`, async () => {
      const story = interruptedStory('before it reads', event);
      await observe(story.options());
      await story.run();
      expect(await story.run()).to.deep.equal([]);
    });

    it(`${title} before it is read, and put back: no answer of what was there meanwhile holds`, async () => {
      const story = interruptedStory('before it reads', event);
      const { of } = await observe(story.options());
      const unkept = of('task-uncacheable').filter(({ path: file }) => file === 'shop.a');
      // A file that no scan of this run knows is no other state of it.
      if (title !== 'a file appears that is looked for') expect(unkept[0]?.why).to.include('changed during the run');
      story.edit({ ...files, 'price.a': 'gone in a moment' });
      story.edit({ 'price.a': null });
      expect(await story.run()).to.include('imports shop.a');
      expect(await story.run()).to.deep.equal([]);
    });

    it(`${title} after it was read: the answer does not hold in the next run`, async () => {
      const story = interruptedStory('before it answers', event);
      await observe(story.options());
      expect(await story.run()).to.include('imports shop.a');
      expect(await story.run()).to.deep.equal([]);
    });

    it(`${title} after it was read, and put back: the next run is as from scratch`, async () => {
      const story = interruptedStory('before it answers', event);
      await observe(story.options());
      story.edit({ ...files, 'price.a': 'gone in a moment' });
      story.edit({ 'price.a': null });
      await story.run();
      expect(await story.run()).to.deep.equal([]);
    });
  }
});
