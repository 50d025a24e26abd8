import { expect } from 'chai';
import fc from 'fast-check';
import { CacheError } from '../../src/model/errors.js';
import { Budget } from '../../src/store/tiered/budget.js';
import { Circuit } from '../../src/store/tiered/circuit.js';
import { Patience, within } from '../../src/store/tiered/patience.js';

function handClock(): { nowMs: () => number; advance: (ms: number) => void } {
  let now = 5_000;
  return { nowMs: () => now, advance: (ms) => void (now += ms) };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('budget', () => {
  it('a failed call is charged in full, a quick one that succeeded not at all', () => {
    const clock = handClock();
    const budget = new Budget({ totalMs: 1_000, freeMs: 100, clock });
    const failing = budget.begin();
    clock.advance(60);
    failing('failed');
    const quick = budget.begin();
    clock.advance(100);
    quick('succeeded');
    expect(budget.leftMs).to.equal(940);
  });

  it('a slow call that succeeded is charged for what it took beyond the free time', () => {
    const clock = handClock();
    const budget = new Budget({ totalMs: 1_000, freeMs: 100, clock });
    const end = budget.begin();
    clock.advance(350);
    end('succeeded');
    expect(budget.spentMs).to.equal(250);
  });

  it('calls under way at the same time are charged once', () => {
    const clock = handClock();
    const budget = new Budget({ totalMs: 1_000, clock });
    const ends = [budget.begin(), budget.begin(), budget.begin()];
    clock.advance(300);
    for (const end of ends) end('failed');
    expect(budget.spentMs).to.equal(300);
  });

  it('is all there again in a new run', () => {
    const clock = handClock();
    const budget = new Budget({ totalMs: 100, clock });
    const end = budget.begin();
    clock.advance(500);
    end('failed');
    expect(budget.leftMs).to.equal(0);
    budget.renew();
    expect(budget.leftMs).to.equal(100);
  });

  it('calls that all take their whole limit hold up a run no longer than the budget, however they overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }), (pauses) => {
        const clock = handClock();
        const budget = new Budget({ totalMs: 1_000, clock });
        const running: { endsAt: number; end: (outcome: 'failed') => void }[] = [];
        const waited = new Set<number>();
        const tick = (): void => {
          if (running.length > 0) waited.add(clock.nowMs());
          clock.advance(1);
          for (const call of running.splice(0))
            if (call.endsAt <= clock.nowMs()) call.end('failed');
            else running.push(call);
        };
        for (const pause of pauses) {
          const { leftMs } = budget;
          if (leftMs >= 1) running.push({ endsAt: clock.nowMs() + leftMs, end: budget.begin() });
          for (let ms = 0; ms < pause; ms++) tick();
        }
        while (running.length > 0) tick();
        expect(waited.size).to.be.at.most(1_000);
      }),
      { numRuns: 50 },
    );
  });
});

describe('circuit', () => {
  it('opens with the third failure in a row and lets one call through after 30 s', () => {
    const clock = handClock();
    const circuit = new Circuit({ clock });
    expect([circuit.failed(), circuit.failed(), circuit.enter()]).to.deep.equal([false, false, true]);
    expect(circuit.failed()).to.equal(true);
    expect(circuit.enter()).to.equal(false);
    clock.advance(29_999);
    expect(circuit.enter()).to.equal(false);
    clock.advance(1);
    expect([circuit.enter(), circuit.enter()]).to.deep.equal([true, false]);
  });

  it('a success between failures keeps it closed', () => {
    const circuit = new Circuit({ clock: handClock() });
    circuit.failed();
    circuit.failed();
    circuit.succeeded();
    circuit.failed();
    circuit.failed();
    expect(circuit.state).to.equal('closed');
  });

  it('the trial decides: its failure opens anew without waiting for three, its success closes', () => {
    const clock = handClock();
    const circuit = new Circuit({ failures: 1, openMs: 10, clock });
    expect(circuit.failed()).to.equal(true);
    clock.advance(10);
    expect([circuit.enter(), circuit.failed(), circuit.state]).to.deep.equal([true, false, 'open']);
    clock.advance(10);
    expect([circuit.enter(), circuit.succeeded(), circuit.state]).to.deep.equal([true, true, 'closed']);
  });

  it('a trial that tells nothing leaves room for another one', () => {
    const clock = handClock();
    const circuit = new Circuit({ failures: 1, openMs: 10, clock });
    circuit.failed();
    clock.advance(10);
    circuit.enter();
    circuit.left();
    expect(circuit.enter()).to.equal(true);
  });
});

describe('patience', () => {
  it('a call that hangs is given up when the budget is used up, and nothing is called after that', async () => {
    const patience = new Patience({ budget: new Budget({ totalMs: 40 }) });
    const startedAt = performance.now();
    const attempt = await patience.attempt(never);
    expect(performance.now() - startedAt).to.be.within(30, 400);
    expect(attempt.outcome === 'failed' && attempt.error instanceof CacheError && attempt.error.code).to.equal(
      'CACHE_STORE_UNAVAILABLE',
    );
    let called = false;
    const refused = await patience.attempt(() => Promise.resolve((called = true)));
    expect([refused, called]).to.deep.equal([{ outcome: 'refused', why: 'budget-spent' }, false]);
  });

  it('three failures in a row open the circuit, and a refused call costs nothing', async () => {
    const patience = new Patience();
    const fail = (): Promise<never> => Promise.reject(new Error('down'));
    const opened = [];
    for (let i = 0; i < 3; i++) {
      const attempt = await patience.attempt(fail);
      opened.push(attempt.outcome === 'failed' && attempt.openedCircuit);
    }
    expect(opened).to.deep.equal([false, false, true]);
    expect(await patience.attempt(fail)).to.deep.equal({ outcome: 'refused', why: 'circuit-open' });
  });

  it('an error that does not tell of health never opens the circuit', async () => {
    const patience = new Patience({ circuit: new Circuit({ failures: 1 }) });
    await patience.attempt(() => Promise.reject(new Error('too large')), { tellsOfHealth: () => false });
    expect(patience.circuit.state).to.equal('closed');
  });

  it('a call in the background does not charge the budget', async () => {
    const patience = new Patience({ budget: new Budget({ totalMs: 1_000 }) });
    await patience.attempt(never, { limitMs: 30, background: true });
    expect(patience.budget.spentMs).to.equal(0);
  });

  it('a function that throws instead of rejecting is a failed attempt', async () => {
    const attempt = await new Patience().attempt(() => {
      throw new Error('at once');
    });
    expect(attempt.outcome).to.equal('failed');
  });

  it('what answers in time is passed on, whatever the limit', async () => {
    expect(await within(Infinity, () => Promise.resolve('value'))).to.equal('value');
    expect(await within(2 ** 40, () => Promise.resolve('value'))).to.equal('value');
  });
});
