import { expect } from 'chai';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Calls, observe, wordCount } from '../support/oracle.js';
import { temporaryCodebase } from '../support/temporary.js';

const FILES = 3_000;
/** Half of it is the aim; the rest is for machines that do other things. */
const LONGEST_MS = 100;
const TRIES = 3;

/**
 * Watches the event loop until it is called: the longest time in ms that one turn took. A turn counts with the time that this process had the
 * processor, all its threads together, where that is less: on a busy machine other processes have it in between.
 */
function watchTurns(): () => number {
  let longestMs = 0;
  let [at, processor] = [performance.now(), process.cpuUsage()];
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(processor);
    longestMs = Math.max(longestMs, Math.min(performance.now() - at, (user + system) / 1000));
    [at, processor] = [performance.now(), process.cpuUsage()];
  }, 1);
  return () => {
    clearInterval(timer);
    return longestMs;
  };
}

describe('the event loop of the host process', () => {
  it(`is never blocked for more than ${LONGEST_MS} ms by runs over ${FILES} files`, async function () {
    this.timeout(0);
    const tree = Object.fromEntries(
      Array.from({ length: FILES }, (_, index) => [`${index % 50}/${index}.md`, `text ${index} `.repeat(20)]),
    );
    const { root, folder } = temporaryCodebase(tree);
    const longestOf = async (cache: string): Promise<number> => {
      const longest = watchTurns();
      await sleep(5);
      await observe({ root, basePath: path.join(folder, cache), analyzers: [wordCount(new Calls())] });
      await sleep(5);
      return longest();
    };
    // Loading modules is not the run.
    const small = temporaryCodebase({ 'a.md': 'one' });
    await observe({ ...small, analyzers: [wordCount(new Calls())] });

    // Of some tries the best: what blocks does so every time.
    const longest = { first: Infinity, unchanged: Infinity };
    for (let tries = 0; tries < TRIES; tries++) {
      if (longest.first >= LONGEST_MS) longest.first = Math.min(longest.first, await longestOf(`cache-${tries}`));
      longest.unchanged = Math.min(longest.unchanged, await longestOf('cache-0'));
    }
    for (const [round, ms] of Object.entries(longest))
      expect(ms, `${round} run, in ms: ${JSON.stringify(longest)}`).to.be.below(LONGEST_MS);
  });
});
