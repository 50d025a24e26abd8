import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { InputDependency } from '../../src/model/dependency.js';
import { openInputStates, type InputStates, type InputStatesOptions } from '../../src/scan/input-states.js';
import { hashOfVariable, observeFile, observeFolder, observePresence } from '../../src/scan/observe.js';
import type { ScanOptions, ScanResult } from '../../src/scan/scan.js';
import { realFs } from '../../src/util/fs.js';
import { contentHasher, type ContentHasher } from '../../src/util/hash.js';
import { Tree, countingFs, fsWith, scanAgain, scanTree } from './support/tree.js';

const MAX_FILE_BYTES = 1024 * 1024;

describe('states of the inputs of a run', () => {
  let tree: Tree;
  let hasher: ContentHasher;
  before(async () => (hasher = await contentHasher('xxh64')));
  beforeEach(() => (tree = new Tree()));
  afterEach(() => tree.remove());

  function open(scanned: ScanResult, changed: Partial<InputStatesOptions> = {}): InputStates {
    return openInputStates({
      ...{ fs: realFs, root: tree.root, hasher, maxFileBytes: MAX_FILE_BYTES, hiddenFolders: [] },
      ...{ scanned, environment: {}, cache: undefined },
      ...changed,
    });
  }

  const statesNow = async (changed: Partial<InputStatesOptions> = {}): Promise<InputStates> =>
    open(await scanTree(tree.root), changed);
  /** A second run, with the scan cache of a first one. */
  async function laterRun(
    between: () => void,
    changed: Partial<InputStatesOptions> = {},
    options: Partial<ScanOptions> = {},
  ): Promise<InputStates> {
    const { cache } = await scanAgain(tree.root, undefined, options);
    between();
    return open(await scanTree(tree.root, { cache, ...options }), changed);
  }
  const content = (file: string, text: string): InputDependency => ({
    kind: 'content',
    path: file,
    hash: hasher.hash(Buffer.from(text)),
  });
  const absent = (file: string): InputDependency => ({ kind: 'absent', path: file });
  const exists = (file: string): InputDependency => ({ kind: 'exists', path: file });
  const other = (file: string): InputDependency => ({ kind: 'content', path: file, hash: null });
  const listing = (folder: string): InputDependency => {
    const seen = observeFolder(folder, { fs: realFs, root: tree.root, hasher, maxFileBytes: 0, hiddenFolders: [] });
    if (typeof seen === 'string') throw new Error(seen);
    return { kind: 'listing', path: folder, hash: seen.hash };
  };
  const toRoot = (absolute: string): string => path.relative(tree.root, absolute).split(path.sep).join('/');

  describe('content', () => {
    it('of a source file is that of the scan, without a look at the disk', async () => {
      tree.write('a.ts', 'one');
      const { fs: counted, calls } = countingFs();
      const states = await statesNow({ fs: counted });
      fs.rmSync(tree.at('a.ts'));
      expect(states.isScanned('a.ts')).to.equal(true);
      expect(states.isCurrent(content('a.ts', 'one'))).to.equal(true);
      expect(states.isCurrent(exists('a.ts'))).to.equal(true);
      expect(states.isCurrent(content('a.ts', 'two'))).to.equal(false);
      expect(states.isCurrent(absent('a.ts'))).to.equal(false);
      expect(calls.size).to.equal(0);
    });

    it('of any other file is read when it is first asked for, and the same for the rest of the run', async () => {
      tree.write('.gitignore', 'ignored');
      tree.write('ignored', 'one');
      tree.write('node_modules/m/index.js', 'one');
      const outside = new Tree();
      outside.write('x', 'one');
      const states = await statesNow();
      const places = ['ignored', 'node_modules/m/index.js', toRoot(outside.at('x'))];
      for (const place of places) {
        expect(states.isScanned(place), place).to.equal(false);
        expect(states.isCurrent(content(place, 'one')), place).to.equal(true);
        fs.writeFileSync(tree.at(place), 'two');
        expect(states.isCurrent(content(place, 'one')), place).to.equal(true);
        expect(states.isStillCurrent(content(place, 'one')), place).to.equal(false);
        expect(states.isStillCurrent(content(place, 'two')), place).to.equal(true);
      }
      outside.remove();
    });

    it('many files are told apart from those that are no source files, however many are asked for', async () => {
      for (let at = 0; at < 30; at++) tree.write(`f${at}`, `text ${at}`);
      const states = await statesNow();
      for (let round = 0; round < 40; round++) {
        for (let at = 0; at < 30; at++) {
          expect(states.isCurrent(content(`f${at}`, `text ${at}`))).to.equal(true);
          expect(states.isScanned(`g${at}`)).to.equal(false);
        }
      }
    });

    it('of a device, a FIFO, a folder and a file over the limit is null, and none of them is read', async () => {
      if (process.platform !== 'win32') {
        execFileSync('mkfifo', [tree.at('fifo')]);
        fs.symlinkSync('/dev/zero', tree.at('device'));
      }
      tree.write('folder/x', '');
      fs.writeFileSync(tree.at('huge'), '');
      fs.truncateSync(tree.at('huge'), 2 ** 40);
      const scanned = await scanTree(tree.root);
      const { fs: counted, calls } = countingFs();
      const states = open(scanned, { fs: counted });
      for (const place of ['folder', 'huge', ...(process.platform === 'win32' ? [] : ['fifo', 'device'])]) {
        expect(states.isCurrent(other(place)), place).to.equal(true);
        expect(states.isStillCurrent(other(place)), place).to.equal(true);
        expect(states.isCurrent(content(place, '')), place).to.equal(false);
        expect(states.isCurrent(exists(place)), place).to.equal(true);
        expect(states.current(content(place, '')), place).to.deep.equal(other(place));
      }
      expect(calls.get('openSync')).to.equal(undefined);
    });

    it('of another algorithm is never current', async () => {
      tree.write('a.ts', 'one');
      const states = await statesNow();
      const hash = (await contentHasher('sha256')).hash(Buffer.from('one'));
      expect(states.isCurrent({ kind: 'content', path: 'a.ts', hash })).to.equal(false);
    });
  });

  it('what cannot be seen is not current, whatever was seen before', async () => {
    tree.write('node_modules/a', '');
    const denied = (): never => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    };
    const states = await statesNow({ fs: fsWith({ statSync: denied, readdirSync: denied }) });
    const all: InputDependency[] = [
      ...[content('node_modules/a', ''), other('node_modules/a'), exists('node_modules/a')],
      ...[
        absent('node_modules/a'),
        listing('node_modules'),
        { kind: 'listing', path: 'node_modules', hash: null } as const,
      ],
    ];
    for (const dependency of all) {
      expect(states.isCurrent(dependency), JSON.stringify(dependency)).to.equal(false);
      expect(states.isStillCurrent(dependency), JSON.stringify(dependency)).to.equal(false);
      expect(states.current(dependency).kind).to.not.equal('absent');
    }
  });

  it('paths that no run records are never current: other spellings, absolute ones, NUL', async () => {
    tree.write('a/b', '');
    const states = await statesNow();
    for (const odd of [
      '',
      './a',
      'a/',
      'a//b',
      'a/../a/b',
      '/a',
      '/etc',
      'a/b/..',
      '../x/../y',
      'a\0',
      '../',
      './..',
    ]) {
      for (const dependency of [content(odd, ''), other(odd), exists(odd), absent(odd)]) {
        expect(states.isCurrent(dependency), JSON.stringify(dependency)).to.equal(false);
        expect(states.isStillCurrent(dependency), JSON.stringify(dependency)).to.equal(false);
      }
      expect(states.heldSinceLastRun(absent(odd)), odd).to.equal(undefined);
    }
    for (const plain of ['.', '..', '../..', 'a', 'a/b']) expect(states.isCurrent(exists(plain)), plain).to.equal(true);
  });

  it('names are names: __proto__, a newline, dots, and a path of half a million characters', async () => {
    for (const name of ['__proto__', 'constructor', '...', '..a', 'a..']) tree.write(`${name}/f`, name);
    const states = await statesNow();
    for (const name of ['__proto__', 'constructor', '...', '..a', 'a..']) {
      expect(states.isCurrent(content(`${name}/f`, name)), name).to.equal(true);
      expect(states.isCurrent(exists(name)), name).to.equal(true);
      expect(states.isCurrent(listing(name)), name).to.equal(true);
    }
    expect(states.isCurrent(absent('toString'))).to.equal(true);
    expect(states.isCurrent(absent('a\nb'))).to.equal(true);
    expect(states.isCurrent(absent('x/'.repeat(250_000) + 'x'))).to.equal(false);
    expect(states.isCurrent({ kind: 'env', name: '__proto__', hash: null })).to.equal(true);
  });

  it('a path below a file, or through a link, is what a look at it finds', async () => {
    tree.write('node_modules/real/x', 'x');
    tree.write('file', '');
    fs.symlinkSync(tree.at('node_modules/real'), tree.at('link'));
    fs.symlinkSync(tree.at('gone'), tree.at('dangling'));
    const states = await statesNow();
    for (const gone of ['file/x', 'file/x/y', 'node_modules/real/x/y', 'dangling', 'dangling/x'])
      expect(states.isCurrent(absent(gone)), gone).to.equal(true);
    expect(states.isCurrent(content('link/x', 'x'))).to.equal(true);
    expect(states.isCurrent(exists('link/x'))).to.equal(true);
    expect(states.isCurrent(listing('link'))).to.equal(true);
  });

  it('a variable that is empty is not one that is not set', async () => {
    const states = await statesNow({ environment: { EMPTY: '', SET: 'x' } });
    const env = (name: string, value: string | undefined): InputDependency => ({
      kind: 'env',
      name,
      hash: hashOfVariable(value),
    });
    expect(states.isCurrent(env('EMPTY', ''))).to.equal(true);
    expect(states.isCurrent(env('EMPTY', undefined))).to.equal(false);
    expect(states.isCurrent(env('GONE', undefined))).to.equal(true);
    expect(states.isStillCurrent(env('SET', 'x'))).to.equal(true);
    expect(states.current(env('SET', 'y'))).to.deep.equal(env('SET', 'x'));
    expect(states.heldSinceLastRun(env('SET', 'x'))).to.equal(undefined);
  });

  it('current tells what would be recorded now', async () => {
    tree.write('file', 'text');
    tree.write('folder/x', '');
    const states = await statesNow();
    expect(states.current(content('gone', 'x'))).to.deep.equal(absent('gone'));
    expect(states.current(exists('gone'))).to.deep.equal(absent('gone'));
    expect(states.current({ kind: 'listing', path: 'gone', hash: null })).to.deep.equal(absent('gone'));
    expect(states.current(absent('file'))).to.deep.equal(exists('file'));
    expect(states.current(content('file', 'old'))).to.deep.equal(content('file', 'text'));
    expect(states.current({ kind: 'listing', path: 'folder', hash: null })).to.deep.equal(listing('folder'));
    expect(states.current(listing('folder'))).to.deep.equal(listing('folder'));
    expect(states.current({ kind: 'listing', path: 'file', hash: 'sha256:x' })).to.have.property('hash', null);
  });

  describe('what held when the last run ended', () => {
    it('holds without a look at the disk in a folder that did not change', async () => {
      tree.write('src/a.ts', 'a');
      tree.write('src/deep/b.ts', 'b');
      const { fs: counted, calls } = countingFs();
      const states = await laterRun(() => undefined, { fs: counted });
      const held = [
        absent('src/a.js'),
        absent('gone'),
        absent('src/gone/deeper/x'),
        exists('src/deep'),
        exists('src/a.ts'),
      ];
      for (const dependency of [...held, listing('src'), listing('.'), content('src/a.ts', 'a')])
        expect(states.heldSinceLastRun(dependency), JSON.stringify(dependency)).to.equal(true);
      expect(calls.size).to.equal(0);
    });

    it('has to be looked at where a name came or went beside it', async () => {
      tree.write('src/a.ts', 'a');
      tree.write('lib/b.ts', 'b');
      const before = listing('src');
      const states = await laterRun(() => tree.write('src/a.js', ''));
      for (const dependency of [absent('src/a.js'), absent('src/other'), exists('src/a.ts'), before])
        expect(states.heldSinceLastRun(dependency), JSON.stringify(dependency)).to.equal(undefined);
      expect(states.heldSinceLastRun(absent('lib/gone'))).to.equal(true);
      expect(states.isCurrent(absent('src/a.js'))).to.equal(false);
      expect(states.isCurrent(before)).to.equal(false);
    });

    it('has to be looked at where a name came that is not in scope', async () => {
      tree.write('src/a.ts', 'a');
      const states = await laterRun(() => tree.write('src/node_modules/m', ''), {}, { include: ['**/*.ts'] });
      expect(states.heldSinceLastRun(absent('src/node_modules/m'))).to.equal(undefined);
      expect(states.isCurrent(absent('src/node_modules/m'))).to.equal(false);
    });

    it('has to be looked at in a folder with a link: its target may have come meanwhile', async () => {
      tree.write('src/a.ts', 'a');
      const outside = new Tree();
      fs.symlinkSync(outside.at('target'), tree.at('src/link'));
      const states = await laterRun(() => outside.write('target', ''));
      expect(states.heldSinceLastRun(absent('src/link'))).to.equal(undefined);
      expect(states.isCurrent(absent('src/link'))).to.equal(false);
      outside.remove();
    });

    it('has to be looked at below a folder that the scan does not enter', async () => {
      tree.write('.gitignore', 'dist');
      tree.write('dist/a', '');
      tree.write('node_modules/m/x', '');
      const states = await laterRun(() => {
        tree.write('dist/deep/b', '');
        tree.write('node_modules/m/y', '');
      });
      for (const place of ['dist/deep/b', 'node_modules/m/y', 'dist/b', 'dist/deep'])
        expect(states.heldSinceLastRun(absent(place)), place).to.equal(undefined);
      expect(states.isCurrent(absent('dist/deep/b'))).to.equal(false);
      expect(states.isCurrent(absent('node_modules/m/y'))).to.equal(false);
      expect(states.isCurrent(absent('dist/other/c'))).to.equal(true);
    });

    it('has to be looked at where the folder was racy, the whole tree was walked, or contents decide', async () => {
      tree.write('src/a.ts', 'a');
      const { ctimeNs, dev } = fs.statSync(tree.at('src'), { bigint: true });
      const racy = await laterRun(() => undefined, {}, { stamp: { timeNs: ctimeNs + 1n, device: dev } });
      const walked = await laterRun(() => tree.write('.gitignore', 'x'));
      const read = await laterRun(() => undefined, {}, { changeDetection: 'content' });
      const first = await statesNow();
      for (const states of [racy, walked, read, first]) {
        expect(states.heldSinceLastRun(absent('src/gone'))).to.equal(undefined);
        expect(states.isCurrent(absent('src/gone'))).to.equal(true);
      }
    });

    it('a content that the last run saw in between two states is compared, not believed', async () => {
      tree.write('src/a.ts', 'a');
      const states = await laterRun(() => undefined);
      expect(states.heldSinceLastRun(content('src/a.ts', 'in between'))).to.equal(undefined);
    });

    it('outside of the root it has to be looked at', async () => {
      const states = await laterRun(() => undefined);
      for (const dependency of [absent('../gone'), exists('..'), exists('.'), listing('..')])
        expect(states.heldSinceLastRun(dependency), JSON.stringify(dependency)).to.equal(undefined);
      expect(states.isCurrent(absent('../gone-from-here/x'))).to.equal(true);
    });
  });

  describe('how often the disk is asked', () => {
    it('many absent paths below one absent folder cost one look', async () => {
      tree.write('node_modules/.keep', '');
      const { fs: counted, calls } = countingFs();
      const states = await statesNow({ fs: counted });
      for (let at = 0; at < 100; at++) {
        expect(states.isCurrent(absent(`node_modules/gone/deep/${at}`))).to.equal(true);
        expect(states.isCurrent(absent(`../gone-from-here/deep/${at}`))).to.equal(true);
        expect(states.isCurrent(absent(`nowhere/deep/${at}`))).to.equal(true);
      }
      expect(calls.get('statSync')).to.be.at.most(8);
    });

    it('a folder that is not there costs nothing where all folders around it were entered', async () => {
      tree.write('src/a.ts', '');
      const { fs: counted, calls } = countingFs();
      const states = await statesNow({ fs: counted });
      for (let at = 0; at < 100; at++) expect(states.isCurrent(absent(`src/m${at}/index.ts`))).to.equal(true);
      expect(calls.size).to.equal(0);
    });

    it('50,000 absent candidates of an unchanged tree take far less than a look at each', async () => {
      for (let folder = 0; folder < 50; folder++) tree.write(`d${folder}/deep/file.ts`, 'x');
      const candidates: InputDependency[] = [];
      for (let at = 0; at < 50_000; at++) candidates.push(absent(`d${at % 50}/deep/candidate-${at}.js`));
      const { fs: counted, calls } = countingFs();
      const states = await laterRun(() => undefined, { fs: counted });
      const startedAt = performance.now();
      const held = candidates.filter((dependency) => states.heldSinceLastRun(dependency) === true);
      const tookMs = performance.now() - startedAt;
      expect(held).to.have.length(50_000);
      expect(calls.size).to.equal(0);
      // Several times what it takes: other tests may run beside this one.
      expect(tookMs).to.be.below(250);
    });
  });

  describe('input cache', () => {
    const FILES = ['node_modules/é', 'node_modules/m/a', 'node_modules/m/b'];
    beforeEach(() => {
      for (const name of FILES) tree.write(name, name);
    });

    async function cacheOf(changed: Partial<InputStatesOptions> = {}): Promise<Uint8Array> {
      const states = await statesNow(changed);
      for (const name of FILES) expect(states.isCurrent(content(name, name))).to.equal(true);
      const bytes = states.encodeCache();
      if (bytes === undefined) throw new Error('nothing was learned');
      return bytes;
    }

    async function readsWith(cache: Uint8Array, options: Partial<ScanOptions> = {}): Promise<number> {
      const { fs: counted, calls } = countingFs();
      const states = open(await scanTree(tree.root, options), { cache, fs: counted });
      for (const name of FILES) expect(states.isCurrent(content(name, name)), name).to.equal(true);
      return calls.get('openSync') ?? 0;
    }

    it('spares a read of files that did not change, and has nothing new to say then', async () => {
      const cache = await cacheOf();
      expect(await readsWith(cache)).to.equal(0);
      const states = await statesNow({ cache });
      for (const name of FILES) states.isCurrent(content(name, name));
      expect(states.encodeCache()).to.equal(undefined);
    });

    it('an edit of the same size with its mtime put back is seen', async () => {
      const file = tree.at('node_modules/m/a');
      fs.utimesSync(file, 1000, 1000);
      const { cache: scanCache } = await scanAgain(tree.root, undefined);
      const cache = await cacheOf();
      expect(scanCache).to.not.equal(undefined);
      fs.writeFileSync(file, 'node_modules/m/A');
      fs.utimesSync(file, 1000, 1000);
      const states = await statesNow({ cache });
      expect(states.isCurrent(content('node_modules/m/a', 'node_modules/m/a'))).to.equal(false);
      expect(states.isCurrent(content('node_modules/m/a', 'node_modules/m/A'))).to.equal(true);
    });

    it('a file that changed too recently is not in it, nor anything where contents decide', async () => {
      const { ctimeNs, dev } = fs.statSync(tree.at(FILES[0] as string), { bigint: true });
      for (const options of [
        { stamp: { timeNs: ctimeNs + 1n, device: dev } },
        { stamp: undefined },
        { changeDetection: 'content' as const },
      ]) {
        const states = open(await scanTree(tree.root, options));
        for (const name of FILES) states.isCurrent(content(name, name));
        expect(states.encodeCache()).to.equal(undefined);
      }
    });

    it('is of no use where contents decide, for another hash, and for another folder', async () => {
      const cache = await cacheOf();
      expect(await readsWith(cache, { changeDetection: 'content' })).to.equal(FILES.length);
      const sha256 = await contentHasher('sha256');
      const { fs: counted, calls } = countingFs();
      const states = open(await scanTree(tree.root, { hasher: sha256 }), { cache, hasher: sha256, fs: counted });
      const hash = sha256.hash(Buffer.from(FILES[0] as string));
      expect(states.isCurrent({ kind: 'content', path: FILES[0] as string, hash })).to.equal(true);
      expect(calls.get('openSync')).to.equal(1);
      const copy = new Tree();
      fs.cpSync(tree.root, copy.root, { recursive: true, preserveTimestamps: true });
      const elsewhere = open(await scanTree(copy.root), { cache, root: copy.root, fs: counted });
      expect(elsewhere.isCurrent(content(FILES[0] as string, FILES[0] as string))).to.equal(true);
      expect(calls.get('openSync')).to.equal(2);
      copy.remove();
    });

    it('is ignored with any bit flipped or cut anywhere, and never an exception under a new digest', async () => {
      const cache = Buffer.from(await cacheOf());
      const scanned = await scanTree(tree.root);
      const ask = (bytes: Uint8Array): number => {
        const { fs: counted, calls } = countingFs();
        const states = open(scanned, { cache: bytes, fs: counted });
        for (const name of FILES) states.isCurrent(content(name, name));
        return calls.get('openSync') ?? 0;
      };
      fc.assert(
        fc.property(fc.nat(cache.length * 8 - 1), fc.nat(cache.length - 1), fc.nat(255), (bit, end, value) => {
          const flipped = Buffer.from(cache);
          flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
          expect(ask(flipped)).to.equal(FILES.length);
          expect(ask(cache.subarray(0, end))).to.equal(FILES.length);
          const forged = Buffer.from(cache);
          forged[Math.max(32, bit >> 3)] = value;
          crypto.createHash('sha256').update(forged.subarray(32)).digest().copy(forged);
          ask(forged);
        }),
        { numRuns: 300 },
      );
      expect(ask(Buffer.alloc(0))).to.equal(FILES.length);
      expect(ask(cache)).to.equal(0);
    });

    it('keeps what a run did not ask for', async () => {
      const cache = await cacheOf();
      tree.write('node_modules/new', 'new');
      const states = await statesNow({ cache });
      expect(states.isCurrent(content('node_modules/new', 'new'))).to.equal(true);
      expect(await readsWith(states.encodeCache() as Uint8Array)).to.equal(0);
    });
  });

  describe('isStillCurrent', () => {
    it('needs no read of a source file whose tuple is safe and the same', async () => {
      tree.write('a.ts', 'a');
      const { fs: counted, calls } = countingFs();
      const states = await statesNow({ fs: counted });
      expect(states.isStillCurrent(content('a.ts', 'a'))).to.equal(true);
      expect(calls.get('openSync')).to.equal(undefined);
    });

    it('sees every edit of a source file, and what came and went, after the scan', async () => {
      for (const name of ['a', 'b', 'c', 'd/x']) tree.write(name, 'one');
      const { cache } = await scanAgain(tree.root, undefined);
      const states = open(await scanTree(tree.root, { cache }));
      const before = listing('d');
      fs.writeFileSync(tree.at('a'), 'two');
      fs.rmSync(tree.at('b'));
      tree.write('d/y', '');
      expect(states.isStillCurrent(content('a', 'one'))).to.equal(false);
      expect(states.isStillCurrent(content('b', 'one'))).to.equal(false);
      expect(states.isStillCurrent(exists('b'))).to.equal(false);
      expect(states.isStillCurrent(absent('b'))).to.equal(true);
      expect(states.isStillCurrent(content('c', 'one'))).to.equal(true);
      expect(states.isStillCurrent(absent('d/y'))).to.equal(false);
      expect(states.isStillCurrent(before)).to.equal(false);
      expect(states.isCurrent(content('a', 'one'))).to.equal(true);
    });
  });

  describe('for any tree and any edits', () => {
    const NAMES = ['a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'i', 'i/a', 'i/x/y', 'node_modules', 'node_modules/m'];
    const name = fc.constantFrom(...NAMES);
    const edit = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('write'), name, to: fc.constantFrom('one', 'two') }) },
      fc.record({ kind: fc.constant('remove'), name, to: fc.constant('') }),
      fc.record({ kind: fc.constant('rename'), name, to: name }),
      fc.record({ kind: fc.constant('link'), name, to: name }),
    );
    const edits = fc.array(edit, { maxLength: 6 });

    /** An edit that the tree does not allow (a file in the way) is no edit. */
    function apply({ kind, name: at, to }: { kind: string; name: string; to: string }): void {
      try {
        if (kind === 'write') tree.write(at, to);
        else if (kind === 'remove') fs.rmSync(tree.at(at), { recursive: true });
        else if (kind === 'rename') fs.renameSync(tree.at(at), tree.at(to));
        else fs.symlinkSync(tree.at(to), tree.at(at));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    }

    /** Everything that an analyzer could have recorded of the tree as it is. */
    function recordable(): InputDependency[] {
      const options = { fs: realFs, root: tree.root, hasher, maxFileBytes: MAX_FILE_BYTES, hiddenFolders: [] };
      return [...NAMES, '.', 'd/gone/x', 'a/x'].flatMap((at): InputDependency[] => {
        const file = observeFile(at, options);
        const folder = observeFolder(at, options);
        return [
          file.kind === 'absent'
            ? absent(at)
            : { kind: 'content', path: at, hash: file.kind === 'file' ? file.hash : null },
          observePresence(at, options) ? exists(at) : absent(at),
          folder === 'absent'
            ? absent(at)
            : { kind: 'listing', path: at, hash: folder === 'other' ? null : folder.hash },
        ];
      });
    }

    for (const changeDetection of ['stat', 'content'] as const) {
      it(`an input is current exactly if a fresh look finds the same, by ${changeDetection}`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(edits, { minLength: 2, maxLength: 4 }), async (rounds) => {
            tree.remove();
            fs.mkdirSync(tree.root);
            tree.write('.gitignore', 'i');
            let [scanCache, cache]: (Uint8Array | undefined)[] = [];
            let before: InputDependency[] = [];
            for (const round of rounds) {
              round.forEach(apply);
              const now = recordable();
              const { result, cache: nextScanCache } = await scanAgain(tree.root, scanCache, { changeDetection });
              const states = open(result, { cache });
              const asText = new Set(now.map((dependency) => JSON.stringify(dependency)));
              for (const dependency of [...now, ...before]) {
                const text = JSON.stringify(dependency);
                const isCurrent = asText.has(text);
                if (before.includes(dependency) && states.heldSinceLastRun(dependency) === true)
                  expect(isCurrent, `${text} held since the last run`).to.equal(true);
                expect(states.isCurrent(dependency), text).to.equal(isCurrent);
                expect(states.isStillCurrent(dependency), `${text} still`).to.equal(isCurrent);
                expect(asText.has(JSON.stringify(states.current(dependency))), `${text} is now`).to.equal(true);
              }
              [scanCache, cache, before] = [nextScanCache, states.encodeCache() ?? cache, now];
            }
          }),
          { numRuns: 120 },
        );
      }).timeout(60_000);
    }
  });
});
