import assert from 'node:assert/strict';
import type { RunEvent } from '../model/event.js';
import { assertFails, type ConformanceContext } from './context.js';

/** What is left of a stored value after something went wrong, by what did. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'cut in the payload': (bytes) => bytes.subarray(0, -1),
  'cut in the header': (bytes) => bytes.subarray(0, 20),
  'with something after it': (bytes) => Buffer.concat([bytes, Buffer.from('}')]),
  'with a flipped bit': (bytes) => {
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 3] = (flipped[bytes.length - 3] ?? 0) ^ 1;
    return flipped;
  },
};

export function describeDamage(context: ConformanceContext): void {
  const { it } = context;

  it('a damaged value is absent and told, and spoils no other', async () => {
    const events: RunEvent[] = [];
    await context.withAnother(
      async (store) => {
        const driver = context.driverOf(store);
        if (driver === undefined) return;
        const at = context.fresh();
        const names = Object.keys(DAMAGES);
        const keys = [`${at}good`, ...names.map((name) => at + name)];
        // With a time to live: what never expires may be stored without a header.
        await store.saveMany(
          keys.map((key) => [key, { text: 'a value' }]),
          { ttl: 3600 },
        );
        const stored = await driver.loadMany(keys, { maxBytes: 10_000 });
        for (const [index, name] of names.entries()) {
          const bytes = stored[index + 1];
          assert(Buffer.isBuffer(bytes));
          const damaged = DAMAGES[name]?.(bytes) ?? bytes;
          await driver.saveMany([{ key: at + name, bytes: damaged, expiresAt: Date.now() + 3_600_000 }]);
        }
        assert.deepEqual(await store.loadMany(keys), [{ text: 'a value' }, ...names.map(() => undefined)]);
        const told = events.flatMap((event) => (event.type === 'document-corrupt' ? [event.document] : []));
        assert.deepEqual(told.sort(), names.map((name) => at + name).sort());
        await store.save(keys[1] ?? '', 'again');
        assert.equal(await store.load(keys[1] ?? ''), 'again');
      },
      { onEvent: (event) => events.push(event) },
    );
  });

  it('a value that is larger than the limits is refused when it is saved', async () => {
    await context.withAnother(
      async (store) => {
        const key = `${context.fresh()}key`;
        await assertFails(() => store.save(key, 'x'.repeat(2000)), 'CACHE_VALUE_TOO_LARGE', 'save');
        await assertFails(() => store.createMany([[key, new Uint8Array(2000)]]), 'CACHE_VALUE_TOO_LARGE', 'create');
        assert.equal(await store.exists(key), false);
      },
      { limits: { maxBytes: 1000 } },
    );
  });

  it('a value that is larger than the limits of the reader is absent and told', async () => {
    if (!context.sharesHandles) return;
    const events: RunEvent[] = [];
    const at = context.fresh();
    await context.store.save(`${at}large`, 'x'.repeat(20_000));
    await context.store.save(`${at}small`, 1);
    await context.withAnother(
      async (store) => {
        assert.deepEqual(await store.loadMany([`${at}large`, `${at}small`]), [undefined, 1]);
      },
      { limits: { maxBytes: 1000 }, onEvent: (event) => events.push(event) },
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['document-corrupt'],
    );
  });
}
