import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyDeep, type AnalyzeOptions, type VerifyDeepOptions } from '../../src/analyze-codebase.js';
import type { Analyzer, AnyAnalyzer } from '../../src/model/analyzer.js';
import { CacheError } from '../../src/model/errors.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { analyzerModule } from '../../src/run/load-analyzer.js';
import type { AnalyzerSpec } from '../../src/session/load-analyzers.js';
import { likelyPlaces } from '../../src/session/likely-input.js';
import { sampleCount, type SampleSize } from '../../src/session/sample-tasks.js';
import type { DeepDifference, DeepReport } from '../../src/session/verify-deep.js';
import { TOY_IDS, toyAnalyzer } from '../support/dependency-analyzers.js';
import { interceptFs } from '../support/intercept-fs.js';
import { Calls, observe } from '../support/oracle.js';
import { filesBelow, temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

const MD = ['**/*.md'];

/** A codebase with its analyzers, analyzed once. */
class Story {
  readonly root: string;
  readonly basePath: string;
  readonly folder: string;
  analyzers: readonly AnalyzerSpec[];
  environment: Record<string, string> = {};

  constructor(files: Tree, analyzers: readonly AnalyzerSpec[]) {
    ({ root: this.root, basePath: this.basePath, folder: this.folder } = temporaryCodebase(files));
    this.analyzers = analyzers;
  }

  options(): AnalyzeOptions {
    const { root, basePath, analyzers, environment } = this;
    return { root, basePath, analyzers, environment, codebaseId: 'toy', concurrency: 2 };
  }

  /** What a run analyzes, with the kind of the reason. */
  async run(): Promise<string[]> {
    const { run, of } = await observe(this.options());
    await run.close();
    return of('task-finished')
      .map(({ analyzer, path: file, reason }) => `${analyzer} ${file} ${reason.kind}`)
      .sort();
  }

  verify(sample: SampleSize = 'all', options: Partial<VerifyDeepOptions> = {}): Promise<DeepReport> {
    return verifyDeep({ ...this.options(), sample, ...options });
  }

  records(): string[] {
    return filesBelow(path.join(this.basePath, 'toy')).filter((name) => /^file_[0-9a-f]{32}/.test(name));
  }

  async problems(): Promise<readonly unknown[]> {
    const manager = await PersistenceManager.open({ basePath: this.basePath });
    const { problems } = await manager.verify('toy');
    await manager.prune('toy', { graceHours: 0, maxAgeDays: 0 });
    await manager.close();
    return problems;
  }
}

const named = ({ different }: DeepReport): string[] =>
  different.map(({ analyzer, path: file, kind, pointer }) => `${analyzer} ${file} ${kind} ${pointer ?? '-'}`);

const only = ({ different }: DeepReport): DeepDifference => {
  expect(different).to.have.length(1);
  return different[0] as DeepDifference;
};

/** Reads a file behind the back of its context. */
const sneaky = (root: () => string, name: string): Analyzer => ({
  id: 'sneaky',
  version: '1',
  include: MD,
  analyze: (file) => ({ text: file.text(), config: fs.readFileSync(path.join(root(), name), 'utf8') }),
});

const plain = (id: string, analyze: Analyzer['analyze']): Analyzer => ({ id, version: '1', include: MD, analyze });

describe('verify --deep', () => {
  it('finds honest analyzers equal, runs every one of their results, and changes nothing on disk', async () => {
    const files = {
      'a.a': 'import ./b\nexport one\nenv NAME\nlist sub\nshared x',
      'b.a': 'export two\nimport ./c',
      conf: 'settings',
      'sub/c.b': 'export three\nvolatile',
    };
    const story = new Story(
      files,
      TOY_IDS.map((id) => toyAnalyzer(id)),
    );
    story.environment = { NAME: 'value' };
    await story.run();
    const before = filesBelow(story.basePath).map((name) => [
      name,
      fs.statSync(path.join(story.basePath, name)).mtimeMs,
    ]);
    const report = await story.verify();
    expect(report.different).to.deep.equal([]);
    expect(report).to.include({ evicted: 0, sampled: report.reusable, compared: report.reusable });
    // The volatile file is never kept.
    expect(report.reusable).to.equal(3 * TOY_IDS.length - 1);
    expect(
      filesBelow(story.basePath).map((name) => [name, fs.statSync(path.join(story.basePath, name)).mtimeMs]),
    ).to.deep.equal(before);
  });

  it('names an undeclared file of the root first, evicts what differs, and the next run analyzes just that', async () => {
    const story: Story = new Story(
      { 'src/a.md': 'a', 'src/b.md': 'b', 'settings.json': '1', 'src/c.ts': '', 'honest.json': '' },
      [
        sneaky(() => story.root, 'settings.json'),
        plain('honest', (file, ctx) => [file.text(), ctx.readText('honest.json') ?? null]),
      ],
    );
    // What was written just before the analysis could be its cause.
    await sleep(60);
    await story.run();
    writeTree(story.root, { 'settings.json': '2', 'src/c.ts': 'edited', 'lib/new.md': 'new' });
    expect(await story.run()).to.deep.equal(['honest lib/new.md never-seen', 'sneaky lib/new.md never-seen']);
    const report = await story.verify();
    expect(named(report)).to.deep.equal([
      'sneaky src/a.md undeclared-input /result/config',
      'sneaky src/b.md undeclared-input /result/config',
    ]);
    const [{ old, new: now, likelyInputs, message } = only(report)] = report.different;
    expect([old, now, message]).to.deep.equal(['"1"', '"2"', null]);
    expect(likelyInputs.map((input) => ('path' in input ? input.path : input.kind))).to.deep.equal([
      ...['settings.json', 'src/c.ts', 'lib/new.md', 'code'],
    ]);
    expect(report.evicted).to.equal(2);
    expect(await story.problems()).to.deep.equal([]);
    expect(await story.run()).to.deep.equal(['sneaky src/a.md invalidated', 'sneaky src/b.md invalidated']);
    expect((await story.verify()).different).to.deep.equal([]);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an evicted record does not come back, not even as a copy', async () => {
    const story: Story = new Story({ 'a.md': 'a', 'settings.json': '1' }, [sneaky(() => story.root, 'settings.json')]);
    await story.run();
    writeTree(story.root, { 'settings.json': '2' });
    const [record = ''] = story.records();
    const place = path.join(story.basePath, 'toy', record);
    const copy = fs.readFileSync(place);
    expect((await story.verify()).evicted).to.equal(1);
    expect(story.records()).to.deep.equal([]);
    fs.writeFileSync(place, copy);
    expect(await story.run()).to.deep.equal(['sneaky a.md invalidated']);
  });

  it('evicts every state of the dependencies that was kept for the same content', async () => {
    const story: Story = new Story({ 'a.md': 'a', dep: '1', 'settings.json': '1' }, [
      plain('sneaky', (_, ctx) => [
        ctx.readText('dep') ?? null,
        fs.readFileSync(path.join(story.root, 'settings.json'), 'utf8'),
      ]),
    ]);
    await story.run();
    writeTree(story.root, { dep: '2' });
    await story.run();
    expect(story.records()).to.have.length(2);
    writeTree(story.root, { 'settings.json': '2' });
    expect((await story.verify()).evicted).to.equal(2);
    expect(story.records()).to.deep.equal([]);
    expect(await story.problems()).to.deep.equal([]);
  });

  it('tells the time, randomness and counters from undeclared inputs', async () => {
    let calls = 0;
    const story = new Story({ 'a.md': 'a' }, [
      plain('clock', () => ({ at: { ms: Date.now() } })),
      plain('counter', () => ['x', ++calls]),
      plain('dice', () => Math.random()),
      plain('seconds', () => new Date().toISOString().slice(0, 19)),
      plain('honest', (file) => file.text()),
    ]);
    await story.run();
    await sleep(1100);
    const report = await story.verify();
    expect(named(report)).to.deep.equal([
      'clock a.md not-deterministic /result/at/ms',
      'counter a.md not-deterministic /result/1',
      'dice a.md not-deterministic /result',
      'seconds a.md not-deterministic /result',
    ]);
    expect(report.different.flatMap(({ likelyInputs }) => likelyInputs)).to.deep.equal([]);
    expect(report.evicted).to.equal(4);
  });

  it('says which variables are declared where another one shapes the answer', async () => {
    const variables: Record<string, string> = { SECRET: '1' };
    const analyzer = plain('env', (_, ctx) => [ctx.env('ASKED') ?? null, variables['SECRET'] ?? null]);
    const story = new Story({ 'a.md': 'a' }, [{ ...analyzer, environment: ['DECLARED'] }]);
    await story.run();
    variables['SECRET'] = '2';
    const found = only(await story.verify());
    expect(found).to.include({ kind: 'undeclared-input', pointer: '/result/1', old: '"1"', new: '"2"' });
    expect(found.declaredEnvironment).to.deep.equal(['ASKED', 'DECLARED']);
  });

  it('a difference of the dependencies or of the surface alone is one, another order of the dependencies is none', async () => {
    let flag = 'x';
    const story = new Story({ 'a.md': 'a', x: '', y: '' }, [
      plain('reads', (_, ctx) => (ctx.read(flag), 1)),
      { ...plain('faces', () => 1), surface: () => flag },
      plain('orders', (_, ctx) => ((flag === 'x' ? ['x', 'y'] : ['y', 'x']).forEach((name) => ctx.exists(name)), 1)),
    ]);
    await story.run();
    flag = 'y';
    expect(named(await story.verify())).to.deep.equal([
      'faces a.md undeclared-input /surface',
      'reads a.md undeclared-input /dependencies/0',
    ]);
  });

  it('an answer that holds for any path, and does not, is taken from every path that uses it', async () => {
    const story = new Story({ 'a.md': 'same', 'b.md': 'same', 'c.md': 'other' }, [
      { ...plain('sum', (file) => `${file.text()} ${file.path}`), pathIndependent: true },
    ]);
    await story.run();
    await story.run();
    const report = await story.verify();
    const [kept] = ['a.md', 'b.md'].filter((name) => name !== only(report).path);
    expect(only(report).likelyInputs[0]).to.deep.equal({ kind: 'path', madeFor: kept });
    expect(report.evicted).to.equal(1);
    expect(await story.problems()).to.deep.equal([]);
    expect(await story.run()).to.include(`sum ${only(report).path} invalidated`);
  });

  it('a failure is reported, and what is kept stays', async () => {
    let isBroken = false;
    const story = new Story({ 'a.md': 'a', 'b.md': 'b' }, [
      plain('moody', (file) => {
        if (isBroken && file.path === 'b.md') throw new Error('out of order');
        return file.text();
      }),
    ]);
    await story.run();
    isBroken = true;
    const report = await story.verify();
    expect(named(report)).to.deep.equal(['moody b.md failed -']);
    expect(only(report).message).to.equal('out of order');
    expect(report.evicted).to.equal(0);
    expect(await story.run()).to.deep.equal([]);
  });

  it('an answer that must not be kept now is compared all the same', async () => {
    let isVolatile = false;
    const story = new Story({ 'a.md': 'a' }, [
      plain('moody', (_, ctx) => {
        if (isVolatile) ctx.uncacheable('today');
        return 1;
      }),
    ]);
    await story.run();
    isVolatile = true;
    expect(await story.verify()).to.deep.include({ compared: 1, different: [], evicted: 0 });
  });

  it('judges users of a result by the result that is kept, and names what they take besides its surface', async () => {
    const story: Story = new Story({ 'a.md': 'one\nbody', 'b.md': 'b', 'settings.json': '1' }, [
      {
        ...plain('first', (file) => ({ line: file.text().split('\n')[0], all: file.text() })),
        surface: (result) => (result as { line: string }).line,
      },
      { ...plain('user', async (_, ctx) => (await ctx.resultOf('first', 'a.md')) ?? null), uses: ['first'] },
      sneaky(() => story.root, 'settings.json'),
      {
        ...plain('user-of-sneaky', async (_, ctx) => (await ctx.resultOf('sneaky', 'a.md')) ?? null),
        uses: ['sneaky'],
      },
    ]);
    await story.run();
    writeTree(story.root, { 'a.md': 'one\nother', 'settings.json': '2' });
    // Nobody runs `user` for b.md: the surface of what it used is the same.
    expect(await story.run()).to.deep.equal([
      ...['first a.md content-changed', 'sneaky a.md content-changed', 'user a.md content-changed'],
      ...['user-of-sneaky a.md content-changed', 'user-of-sneaky b.md surface-changed'],
    ]);
    const report = await story.verify();
    expect(named(report)).to.deep.equal([
      'sneaky b.md undeclared-input /result/config',
      'user b.md undeclared-input /result/all',
    ]);
    expect(report.different[1]?.likelyInputs[0]).to.deep.equal({ kind: 'result', analyzer: 'first', path: 'a.md' });
  });

  it('what would run anyway is no candidate, and what it asks for is computed without being kept', async () => {
    const calls = new Calls();
    let wantsMore = false;
    const story = new Story({ 'a.md': 'a', 'b.md': 'b' }, [
      plain('words', (file) => (calls.add('words', file.path), file.text())),
      plain('user', async (_, ctx) => (wantsMore ? ((await ctx.resultOf('words', 'b.md')) ?? null) : 0)),
    ]);
    await story.run();
    writeTree(story.root, { 'b.md': 'changed' });
    wantsMore = true;
    calls.take();
    const records = story.records();
    const report = await story.verify('all');
    expect(report).to.include({ reusable: 2, compared: 2 });
    expect(only(report)).to.include({ path: 'a.md', analyzer: 'user', old: '0', new: '"changed"' });
    expect(calls.take()).to.deep.equal(['words a.md', 'words b.md']);
    expect(story.records()).to.have.length(records.length - 1);
  });

  it('asks analyzers of many files in one call', async () => {
    let suffix = '1';
    const sizes: number[] = [];
    const batch: AnyAnalyzer = {
      ...{ id: 'batch', version: '1', include: MD },
      async *analyzeMany(files) {
        sizes.push(files.length);
        await Promise.resolve();
        for (const { path: file } of files) yield { path: file, result: file === 'b.md' ? suffix : file };
      },
    };
    const story = new Story({ 'a.md': 'a', 'b.md': 'b', 'c.md': 'c' }, [batch]);
    await story.run();
    suffix = '2';
    expect(named(await story.verify())).to.deep.equal(['batch b.md undeclared-input /result']);
    expect(sizes).to.deep.equal([3, 3, 1]);
  });

  it('runs analyzers of a module in worker threads, and names an installed package that was edited', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.md`, `${index}`]));
    const story: Story = new Story(files, []);
    const tools = path.join(story.folder, 'tools');
    writeTree(tools, {
      'node_modules/@a/rules/package.json': '{"name":"@a/rules","version":"1.0.0","type":"module","main":"index.js"}',
      'node_modules/@a/rules/index.js': '',
      'words.mjs': `
        import '@a/rules';
        import fs from 'node:fs';
        import { isMainThread } from 'node:worker_threads';
        export default ({ rules }) => ({
          id: 'words', version: '1', include: ['**/*.md'], options: { rules },
          analyze: (file) => [isMainThread, fs.readFileSync(rules, 'utf8')],
        });`,
    });
    const rules = path.join(tools, 'node_modules/@a/rules/index.js');
    story.analyzers = [analyzerModule(path.join(tools, 'words.mjs'), { rules })];
    await story.run();
    expect((await story.verify()).different).to.deep.equal([]);
    await sleep(60);
    fs.writeFileSync(rules, '// edited');
    expect(await story.run()).to.deep.equal([]);
    const report = await story.verify();
    expect(report.different).to.have.length(12);
    for (const found of report.different) {
      expect(found).to.include({ kind: 'undeclared-input', pointer: '/result/1', new: '"// edited"' });
      expect(found.likelyInputs.map((input) => ('name' in input ? input.name : input.kind))).to.deep.equal([
        '@a/rules',
      ]);
    }
  });

  it('names a file that lies beside a module outside of the root', async () => {
    const story: Story = new Story({ 'a.md': 'a' }, []);
    const tools = path.join(story.folder, 'tools');
    writeTree(tools, {
      'rules.dat': '1',
      'reader.mjs': `
        import fs from 'node:fs';
        import path from 'node:path';
        const place = path.join(import.meta.dirname, ['rules', 'dat'].join('.'));
        export default { id: 'reader', version: '1', include: ['*.md'], analyze: () => fs.readFileSync(place, 'utf8') };`,
    });
    story.analyzers = [path.join(tools, 'reader.mjs')];
    await sleep(60);
    await story.run();
    writeTree(tools, { 'rules.dat': '2' });
    const { likelyInputs } = only(await story.verify());
    expect(likelyInputs).to.have.length(1);
    expect(likelyInputs[0]).to.include({ kind: 'file', path: '../tools/rules.dat' });
  });

  it('finds configuration above the root, and a folder that a file went from', async () => {
    const story: Story = new Story({ 'src/a.md': 'a', 'lib/gone': '' }, [
      plain('sneaky', () => [
        ...[path.join(story.root, 'lib/gone'), path.join(story.root, '../.toolrc')].map((place) =>
          fs.existsSync(place),
        ),
      ]),
    ]);
    await story.run();
    await sleep(60);
    fs.rmSync(path.join(story.root, 'lib/gone'));
    fs.writeFileSync(path.join(story.root, '../.toolrc'), '');
    const { likelyInputs } = only(await story.verify());
    const places = likelyInputs.map((input) => ('path' in input ? `${input.kind} ${input.path}` : input.kind));
    expect(places).to.include('file ../.toolrc').and.include('folder lib').and.include('code');
  });

  it('a file that changes while it is verified is not compared', async () => {
    let edit: (() => void) | undefined;
    const story: Story = new Story({ 'a.md': 'a', 'b.md': 'b', dep: '1' }, [
      plain('reads', (file, ctx) => {
        if (file.path === 'a.md') edit?.();
        return [file.text(), ctx.readText('dep') ?? null];
      }),
    ]);
    await story.run();
    edit = () => writeTree(story.root, { dep: '2' });
    expect(await story.verify()).to.deep.include({ sampled: 2, compared: 0, different: [], evicted: 0 });
    await story.run();
    edit = () => writeTree(story.root, { 'b.md': 'other' });
    expect(await story.verify()).to.deep.include({ sampled: 2, compared: 1, different: [] });
  });

  it('stops when it is told to, with nothing evicted', async () => {
    const abort = new AbortController();
    let isSecond = false;
    const story = new Story({ 'a.md': 'a', 'b.md': 'b' }, [
      plain('dice', () => {
        if (isSecond) abort.abort('SIGINT');
        return Math.random();
      }),
    ]);
    await story.run();
    isSecond = true;
    const error: unknown = await story.verify('all', { signal: abort.signal }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(CacheError).with.property('code', 'CACHE_ABORTED');
    isSecond = false;
    expect(await story.run()).to.deep.equal([]);
  });

  it('takes as many as were asked for, anywhere, and at least one of each analyzer', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index}.md`, `${index}`]));
    const calls = new Calls();
    const ids = ['one', 'two', 'three'];
    const story = new Story({ ...files, 'rare.txt': 'r' }, [
      ...ids.map((id) => plain(id, (file) => (calls.add(id, file.path), 1))),
      { ...plain('rare', () => (calls.add('rare', ''), 1)), include: ['*.txt'] },
    ]);
    await story.run();
    calls.take();
    const seen = new Set<string>();
    for (const [size, expected] of [
      ['all', 181],
      [50, 50],
      ['10%', 19],
      [undefined, 20],
      [1, 4],
      [1000, 181],
    ] as const) {
      const report = await verifyDeep({ ...story.options(), ...(size === undefined ? {} : { sample: size }) });
      const taken = calls.take();
      expect(report, String(size)).to.include({ reusable: 181, sampled: expected, compared: expected });
      expect(new Set(taken), String(size)).to.have.property('size', expected);
      expect([...new Set(taken.map((call) => call.split(' ')[0]))].sort()).to.deep.equal([...ids, 'rare'].sort());
      if (size === 50) seen.add(taken.join());
    }
    await story.verify(50);
    expect(seen.add(calls.take().join())).to.have.property('size', 2);
  });

  it('a share of a large codebase is rounded up, and what is no size is a TypeError', async () => {
    expect([sampleCount(undefined, 1000), sampleCount('0.1%', 1500), sampleCount('100%', 7)]).to.deep.equal([50, 2, 7]);
    const story = new Story({ 'a.md': 'a' }, [plain('one', () => 1)]);
    await story.run();
    for (const size of [0, 1.5, -1, NaN, '0%', '101%', 'x%', 'some'] as SampleSize[]) {
      const error: unknown = await story.verify(size).catch((thrown: unknown) => thrown);
      expect(error, String(size)).to.be.instanceOf(TypeError);
    }
  });

  it('needs an analysis, and names analyzers that were not asked', async () => {
    const story = new Story({ 'a.md': 'a' }, [plain('one', () => 1), plain('two', () => 2)]);
    const error: unknown = await story.verify().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(CacheError).with.property('code', 'CACHE_NO_ANALYSIS');
    await story.run();
    story.analyzers = [plain('one', () => 1)];
    expect(await story.verify()).to.deep.include({ compared: 1, notAsked: ['two'] });
  });

  it('a cache that cannot be written is warned of, and the differences are told all the same', async () => {
    const story = new Story({ 'a.md': 'a' }, [plain('dice', () => Math.random())]);
    await story.run();
    const readOnly = interceptFs(({ call, place, proceed }) => {
      if (call === 'mkdirSync' && place.endsWith('epochs')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      return proceed();
    });
    const codes: string[] = [];
    const report = await story.verify('all', {
      ports: { fs: readOnly },
      onEvent: (event) => {
        if (event.type === 'warning') codes.push(event.code);
      },
    });
    expect(named(report)).to.deep.equal(['dice a.md not-deterministic /result']);
    expect([report.evicted, codes]).to.deep.equal([0, ['CACHE_UNWRITABLE']]);
  });
});

