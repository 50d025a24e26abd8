import { expect } from 'chai';
import { Slots } from '../../src/run/slots.js';

/** A promise and what settles it. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('who waits lends its slot, and has it again when it goes on', async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const answer = later<number>();
    const first = await slots.take();
    const waiting = first.lendDuring(answer.promise).then((value) => log.push(`first ${value}`));
    const second = await slots.take();
    answer.resolve(1);
    await settle();
    expect(log).to.deep.equal([]);
    second.end();
    await waiting;
    const third = slots.take().then((slot) => (log.push('third'), slot));
    await settle();
    expect(log).to.deep.equal(['first 1']);
    first.end();
    (await third).end();
  });

  it('who waits for several things at once lends its slot until all are there', async () => {
    const slots = new Slots(1);
    const [a, b] = [later<number>(), later<number>()];
    const first = await slots.take();
    const both = Promise.all([first.lendDuring(a.promise), first.lendDuring(b.promise)]);
    a.resolve(1);
    await settle();
    const second = await slots.take();
    b.resolve(2);
    second.end();
    await both;
    first.end();
    (await slots.take()).end();
  });

  it('what somebody waits for, and who goes on, comes before what has not begun', async () => {
    const slots = new Slots(1);
    const log: string[] = [];
    const next = async (name: string, first: boolean): Promise<void> => {
      const slot = await slots.take({ first });
      log.push(name);
      slot.end();
    };
    const asker = await slots.take();
    const others = [next('new', false), next('newer', false)];
    const answer = next('answer', true);
    await asker.lendDuring(answer).then(() => log.push('asker'));
    asker.end();
    await Promise.all(others);
    // One had the slot before the asker could go on.
    expect(log).to.deep.equal(['answer', 'new', 'asker', 'newer']);
  });

  for (const end of ['before', 'while'] as const)
    it(`no slot is lost where the holder ends ${end} the answer is taken`, async () => {
      const slots = new Slots(1);
      const answer = later<number>();
      const first = await slots.take();
      const waiting = first.lendDuring(answer.promise).catch(() => 0);
      if (end === 'before') first.end();
      const second = await slots.take();
      answer.reject(new Error('none'));
      await settle();
      if (end === 'while') first.end();
      second.end();
      await waiting;
      const third = await slots.take();
      let isTaken = false;
      const fourth = slots.take().then((slot) => {
        isTaken = true;
        return slot;
      });
      await settle();
      expect(isTaken).to.equal(false);
      third.end();
      (await fourth).end();
    });
});
