import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { planCodebase } from '../../src/analyze-codebase.js';
import type { Analyzer, BatchAnalyzer } from '../../src/model/analyzer.js';
import type { PlannedTask, ReasonKind } from '../../src/model/plan.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { MemoryDriver } from '../../src/store/drivers/memory.js';
import { Store } from '../../src/store/store.js';
import { observe } from '../support/oracle.js';
import { filesBelow, temporaryCodebase, writeTree } from '../support/temporary.js';

/** Every kind; the compiler says when one is missing. */
const KINDS: Readonly<Record<ReasonKind, true>> = {
  ...{
    unchanged: true,
    'found-by-key': true,
    'found-in-remote': true,
    forced: true,
    'never-seen': true,
    'content-changed': true,
  },
  ...{
    'analyzer-version-changed': true,
    'analyzer-code-changed': true,
    'option-changed': true,
    'environment-changed': true,
  },
  ...{ 'dependency-changed': true, 'dependency-appeared': true, 'listing-changed': true },
  ...{ 'surface-changed': true, 'dependency-would-run': true, 'imports-changed': true },
  ...{ 'not-kept': true, 'record-missing': true, expired: true, 'record-corrupt': true, invalidated: true },
};

describe('invariant 8: every decision has a reason', () => {
  const reached = new Set<string>();
  const codebase = temporaryCodebase({ 'a.md': 'one' });
  const base: Analyzer = {
    id: 'toy',
    version: '1',
    options: { a: 1 },
    environment: ['TOY'],
    codeDigest: 'x',
    analyze: (file) => file.text(),
  };
  const failing: Analyzer = {
    ...base,
    analyze: () => {
      throw new Error('no');
    },
  };

  /** Plans, then runs; both must give the same single reason. */
  async function reasonOf(
    analyzer: Analyzer,
    environment: Record<string, string> = {},
    force = false,
  ): Promise<PlannedTask['reason']> {
    const { root, basePath } = codebase;
    const options = {
      root,
      basePath,
      analyzers: [analyzer],
      environment,
      force,
      codebaseId: 'toy',
      changeDetection: 'content' as const,
    };
    const [planned] = (await planCodebase(options)).tasks;
    const { run, of } = await observe(options);
    const [task] = run.plan.tasks;
    expect(task).to.deep.equal(planned);
    const [said] = of('task-finished');
    if (said !== undefined) expect(said.reason).to.deep.equal(task!.reason);
    reached.add(task!.reason.kind);
    return task!.reason;
  }

  const record = (): string =>
    path.join(
      codebase.basePath,
      filesBelow(codebase.basePath).find((name) => /file_[0-9a-f]{32}/.test(name)) as string,
    );

  const steps: readonly (readonly [string, () => Promise<PlannedTask['reason']>, object])[] = [
    ['a new file is never seen', () => reasonOf(base), { kind: 'never-seen' }],
    ['an equal run is unchanged', () => reasonOf(base), { kind: 'unchanged' }],
    ['a forced run is forced', () => reasonOf(base, {}, true), { kind: 'forced' }],
    [
      'another version is named',
      () => reasonOf({ ...base, version: '2' }),
      { kind: 'analyzer-version-changed', old: '1', new: '2' },
    ],
    ['going back is found by key', () => reasonOf(base), { kind: 'found-by-key' }],
    [
      'another option is named',
      () => reasonOf({ ...base, options: { a: 2 } }),
      { kind: 'option-changed', option: '/a', old: '1', new: '2' },
    ],
    [
      'other code is named',
      () => reasonOf({ ...base, options: { a: 2 }, codeDigest: 'y' }),
      { kind: 'analyzer-code-changed', old: 'x', new: 'y' },
    ],
    [
      'another environment is named',
      () => reasonOf({ ...base, options: { a: 2 }, codeDigest: 'y' }, { TOY: 'secret' }),
      { kind: 'environment-changed', name: 'TOY', old: null },
    ],
    [
      'another content is named with both hashes',
      async () => {
        await reasonOf(base);
        writeTree(codebase.root, { 'a.md': 'two' });
        return reasonOf(base);
      },
      { kind: 'content-changed' },
    ],
    [
      'a record that is gone is missing',
      async () => {
        for (const name of filesBelow(codebase.basePath))
          if (/file_[0-9a-f]{32}/.test(name)) fs.rmSync(path.join(codebase.basePath, name));
        return reasonOf(base);
      },
      { kind: 'record-missing' },
    ],
    [
      'a record that is damaged is corrupt, and says how',
      () => {
        fs.truncateSync(record(), 10);
        return reasonOf(base);
      },
      { kind: 'record-corrupt' },
    ],
    [
      'what was invalidated says by which entry',
      async () => {
        const manager = await PersistenceManager.open({ basePath: codebase.basePath });
        await manager.invalidate('toy', { paths: ['a.md'] });
        return reasonOf(base);
      },
      { kind: 'invalidated', epoch: 1 },
    ],
    [
      'what failed is tried again, with the failure as the reason',
      async () => {
        writeTree(codebase.root, { 'a.md': 'three' });
        await reasonOf(failing);
        return reasonOf(base);
      },
      { kind: 'not-kept', why: 'no' },
    ],
  ];

  for (const [title, step, expected] of steps) {
    it(`invariant 8: ${title}`, async () => {
      expect(await step()).to.deep.include(expected);
    });
  }

  it('invariant 8: a record that has expired is said to have', async () => {
    const files = { 'a.md': 'one', 'b.md': 'two' };
    const { root, basePath } = temporaryCodebase(files);
    let now = 1_790_000_000_000;
    const clock = { now: () => now };
    const store = await Store.open(new MemoryDriver({ clock }), { ttlDefault: 60, clock });
    const manager = await PersistenceManager.open({ store, basePath });
    const options = { root, manager, analyzers: [base], codebaseId: 'toy', changeDetection: 'content' as const };
    await observe(options);
    now += 50_000;
    writeTree(root, { 'b.md': 'edited, so that the analysis is younger than the record of the other file' });
    await observe(options);
    now += 20_000;
    const [planned] = (await planCodebase(options)).tasks;
    const { run } = await observe(options);
    const [task] = run.plan.tasks;
    expect(task).to.deep.equal(planned);
    expect(task?.reason).to.deep.include({ kind: 'expired', ttlSeconds: 60 });
    expect(run.totals).to.deep.include({ analyzed: 1, reused: 1 });
    reached.add('expired');
  });

  it('invariant 8: what another machine answered is said to be found there', async () => {
    const store = await Store.open(new MemoryDriver());
    for (const kind of ['never-seen', 'found-in-remote'] as const) {
      const { root, basePath, folder } = temporaryCodebase({ 'a.md': 'one' });
      const remote = { store, outboxFolder: path.join(folder, 'outbox') };
      const options = { root, basePath, remote, analyzers: [base], codebaseId: 'toy', environment: {} };
      const [planned] = (await planCodebase(options)).tasks;
      const { run } = await observe(options);
      expect(run.plan.tasks[0]).to.deep.equal(planned);
      expect(planned?.reason.kind).to.equal(kind);
      reached.add(kind);
    }
  });

  describe('of what a result depends on', () => {
    const other = temporaryCodebase({ 'a.md': 'one', 'b.txt': 'first', 'folder/x.txt': 'x' });
    const looking: Analyzer = {
      ...{ id: 'looking', version: '1', include: ['a.md'] },
      analyze: (_, context) => [
        context.readText('b.txt') ?? null,
        context.exists('new.txt'),
        [...(context.list('folder') ?? [])],
        context.env('LOOKED_AT') ?? null,
      ],
    };
    const used: Analyzer = { ...{ id: 'used', version: '1', include: ['b.txt'] }, analyze: (file) => file.text() };
    const using: Analyzer = {
      ...{ id: 'using', version: '1', include: ['a.md'] },
      analyze: (_, context) => context.resultOf('used', 'b.txt'),
    };

    async function reasonsOf(
      analyzers: Analyzer[],
      environment: Record<string, string> = {},
    ): Promise<{ planned: PlannedTask['reason']; told: PlannedTask['reason'] }> {
      const { root, basePath } = other;
      const options = {
        root,
        basePath,
        analyzers,
        environment,
        codebaseId: 'toy',
        changeDetection: 'content' as const,
      };
      const planned = (await planCodebase(options)).tasks[0]!.reason;
      const { run } = await observe(options);
      const told = run.plan.tasks[0]!.reason;
      reached.add(planned.kind).add(told.kind);
      return { planned, told };
    }

    it('invariant 8: a file that was read is named with both hashes', async () => {
      await reasonsOf([looking]);
      writeTree(other.root, { 'b.txt': 'second' });
      const { planned, told } = await reasonsOf([looking]);
      expect(planned).to.deep.equal(told);
      expect(told).to.deep.include({ kind: 'dependency-changed', path: 'b.txt' });
      expect(told)
        .to.have.property('old')
        .that.matches(/^xxh64:/);
      expect(told)
        .to.have.property('new')
        .that.matches(/^xxh64:/);
    });

    it('invariant 8: a file that was looked for in vain is named when it appears', async () => {
      writeTree(other.root, { 'new.txt': '' });
      expect((await reasonsOf([looking])).told).to.deep.equal({ kind: 'dependency-appeared', path: 'new.txt' });
    });

    it('invariant 8: a folder that was listed is named when a name comes', async () => {
      writeTree(other.root, { 'folder/y.txt': '' });
      expect((await reasonsOf([looking])).told).to.deep.include({ kind: 'listing-changed', path: 'folder' });
    });

    it('invariant 8: a variable that was asked for is named, without its value', async () => {
      const { told } = await reasonsOf([looking], { LOOKED_AT: 'secret' });
      expect(told).to.deep.include({ kind: 'environment-changed', name: 'LOOKED_AT', old: null });
      expect(JSON.stringify(told)).not.to.contain('secret');
    });

    it('invariant 8: a result that was used is named, and a plan says that it cannot know yet', async () => {
      await reasonsOf([used, using]);
      writeTree(other.root, { 'b.txt': 'third' });
      const { planned, told } = await reasonsOf([used, using]);
      expect(planned).to.deep.equal({ kind: 'dependency-would-run', analyzer: 'used', path: 'b.txt' });
      expect(told).to.deep.include({ kind: 'surface-changed', analyzer: 'used', path: 'b.txt' });
    });
  });

  describe('of what a file imports', () => {
    const importing = temporaryCodebase({
      'a.ts': "import './b.js';",
      'b.ts': "import './c.js';",
      'c.ts': 'export {};',
    });
    const following: BatchAnalyzer = {
      ...{ id: 'following', version: '1', include: ['a.ts'], alsoScans: ['**/*.ts'] },
      async *analyzeMany(files, context) {
        await context.recordImports(files.map((file) => file.path));
        for (const file of files) yield { path: file.path, result: 1 };
      },
    };
    const options = { ...importing, analyzers: [following], codebaseId: 'toy', changeDetection: 'content' as const };

    async function reason(): Promise<PlannedTask['reason']> {
      const planned = (await planCodebase(options)).tasks[0]!.reason;
      const { run } = await observe(options);
      expect(run.plan.tasks[0]!.reason).to.deep.equal(planned);
      reached.add(planned.kind);
      return planned;
    }

    it('invariant 8: a file that is imported by an imported one is named with both hashes', async () => {
      await reason();
      expect(await reason()).to.deep.equal({ kind: 'unchanged' });
      writeTree(importing.root, { 'c.ts': 'export const c = 1;' });
      expect(await reason()).to.deep.include({ kind: 'dependency-changed', path: 'c.ts' });
    });

    it('invariant 8: a manifest that an import was resolved by is named although it is no source', async () => {
      writeTree(importing.root, { 'c.ts': "import 'pkg';", 'node_modules/pkg/package.json': '{ "version": "1.0.0" }' });
      await reason();
      expect(await reason()).to.deep.equal({ kind: 'unchanged' });
      writeTree(importing.root, { 'node_modules/pkg/package.json': '{ "version": "1.0.1" }' });
      expect(await reason()).to.deep.include({ kind: 'dependency-changed', path: 'node_modules/pkg/package.json' });
    });

    it('invariant 8: where nothing that is imported now is the reason, the imports are', async () => {
      fs.rmSync(path.join(importing.root, 'c.ts'));
      await reason();
      writeTree(importing.root, { 'c.ts': 'export const c = 2;' });
      expect((await reason()).kind).to.be.oneOf(['dependency-appeared', 'imports-changed']);
      writeTree(importing.root, { 'unrelated.ts': 'export const other = 2;' });
      expect(await reason()).to.deep.equal({ kind: 'unchanged' });
      fs.rmSync(path.join(importing.root, 'b.ts'));
      reached.add((await reason()).kind);
    });
  });

  // A suite of its own, since suites run after the tests beside them.
  describe('all of them', () => {
    it('invariant 8: no kind of reason is left out above', () => {
      expect([...reached].sort()).to.deep.equal(Object.keys(KINDS).sort());
    });
  });
});
