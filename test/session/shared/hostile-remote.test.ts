/** What goes wrong with a shared cache, and what somebody who writes to it can do on purpose: it costs time at most, and not much. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase, type AnalyzeOptions, type AnalysisRun } from '../../../src/analyze-codebase.js';
import type { Analyzer } from '../../../src/model/analyzer.js';
import type { RunEvent } from '../../../src/model/event.js';
import { PersistenceManager } from '../../../src/persistence/persistence-manager.js';
import { openDefaultDocuments, type OpenedDocuments } from '../../../src/session/default-store.js';
import { openSession } from '../../../src/session/open-session.js';
import type { RemoteOptions } from '../../../src/session/shared/remote-options.js';
import { MemoryDriver } from '../../../src/store/drivers/memory.js';
import { Store } from '../../../src/store/store.js';
import { systemClock } from '../../../src/util/clock.js';
import { sealSigned } from '../../../src/share/signed-seal.js';
import { Calls, byteSum, canonicalLines, wordCount } from '../../support/oracle.js';
import { temporaryCodebase, writeTree, type Tree } from '../../support/temporary.js';

const TREE: Tree = { 'a.md': 'one two', 'b.md': 'three', 'c.md': 'four five six' };

class Machine {
  readonly calls = new Calls();
  readonly events: RunEvent[] = [];
  readonly root: string;
  readonly folder: string;
  readonly options: AnalyzeOptions;

  constructor(remote: RemoteOptions | undefined, tree: Tree = TREE, analyzers?: (calls: Calls) => readonly Analyzer[]) {
    const { root, basePath, folder } = temporaryCodebase(tree);
    this.root = root;
    this.folder = folder;
    this.options = {
      ...{ root, basePath, codebaseId: 'shop', environment: {} },
      analyzers: analyzers?.(this.calls) ?? [wordCount(this.calls), byteSum(this.calls)],
      ...(remote === undefined ? {} : { remote: { outboxFolder: path.join(folder, 'outbox'), ...remote } }),
      onEvent: (event) => this.events.push(event),
    };
  }

  async run(more: Partial<AnalyzeOptions> = {}): Promise<{ ran: string[]; lines: string[]; run: AnalysisRun }> {
    const run = await analyzeCodebase({ ...this.options, ...more });
    const lines = await canonicalLines(run);
    await run.close();
    return { ran: this.calls.take(), lines, run };
  }

  warnings(): string[] {
    return this.events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
  }
}

const openMemory = (): Promise<Store> => Store.open(new MemoryDriver());

/** Changes every record of a shared cache, as somebody can who may write to it. */
async function forge(store: Store, change: (text: string) => string): Promise<void> {
  for await (const key of store.keys()) {
    const value = await store.load(key);
    if (!(value instanceof Uint8Array) || key.endsWith('.variants')) continue;
    const text = Buffer.from(value).toString();
    await store.save(key, sealSigned(change(text.slice(0, text.lastIndexOf('  "digest"'))), undefined));
  }
}

