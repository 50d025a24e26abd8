/**
 * Servers that are killed or frozen at random moments while runs go on: `npm run test:nightly -- servers`, or
 * `tsx scripts/server-campaign.ts [--moments 50] [--seed N] [redis] [postgres] [s3]`. Every run has to end with the right results and exit code 0, and so
 * has the next one. One line for each moment; the exit code is 1 where anything was wrong.
 */
import { parseArgs } from 'node:util';
import { momentsOf, playMoment, undisturbed, VICTIMS, type Played } from '../test/support/server-campaign.js';

const MOMENTS = 50;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { moments: { type: 'string' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const count = Number(values.moments ?? MOMENTS);
  const names = positionals.length > 0 ? positionals : Object.keys(VICTIMS);
  for (const name of names) if (!(await playAll(name, { seed, count }))) process.exitCode = 1;
}

/** Whether all went well. */
async function playAll(
  name: string,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<boolean> {
  const start = VICTIMS[name];
  if (start === undefined) throw new Error(`There is no server ${name}. Known are ${Object.keys(VICTIMS).join(', ')}.`);
  const victim = await start();
  const played: Played[] = [];
  let failed = 0;
  try {
    let expected = await undisturbed(victim);
    for (const moment of momentsOf(seed, count)) {
      const { number, how, role, when, revives } = moment;
      // The machine may have more, or less, to do by now.
      if (number % 10 === 9) expected = await undisturbed(victim);
      const what = `${victim.name} ${number}: ${how} as ${role} at ${Math.round(100 * when)} %${revives && how !== 'restart' ? ', revived' : ''}`;
      try {
        const one = await playMoment(victim, moment, expected, seed);
        played.push(one);
        console.log(`${what}: ${one.runs} runs, delay ${Math.round(one.delayMs)} ms ${one.warnings.join(' ')}`);
      } catch (error) {
        failed++;
        console.error(`FAILED ${what}:`, error);
        await victim.revive();
      }
    }
  } finally {
    await victim.stop();
  }
  const runs = played.reduce((sum, one) => sum + one.runs, 0);
  const worst = Math.round(Math.max(...played.map(({ delayMs }) => delayMs)));
  console.log(
    `${victim.name}, seed ${seed}: ${played.length} moments, ${runs} runs, worst delay ${worst} ms, ${failed} failed`,
  );
  return failed === 0;
}

await main();
