/** What a run has to look at in the next one, over several runs: histories that no random walk is likely to take. */
import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import type { JsonValue } from '../../src/model/json.js';
import { shiftedFs } from '../support/shifted-fs.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

class History {
  readonly root: string;
  readonly folder: string;
  readonly #basePath: string;
  readonly #ran: string[] = [];
  readonly #analyzer: Analyzer;

  constructor(files: Tree, ask: (text: string, context: Parameters<Analyzer['analyze']>[1]) => JsonValue) {
    const { root, basePath, folder } = temporaryCodebase(files);
    this.root = root;
    this.folder = folder;
    this.#basePath = basePath;
    this.#analyzer = {
      ...{ id: 'asking', version: '1', include: ['**/*.txt'] },
      analyze: (file, context) => {
        this.#ran.push(file.path);
        return ask(file.text().trim(), context);
      },
    };
  }

  /** Answers what ran and what was answered; files look old, so that every shortcut is taken. */
  async run(): Promise<{ ran: string[]; results: Record<string, JsonValue> }> {
    this.#ran.length = 0;
    const run = await analyzeCodebase({
      ...{ root: this.root, basePath: this.#basePath, codebaseId: 'x', analyzers: [this.#analyzer] },
      ...{ changeDetection: 'stat', ports: { fs: shiftedFs(this.root) } },
    });
    const results: Record<string, JsonValue> = {};
    for await (const { path: file, result } of run.results()) results[file] = result;
    return { ran: [...this.#ran], results };
  }

  loseAnalysis(): void {
    fs.rmSync(path.join(this.#basePath, 'x/analysis.json'));
  }

  head(): { inputs: unknown[]; versionId: string } {
    return JSON.parse(fs.readFileSync(path.join(this.#basePath, 'x/analysis.json'), 'utf8')) as never;
  }
}

const reads = (text: string, context: Parameters<Analyzer['analyze']>[1]): JsonValue => context.readText(text) ?? null;

describe('inputs over several runs', () => {
  for (const [what, folder, ignored] of [
    ['a folder', 'src/lib', ''],
    ['an ignored folder', 'src/node_modules/pkg', 'node_modules\n'],
  ] as const) {
    it(`a file that comes after ${what} that was not there is seen`, async () => {
      const history = new History({ 'a.txt': `${folder}/b.json`, 'src/m.txt': 'x', '.gitignore': ignored }, reads);
      await history.run();
      fs.mkdirSync(path.join(history.root, folder), { recursive: true });
      expect((await history.run()).ran).to.deep.equal([]);
      expect((await history.run()).ran).to.deep.equal([]);
      writeTree(history.root, { [`${folder}/b.json`]: 'here' });
      const { ran, results } = await history.run();
      expect(ran).to.deep.equal(['a.txt']);
      expect(results['a.txt']).to.equal('here');
    });
  }

  it('a file that became a link is looked at where the link leads', async () => {
    const history = new History({ 'a.txt': 'data.bin', 'data.bin': 'x' }, (text, context) => context.exists(text));
    writeTree(history.folder, { target: 'x' });
    await history.run();
    fs.rmSync(path.join(history.root, 'data.bin'));
    fs.symlinkSync('../target', path.join(history.root, 'data.bin'));
    expect((await history.run()).results['a.txt']).to.equal(true);
    await history.run();
    fs.rmSync(path.join(history.folder, 'target'));
    expect((await history.run()).results['a.txt']).to.equal(false);
  });

  it('a file that one task reads is not forgotten because another only asks whether it is there', async () => {
    const history = new History({ 'a.txt': 'read', 'b.txt': 'nothing' }, (text, context) => {
      if (text === 'read') return context.readText('../config') ?? null;
      return text === 'ask' ? context.exists('../config') : 0;
    });
    writeTree(history.folder, { config: 'v1' });
    await history.run();
    writeTree(history.root, { 'b.txt': 'ask' });
    expect((await history.run()).ran).to.deep.equal(['b.txt']);
    writeTree(history.folder, { config: 'v2' });
    const { ran, results } = await history.run();
    expect(ran).to.deep.equal(['a.txt']);
    expect(results['a.txt']).to.equal('v2');
  });

  it('what nobody depends on any more is not looked at, and its change makes no version', async () => {
    const history = new History({ 'a.txt': '' }, reads);
    for (let step = 0; step < 5; step++) {
      writeTree(history.folder, { [`config-${step}`]: `v${step}` });
      writeTree(history.root, { 'a.txt': `../config-${step}` });
      await history.run();
    }
    expect(history.head().inputs).to.have.length(1);
    const { versionId } = history.head();
    writeTree(history.folder, { 'config-2': 'other' });
    await history.run();
    expect(history.head().versionId).to.equal(versionId);
  });

  it('neither is what a result or a file depended on that is gone', async () => {
    const history = new History({ 'a.txt': '../one', 'b.txt': '../other' }, (text, context) =>
      text === 'none' ? 0 : reads(text, context),
    );
    writeTree(history.folder, { one: '1', other: '2' });
    await history.run();
    expect(history.head().inputs).to.have.length(2);
    writeTree(history.root, { 'a.txt': 'none' });
    await history.run();
    expect(history.head().inputs).to.have.length(1);
    fs.rmSync(path.join(history.root, 'b.txt'));
    await history.run();
    expect(history.head().inputs).to.have.length(0);
  });

  it('results are found again after a time in which none had a dependency', async () => {
    const history = new History({ 'a.txt': 'b.json', 'b.json': 'b' }, (text, context) =>
      text === 'none' ? 0 : reads(text, context),
    );
    await history.run();
    writeTree(history.root, { 'a.txt': 'none' });
    expect((await history.run()).ran).to.deep.equal(['a.txt']);
    writeTree(history.root, { 'a.txt': 'b.json' });
    expect((await history.run()).ran).to.deep.equal([]);
  });

  it('results are found again after the analysis was lost while none had a dependency', async () => {
    const history = new History({ 'a.txt': 'b.json', 'b.json': 'b' }, (text, context) =>
      text === 'none' ? 0 : reads(text, context),
    );
    await history.run();
    writeTree(history.root, { 'a.txt': 'none' });
    await history.run();
    history.loseAnalysis();
    await history.run();
    writeTree(history.root, { 'a.txt': 'b.json' });
    expect((await history.run()).ran).to.deep.equal([]);
  });

  it('what is taken out of the context records as well', async () => {
    const history = new History({ 'a.txt': 'b.json', 'b.json': 'b' }, (text, context) => {
      const { readText } = context as { readonly readText: (file: string) => string | undefined };
      return readText(text) ?? null;
    });
    await history.run();
    writeTree(history.root, { 'b.json': 'other' });
    expect((await history.run()).results['a.txt']).to.equal('other');
  });
});
