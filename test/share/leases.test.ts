import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { LeaseHolder } from '../../src/share/leases.js';
import { pollUntil, type PollOptions } from '../../src/share/poll.js';
import { SharedStore } from '../../src/share/shared-store.js';
import type { LeaseDriver } from '../../src/store/driver.js';
import { openMemoryStore } from '../../src/store/drivers/memory.js';
import { FakeBackend, sharedValidators } from './support.js';

/** Leases by the clock of this process. */
class FakeLeases implements LeaseDriver {
  readonly held = new Map<string, { readonly token: string; readonly until: number }>();
  readonly tokens = new Set<string>();
  calls = 0;
  failing = false;
  /** What a call waits for before it takes effect. */
  gate: Promise<unknown> = Promise.resolve();

  async acquireMany(names: readonly string[], token: string, ttlMs: number): Promise<boolean[]> {
    this.calls++;
    this.tokens.add(token);
    await this.gate;
    if (this.failing) throw new Error('down');
    const now = performance.now();
    return names.map((name) => {
      const lease = this.held.get(name);
      if (lease !== undefined && lease.until > now && lease.token !== token) return false;
      this.held.set(name, { token, until: now + ttlMs });
      return true;
    });
  }

  releaseMany(names: readonly string[], token: string): Promise<void> {
    if (this.failing) return Promise.reject(new Error('down'));
    for (const name of names) if (this.held.get(name)?.token === token) this.held.delete(name);
    return Promise.resolve();
  }
}

const named = (key: string): string => `leases/${key}`;

describe('LeaseHolder', () => {
  it('of two holders one gets a lease, and the other when it is given back', async () => {
    const driver = new FakeLeases();
    await using a = new LeaseHolder(driver, named);
    await using b = new LeaseHolder(driver, named);
    expect(await a.acquire(['x', 'y'])).to.deep.equal([true, true]);
    expect(await b.acquire(['y', 'z'])).to.deep.equal([false, true]);
    expect([a.isHeld('y'), b.isHeld('y'), b.isHeld('z')]).to.deep.equal([true, false, true]);
    await b.release(['y']);
    expect(await b.acquire(['y'])).to.deep.equal([false]);
    await a.release(['y']);
    expect(await b.acquire(['y'])).to.deep.equal([true]);
    for (const token of driver.tokens) expect(token).to.match(/^[0-9a-f]{32}$/);
    expect(driver.tokens.size).to.equal(2);
  });

  it('renews what it holds for as long as it holds it, and not longer', async () => {
    const driver = new FakeLeases();
    const a = new LeaseHolder(driver, named, { ttlMs: 90 });
    await using b = new LeaseHolder(driver, named, { ttlMs: 90 });
    await a.acquire(['x', 'y']);
    await a.release(['y']);
    await delay(200);
    expect(a.isHeld('x')).to.equal(true);
    expect(await b.acquire(['x', 'y'])).to.deep.equal([false, true]);
    await a.close();
    const { calls } = driver;
    expect(await b.acquire(['x'])).to.deep.equal([true]);
    await b.close();
    await delay(80);
    expect(driver.calls).to.equal(calls + 1);
    expect(driver.held.size).to.equal(0);
  });

  it('a lease whose holder is dead ends by itself', async () => {
    const driver = new FakeLeases();
    driver.held.set('leases/x', { token: 'dead', until: performance.now() + 50 });
    await using a = new LeaseHolder(driver, named);
    expect(await a.acquire(['x'])).to.deep.equal([false]);
    await delay(60);
    expect(await a.acquire(['x'])).to.deep.equal([true]);
  });

  it('a renewal under way takes nothing back that is released meanwhile', async () => {
    const driver = new FakeLeases();
    const a = new LeaseHolder(driver, named, { ttlMs: 60 });
    await a.acquire(['x']);
    let open = (): void => undefined;
    driver.gate = new Promise<void>((resolve) => (open = resolve));
    const before = driver.calls;
    await delay(45);
    expect(driver.calls).to.be.above(before);
    const released = a.release(['x']);
    open();
    await released;
    expect(driver.held.size).to.equal(0);
    await a.close();
  });

  it('does not claim a lease that it could not renew, and a store that is down throws nothing in the background', async () => {
    const driver = new FakeLeases();
    const a = new LeaseHolder(driver, named, { ttlMs: 60 });
    await a.acquire(['x']);
    driver.failing = true;
    await delay(100);
    expect(a.isHeld('x')).to.equal(false);
    const failed = await a.acquire(['y']).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error).with.property('message', 'down');
    await a.close();
  });

  it('one that somebody else took meanwhile is lost', async () => {
    const driver = new FakeLeases();
    await using a = new LeaseHolder(driver, named, { ttlMs: 60 });
    await a.acquire(['x']);
    driver.held.set('leases/x', { token: 'other', until: Infinity });
    await delay(50);
    expect(a.isHeld('x')).to.equal(false);
    await a.release(['x']);
    expect(driver.held.get('leases/x')?.token).to.equal('other');
  });

  it('takes thousands in batches', async () => {
    const driver = new FakeLeases();
    await using a = new LeaseHolder(driver, named);
    const keys = Array.from({ length: 1200 }, (_, at) => `${at}`);
    expect((await a.acquire(keys)).filter(Boolean).length).to.equal(1200);
    expect(driver.calls).to.equal(3);
    await a.close();
    expect(driver.held.size).to.equal(0);
  });

  it('works over the leases of a memory store, and is not there where a backend has none', async () => {
    const options = { namespace: 'n', readScopes: [], validators: sharedValidators, verifier: undefined };
    await using store = await openMemoryStore();
    const shared = new SharedStore(store, options);
    await using a = shared.leaseHolder();
    await using b = shared.leaseHolder();
    const key = 'a'.repeat(64);
    expect(await a?.acquire([key])).to.deep.equal([true]);
    expect(await b?.acquire([key])).to.deep.equal([false]);
    expect(new SharedStore(new FakeBackend(), options).leaseHolder()).to.equal(undefined);
  });
});

