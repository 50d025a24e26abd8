/** Runs over stores that fail, forget and let go: results are complete and current, whatever the store does. */
import { expect } from 'chai';
import { analyzeCodebase, type AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import type { RunEvent } from '../../src/model/event.js';
import type { CodebaseId } from '../../src/model/ids.js';
import { CodebaseCache } from '../../src/persistence/codebase-cache.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { MemoryDriver } from '../../src/store/drivers/memory.js';
import { storeError } from '../../src/store/store-error.js';
import { Store } from '../../src/store/store.js';
import { Calls, byteSum, canonicalLines, wordCount } from '../support/oracle.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

const TREE: Tree = { 'a.md': 'one two', 'b.md': 'three read: x.txt', 'c.md': 'four read: none.txt', 'x.txt': '1' };

/** Reads what its text names, and asks for the words of `a.md`. */
const asker = (calls: Calls): Analyzer => ({
  ...{ id: 'asker', version: '1', include: ['*.md'], uses: ['word-count'] },
  async analyze(file, context) {
    calls.add('asker', file.path);
    const [, name] = /read: (\S+)/.exec(file.text()) ?? [];
    const other = name !== undefined && context.exists(name) ? Buffer.from(context.read(name) ?? '').toString() : null;
    return { other, words: (await context.resultOf('word-count', 'a.md')) ?? null };
  },
});

const analyzersOf = (calls: Calls): Analyzer[] => [wordCount(calls), byteSum(calls), asker(calls)];

const PASSING: ReadonlySet<string> = new Set(['open', 'close']);

/** `driver`, of which each call is told to `before`, which may fail it. */
function watched(driver: StoreDriver, before: (call: string) => void): StoreDriver {
  return new Proxy(driver, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const call = String(name);
        const invoke = value as (...passed: unknown[]) => unknown;
        if (call === 'keys')
          return (async function* (): AsyncGenerator {
            before(call);
            yield* invoke.apply(target, args) as AsyncIterable<unknown>;
          })();
        if (PASSING.has(call) || call === 'heldValue') return invoke.apply(target, args);
        return Promise.resolve().then(() => {
          before(call);
          return invoke.apply(target, args);
        });
      };
    },
  });
}

const unavailable = (): Error => storeError('unavailable', { store: 'memory:', action: 'load', problem: 'injected' });

async function linesOf(options: AnalyzeOptions): Promise<string[]> {
  const run = await analyzeCodebase(options);
  try {
    return await canonicalLines(run);
  } finally {
    await run.close();
  }
}

async function truth(root: string): Promise<string[]> {
  const { basePath } = temporaryCodebase();
  return linesOf({ root, basePath, codebaseId: 'shop', environment: {}, analyzers: analyzersOf(new Calls()) });
}

