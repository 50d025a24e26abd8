import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { RoundTrigger } from '../../src/watch/round-trigger.js';

const never = new AbortController().signal;

describe('round trigger', () => {
  it('a burst is one round that names what happened', async () => {
    const trigger = new RoundTrigger(30);
    const next = trigger.next(never);
    for (const path of ['a', 'b', 'a']) trigger.hint(path);
    expect(await next).to.deep.equal({ cause: 'event', paths: ['a', 'b'] });
  });

  it('names at most 100 paths of a burst', async () => {
    const trigger = new RoundTrigger(10);
    for (let index = 0; index < 1000; index += 1) trigger.hint(`f${index}`);
    expect((await trigger.next(never)).paths).to.have.length(100);
  });

  it('what is told while nobody waits is kept for the next round', async () => {
    const trigger = new RoundTrigger(10);
    trigger.hint('early');
    await pause(30);
    expect((await trigger.next(never)).paths).to.deep.equal(['early']);
  });

  it('constant change delays a round by two seconds at most', async () => {
    const trigger = new RoundTrigger(200);
    const startedAt = performance.now();
    const typing = setInterval(() => trigger.hint('a'), 20);
    await trigger.next(never);
    clearInterval(typing);
    expect(performance.now() - startedAt).to.be.within(1500, 4000);
  });

  it('rounds that change the tree themselves get rarer', async () => {
    const trigger = new RoundTrigger(20);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      trigger.hint('written by the round');
      const startedAt = performance.now();
      await trigger.next(never);
      waits.push(performance.now() - startedAt);
    }
    expect(waits.at(-1)).to.be.greaterThan(300);
    expect(waits[0]).to.be.lessThan(300);
  });

  it('what is urgent does not wait for quiet', async () => {
    const trigger = new RoundTrigger(60_000);
    trigger.hint('a');
    trigger.force('sleep');
    expect(await trigger.next(never)).to.deep.equal({ cause: 'sleep', paths: ['a'] });
  });

  it('an abort ends the wait, also one from before', async () => {
    const controller = new AbortController();
    const waiting = new RoundTrigger(10).next(controller.signal).catch((error: unknown) => error);
    controller.abort();
    expect(await waiting).to.have.property('code', 'CACHE_ABORTED');
    const late = await new RoundTrigger(10).next(controller.signal).catch((error: unknown) => error);
    expect(late).to.have.property('code', 'CACHE_ABORTED');
  });
});
