import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { AnalyzerShape } from '../../src/model/analyzer.js';
import { TrackedInput, type AskResult } from '../../src/run/tracked-input.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { contentHasher, sha256Hex, type ContentHasher } from '../../src/util/hash.js';
import { temporaryCodebase, type Tree } from '../support/temporary.js';

const SHAPE: AnalyzerShape = { id: 'toy', version: '1' };

describe('recorded inputs', () => {
  let hasher: ContentHasher;
  before(async () => (hasher = await contentHasher('xxh64')));

  function track(
    tree: Tree,
    given: { shape?: AnalyzerShape; askResult?: AskResult; disk?: FileSystem } = {},
  ): { inputs: TrackedInput; root: string } {
    const { root } = temporaryCodebase(tree);
    const environment = { HOME_PAGE: 'x', EMPTY: '' };
    const askResult = given.askResult ?? (() => Promise.resolve({ value: undefined, hash: null }));
    const source = { fs: given.disk ?? realFs, root, hasher, maxFileBytes: 1000, hiddenFolders: [], environment };
    return { root, inputs: new TrackedInput(given.shape ?? SHAPE, source, askResult) };
  }

  it('each thing that was seen is recorded once, in the order of first sight', () => {
    const { inputs } = track({ 'a.txt': 'one', 'd/b.txt': 'two' });
    expect(inputs.readText('d/../a.txt')).to.equal('one');
    expect(inputs.exists('missing')).to.equal(false);
    expect(inputs.list('./d')).to.deep.equal(['b.txt']);
    expect(inputs.exists('d')).to.equal(true);
    expect(inputs.readText('a.txt')).to.equal('one');
    expect(inputs.read('missing')).to.equal(undefined);
    expect(inputs.list('missing')).to.equal(undefined);
    expect(inputs.env('HOME_PAGE')).to.equal('x');
    const [a, missing, d, ...rest] = inputs.dependencies;
    expect(a).to.deep.equal({ kind: 'content', path: 'a.txt', hash: hasher.hash(Buffer.from('one')) });
    expect(missing).to.deep.equal({ kind: 'absent', path: 'missing' });
    expect(d).to.include({ kind: 'listing', path: 'd' });
    expect(rest).to.deep.equal([
      { kind: 'exists', path: 'd' },
      { kind: 'env', name: 'HOME_PAGE', hash: `sha256:${sha256Hex('x')}` },
    ]);
    expect(inputs.uncacheableReason).to.equal(undefined);
  });

  it('what is no file, or no folder, is there with no content', () => {
    const { inputs } = track({ 'd/b.txt': 'two' });
    expect(inputs.read('d')).to.equal(undefined);
    expect(inputs.list('d/b.txt')).to.equal(undefined);
    expect(inputs.dependencies).to.deep.equal([
      { kind: 'content', path: 'd', hash: null },
      { kind: 'listing', path: 'd/b.txt', hash: null },
    ]);
  });

  it('a variable that is empty differs from one that is not set', () => {
    const { inputs } = track({});
    expect([inputs.env('EMPTY'), inputs.env('MISSING'), inputs.env('constructor')]).to.deep.equal([
      '',
      undefined,
      undefined,
    ]);
    expect(inputs.dependencies.map((each) => 'hash' in each && each.hash)).to.deep.equal([
      `sha256:${sha256Hex('')}`,
      null,
      null,
    ]);
  });

  it('a file outside of the root is recorded by its way from there', () => {
    const { inputs, root } = track({});
    fs.writeFileSync(path.join(root, '../shared.txt'), 'shared');
    expect(inputs.readText(path.join(root, '../shared.txt'))).to.equal('shared');
    expect(inputs.dependencies[0]).to.include({ kind: 'content', path: '../shared.txt' });
    expect(inputs.uncacheableReason).to.equal(undefined);
  });

  it('a path that means another thing elsewhere is answered, and the result is not kept', () => {
    const { inputs } = track({});
    expect(inputs.exists('/home/nobody-of-this-name/conf')).to.equal(false);
    expect(inputs.dependencies).to.deep.equal([]);
    expect(inputs.uncacheableReason).to.contain('home folder');
  });

  const onPosix = path.sep === '/' ? it : it.skip;
  onPosix('a path that only some systems have is read, and the result is not kept (on Windows there is none)', () => {
    const { inputs } = track({ 'a\\b.txt': 'one' });
    expect(inputs.readText('a\\b.txt')).to.equal('one');
    expect(inputs.uncacheableReason).to.contain('a\\b.txt');
  });

  for (const [name, change] of Object.entries<(root: string) => void>({
    'is another content': (root) => fs.writeFileSync(path.join(root, 'a.txt'), 'two'),
    'is gone': (root) => fs.rmSync(path.join(root, 'a.txt')),
  }))
    it(`a file that ${name} the second time makes the result uncacheable`, () => {
      const { inputs, root } = track({ 'a.txt': 'one' });
      inputs.read('a.txt');
      change(root);
      inputs.read('a.txt');
      expect(inputs.uncacheableReason).to.equal('a.txt changed during the run');
    });

  it('a file that appears between two looks of different kinds makes the result uncacheable', () => {
    const { inputs, root } = track({});
    inputs.exists('a.txt');
    fs.writeFileSync(path.join(root, 'a.txt'), '');
    inputs.read('a.txt');
    expect(inputs.uncacheableReason).to.equal('a.txt changed during the run');
  });

  it('what cannot be read is thrown, and the result is not kept even if the analyzer goes on', () => {
    const denied: FileSystem = {
      ...realFs,
      statSync: () => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    };
    const { inputs } = track({ 'a.txt': 'one' }, { disk: denied });
    expect(() => inputs.read('a.txt')).to.throw('EACCES');
    expect(() => inputs.exists('a.txt')).to.throw('EACCES');
    expect(inputs.uncacheableReason).to.contain('a.txt').and.contain('EACCES');
  });

  it('what read answers is a buffer of its own', () => {
    const { inputs } = track({ 'a.txt': 'one' });
    inputs.read('a.txt')?.fill(65);
    expect(inputs.readText('a.txt')).to.equal('one');
  });

  it('another result is recorded by its hash, and one that does not exist by null', async () => {
    const known = new Map([['a.txt', { value: 1, hash: 'sha256:1' }]]);
    const { inputs } = track(
      {},
      { askResult: (_, file) => Promise.resolve(known.get(file) ?? { value: undefined, hash: null }) },
    );
    expect(await inputs.resultOf('size', './a.txt')).to.equal(1);
    expect(await inputs.resultOf('size', 'b.txt')).to.equal(undefined);
    expect(inputs.dependencies).to.deep.equal([
      { kind: 'result', analyzer: 'size', path: 'a.txt', hash: 'sha256:1' },
      { kind: 'result', analyzer: 'size', path: 'b.txt', hash: null },
    ]);
  });

  it('a result that cannot be had makes the asker uncacheable even if it goes on', async () => {
    const { inputs } = track({}, { askResult: () => Promise.reject(new Error('a circle')) });
    const error: unknown = await inputs.resultOf('size', 'a.txt').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(inputs.uncacheableReason).to.contain('a circle');
  });

  it('what another saw in the same run is recorded once, and what contradicts it is noticed', () => {
    const { inputs } = track({ 'a.txt': 'one' });
    inputs.readText('a.txt');
    const seen = [
      { kind: 'content', path: 'a.txt', hash: hasher.hash(Buffer.from('one')) },
      { kind: 'absent', path: 'b.txt' },
      { kind: 'env', name: 'X', hash: null },
    ] as const;
    inputs.recordAll(seen);
    inputs.recordAll(seen);
    expect(inputs.dependencies).to.deep.equal(seen);
    expect(inputs.uncacheableReason).to.equal(undefined);
    inputs.recordAll([{ kind: 'content', path: 'b.txt', hash: null }]);
    expect(inputs.uncacheableReason).to.contain('b.txt');
  });

  it('a question that is no text is a TypeError', async () => {
    const { inputs } = track({});
    const ask = inputs as unknown as Record<'read' | 'exists' | 'list' | 'env', (value: unknown) => unknown>;
    for (const call of ['read', 'exists', 'list', 'env'] as const) expect(() => ask[call](5), call).to.throw(TypeError);
    const error: unknown = await inputs.resultOf(5 as unknown as string, 'a').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
  });

  const calls: Readonly<Record<string, (inputs: TrackedInput) => unknown>> = {
    read: (inputs) => inputs.read('a'),
    readText: (inputs) => inputs.readText('a'),
    exists: (inputs) => inputs.exists('a'),
    list: (inputs) => inputs.list('a'),
    env: (inputs) => inputs.env('a'),
    resultOf: (inputs) => inputs.resultOf('a', 'a'),
    recordAll: (inputs) => inputs.recordAll([{ kind: 'absent', path: 'a' }]),
  };
  for (const [name, call] of Object.entries(calls)) {
    const failure = async (inputs: TrackedInput): Promise<unknown> => {
      try {
        return await call(inputs);
      } catch (error) {
        return error;
      }
    };
    it(`${name} is refused where the answer holds for any path`, async () => {
      const error = await failure(track({}, { shape: { ...SHAPE, pathIndependent: true } }).inputs);
      expect(error).to.be.instanceOf(TypeError).and.have.property('message').that.contains('pathIndependent');
    });
    it(`${name} is refused after the analysis has ended`, async () => {
      const { inputs } = track({});
      inputs.end();
      expect(await failure(inputs))
        .to.be.instanceOf(Error)
        .and.have.property('message')
        .that.contains('has ended');
    });
  }
});
