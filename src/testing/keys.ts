import assert from 'node:assert/strict';
import type { KeyValueStore } from '../store/key-value-store.js';
import { assertFails, keysOf, sortKeys, type ConformanceContext } from './context.js';

/** Keys that some backend, file system or query language takes for something else. */
const ODD_KEYS: readonly string[] = [
  'plain',
  'Plain',
  'a',
  'a/b',
  'a/b/c',
  'a:b',
  'a.json',
  'a%2Fb',
  'a%2fb',
  '*',
  '?',
  '[',
  '[a-z]*',
  '%',
  '_',
  '{}',
  '{tag}key',
  '${HOME}',
  '\\',
  'a\\b',
  "'",
  '"',
  '`',
  "a'; DROP TABLE documee; --",
  '#',
  '?query=1&b=2',
  '+',
  ' ',
  ' leading and trailing ',
  'line\nbreak',
  '\r\n',
  '\t',
  '\u0001',
  '\u007f',
  '\u0085\u2028',
  '.',
  '..',
  '../up',
  'a/../b',
  'a/./b',
  '/',
  '//',
  '/leading',
  'trailing/',
  'a//b',
  'trailing dot.',
  'CON',
  'aux.txt',
  '~',
  '-rf',
  '.hidden',
  '__proto__',
  'constructor',
  'toString',
  '9',
  '10',
  'é',
  'e\u0301',
  'straße',
  'STRASSE',
  'ı',
  '日本語/キー',
  '👩‍💻',
  '\uffff',
  '\ue000',
  '😀',
  'a'.repeat(255),
  'a'.repeat(256),
];

/** Makes keys of exactly `bytes` bytes. */
const LONGEST: readonly ((bytes: number) => string)[] = [
  (bytes) => 'k'.repeat(bytes),
  (bytes) => 'é'.repeat(Math.floor(bytes / 2)) + 'k'.repeat(bytes % 2),
  (bytes) => '/'.repeat(bytes),
  (bytes) => 'a/'.repeat(Math.floor(bytes / 2)) + 'b'.repeat(bytes % 2),
  (bytes) => '%'.repeat(bytes),
  (bytes) => '*'.repeat(bytes),
];

const BAD_KEYS = (maxKeyBytes: number): Readonly<Record<string, string>> => ({
  'an empty one': '',
  NUL: 'a\0b',
  'half of a surrogate pair': 'a\ud800',
  'one byte too many': 'k'.repeat(maxKeyBytes + 1),
  'too many bytes in few characters': '日'.repeat(Math.floor(maxKeyBytes / 3) + 1),
  '10,000 characters': '*'.repeat(10_000),
});

/** Every method that takes a key, and the action that its errors name. */
const BY_KEY: Readonly<Record<string, readonly [string, (store: KeyValueStore, key: string) => Promise<unknown>]>> = {
  save: ['save', (store, key) => store.save(key, 1)],
  saveMany: ['save', (store, key) => store.saveMany([[key, 1]])],
  createMany: ['create', (store, key) => store.createMany([[key, 1]])],
  load: ['load', (store, key) => store.load(key)],
  loadMany: ['load', (store, key) => store.loadMany([key])],
  exists: ['load', (store, key) => store.exists(key)],
  delete: ['delete', (store, key) => store.delete(key)],
  deleteMany: ['delete', (store, key) => store.deleteMany([key])],
};

export function describeKeys(context: ConformanceContext): void {
  const { it } = context;

  it('no key is taken for another, a pattern, a path or a command', async () => {
    await context.store.clear();
    const unique = [...new Set([...ODD_KEYS, ...LONGEST.map((make) => make(context.store.maxKeyBytes))])];
    await context.store.saveMany(unique.map((key, index) => [key, { index, key }]));
    assert.deepEqual(
      await context.store.loadMany(unique),
      unique.map((key, index) => ({ index, key })),
    );
    assert.deepEqual(await keysOf(context.store.keys()), sortKeys(unique));
    for (const [index, key] of unique.entries()) {
      assert.equal(await context.store.delete(key), true, JSON.stringify(key.slice(0, 80)));
      assert.equal(await context.store.exists(key), false, JSON.stringify(key.slice(0, 80)));
      const next = unique[index + 1];
      if (next !== undefined) assert.equal(await context.store.exists(next), true, JSON.stringify(next.slice(0, 80)));
    }
    assert.deepEqual(await keysOf(context.store.keys()), []);
  });

  it('keys that no backend could take are refused by every method, with a coded error', async () => {
    for (const [name, key] of Object.entries(BAD_KEYS(context.store.maxKeyBytes))) {
      for (const [method, [action, call]] of Object.entries(BY_KEY)) {
        await assertFails(() => call(context.store, key), 'CACHE_BAD_KEY', action).catch((error: unknown) => {
          throw new Error(`${method}, ${name}`, { cause: error });
        });
      }
    }
  });

  it('what is no text is no key', async () => {
    for (const key of [undefined, null, 1, {}, ['a']] as unknown as string[]) {
      for (const [method, [, call]] of Object.entries(BY_KEY))
        await assert.rejects(call(context.store, key), TypeError, `${method} ${JSON.stringify(key)}`);
    }
  });

  it('a prefix that cannot begin a key is refused', async () => {
    for (const prefix of ['a\0', '\ud800', '*'.repeat(10_000)]) {
      await assertFails(() => keysOf(context.store.keys(prefix)), 'CACHE_BAD_KEY', 'list');
      await assertFails(() => context.store.clear(prefix), 'CACHE_BAD_KEY', 'clear');
    }
    await assert.rejects(context.store.clear(null as unknown as string), TypeError);
  });
}
