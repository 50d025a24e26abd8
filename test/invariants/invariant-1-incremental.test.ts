import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Analyzer } from '../../src/model/analyzer.js';
import { Calls, canonical, fresh, observe, toyAnalyzers, wordCount } from '../support/oracle.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '10',
  '9',
  'with space',
  'quo"te',
  "apo'strophe",
  'new\nline',
  '😀.md',
  'e\u0301',
  'é',
  '%',
  '*',
  '[a]',
  '{b}',
  'files',
  'digest',
  'a\\b',
];

describe('invariant 1: incremental equals from scratch', () => {
  it('invariant 1: files may have any name', async () => {
    const tree = Object.fromEntries(
      ODD_NAMES.flatMap((name) => [
        [name, `at the top ${name}`],
        [`folder/${name}`, `below ${name}`],
      ]),
    );
    const { root, basePath } = temporaryCodebase();
    for (const [name, content] of Object.entries(tree)) writeTree(root, { [name]: content });
    fs.mkdirSync(path.join(root, 'folder'), { recursive: true });
    fs.writeFileSync(path.join(root, '__proto__'), 'a name that every object knows');
    const calls = new Calls();
    const options = { root, basePath, analyzers: toyAnalyzers(calls), gitignore: false };
    const expected = await fresh(options);
    expect(expected.split('\n').filter((line) => line.includes('__proto__ | ')).length).to.be.greaterThan(0);
    for (const round of ['first', 'second'])
      expect(await canonical((await observe(options)).run), round).to.equal(expected);
    fs.appendFileSync(path.join(root, 'constructor'), ' more');
    expect(await canonical((await observe(options)).run)).to.equal(await fresh(options));
  });

  it('invariant 1: a name that is not UTF-8 is reported, and spoils no other', async function () {
    const { root, basePath } = temporaryCodebase({ 'good.md': 'one' });
    try {
      fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.from([0xff, 0xfe])]), 'two');
    } catch {
      console.log('      skipped: this file system takes no such name');
      this.skip();
    }
    const options = { root, basePath, analyzers: toyAnalyzers(new Calls()) };
    const { run } = await observe(options);
    expect(run.skipped.map(({ reason }) => reason)).to.deep.equal(['not-utf8-name']);
    expect(run.totals.files).to.equal(1);
    expect(await canonical((await observe(options)).run)).to.equal(await fresh(options));
  });

  it('invariant 1: an analyzer may be called like a property of every object', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const named = (id: string): Analyzer => ({ id, version: '1', analyze: (file) => ({ id, text: file.text() }) });
    const ids = ['plain', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', '10', '2'];
    for (let count = 1; count <= ids.length; count++) {
      const options = { root, basePath, analyzers: ids.slice(0, count).map(named) };
      const { run, of } = await observe(options);
      expect(await canonical(run)).to.equal(await fresh(options));
      expect(run.savedMs).to.be.a('number').that.is.not.NaN;
      expect(of('document-corrupt')).to.deep.equal([]);
      expect((await observe(options)).run.totals.analyzed, `again with ${count}`).to.equal(0);
    }
  });

  it('invariant 1: files that an analyzer is not asked about any more have no result of it', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b.ts': 'two' });
    const of = (include: string[] | undefined) => ({
      root,
      basePath,
      analyzers: [
        { ...wordCount(new Calls()), include },
        { ...toyAnalyzers(new Calls())[1]!, include: ['**'] },
      ],
    });
    for (const include of [undefined, ['*.md'], ['*.ts'], ['nothing'], undefined]) {
      expect(await canonical((await observe(of(include))).run), String(include)).to.equal(await fresh(of(include)));
    }
  });

  it('invariant 1: values of the codebase follow a result that is never kept', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    let turn = 0;
    const volatile: Analyzer = {
      id: 'volatile',
      version: '1',
      analyze(_, context) {
        context.uncacheable('it changes');
        return ++turn;
      },
      summarize: (results) => ({ turns: Array.from(results, ({ result }) => result as number) }),
    };
    for (const round of [1, 2, 3]) {
      const { run } = await observe({ root, basePath, analyzers: [volatile] });
      expect(run.values()['turns']).to.deep.equal([round]);
    }
  });

  it('invariant 1: contents that differ only in bytes that are no UTF-8, or in a byte-order mark, are two contents', async () => {
    const { root, basePath } = temporaryCodebase();
    const bytes: Analyzer = { id: 'bytes', version: '1', analyze: (file) => [...file.bytes] };
    const contents = [
      [0xe8],
      [0xe9],
      [0xef, 0xbf, 0xbd],
      [0x61],
      [0xef, 0xbb, 0xbf, 0x61],
      [0x61, 0x0d, 0x0a],
      [0x61, 0x0a],
      [],
    ];
    for (const changeDetection of ['content', 'stat'] as const) {
      for (const content of contents) {
        writeTree(root, { 'a.txt': Buffer.from(content) });
        const { run } = await observe({ root, basePath, analyzers: [bytes], changeDetection });
        for await (const { result } of run.results()) expect(result).to.deep.equal(content);
      }
    }
  });

  it('invariant 1: a result as deep as allowed is kept, a deeper one fails with its reason', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const nested = (levels: number): Analyzer => ({
      id: 'nested',
      version: String(levels),
      analyze: () => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1),
    });
    for (const levels of [100, 198, 199, 200, 201, 250]) {
      const options = { root, basePath, analyzers: [nested(levels)] };
      const { run } = await observe(options);
      expect(await canonical(run), String(levels)).to.equal(await fresh(options));
      const again = await observe(options);
      expect(again.run.totals.reused, `${levels} levels, again`).to.equal(run.failures.length === 0 ? 1 : 0);
      expect(run.failures.map(({ reason }) => reason)).to.deep.equal(levels > 200 ? ['result-not-json'] : []);
    }
  });
});
