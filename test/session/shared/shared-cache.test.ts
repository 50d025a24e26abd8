import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase, planCodebase, type AnalyzeOptions } from '../../../src/analyze-codebase.js';
import type { Analyzer } from '../../../src/model/analyzer.js';
import type { RunEvent } from '../../../src/model/event.js';
import { PersistenceManager } from '../../../src/persistence/persistence-manager.js';
import type { RemoteOptions } from '../../../src/session/shared/remote-options.js';
import { newKeyPair } from '../../../src/share/keys.js';
import { MemoryDriver } from '../../../src/store/drivers/memory.js';
import { Store } from '../../../src/store/store.js';
import { interceptFs } from '../../support/intercept-fs.js';
import { Calls, byteSum, canonicalLines, wordCount } from '../../support/oracle.js';
import { temporaryCodebase, writeTree, type Tree } from '../../support/temporary.js';

const TREE: Tree = { 'a.md': 'one two', 'b.md': 'three', 'sub/c.md': 'four five six', 'sub/d.md': 'seven' };

/** One machine: a working copy with its cache. */
class Machine {
  readonly calls = new Calls();
  readonly root: string;
  readonly options: AnalyzeOptions;
  readonly events: RunEvent[] = [];

  constructor(remote: RemoteOptions | undefined, tree: Tree = TREE, analyzers?: (calls: Calls) => readonly Analyzer[]) {
    const { root, basePath, folder } = temporaryCodebase(tree);
    this.root = root;
    this.options = {
      ...{ root, basePath, codebaseId: 'shop', environment: {} },
      analyzers: analyzers?.(this.calls) ?? [wordCount(this.calls), byteSum(this.calls)],
      ...(remote === undefined ? {} : { remote: { outboxFolder: path.join(folder, 'outbox'), ...remote } }),
      onEvent: (event) => this.events.push(event),
    };
  }

  /** What ran, and what the run answered. */
  async run(more: Partial<AnalyzeOptions> = {}): Promise<{ ran: string[]; lines: string[]; remote: unknown }> {
    const run = await analyzeCodebase({ ...this.options, ...more });
    const lines = await canonicalLines(run);
    const { remote } = run;
    await run.close();
    return { ran: this.calls.take(), lines, remote };
  }

  warnings(): string[] {
    return this.events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
  }
}

/** Reads what it is told to by its own text: `read: path`. */
const reader = (calls: Calls): Analyzer => ({
  id: 'reader',
  version: '1',
  analyze(file, context) {
    calls.add('reader', file.path);
    const names = Array.from(file.text().matchAll(/read: (\S+)/g), ([, name]) => name ?? '');
    return names.map((name) => (context.exists(name) ? Buffer.from(context.read(name) ?? '').toString() : null));
  },
});

const openMemory = (): Promise<Store> => Store.open(new MemoryDriver());

