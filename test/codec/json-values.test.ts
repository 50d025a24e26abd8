import { expect } from 'chai';
import { problemInJsonValues } from '../../src/codec/json-values.js';
import { MemoryDriver, openMemoryStore } from '../../src/store/drivers/memory.js';
import { Store } from '../../src/store/store.js';
import type { StoreValue } from '../../src/store/key-value-store.js';
import type { RunEvent } from '../../src/model/event.js';

/** At most 1,024 values. */
const LIMITS = { maxBytes: 16_000 };
const problemIn = (value: unknown): string | undefined =>
  problemInJsonValues(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), LIMITS);
const repeated = (text: string, times: number): string => `[${Array(times).fill(text).join(',')}]`;

describe('the number of values in JSON', () => {
  it('is counted with names, lists and objects, and not in text', () => {
    expect(problemIn(repeated('[]', 511))).to.equal(undefined);
    for (const bomb of [repeated('1', 1100), repeated('[]', 1100), repeated('{"a":1}', 400), repeated('"b"', 1100)])
      expect(problemIn(bomb), bomb.slice(0, 20)).to.include('1024 values');
    expect(problemIn([',:[{'.repeat(2000), '\\\\', '\\"', '"'.repeat(2000)])).to.equal(undefined);
  });

  it('is bounded for whoever loads, which costs no memory, and for whoever saves', async () => {
    const bomb = Array.from({ length: 3000 }, () => []);
    const driver = new MemoryDriver();
    const events: RunEvent[] = [];
    const store = await Store.open(driver, { limits: LIMITS, onEvent: (event) => events.push(event) });
    await driver.saveMany([{ key: 'bomb', bytes: Buffer.from(JSON.stringify(bomb)), expiresAt: undefined }]);
    expect(await store.load('bomb')).to.equal(undefined);
    expect(events).to.have.lengthOf(1).and.to.have.nested.property('[0].problem').that.includes('values');
    for (const codec of ['json', 'msgpack'] as const) {
      const writer = await openMemoryStore({ codec, limits: LIMITS });
      const refused = await writer.save('bomb', bomb as StoreValue).catch((error: unknown) => error);
      expect(refused, codec).to.have.property('code', 'CACHE_VALUE_TOO_LARGE');
      expect(await writer.exists('bomb')).to.equal(false);
    }
  });
});
