import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitingClock } from '../../../src/session/shared/waiting-clock.js';
import { Budget } from '../../../src/store/tiered/budget.js';
import { Patience } from '../../../src/store/tiered/patience.js';

function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const patience = (totalMs: number): Patience => {
  const clock = waitingClock({ countedWorkMs: 20 });
  return new Patience({ budget: new Budget({ totalMs, clock }), clock });
};

describe('a clock that goes while the process waits', () => {
  it('counts all of the time that is waited, and of the time that is worked no more than it is told', async () => {
    const clock = waitingClock({ countedWorkMs: 20 });
    const start = clock.nowMs();
    await sleep(60);
    expect(clock.nowMs() - start).to.be.within(55, 120);
    const before = clock.nowMs();
    work(150);
    await sleep(1);
    expect(clock.nowMs() - before).to.be.below(60);
  });

  it('an answer is taken although the process was busy for longer than it may wait', async () => {
    const attempt = await patience(100).attempt(async () => {
      work(200);
      await sleep(10);
      work(200);
      return 'answer';
    });
    expect(attempt).to.deep.include({ outcome: 'done', value: 'answer' });
  });

  it('where no answer comes, no more than the budget is waited', async () => {
    const startedAt = performance.now();
    const { outcome } = await patience(100).attempt(() => new Promise(() => undefined));
    expect(outcome).to.equal('failed');
    expect(performance.now() - startedAt).to.be.within(75, 400);
  });
});
