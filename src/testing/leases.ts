import assert from 'node:assert/strict';
import type { LeaseDriver } from '../store/driver.js';
import type { ConformanceContext } from './context.js';

const LONG_MS = 60_000;
const SHORT_MS = 100;

export function describeLeases(context: ConformanceContext): void {
  const { it } = context;
  const leasesOf = (): LeaseDriver | undefined => {
    const driver = context.driverOf(context.store);
    if (driver === undefined) return undefined;
    assert(driver.leases !== undefined, 'capabilities.leases promises `leases`');
    return driver.leases;
  };

  it('of two tokens one has the lease, until it gives it back', async () => {
    const leases = leasesOf();
    if (leases === undefined) return;
    const name = `${context.fresh()}lease`;
    assert.deepEqual(await leases.acquireMany([name], 'one', LONG_MS), [true]);
    assert.deepEqual(await leases.acquireMany([name, `${name}-free`], 'other', LONG_MS), [false, true]);
    assert.deepEqual(await leases.acquireMany([name], 'one', LONG_MS), [true], 'the holder may take it anew');
    await leases.releaseMany([name], 'other');
    assert.deepEqual(await leases.acquireMany([name], 'other', LONG_MS), [false], 'another cannot give it back');
    await leases.releaseMany([name, `${name}-unknown`], 'one');
    assert.deepEqual(await leases.acquireMany([name], 'other', LONG_MS), [true]);
    await leases.releaseMany([name, `${name}-free`], 'other');
  });

  it('a lease ends by itself', async () => {
    const leases = leasesOf();
    if (leases === undefined) return;
    const name = `${context.fresh()}lease`;
    assert.deepEqual(await leases.acquireMany([name, `${name}-anew`], 'dead', SHORT_MS), [true, true]);
    assert.deepEqual(await leases.acquireMany([`${name}-anew`], 'dead', LONG_MS), [true]);
    await context.advance(SHORT_MS * 2);
    const isFree = await leases.acquireMany([`${name}-anew`], 'alive', LONG_MS);
    assert.deepEqual(isFree, [false], 'one that was taken anew lasts from then on');
    await leases.releaseMany([`${name}-anew`], 'dead');
    assert.deepEqual(await leases.acquireMany([name], 'alive', LONG_MS), [true]);
    await leases.releaseMany([name], 'dead');
    assert.deepEqual(await leases.acquireMany([name], 'third', LONG_MS), [false]);
    await leases.releaseMany([name], 'alive');
  });

  it('of 20 that take a lease at once, one has it', async () => {
    const leases = leasesOf();
    if (leases === undefined) return;
    const name = `${context.fresh()}lease`;
    const tokens = Array.from({ length: 20 }, (_, index) => `token-${index}`);
    const taken = await Promise.all(tokens.map((token) => leases.acquireMany([name], token, LONG_MS)));
    assert.equal(taken.flat().filter(Boolean).length, 1);
    await leases.releaseMany([name], tokens[taken.flat().indexOf(true)] ?? '');
  });

  it('leases are no values', async () => {
    const leases = leasesOf();
    if (leases === undefined) return;
    const name = `${context.fresh()}lease`;
    await leases.acquireMany([name], 'one', LONG_MS);
    assert.equal(await context.store.exists(name), false);
    await context.store.clear();
    assert.deepEqual(await leases.acquireMany([name], 'other', LONG_MS), [false], 'clear takes no lease away');
    await leases.releaseMany([name], 'one');
    for await (const key of context.store.keys()) assert.fail(`listed ${key}`);
  });

  it('an empty list takes nothing', async () => {
    const leases = leasesOf();
    assert.deepEqual((await leases?.acquireMany([], 'one', LONG_MS)) ?? [], []);
    await leases?.releaseMany([], 'one');
  });
}