describe('a run over a store that is no file', () => {
  it('answers completely and currently where every nth call of the store fails', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const states: Tree[] = [
      {},
      {},
      { 'x.txt': '2' },
      { 'a.md': 'one two three' },
      { 'none.txt': 'now' },
      { 'a.md': 'one two' },
    ];
    const expected: string[][] = [];
    for (const state of states) {
      writeTree(root, state);
      expected.push(await truth(root));
    }
    const problems: string[] = [];
    for (const every of [1, 2, 3, 4, 5, 7, 11, 13]) {
      writeTree(root, TREE);
      const { root: mine } = temporaryCodebase(TREE);
      let count = 0;
      const driver = watched(new MemoryDriver(), () => {
        if (++count % every === 0) throw unavailable();
      });
      const store = await Store.open(driver);
      for (const [index, state] of states.entries()) {
        writeTree(mine, state);
        const calls = new Calls();
        try {
          const lines = await linesOf({
            ...{ root: mine, basePath, store, codebaseId: 'shop', environment: {}, analyzers: analyzersOf(calls) },
          });
          expect(lines).to.deep.equal(expected[index]);
        } catch (error) {
          problems.push(
            `every ${every}, run ${index}: ${(error as Error).stack?.split('\n').slice(0, 6).join(' ') ?? ''}`,
          );
        }
      }
    }
    expect(problems.join('\n')).to.equal('');
  });

  it('answers completely and currently where single values vanish between any two calls', async () => {
    const problems: string[] = [];
    const { root } = temporaryCodebase(TREE);
    const expected = await truth(root);
    for (let at = 1; at < 60; at++) {
      const { basePath } = temporaryCodebase();
      let count = -Infinity;
      const memory = new MemoryDriver();
      const dropped = watched(memory, () => {
        if (++count === at) void memory.clear('');
      });
      const store = await Store.open(dropped);
      const options = { root, basePath, store, codebaseId: 'shop', environment: {} };
      await linesOf({ ...options, analyzers: analyzersOf(new Calls()) });
      count = 0;
      try {
        expect(await linesOf({ ...options, analyzers: analyzersOf(new Calls()) })).to.deep.equal(expected);
        if (count < at) break;
        expect(await linesOf({ ...options, analyzers: analyzersOf(new Calls()) })).to.deep.equal(expected);
      } catch (error) {
        problems.push(`at ${at}: ${(error as Error).stack?.split('\n').slice(0, 6).join(' ') ?? ''}`);
      }
    }
    expect(problems.join('\n')).to.equal('');
  });

  it('answers completely from a memory that drops most of what it is given', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const expected = await truth(root);
    for (const maxEntries of [1, 2, 3, 5, 8]) {
      const store = await Store.open(new MemoryDriver({ maxEntries }));
      const options = { root, basePath, store, codebaseId: 'shop', environment: {} };
      for (let run = 0; run < 3; run++)
        expect(await linesOf({ ...options, analyzers: analyzersOf(new Calls()) })).to.deep.equal(expected);
    }
  });

  it('a record that is found again, and gone before it is renewed, costs nothing but itself', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    let now = Date.now();
    const clock = { now: () => now };
    const memory = new MemoryDriver({ clock });
    let dropsAfterStat = false;
    const driver = watched(memory, () => undefined);
    const statMany = memory.statMany.bind(memory);
    memory.statMany = async (keys) => {
      const stats = await statMany(keys);
      if (dropsAfterStat) await memory.deleteMany(keys.filter((key) => key.includes('/file_')));
      return stats;
    };
    const store = await Store.open(driver, { clock });
    const options = { root, basePath, store, codebaseId: 'shop', environment: {}, ports: { clock } };
    const expected = await linesOf({ ...options, analyzers: analyzersOf(new Calls()) });
    writeTree(root, { 'a.md': 'other' });
    await linesOf({ ...options, analyzers: analyzersOf(new Calls()) });
    writeTree(root, TREE);
    now += 13 * 60 * 60 * 1000;
    dropsAfterStat = true;
    expect(await linesOf({ ...options, analyzers: analyzersOf(new Calls()) })).to.deep.equal(expected);
  });

  it('an invalidation holds for as long as anything that it forbids, in a store where everything expires', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const store = await Store.open(new MemoryDriver({ clock }), { clock, ttlDefault: 100 });
    const { root, basePath } = temporaryCodebase(TREE);
    const calls = new Calls();
    const options = { root, basePath, store, codebaseId: 'shop', environment: {}, ports: { clock } };
    const begun = new Calls();
    const manager = await PersistenceManager.open({ store, ports: { clock } });
    // A run that began before the invalidation keeps its results after it.
    const late: Analyzer = {
      ...wordCount(begun),
      async analyze(file, context) {
        if (file.path === 'a.md') {
          await manager.invalidate('shop');
          now += 60_000;
        }
        return wordCount(begun).analyze(file, context);
      },
    };
    await linesOf({ ...options, analyzers: [late] });
    now += 50_000;
    await linesOf({ ...options, analyzers: [wordCount(calls)] });
    expect(calls.take()).to.include('word-count a.md');
  });

  it('a second invalidation counts where the entry of the first has expired', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const store = await Store.open(new MemoryDriver({ clock }), { clock, ttlDefault: 100 });
    const { root, basePath } = temporaryCodebase(TREE);
    const calls = new Calls();
    const options = { root, basePath, store, codebaseId: 'shop', environment: {}, ports: { clock } };
    const manager = await PersistenceManager.open({ store, ports: { clock } });
    await manager.invalidate('shop', { paths: ['a.md'] });
    now += 60_000;
    await linesOf({ ...options, analyzers: [wordCount(calls)] });
    // Only its content is known by another name now.
    writeTree(root, { 'a.md': 'something else' });
    await linesOf({ ...options, analyzers: [wordCount(calls)] });
    now += 50_000;
    await manager.invalidate('shop', { paths: ['a.md'] });
    writeTree(root, { 'a.md': 'one two' });
    calls.take();
    await linesOf({ ...options, analyzers: [wordCount(calls)] });
    expect(calls.take()).to.include('word-count a.md');
  });

  it('a run hears of an invalidation while it goes on, although older entries were deleted', async () => {
    const store = await Store.open(new MemoryDriver());
    const { root, basePath } = temporaryCodebase(TREE);
    const analyzers = [wordCount(new Calls())];
    const manager = await PersistenceManager.open({ store });
    for (let entry = 0; entry < 3; entry++) await manager.invalidate('shop');
    await linesOf({ root, basePath, store, codebaseId: 'shop', environment: {}, analyzers });
    const entries: string[] = [];
    for await (const key of store.keys('shop/epochs')) entries.push(key);
    expect(await store.deleteMany(entries)).to.equal(3);
    const cache = await CodebaseCache.open(manager.documents, 'shop' as CodebaseId);
    expect((await cache.openAnalysis())?.head.epoch).to.equal(3);
    await manager.invalidate('shop', { paths: ['a.md'] });
    expect(await cache.latestEpochs()).to.have.property('current', 4);
  });

  it('takes few calls for many results that are found again, here or in a shared cache', async () => {
    const tree = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}.md`, `text ${index}`]));
    const { root, basePath } = temporaryCodebase(tree);
    const calls: string[] = [];
    const store = await Store.open(watched(new MemoryDriver(), (call) => calls.push(call)));
    const remote = { store: await Store.open(new MemoryDriver()) };
    const options = { root, basePath, store, codebaseId: 'shop', environment: {}, analyzers: [wordCount(new Calls())] };
    await linesOf({ ...options, remote });
    await store.delete('shop/analysis.json');
    calls.length = 0;
    await linesOf(options);
    expect(calls.filter((call) => call === 'statMany').length).to.be.below(20);
    await store.clear();
    calls.length = 0;
    await linesOf({ ...options, analyzers: [wordCount(new Calls())], remote });
    expect(calls.filter((call) => call === 'createMany').length).to.be.below(20);
  });

  it('warns once of a store that cannot be read, and of nothing else', async () => {
    const { root, basePath } = temporaryCodebase(TREE);
    const expected = await truth(root);
    let isDown = false;
    const store = await Store.open(
      watched(new MemoryDriver(), () => {
        if (isDown) throw unavailable();
      }),
    );
    const events: RunEvent[] = [];
    const options: AnalyzeOptions = {
      root,
      basePath,
      store,
      codebaseId: 'shop',
      environment: {},
      analyzers: analyzersOf(new Calls()),
      onEvent: (event) => events.push(event),
    };
    await linesOf(options);
    isDown = true;
    expect(await linesOf(options)).to.deep.equal(expected);
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.code] : []))).to.have.length(1);
  });
});