describe('likely inputs', () => {
  const record = (dependencies: readonly string[]): Parameters<typeof likelyPlaces>[1] =>
    ({
      path: 'src/deep/a.ts',
      record: {
        ...{ analyzedAt: new Date(1_000_000).toISOString(), durationMs: 0 },
        dependencies: dependencies.map((name) => ({ kind: 'absent', path: name })),
      },
    }) as unknown as Parameters<typeof likelyPlaces>[1];
  const names = (paths: readonly string[], dependencies: readonly string[] = []): string[] =>
    likelyPlaces(
      paths.map((name) => ({ kind: 'file', path: name, changedAtMs: 2_000_000 })),
      record(dependencies),
    ).map((input) => ('path' in input ? input.path : ''));

  it('are configuration first, then the nearest, five at most', () => {
    const near = ['src/deep/b.ts', 'src/c.ts', 'd.ts', 'test/x/y.ts'];
    const configuration = ['../.editorconfig', 'src/tool.config.ts', 'package-lock.json', 'src/deep/.rc'];
    expect(names([...near, ...configuration])).to.deep.equal([
      ...['src/deep/.rc', 'src/tool.config.ts', 'package-lock.json', '../.editorconfig', 'src/deep/b.ts'],
    ]);
  });

  it('are neither the file itself nor what is declared nor what is older', () => {
    expect(names(['src/deep/a.ts', 'x.json', 'y.json'], ['x.json'])).to.deep.equal(['y.json']);
    const old = { kind: 'file', path: 'z.json', changedAtMs: 900_000 } as const;
    expect(likelyPlaces([old], record([]))).to.deep.equal([]);
  });
});
