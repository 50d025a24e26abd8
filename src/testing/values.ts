import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { StoreValue } from '../store/key-value-store.js';
import type { ConformanceContext } from './context.js';

const nested = (levels: number): StoreValue => {
  let value: StoreValue = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
};

export const JSON_VALUES: Readonly<Record<string, StoreValue>> = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  'a negative number': -17,
  'a fraction': 0.1,
  'the least number': 5e-324,
  'a huge number': 1e308,
  '2 to the 31': 2 ** 31,
  '2 to the 32': 2 ** 32,
  'the last safe integer': Number.MAX_SAFE_INTEGER,
  'the first safe integer': Number.MIN_SAFE_INTEGER,
  'empty text': '',
  'text of other scripts': 'größer, 日本語, עברית, 👩‍💻',
  'text with control characters': '\0\u0001\n\r\t\u2028"\\',
  'half of a surrogate pair': 'a\ud800b',
  'the other half': '\udfff',
  'text like an envelope': '{"documee":1,"codec":"json"}\n',
  'an object like an envelope': { documee: 1, codec: 'bytes' },
  'an empty array': [],
  'an empty object': {},
  'an array of arrays': [[], [[]], [null, [1, '2']]],
  '150 levels': nested(150),
  'names of the prototype': JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":2}',
  ) as StoreValue,
  'names like numbers': { 10: 'ten', 9: 'nine', b: 1, a: 2, '': 3 },
  'a name that is half of a surrogate pair': { '\ud800': 1 },
  'a list of 1,000 objects': Array.from({ length: 1000 }, (_, line) => ({
    line,
    rule: 'no-x',
    message: 'é'.repeat(9),
  })),
};

const BYTES: Readonly<Record<string, Uint8Array>> = {
  'no bytes': new Uint8Array(0),
  'every byte': Uint8Array.from({ length: 256 }, (_, byte) => byte),
  'a part of a longer buffer': new Uint8Array(new ArrayBuffer(64), 8, 5).fill(7),
  'bytes like an envelope': new TextEncoder().encode('{"documee":1,"codec":"json"}\n{}'),
  'bytes like JSON': new TextEncoder().encode('{}'),
};

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const NO_VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a date': new Date(0),
  'a function': () => 1,
  'a symbol': Symbol('s'),
  'a bigint': 1n,
  'a map': new Map(),
  'NaN inside': { a: [Number.NaN] },
  'undefined in an array': [undefined],
  'a circle': cyclic,
  'an object that prints itself': { toJSON: () => 1 },
  'an instance of a class': new (class Point {
    readonly x = 1;
  })(),
};

const MEBIBYTE = 1024 * 1024;

export function describeValues(context: ConformanceContext): void {
  const { it } = context;

  it('a JSON value of any shape comes back as it was', async () => {
    const at = context.fresh();
    for (const [name, value] of Object.entries(JSON_VALUES)) {
      await context.store.save(at + name, value);
      assert.deepEqual(await context.store.load(at + name), value, name);
    }
  });

  it('bytes come back as bytes, as they were', async () => {
    const at = context.fresh();
    for (const [name, value] of Object.entries(BYTES)) {
      await context.store.save(at + name, value);
      assert.deepEqual(await context.store.load(at + name), Uint8Array.from(value), name);
    }
  });

  it('a value of 1 MiB comes back, as bytes and as text', async () => {
    const at = context.fresh();
    const bytes = Uint8Array.from(randomBytes(MEBIBYTE));
    const text = randomBytes(MEBIBYTE / 2).toString('hex');
    await context.store.save(`${at}bytes`, bytes);
    await context.store.save(`${at}text`, { text });
    // Not by deepEqual, whose message would show all of it.
    assert(Buffer.from(bytes).equals((await context.store.load(`${at}bytes`)) as Uint8Array), 'bytes');
    assert(((await context.store.load(`${at}text`)) as { text: string }).text === text, 'text');
  });

  it('a value that compresses a thousand times comes back', async () => {
    const key = `${context.fresh()}zeros`;
    await context.store.save(key, new Uint8Array(MEBIBYTE));
    assert(Buffer.alloc(MEBIBYTE).equals((await context.store.load(key)) as Uint8Array));
  });

  it('what is no value is refused with a TypeError, and nothing is saved', async () => {
    const at = context.fresh();
    for (const [name, value] of Object.entries(NO_VALUES)) {
      await assert.rejects(context.store.save(at + name, value as StoreValue), TypeError, name);
      await assert.rejects(context.store.createMany([[at + name, value as StoreValue]]), TypeError, name);
      assert.equal(await context.store.exists(at + name), false, name);
    }
  });

  it('members that are undefined are left out', async () => {
    const key = `${context.fresh()}key`;
    await context.store.save(key, { a: 1, b: undefined } as unknown as StoreValue);
    assert.deepEqual(await context.store.load(key), { a: 1 });
  });

  it('nobody can change a stored value but by saving', async () => {
    const at = context.fresh();
    const given = { list: [1] };
    const givenBytes = Uint8Array.of(1, 2);
    const saving = [context.store.save(`${at}json`, given), context.store.save(`${at}bytes`, givenBytes)];
    given.list.push(2);
    givenBytes[0] = 9;
    await Promise.all(saving);
    for (const key of [`${at}json`, `${at}bytes`]) {
      const loaded = await context.store.load(key);
      try {
        if (loaded instanceof Uint8Array) loaded[0] = 8;
        else (loaded as typeof given).list.push(3);
      } catch {
        // Frozen: as good.
      }
    }
    assert.deepEqual(await context.store.load(`${at}json`), { list: [1] });
    assert.deepEqual(await context.store.load(`${at}bytes`), Uint8Array.of(1, 2));
  });

  it('saving again replaces, whatever kind of value it was', async () => {
    const key = `${context.fresh()}key`;
    for (const value of [{ a: 1 }, Uint8Array.of(0, 255), 'text', [1]] as StoreValue[]) {
      await context.store.save(key, value);
      assert.deepEqual(await context.store.load(key), value);
    }
  });

  it('a value that is not there is undefined, and deleting tells whether it was', async () => {
    const key = `${context.fresh()}key`;
    assert.equal(await context.store.load(key), undefined);
    assert.equal(await context.store.exists(key), false);
    assert.equal(await context.store.delete(key), false);
    await context.store.save(key, null);
    assert.equal(await context.store.exists(key), true);
    assert.equal(await context.store.load(key), null);
    assert.equal(await context.store.delete(key), true);
    assert.equal(await context.store.exists(key), false);
    assert.equal(await context.store.load(key), undefined);
  });
}