const answerOf = (poll: () => Promise<unknown>, options: PollOptions): Promise<unknown> => pollUntil(poll, options);

describe('pollUntil', () => {
  it('answers the first answer, and asks less and less often', async () => {
    const at: number[] = [];
    const start = performance.now();
    const answer = await pollUntil(
      () => {
        at.push(performance.now() - start);
        return Promise.resolve(at.length === 4 ? 'there' : undefined);
      },
      { forMs: 5000, firstWaitMs: 10 },
    );
    expect(answer).to.equal('there');
    const waits = at.map((time, index) => time - (at[index - 1] ?? 0));
    expect(waits[3]).to.be.above((waits[0] as number) * 1.5);
  });

  it('ends at the end, and not long before it, where nothing comes', async () => {
    const start = performance.now();
    let polls = 0;
    const poll = (): Promise<undefined> => {
      polls++;
      return Promise.resolve(undefined);
    };
    expect(await answerOf(poll, { forMs: 120, firstWaitMs: 10 })).to.equal(undefined);
    expect(performance.now() - start).to.be.within(100, 220);
    expect(polls).to.be.within(3, 14);
    expect(await answerOf(poll, { forMs: 0 })).to.equal(undefined);
    expect(await answerOf(poll, { forMs: Number.NaN })).to.equal(undefined);
  });

  it('ends at the end, too, where the poll itself hangs', async () => {
    const start = performance.now();
    const hangs = (): Promise<undefined> => new Promise(() => undefined);
    expect(await answerOf(hangs, { forMs: 60, firstWaitMs: 5 })).to.equal(undefined);
    expect(performance.now() - start).to.be.below(160);
  });

  it('rejects with what the poll rejects with', async () => {
    const failed = await pollUntil(() => Promise.reject(new Error('down')), { forMs: 1000, firstWaitMs: 1 }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(Error).with.property('message', 'down');
  });

  it('ends at once where the signal says so, while it waits and while it polls', async () => {
    for (const firstWaitMs of [5000, 1]) {
      const stop = new AbortController();
      const start = performance.now();
      const hangs = (): Promise<undefined> => new Promise(() => undefined);
      const polling = pollUntil(hangs, { forMs: 10_000, firstWaitMs, signal: stop.signal });
      setTimeout(() => stop.abort(new Error('stopped')), 20);
      const failed = await polling.catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(Error).with.property('message', 'stopped');
      expect(performance.now() - start).to.be.below(500);
    }
  });
});