describe('a shared cache that is hostile, broken or not needed', () => {
  it('a run in which nothing has to run connects to nothing', async () => {
    const machine = new Machine(undefined);
    await machine.run();
    const { ran } = await machine.run({
      remote: { store: 'redis://127.0.0.1:1', outboxFolder: machine.folder + '/outbox' },
    });
    expect(ran).to.deep.equal([]);
    expect(machine.warnings()).to.deep.equal([]);
    expect(fs.existsSync(path.join(machine.folder, 'outbox'))).to.equal(false);
  });

  it('an outbox that cannot be used is a warning', async () => {
    for (const spoil of [
      (outbox: string): void => {
        fs.mkdirSync(outbox, { recursive: true });
        fs.writeFileSync(path.join(outbox, 'x'), '');
        fs.chmodSync(outbox, 0o777);
      },
      (outbox: string): void => {
        fs.mkdirSync(path.dirname(outbox), { recursive: true });
        fs.writeFileSync(outbox, '');
      },
    ]) {
      const store = await openMemory();
      const machine = new Machine({ store });
      await machine.run();
      const folders = fs.existsSync(path.join(machine.folder, 'outbox'));
      expect(folders).to.equal(false);
      // Its name follows from the store: a failure makes it.
      const broken = new Machine({ store: await openBroken() });
      await broken.run();
      const [name] = fs.readdirSync(path.join(broken.folder, 'outbox'));
      const outbox = path.join(broken.folder, 'outbox', name ?? '');
      fs.rmSync(outbox, { recursive: true });
      spoil(outbox);
      broken.events.length = 0;
      writeTree(broken.root, { 'd.md': 'new' });
      const { ran, run } = await broken.run({
        remote: { store: await openMemory(), outboxFolder: path.join(broken.folder, 'outbox') },
      });
      expect(ran).to.have.length(2);
      expect(run.remote).to.include({ sent: 2, pending: 0 });
      expect(broken.warnings().length).to.be.below(2);
    }
  });

  it('counts what was taken over and what was refused, each once', async () => {
    const store = await openMemory();
    const asker = (calls: Calls): Analyzer[] => [
      { ...wordCount(calls), surface: (result) => (result as { text: string }).text.slice(0, 3) },
      {
        ...{ id: 'asker', version: '1', uses: ['word-count'] },
        async analyze(file, context) {
          calls.add('asker', file.path);
          return { words: (await context.resultOf('word-count', 'a.md')) ?? null };
        },
      },
    ];
    await new Machine({ store }, TREE, asker).run();
    const { ran, run } = await new Machine({ store }, { ...TREE, 'a.md': 'else' }, asker).run();
    expect(ran).to.deep.equal(['asker a.md', 'asker b.md', 'asker c.md', 'word-count a.md']);
    expect(run.remote).to.include({ found: 2, refused: 0 });
    await forge(store, (text) => text.replace('"formatVersion": 1', '"formatVersion": 2'));
    // Of two of the files there are records for both states of what they asked for.
    const refusing = await new Machine({ store, mode: 'read' }, TREE, asker).run();
    expect(refusing.run.remote).to.include({ found: 0, refused: 8 });
    const leasing = await new Machine({ store }, TREE, asker).run();
    expect(leasing.run.remote).to.include({ found: 0, refused: 8 });
  });

  it('a mistake that shows while results are sent ends the run with it, and nothing else', async () => {
    const tree = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}.md`, `text ${index}`]));
    const store = await openMemory();
    await store.close();
    const rejected: unknown[] = [];
    const listen = (error: unknown): void => void rejected.push(error);
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listen);
    try {
      const machine = new Machine({ store, mode: 'write' }, tree, (calls) => [
        {
          ...wordCount(calls),
          async analyze(file, context) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return wordCount(calls).analyze(file, context);
          },
        },
      ]);
      const error: unknown = await machine.run().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(rejected).to.deep.equal([]);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of before) process.on('unhandledRejection', listener);
    }
  });

  it('a lease that never ends holds up no run for ever', async () => {
    const driver = new MemoryDriver();
    const { leases } = driver;
    const acquire = leases.acquireMany.bind(leases);
    // Whoever may write can take every lease, for as long as they like.
    leases.acquireMany = async (names, token, ttlMs) => {
      await acquire(names, 'somebody else', 1_000_000_000);
      return acquire(names, token, ttlMs);
    };
    const machine = new Machine({ store: await Store.open(driver), leaseMs: 10 });
    const { ran } = await machine.run();
    expect(ran).to.have.length(6);
  });

  it('Ctrl-C ends the wait for what another machine analyzes', async () => {
    const driver = new MemoryDriver();
    driver.leases.acquireMany = (names) => Promise.resolve(names.map(() => false));
    const abort = new AbortController();
    const machine = new Machine({ store: await Store.open(driver) });
    setTimeout(() => abort.abort(), 50);
    const startedAt = performance.now();
    const error: unknown = await machine.run({ signal: abort.signal }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'CACHE_ABORTED');
    expect(performance.now() - startedAt).to.be.below(1000);
  });

  it('leases that could not be given back are not renewed', async () => {
    const driver = new MemoryDriver();
    const { leases } = driver;
    let acquired = 0;
    const acquire = leases.acquireMany.bind(leases);
    leases.acquireMany = (names, token, ttlMs) => {
      acquired += names.length;
      return acquire(names, token, ttlMs);
    };
    const store = await Store.open(driver);
    driver.createMany = () => new Promise(() => undefined);
    let held = -1;
    const slow = (calls: Calls): Analyzer[] => [
      wordCount(calls),
      {
        ...{ id: 'zz-slow', version: '1', uses: ['word-count'], include: ['a.md'] },
        async analyze() {
          held = acquired;
          await new Promise((resolve) => setTimeout(resolve, 100));
          held = acquired - held;
          return null;
        },
      },
    ];
    // All the time that may be lost is lost to the first write.
    await new Machine({ store, budgetMs: 60, leaseMs: 30 }, TREE, slow).run();
    expect(held).to.equal(0);
  });

  it('figures of a record that nobody can have measured spoil no sum', async () => {
    const store = await openMemory();
    const first = await new Machine({ store }).run();
    await forge(store, (text) =>
      text
        .replace(/"durationMs": [0-9.]+/, '"durationMs": 1.7e308')
        .replace('"cost": {}', '"cost": {"usd":1.7e308,"__proto__":1}'),
    );
    const other = new Machine({ store });
    const { lines, run } = await other.run();
    expect(lines).to.deep.equal(first.lines);
    expect(Number.isFinite(run.savedMs)).to.equal(true);
    for (const sum of Object.values(run.savedCost)) expect(Number.isFinite(sum)).to.equal(true);
    other.events.length = 0;
    const again = await other.run();
    expect(again.run.changed).to.equal(false);
    expect(other.events.filter(({ type }) => type === 'document-corrupt')).to.deep.equal([]);
  });

  it('a record that says it is from tomorrow does not outlive an invalidation', async () => {
    const store = await openMemory();
    await new Machine({ store }).run();
    await forge(store, (text) => text.replace(/"analyzedAt": "2/, '"analyzedAt": "9'));
    const other = new Machine({ store, mode: 'read' });
    const manager = await PersistenceManager.open({ basePath: other.options.basePath ?? '' });
    await manager.invalidate('shop');
    await manager.close();
    expect((await other.run()).ran).to.have.length(6);
  });

  it('an invalidation counts by the time of the last one, although the clock went back before it', async () => {
    const store = await openMemory();
    const other = new Machine({ store, mode: 'read' });
    const basePath = other.options.basePath ?? '';
    const ahead = { now: () => systemClock.now() + 1000 * 60 * 60 };
    const first = await PersistenceManager.open({ basePath, ports: { clock: ahead } });
    await first.invalidate('shop');
    const second = await PersistenceManager.open({ basePath });
    await second.invalidate('shop');
    await new Machine({ store }).run();
    expect((await other.run()).ran).to.have.length(6);
  });

  it('what dependents compare is what is kept here, where another process has kept another result first', async () => {
    const store = await openMemory();
    let salt = 'remote';
    const salted = (calls: Calls): Analyzer[] => [
      {
        ...wordCount(calls),
        id: 'salted',
        include: ['a.md'],
        analyze: (file) => (calls.add('salted', file.path), salt),
      },
      {
        ...{ id: 'asker', version: '1', uses: ['salted'], include: ['b.md'] },
        async analyze(file, context) {
          calls.add('asker', file.path);
          return { saw: (await context.resultOf('salted', 'a.md')) ?? null };
        },
      },
    ];
    await new Machine({ store }, TREE, salted).run();
    salt = 'local';
    const machine = new Machine({ store: await openMemory() }, TREE, salted);
    let isRacing = false;
    const raced = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          if (name === 'loadSmall' && !isRacing) {
            isRacing = true;
            // Another process on this machine, just now.
            await machine.run({ remote: undefined });
          }
          return (value as (...passed: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    const { lines } = await machine.run({ remote: { store: raced, mode: 'read' } });
    expect(lines).to.deep.equal(['a.md | salted | "local"', 'b.md | asker | {"saw":"local"}']);
  });

  it('a remote that makes no sense leaves no store open', async () => {
    const { options } = new Machine(undefined);
    const open = openDefaultDocuments(options);
    let closed = 0;
    const counting = async (root: string): Promise<OpenedDocuments> => ({
      ...(await open(root)),
      close() {
        closed++;
        return Promise.resolve();
      },
    });
    const remote = { store: 'memory:', mode: 'nonsense' as 'read' };
    const error: unknown = await openSession({ ...options, remote }, counting).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'CACHE_BAD_CONFIG');
    expect(closed).to.equal(1);
  });

  it('what was made of a result that never leaves this machine does not leave it either', async () => {
    const store = await openMemory();
    const secretive = (calls: Calls): Analyzer[] => [
      { ...wordCount(calls), id: 'secrets', local: true },
      {
        ...{ id: 'asker', version: '1', uses: ['secrets'] },
        async analyze(file, context) {
          calls.add('asker', file.path);
          return { secret: (await context.resultOf('secrets', file.path)) ?? null };
        },
      },
    ];
    await new Machine({ store }, TREE, secretive).run();
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).to.deep.equal([]);
    expect((await new Machine({ store }, TREE, secretive).run()).ran).to.have.length(6);
  });

  it('a forced run replaces what others would take over', async () => {
    const store = await openMemory();
    let salt = 'wrong';
    const salted = (calls: Calls): Analyzer[] => [
      { ...wordCount(calls), analyze: (file) => (calls.add('word-count', file.path), salt) },
    ];
    const machine = new Machine({ store }, TREE, salted);
    await machine.run();
    salt = 'right';
    await machine.run({ force: true });
    const { ran, lines } = await new Machine({ store }, TREE, salted).run();
    expect(ran).to.deep.equal([]);
    expect(lines[0]).to.include('right');
  });
});

async function openBroken(): Promise<Store> {
  const driver = new MemoryDriver();
  const store = await Store.open(driver);
  driver.createMany = () => Promise.reject(new Error('no'));
  return store;
}
