import { expect } from 'chai';
import { CliMachine } from '../support/cli-machine.js';
import { seedOf } from '../support/scale.js';
import {
  CAMPAIGN_TREE,
  momentsOf,
  playMoment,
  rightEnd,
  RUN,
  undisturbed,
  VICTIMS,
  warningsOf,
  type Played,
  type Victim,
} from '../support/server-campaign.js';
import { available as postgresAvailable } from '../support/servers/postgres.js';
import { redisAvailable } from '../support/servers/redis.js';
import { requireServer } from '../support/servers/server.js';
import { filesBelow } from '../support/temporary.js';

/** The campaign over more moments, and S3: `npm run test:nightly -- servers`. */
const MOMENTS = 6;
/** 2 s of budget, 1 s to hang up or of a store's time limit for each kind of call; the rest is for machines that are busy. */
const MOST_DELAY_MS = 12_000;
const TEXTS = Object.keys(CAMPAIGN_TREE).filter((name) => name.startsWith('texts/'));

async function playAll(victim: Victim, seed: number): Promise<Played[]> {
  const expected = await undisturbed(victim);
  const played: Played[] = [];
  for (const moment of momentsOf(seed, MOMENTS)) played.push(await playMoment(victim, moment, expected, seed));
  return played;
}

async function costsTheTimeAllowed(victim: Victim): Promise<void> {
  const argv = ['--remote', victim.url, '--codebase', 'unreachable'];
  const machine = new CliMachine(CAMPAIGN_TREE, { argv });
  const without = rightEnd(await new CliMachine(CAMPAIGN_TREE).run(...RUN));
  victim.freeze();
  const alone = rightEnd(await machine.run(...RUN));
  expect(alone.stdout).to.equal(without.stdout);
  expect(warningsOf(alone)).to.deep.equal(['CACHE_REMOTE_DEGRADED']);
  expect(alone.durationMs - without.durationMs).to.be.below(MOST_DELAY_MS);
  expect(machine.takeCalls()).to.have.length(TEXTS.length);
  expect(filesBelow(machine.outbox)).not.to.deep.equal([]);
  await victim.revive();
  expect(rightEnd(await machine.run(...RUN)).stdout).to.equal(without.stdout);
  expect(machine.takeCalls()).to.deep.equal([]);
  expect(filesBelow(machine.outbox)).to.deep.equal([]);
  const third = new CliMachine(CAMPAIGN_TREE, { argv });
  expect(rightEnd(await third.run(...RUN)).stdout).to.equal(without.stdout);
  expect(third.takeCalls()).to.deep.equal([]);
}

describe('a server that is killed or frozen while runs go on', function () {
  this.timeout(180_000);
  const victims: Victim[] = [];

  before(async function () {
    const isThere = [requireServer('redis', redisAvailable()), requireServer('postgres', postgresAvailable())];
    if (isThere.includes(false)) return void this.skip();
    for (const name of ['redis', 'postgres']) victims.push(await VICTIMS[name]!());
  });
  after(() => Promise.all(victims.map((victim) => victim.stop())));

  it('costs time only: each run ends in time with the right results, and so does the next one', async () => {
    // Between them, these two have all ways in both roles.
    const seed = seedOf().seed ?? 1;
    const played = (await Promise.all(victims.map((victim, index) => playAll(victim, seed + index)))).flat();
    expect(played).to.have.length(MOMENTS * victims.length);
    for (const { delayMs } of played) expect(delayMs, `seed ${seed}`).to.be.below(MOST_DELAY_MS);
  });

  it('one that never answers costs the time that is allowed; what waits is sent when it is back', async () => {
    await Promise.all(victims.map(costsTheTimeAllowed));
  });
});