describe('the cache that machines share', () => {
  it('a second machine analyzes nothing, and answers the same', async () => {
    const store = await openMemory();
    const first = await new Machine({ store }).run();
    expect(first.ran).to.have.length(8);
    const second = new Machine({ store });
    const { ran, lines, remote } = await second.run();
    expect(ran).to.deep.equal([]);
    expect(lines).to.deep.equal(first.lines);
    expect(remote).to.deep.include({ found: 8, sent: 0, refused: 0, pending: 0, mode: 'read-write' });
    // What was found is kept: the next run needs no remote.
    await store.close();
    expect((await second.run({ remote: undefined })).ran).to.deep.equal([]);
    expect(second.warnings()).to.deep.equal([]);
  });

  it('turning a remote on, and off again, runs nothing that is kept on this machine', async () => {
    const machine = new Machine(undefined);
    await machine.run();
    const store = await openMemory();
    expect((await machine.run({ remote: { store } })).ran).to.deep.equal([]);
    expect((await machine.run()).ran).to.deep.equal([]);
  });

  it('an edited file is analyzed by the machine that has it, and found by the other one', async () => {
    const store = await openMemory();
    const [one, other] = [new Machine({ store }), new Machine({ store })];
    await one.run();
    await other.run();
    writeTree(one.root, { 'a.md': 'edited' });
    expect((await one.run()).ran).to.deep.equal(['byte-sum a.md', 'word-count a.md']);
    writeTree(other.root, { 'a.md': 'edited' });
    expect((await other.run()).ran).to.deep.equal([]);
  });

  it('plan says what would be found there, and keeps nothing', async () => {
    const store = await openMemory();
    await new Machine({ store }).run();
    const other = new Machine({ store });
    const plan = await planCodebase(other.options);
    expect(plan.totals).to.include({ run: 0, reuse: 8 });
    expect(new Set(plan.tasks.map(({ reason }) => reason.kind))).to.deep.equal(new Set(['found-in-remote']));
    expect((await other.run({ remote: undefined })).ran).to.have.length(8);
  });

  it('records of results that read other files are taken only where these are the same', async () => {
    const store = await openMemory();
    const tree = { 'a.md': 'read: x.txt read: none.txt', 'b.md': 'read: y.txt', 'x.txt': '1', 'y.txt': '2' };
    const machine = (files: Tree): Machine =>
      new Machine({ store }, files, (calls) => [{ ...reader(calls), include: ['*.md'] }]);
    expect((await machine(tree).run()).ran).to.have.length(2);
    expect((await machine(tree).run()).ran).to.deep.equal([]);
    expect((await machine({ ...tree, 'x.txt': 'other' }).run()).ran).to.deep.equal(['reader a.md']);
    expect((await machine({ ...tree, 'none.txt': 'there' }).run()).ran).to.deep.equal(['reader a.md']);
    // Both states are kept beside each other.
    expect((await machine(tree).run()).ran).to.deep.equal([]);
    expect((await machine({ ...tree, 'x.txt': 'other' }).run()).ran).to.deep.equal([]);
  });

  it('results that use other results are taken where those come out the same', async () => {
    const store = await openMemory();
    const analyzers = (calls: Calls): Analyzer[] => [
      { ...reader(calls), id: 'head', analyze: (file) => (calls.add('head', file.path), file.text().slice(0, 3)) },
      {
        ...{ id: 'asker', version: '1', uses: ['head'] },
        async analyze(file, context) {
          calls.add('asker', file.path);
          return { other: (await context.resultOf('head', 'a.md')) ?? null };
        },
      },
    ];
    const machine = (files: Tree): Machine => new Machine({ store }, files, analyzers);
    await machine(TREE).run();
    expect((await machine(TREE).run()).ran).to.deep.equal([]);
    expect((await machine({ ...TREE, 'a.md': 'one changed behind its head' }).run()).ran).to.deep.equal([
      'asker a.md',
      'head a.md',
    ]);
    expect((await machine({ ...TREE, 'a.md': 'another head' }).run()).ran).to.have.length(5);
  });

  it('a machine that can keep nothing answers with what was found all the same', async () => {
    const store = await openMemory();
    const first = await new Machine({ store }).run();
    const other = new Machine({ store });
    const readOnly = interceptFs(({ call, proceed }) => {
      if (call === 'mkdirSync') throw Object.assign(new Error('read-only file system'), { code: 'EROFS' });
      return proceed();
    });
    const { ran, lines, remote } = await other.run({ ports: { fs: readOnly } });
    expect(ran).to.deep.equal([]);
    expect(lines).to.deep.equal(first.lines);
    expect(remote).to.deep.include({ found: 8 });
  });

  it('the library takes the address of a remote as text', async () => {
    const { ran, remote } = await new Machine(undefined).run({ remote: 'memory:' });
    expect(ran).to.have.length(8);
    expect(remote).to.deep.include({ store: 'memory:', sent: 8 });
  });

  it('mode read sends nothing, mode write takes nothing', async () => {
    const store = await openMemory();
    await new Machine({ store, mode: 'read' }).run();
    expect(await new Machine({ store }).run()).to.have.nested.property('ran.length', 8);
    expect((await new Machine({ store, mode: 'write' }).run()).ran).to.have.length(8);
    expect((await new Machine({ store, mode: 'read' }).run()).ran).to.deep.equal([]);
  });

  it('in CI without a key a remote is only read', async () => {
    const store = await openMemory();
    const { remote } = await new Machine({ store }).run({ environment: { CI: 'true' } });
    expect(remote).to.deep.include({ mode: 'read', sent: 0 });
    expect((await new Machine({ store }).run()).ran).to.have.length(8);
  });

  it('an analyzer that is local shares nothing', async () => {
    const store = await openMemory();
    const analyzers = (calls: Calls): Analyzer[] => [{ ...wordCount(calls), local: true }];
    await new Machine({ store }, TREE, analyzers).run();
    expect((await new Machine({ store }, TREE, analyzers).run()).ran).to.have.length(4);
  });

  it('what was computed before an invalidation on this machine is not taken from a remote', async () => {
    const store = await openMemory();
    await new Machine({ store }).run();
    const other = new Machine({ store, mode: 'read' });
    await other.run();
    const manager = await PersistenceManager.open({ basePath: other.options.basePath ?? '' });
    await manager.invalidate('shop', { paths: ['sub/**'] });
    await manager.close();
    expect((await other.run()).ran).to.have.length(4);
  });

  it('a reader with a public key takes only what is signed by that key', async () => {
    const store = await openMemory();
    const [good, evil] = [newKeyPair(), newKeyPair()];
    const publicKeys = [good.publicKey];
    await new Machine({ store }).run();
    const unsigned = new Machine({ store, mode: 'read', signing: { publicKeys } });
    expect((await unsigned.run()).ran).to.have.length(8);
    expect(unsigned.warnings()).to.deep.equal(['CACHE_BAD_SIGNATURE']);
    const other = await openMemory();
    await new Machine({ store: other, signing: { privateKey: evil.privateKey } }).run();
    expect((await new Machine({ store: other, mode: 'read', signing: { publicKeys } }).run()).ran).to.have.length(8);
    // A writer may replace what does not verify.
    await new Machine({ store: other, signing: { privateKey: good.privateKey } }).run();
    expect((await new Machine({ store: other, mode: 'read', signing: { publicKeys } }).run()).ran).to.deep.equal([]);
  });

  it('what was found on this machine is never sent: only what the run computed itself', async () => {
    const machine = new Machine(undefined);
    await machine.run();
    const store = await openMemory();
    writeTree(machine.root, { 'new.md': 'new' });
    const { ran, remote } = await machine.run({ remote: { store } });
    expect(ran).to.have.length(2);
    expect(remote).to.deep.include({ sent: 2 });
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).to.have.length(2);
  });

  it('shards cover every file once, and a last run without shards analyzes nothing', async () => {
    const store = await openMemory();
    const ran: string[] = [];
    for (const index of [1, 2, 3]) {
      const part = new Machine({ store });
      ran.push(...(await part.run({ shard: { index, count: 3 } })).ran);
      expect(fs.existsSync(path.join(part.options.basePath ?? '', 'shop', 'analysis.json'))).to.equal(false);
    }
    const alone = await new Machine(undefined).run();
    expect(ran.sort()).to.deep.equal(
      ['a', 'b', 'sub/c', 'sub/d'].flatMap((name) => [`byte-sum ${name}.md`, `word-count ${name}.md`]).sort(),
    );
    const last = new Machine({ store });
    const { ran: rest, lines } = await last.run();
    expect(rest).to.deep.equal([]);
    expect(lines).to.deep.equal(alone.lines);
  });

  it('two machines at once share slow work, so that each does a good part of it', async () => {
    const store = await openMemory();
    const tree = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`f${index}.md`, `text ${index}`]));
    const slow = (calls: Calls): Analyzer[] => [
      {
        ...wordCount(calls),
        async analyze(file, context) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          return wordCount(calls).analyze(file, context);
        },
      },
    ];
    const machines = [new Machine({ store }, tree, slow), new Machine({ store }, tree, slow)];
    const runs = await Promise.all(machines.map((machine) => machine.run({ concurrency: 1 })));
    for (const { ran } of runs) expect(ran.length).to.be.within(4, 20);
    expect(runs.flatMap(({ ran }) => ran)).to.have.length(24);
  });

  it('eight machines at once analyze each file once in total', async () => {
    const store = await openMemory();
    const tree = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}.md`, `text ${index}`]));
    const slow = (calls: Calls): Analyzer[] => [
      {
        ...wordCount(calls),
        async analyze(file, context) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return wordCount(calls).analyze(file, context);
        },
      },
    ];
    const machines = Array.from({ length: 8 }, () => new Machine({ store }, tree, slow));
    const runs = await Promise.all(machines.map((machine) => machine.run()));
    expect(runs.flatMap(({ ran }) => ran).sort()).to.deep.equal(
      Object.keys(tree)
        .map((name) => `word-count ${name}`)
        .sort(),
    );
    for (const { lines } of runs) expect(lines).to.deep.equal(runs[0]?.lines);
  });
});
