import assert from 'node:assert/strict';
import { ConformanceContext, type StoreConformance, type TestFunctions } from './context.js';
import { describeDamage } from './damage.js';
import { describeDriver } from './drivers.js';
import { describeHandles } from './handles.js';
import { describeKeys } from './keys.js';
import { describeLeases } from './leases.js';
import { describeListing } from './listing.js';
import { describeMany } from './many.js';
import { describeNamespace } from './namespace.js';
import { describeReadOnly } from './read-only.js';
import { describeTimeToLive } from './time-to-live.js';
import { describeTransactions } from './transactions.js';
import { describeValues } from './values.js';

const GROUPS: readonly (readonly [title: string, define: (context: ConformanceContext) => void])[] = [
  ['values', describeValues],
  ['keys', describeKeys],
  ['many at once', describeMany],
  ['listing and clearing', describeListing],
  ['time to live', describeTimeToLive],
  ['transactions', describeTransactions],
  ['namespaces', describeNamespace],
  ['handles', describeHandles],
  ['damage', describeDamage],
  ['the driver', describeDriver],
];

/** Defines the tests that every store passes, whatever is below it. */
export function describeStoreConformance(conformance: StoreConformance): void {
  const { describe, it, before, after } = conformance.tests ?? globalTests();
  describe(conformance.name, () => {
    const context = new ConformanceContext(conformance, it);
    before(() => (conformance.expects.writable ? context.open() : context.openReadOnly()));
    after(() => context.close());

    it('claims the capabilities that are expected of it, no more and no less', () => {
      const claimed = context.store.capabilities;
      const found = Object.fromEntries(
        Object.keys(conformance.expects).map((name) => [name, claimed[name as keyof typeof claimed]]),
      );
      assert.deepEqual(found, conformance.expects);
      return Promise.resolve();
    });

    const groups = conformance.expects.writable ? GROUPS : [['reading only', describeReadOnly] as const];
    for (const [title, define] of groups) describe(title, () => define(context));
    if (conformance.expects.leases) describe('leases', () => describeLeases(context));
  });
}

function globalTests(): TestFunctions {
  const found = globalThis as Partial<TestFunctions> & {
    beforeAll?: TestFunctions['before'];
    afterAll?: TestFunctions['after'];
  };
  const { describe, it, before = found.beforeAll, after = found.afterAll } = found;
  if (describe === undefined || it === undefined || before === undefined || after === undefined)
    throw new TypeError('Expected a test runner with describe, it, before and after; give them as `tests`');
  return { describe, it, before, after };
}
