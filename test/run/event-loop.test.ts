import { expect } from 'chai';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Calls, observe, wordCount } from '../support/oracle.js';
import { temporaryCodebase } from '../support/temporary.js';

const FILES = 3_000;
/** Half of it is the aim; the rest is for machines that do other things. */
const LONGEST_MS = 100;

describe('the event loop of the host process', () => {
  it(`is never blocked for more than ${LONGEST_MS} ms by runs over ${FILES} files`, async function () {
    this.timeout(0);
    const tree = Object.fromEntries(
      Array.from({ length: FILES }, (_, index) => [`${index % 50}/${index}.md`, `text ${index} `.repeat(20)]),
    );
    const { root, basePath } = temporaryCodebase(tree);
    const longest: Record<string, number> = {};
    const run = (): Promise<unknown> => observe({ root, basePath, analyzers: [wordCount(new Calls())] });
    // Loading modules is not the run.
    const small = temporaryCodebase({ 'a.md': 'one' });
    await observe({ ...small, analyzers: [wordCount(new Calls())] });
    for (const round of ['first', 'unchanged', 'unchanged again']) {
      // Of three tries the best: another process may have had the processor.
      longest[round] = Infinity;
      for (let tries = 0; tries < (round === 'first' ? 1 : 3); tries++) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        await new Promise((resolve) => setTimeout(resolve, 5));
        delay.enable();
        await run();
        await new Promise((resolve) => setTimeout(resolve, 5));
        delay.disable();
        longest[round] = Math.min(longest[round], delay.max / 1e6);
      }
    }
    for (const [round, ms] of Object.entries(longest))
      expect(ms, `${round} run, in ms: ${JSON.stringify(longest)}`).to.be.below(LONGEST_MS);
  });
});
