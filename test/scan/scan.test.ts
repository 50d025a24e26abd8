import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { CacheError } from '../../src/model/errors.js';
import { realFs } from '../../src/util/fs.js';
import { contentHasher } from '../../src/util/hash.js';
import { Tree, countingFs, filesOf, fsWith, problemsOf, scanAgain, scanTree } from './support/tree.js';

function failing(code: string): never {
  throw Object.assign(new Error(`${code}: injected`), { code });
}

/** Elsewhere such a file cannot be made. */
function itOn(platforms: NodeJS.Platform[], title: string, test: () => Promise<void>): void {
  if (platforms.includes(process.platform)) it(title, test);
  else it.skip(`${title} (skipped: needs ${platforms.join(' or ')})`);
}

describe('scan', () => {
  let tree: Tree;
  beforeEach(() => (tree = new Tree()));
  afterEach(() => tree.remove());

  it('answers every file with its hash and size, sorted by code unit', async () => {
    tree.write('b/x.ts', 'x');
    tree.write('b-c.ts', '');
    tree.write('a.ts', 'hello');
    tree.write('Z.ts', 'z');
    const result = await scanTree(tree.root);
    expect(result.files.paths).to.deep.equal(['Z.ts', 'a.ts', 'b-c.ts', 'b/x.ts']);
    const hasher = await contentHasher('xxh64');
    expect(result.files.contentHash(1)).to.equal(hasher.hash(Buffer.from('hello')));
    expect(result.files.contentHash(2)).to.equal('xxh64:ef46db3751d8e999');
    expect(result.files.sizeBytes(1)).to.equal(5);
    expect([result.files.indexOf('b/x.ts'), result.files.indexOf('b/y.ts')]).to.deep.equal([3, -1]);
  });

  it('an unchanged tree is neither listed nor read, and its cache says the same already', async () => {
    for (let at = 0; at < 30; at++) tree.write(`d${at % 5}/f${at}.ts`, `text ${at}`);
    const first = await scanAgain(tree.root, undefined);
    const { fs: counted, calls } = countingFs();
    const second = await scanTree(tree.root, { cache: first.cache, fs: counted });
    expect(filesOf(second)).to.deep.equal(filesOf(first.result));
    expect([calls.get('readdirSync'), second.hashedCount]).to.deep.equal([undefined, 0]);
    expect(second.delta).to.deep.equal({
      tag: 'tag',
      diff: { added: [], changed: [], removed: [], unchangedCount: 30 },
    });
    expect(second.encodeCache('tag')).to.equal(undefined);
    expect(second.encodeCache('other tag')).to.be.instanceOf(Uint8Array);
  });

  it('names what was added, changed and removed since the cache', async () => {
    for (const name of ['a', 'b', 'c']) tree.write(name, name);
    const { cache } = await scanAgain(tree.root, undefined);
    tree.write('b', 'changed');
    tree.write('d/e', 'new');
    fs.unlinkSync(tree.at('c'));
    const { result } = await scanAgain(tree.root, cache);
    expect(result.delta?.diff).to.deep.equal({ added: ['d/e'], changed: ['b'], removed: ['c'], unchangedCount: 1 });
  });

  it('gives back the blob that was stored with the cache', async () => {
    tree.write('a', 'a');
    const first = await scanTree(tree.root);
    const cache = first.encodeCache('tag', Buffer.from('blob'));
    const second = await scanTree(tree.root, { cache });
    expect(Buffer.from(second.extra ?? []).toString()).to.equal('blob');
    expect(second.encodeCache('tag', Buffer.from('blob'))).to.equal(undefined);
    expect(second.encodeCache('tag')).to.be.instanceOf(Uint8Array);
  });

  it('with another scope the names are listed again and no known file is read', async () => {
    tree.write('a.ts', 'a');
    tree.write('b.js', 'b');
    const { cache } = await scanAgain(tree.root, undefined);
    const { result } = await scanAgain(tree.root, cache, { include: ['**/*.ts'] });
    expect(result.files.paths).to.deep.equal(['a.ts']);
    expect(result.hashedCount).to.equal(0);
    expect(result.delta?.diff.removed).to.deep.equal(['b.js']);
  });

  it('content mode reads every file, and sees an edit that a stat cannot see', async () => {
    tree.write('a', 'one');
    tree.write('empty', '');
    const { cache } = await scanAgain(tree.root, undefined);
    const { result } = await scanAgain(tree.root, cache, { changeDetection: 'content' });
    expect([result.hashedCount, result.encodeCache('tag')]).to.deep.equal([2, undefined]);
    const before = fs.lstatSync(tree.at('a'), { bigint: true });
    const lstatSync = (file: string, options: { bigint: true }): unknown =>
      file.endsWith('/a') ? before : realFs.lstatSync(file, options);
    const lying = fsWith({ lstatSync: lstatSync as never });
    tree.write('a', 'two');
    const changed = async (changeDetection: 'stat' | 'content'): Promise<unknown> =>
      (await scanTree(tree.root, { cache, fs: lying, changeDetection })).delta?.diff.changed;
    expect([await changed('stat'), await changed('content')]).to.deep.equal([[], ['a']]);
  });

  it('never enters the folders of version control, packages and the cache itself', async () => {
    for (const folder of ['.git', '.hg', '.svn', '.documee', 'node_modules', 'sub/node_modules', 'my-cache'])
      tree.write(`${folder}/x.ts`, 'x');
    tree.write('sub/.git', 'gitdir: elsewhere');
    tree.write('sub/y.ts', 'y');
    const result = await scanTree(tree.root, { skipFolders: [tree.at('my-cache')] });
    expect(result.files.paths).to.deep.equal(['sub/y.ts']);
  });

  it('a file is in scope if include, exclude and one of the analyzers agree', async () => {
    for (const file of ['src/a.ts', 'src/a.min.js', 'src/b.js', 'src/c.md', 'lib/d.ts', 'src/gen/e.ts'])
      tree.write(file, file);
    const scope = { include: ['src/**'], exclude: ['**/*.min.js', 'src/gen/**'] };
    const both = await scanTree(tree.root, { ...scope, analyzerIncludes: [['**/*.ts'], ['**/*.js']] });
    expect(both.files.paths).to.deep.equal(['src/a.ts', 'src/b.js']);
    const all = await scanTree(tree.root, { ...scope, analyzerIncludes: [['**/*.ts'], []] });
    expect(all.files.paths).to.deep.equal(['src/a.ts', 'src/b.js', 'src/c.md']);
  });

  it('odd names are names like any other', async () => {
    const names = [
      'new\nline',
      'quo"te\'s',
      '😀.ts',
      'back\\slash',
      '__proto__',
      'constructor',
      '10',
      ' ',
      'a\uFFFDb',
      '-rf',
      '*',
      '[x]',
    ];
    for (const name of names) tree.write(`${name}/${name}`, name);
    const first = await scanAgain(tree.root, undefined);
    expect(first.result.files.paths).to.deep.equal(
      names.map((name) => `${name}/${name}`).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(first.result.problems).to.deep.equal([]);
    const second = await scanAgain(tree.root, first.cache);
    expect(filesOf(second.result)).to.deep.equal(filesOf(first.result));
    expect(second.result.hashedCount).to.equal(0);
  });

  itOn(
    ['linux'],
    'a name that is not UTF-8 is a problem in every run, and its neighbour with a real U+FFFD is a file',
    async () => {
      tree.write('x/\uFFFD', 'real');
      fs.writeFileSync(Buffer.concat([Buffer.from(tree.at('x') + '/'), Buffer.from([0xe8])]), 'latin-1');
      fs.mkdirSync(Buffer.concat([Buffer.from(tree.at('x') + '/d'), Buffer.from([0xe9])]));
      let cache: Uint8Array | undefined;
      for (let run = 0; run < 2; run++) {
        const next = await scanAgain(tree.root, cache);
        expect(next.result.files.paths).to.deep.equal(['x/\uFFFD']);
        expect(problemsOf(next.result)).to.deep.equal(['not-utf8-name x/d\uFFFD', 'not-utf8-name x/\uFFFD']);
        cache = next.cache;
      }
    },
  );

  it('a link to a file inside is a source file, and retargeting it changes its hash', async () => {
    tree.write('a', 'a');
    tree.write('b', 'b');
    tree.write('dir/inner', 'i');
    fs.symlinkSync('a', tree.at('link'));
    fs.symlinkSync('dir', tree.at('dirlink'));
    const first = await scanAgain(tree.root, undefined);
    expect(first.result.files.paths).to.deep.equal(['a', 'b', 'dir/inner', 'link']);
    fs.writeFileSync(tree.at('a'), 'A');
    const second = await scanAgain(tree.root, first.cache);
    expect(second.result.delta?.diff.changed).to.deep.equal(['a', 'link']);
    fs.unlinkSync(tree.at('link'));
    fs.symlinkSync('b', tree.at('link'));
    const third = await scanAgain(tree.root, second.cache);
    expect(third.result.delta?.diff.changed).to.deep.equal(['link']);
    expect(third.result.problems).to.deep.equal([]);
  });

  it('a link that leads nowhere, out of the root or to itself is a problem where its name is in scope', async () => {
    const outside = new Tree();
    outside.write('secret.ts', 's');
    fs.symlinkSync('nothing', tree.at('dangling.ts'));
    fs.symlinkSync(outside.at('secret.ts'), tree.at('out.ts'));
    fs.symlinkSync('loop.ts', tree.at('loop.ts'));
    fs.symlinkSync('nothing', tree.at('dangling.txt'));
    fs.symlinkSync('..', tree.at('up.ts'));
    for (const changeDetection of ['stat', 'content'] as const) {
      const result = await scanTree(tree.root, { include: ['**/*.ts'], changeDetection });
      expect(problemsOf(result)).to.deep.equal([
        'dangling-link dangling.ts',
        'link-loop loop.ts',
        'link-outside-root out.ts',
      ]);
      expect(result.files.paths).to.deep.equal([]);
    }
    outside.remove();
  });

  itOn(['linux', 'darwin'], 'a FIFO neither blocks the scan nor becomes a file', async () => {
    execFileSync('mkfifo', [tree.at('pipe.ts'), tree.at('pipe.txt')]);
    fs.symlinkSync('pipe.ts', tree.at('to-pipe.ts'));
    for (const changeDetection of ['stat', 'content'] as const) {
      const result = await scanTree(tree.root, { include: ['**/*.ts'], changeDetection });
      expect(problemsOf(result)).to.deep.equal(['not-a-file pipe.ts', 'not-a-file to-pipe.ts']);
    }
  });

  it('a file over the limit is a problem, also where its tuple was known', async () => {
    tree.write('big', 'x'.repeat(101));
    tree.write('small', 'x'.repeat(100));
    const { cache } = await scanAgain(tree.root, undefined);
    for (const changeDetection of ['stat', 'content'] as const) {
      const { result } = await scanAgain(tree.root, cache, { maxFileBytes: 100, changeDetection });
      expect(result.files.paths).to.deep.equal(['small']);
      expect(problemsOf(result)).to.deep.equal(['too-large big']);
      expect(result.delta?.diff.removed).to.deep.equal(['big']);
    }
  });

  it('a file that cannot be opened and a folder that cannot be listed are problems', async () => {
    tree.write('locked.ts', 'x');
    tree.write('closed/y.ts', 'y');
    tree.write('fine.ts', 'z');
    const faulty = fsWith({
      openSync: (file, ...rest) =>
        String(file).endsWith('locked.ts') ? failing('EACCES') : realFs.openSync(file, ...rest),
      readdirSync: ((folder: string, options: object) =>
        folder.endsWith('closed') ? failing('EACCES') : realFs.readdirSync(folder, options)) as never,
    });
    for (const changeDetection of ['stat', 'content'] as const) {
      const first = await scanAgain(tree.root, undefined, { fs: faulty, changeDetection });
      expect(problemsOf(first.result)).to.deep.equal(['unreadable closed', 'unreadable locked.ts']);
      expect(first.result.files.paths).to.deep.equal(['fine.ts']);
      const second = await scanAgain(tree.root, first.cache);
      expect(second.result.files.paths).to.deep.equal(['closed/y.ts', 'fine.ts', 'locked.ts']);
    }
  });

  it('a file that vanishes between listing and reading is a problem', async () => {
    tree.write('a', 'a');
    tree.write('b', 'b');
    const vanishing = fsWith({
      openSync: (file, ...rest) => {
        if (String(file).endsWith('/b')) fs.rmSync(file, { force: true });
        return realFs.openSync(file, ...rest);
      },
    });
    const result = await scanTree(tree.root, { fs: vanishing });
    expect(problemsOf(result)).to.deep.equal(['vanished b']);
    expect(result.files.paths).to.deep.equal(['a']);
  });

  it('a file that is written during each read is unstable', async () => {
    tree.write('a', 'a');
    let round = 0;
    const busy = fsWith({
      readSync: ((...all: Parameters<typeof realFs.readSync>) => {
        const length = realFs.readSync(...all);
        fs.appendFileSync(tree.at('a'), String(round++));
        return length;
      }) as never,
    });
    expect(problemsOf(await scanTree(tree.root, { fs: busy }))).to.deep.equal(['unstable a']);
  });

  it('refuses a root that is no folder, and stops where it is told to', async () => {
    tree.write('file', '');
    const codeOf = async (run: Promise<unknown>): Promise<string> =>
      run.then(
        () => 'no error',
        (error: unknown) => (error instanceof CacheError ? error.code : String(error)),
      );
    expect(await codeOf(scanTree(tree.root, { root: tree.at('file') }))).to.equal('CACHE_BAD_ROOT');
    const nowhere = { root: tree.at('nowhere'), stamp: undefined };
    expect(await codeOf(scanTree(tree.root, nowhere))).to.equal('CACHE_BAD_ROOT');
    expect(await codeOf(scanTree(tree.root, { include: ['x'.repeat(513)] }))).to.equal('CACHE_BAD_PATTERN');
    expect(await codeOf(scanTree(tree.root, { signal: AbortSignal.abort() }))).to.equal('CACHE_ABORTED');
  });

  it('works with SHA-256, and does not mix it with hashes of another algorithm', async () => {
    tree.write('a', 'a');
    const first = await scanAgain(tree.root, undefined);
    const second = await scanAgain(tree.root, first.cache, { hasher: await contentHasher('sha256') });
    expect(second.result.delta).to.equal(undefined);
    expect(second.result.files.contentHash(0)).to.match(/^sha256:ca978112ca1b/);
    const third = await scanAgain(tree.root, second.cache, { hasher: await contentHasher('sha256') });
    expect([third.result.hashedCount, third.result.files.contentHash(0)]).to.deep.equal([
      0,
      second.result.files.contentHash(0),
    ]);
  });
});
