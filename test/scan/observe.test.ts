import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  observeFile,
  observeFolder,
  observePresence,
  resolvePath,
  type ObserveOptions,
  type SeenFolder,
} from '../../src/scan/observe.js';
import { realFs } from '../../src/util/fs.js';
import { contentHasher } from '../../src/util/hash.js';
import { Tree, countingFs, fsWith } from './support/tree.js';

const MAX_FILE_BYTES = 1000;
const namesOf = (seen: SeenFolder): readonly string[] | string => (typeof seen === 'string' ? seen : seen.names);

/** Elsewhere such a file cannot be made. */
const itOnPosix = (title: string, test: () => void): void => {
  if (process.platform === 'win32') it.skip(`${title} (skipped: Windows has no FIFOs and no devices among its files)`);
  else it(title, test);
};

describe('observing one place', () => {
  let tree: Tree;
  let options: ObserveOptions;
  beforeEach(async () => {
    tree = new Tree();
    const hasher = await contentHasher('xxh64');
    options = { fs: realFs, root: tree.root, hasher, maxFileBytes: MAX_FILE_BYTES, hiddenFolders: [] };
  });
  afterEach(() => tree.remove());

  const fileAt = (file: string, changed: Partial<ObserveOptions> = {}): string => {
    const seen = observeFile(file, { ...options, ...changed });
    return seen.kind === 'file' ? seen.bytes.toString() : seen.kind;
  };
  const failing = (call: 'statSync' | 'openSync' | 'readdirSync', code: string): Partial<ObserveOptions> => ({
    fs: fsWith({
      [call]: () => {
        throw Object.assign(new Error(code), { code });
      },
    }),
  });

  it('a file answers its bytes, their hash, and the tuple that it had', () => {
    tree.write('a/b.txt', 'hello');
    const seen = observeFile('a/b.txt', options);
    if (seen.kind !== 'file') throw new Error(seen.kind);
    expect(seen.bytes.toString()).to.equal('hello');
    expect(seen.hash).to.equal(options.hasher.hash(Buffer.from('hello')));
    expect(seen.tuple.ino).to.equal(fs.statSync(tree.at('a/b.txt'), { bigint: true }).ino);
  });

  it('nothing, a link to nothing, a link to itself and a path below a file are absent', () => {
    tree.write('file', '');
    fs.symlinkSync(tree.at('gone'), tree.at('dangling'));
    fs.symlinkSync(tree.at('loop'), tree.at('loop'));
    for (const place of ['gone', 'gone/deeper', 'dangling', 'loop', 'file/below', 'x'.repeat(5000)]) {
      expect(fileAt(place), place).to.equal('absent');
      expect(observePresence(place, options), place).to.equal(false);
      expect(observeFolder(place, options), place).to.equal('absent');
    }
  });

  it('links are followed, in the last name and before it, to places outside of the root as well', () => {
    const other = new Tree();
    other.write('folder/file', 'outside');
    fs.symlinkSync(other.at('folder'), tree.at('folder'));
    fs.symlinkSync(tree.at('folder/file'), tree.at('link'));
    const outside = path.relative(tree.root, other.at('folder/file')).split(path.sep).join('/');
    for (const place of ['link', 'folder/file', outside]) expect(fileAt(place), place).to.equal('outside');
    expect(namesOf(observeFolder('folder', options))).to.deep.equal(['file']);
    expect(observePresence('folder', options)).to.equal(true);
    other.remove();
  });

  it('a folder, and a file that is too large, are something else than a file, and are not read', () => {
    tree.write('folder/x', '');
    tree.write('large', 'x'.repeat(MAX_FILE_BYTES + 1));
    tree.write('fits', 'x'.repeat(MAX_FILE_BYTES));
    const { fs: counted, calls } = countingFs();
    expect(fileAt('folder', { fs: counted })).to.equal('other');
    expect(fileAt('large', { fs: counted })).to.equal('other');
    expect(calls.get('openSync')).to.equal(undefined);
    expect(fileAt('fits')).to.have.length(MAX_FILE_BYTES);
    expect(observeFolder('large', options)).to.equal('other');
  });

  itOnPosix('a FIFO and an endless device are never opened', () => {
    execFileSync('mkfifo', [tree.at('fifo')]);
    fs.symlinkSync('/dev/zero', tree.at('device'));
    const { fs: counted, calls } = countingFs();
    for (const place of ['fifo', 'device']) {
      expect(fileAt(place, { fs: counted }), place).to.equal('other');
      expect(observePresence(place, options), place).to.equal(true);
      expect(observeFolder(place, options), place).to.equal('other');
    }
    expect(calls.get('openSync')).to.equal(undefined);
  });

  it('what is there and cannot be read is an error with its system code', () => {
    tree.write('file', 'x');
    expect(() => fileAt('file', failing('openSync', 'EACCES')))
      .to.throw()
      .with.property('code', 'EACCES');
    expect(() => fileAt('file', failing('statSync', 'EACCES')))
      .to.throw()
      .with.property('code', 'EACCES');
    const blind = { ...options, ...failing('statSync', 'EACCES') };
    expect(() => observePresence('file', blind))
      .to.throw()
      .with.property('code', 'EACCES');
    const deaf = { ...options, ...failing('readdirSync', 'EIO') };
    expect(() => observeFolder('.', deaf))
      .to.throw()
      .with.property('code', 'EIO');
  });

  it('a file that changes during each read is an error, not half of each state', () => {
    tree.write('file', 'x');
    const growing = fsWith({
      readSync: ((...parameters: Parameters<typeof fs.readSync>) => {
        fs.appendFileSync(tree.at('file'), 'y');
        return fs.readSync(...parameters);
      }) as typeof fs.readSync,
    });
    expect(() => fileAt('file', { fs: growing }))
      .to.throw()
      .with.property('code', 'EBUSY');
  });

  it('names in a folder are sorted by code unit, and every name counts', () => {
    const names = ['__proto__', 'Z', 'a', 'ä', 'a\nb', '10', '9'].filter(
      (name) => process.platform !== 'win32' || !name.includes('\n'),
    );
    for (const name of names) tree.write(`folder/${name}`, '');
    const before = observeFolder('folder', options);
    expect(namesOf(before)).to.deep.equal([...names].sort());
    fs.renameSync(tree.at('folder/Z'), tree.at('folder/Y'));
    const after = observeFolder('folder', options);
    expect(after)
      .to.have.property('hash')
      .that.matches(/^sha256:[0-9a-f]{64}$/);
    expect(after).to.not.have.property('hash', (before as { hash: string }).hash);
  });

  it('names that are cut differently have another hash', () => {
    tree.write('one/a,b', '');
    tree.write('two/a', '');
    tree.write('two/b', '');
    const hashes = ['one', 'two'].map((folder) => (observeFolder(folder, options) as { hash: string }).hash);
    expect(hashes[0]).to.not.equal(hashes[1]);
  });

  it('what documee keeps is not named, wherever the folder is reached from', () => {
    tree.write('.documee/config.yaml', '');
    tree.write('a/cache/x', '');
    tree.write('a/other', '');
    tree.write('b/cache', '');
    fs.symlinkSync(tree.at('a'), tree.at('link'));
    const hidden = { ...options, hiddenFolders: [tree.at('a/cache')] };
    expect(namesOf(observeFolder('.', hidden))).to.deep.equal(['a', 'b', 'link']);
    expect(namesOf(observeFolder('a', hidden))).to.deep.equal(['other']);
    expect(namesOf(observeFolder('link', hidden))).to.deep.equal(['other']);
    expect(namesOf(observeFolder('b', hidden))).to.deep.equal(['cache']);
  });
});

describe('resolving a path that an analyzer asks for', () => {
  const posix = { home: '/home/me', rules: path.posix };
  const windows = { home: 'C:\\Users\\me', rules: path.win32 };

  it('every spelling of a place has one path', () => {
    const root = '/srv/shop';
    for (const text of [
      'src/a.ts',
      './src/a.ts',
      'src//x/../a.ts',
      '/srv/shop/src/a.ts',
      '../shop/src/a.ts',
      'src/a.ts/',
    ])
      expect(resolvePath(root, text, posix), text).to.deep.equal({ path: 'src/a.ts', absolute: '/srv/shop/src/a.ts' });
    for (const text of ['', '.', './', '/srv/shop', '../shop', 'a/..'])
      expect(resolvePath(root, text, posix), text).to.deep.equal({ path: '.', absolute: '/srv/shop' });
  });

  it('outside of the root it begins with ../', () => {
    expect(resolvePath('/srv/shop', '../tsconfig.json', posix)).to.have.property('path', '../tsconfig.json');
    expect(resolvePath('/srv/shop', '..', posix)).to.have.property('path', '..');
    expect(resolvePath('/srv/shop', '/usr/lib/x', posix)).to.have.property('path', '../../usr/lib/x');
    expect(resolvePath('/srv/shop', '/', posix)).to.have.property('path', '../..');
    expect(resolvePath('/', '/etc/x', posix)).to.have.property('path', 'etc/x');
    expect(resolvePath('/srv/shop', '..data/x', posix)).to.have.property('path', '..data/x');
  });

  it('names with a newline, a backslash or called __proto__ are names', () => {
    for (const name of ['a\nb', 'a\\b', '__proto__', 'constructor/x'])
      expect(resolvePath('/srv/shop', name, posix)).to.have.property('path', name);
  });

  it('a place in the home folder of a user has no path that holds elsewhere, unless the root is in it', () => {
    for (const text of ['/home/me', '/home/me/.npmrc', '/home/you/x', '/Users/you/x', '/root', '/root/.npmrc'])
      expect(resolvePath('/srv/shop', text, posix), text)
        .to.have.property('problem')
        .that.includes('home folder');
    expect(resolvePath('/home/me/shop', '../.npmrc', posix)).to.have.property('path', '../.npmrc');
    expect(resolvePath('/home/me/shop', '/home/you/x', posix)).to.have.property('problem');
    expect(resolvePath('/home/you/shop', '/home/you/x', posix)).to.have.property('path', '../x');
    expect(resolvePath('/srv/shop', '/opt/me/x', { ...posix, home: '/opt/me' })).to.have.property('problem');
    expect(resolvePath('/', '/home/you/x', posix)).to.have.property('path', 'home/you/x');
    expect(resolvePath('/srv/shop', '/rooted/x', posix)).to.have.property('path', '../../rooted/x');
  });

  it('a tool that looks for its configuration on the way up leaves no home behind', () => {
    for (const folder of ['../', '../../', '../../../'])
      expect(resolvePath('/home/me/shop', `${folder}package.json`, posix)).to.have.property(
        'path',
        `${folder}package.json`,
      );
  });

  it('a home folder that is not known, or is the root of the file system, excludes nothing', () => {
    for (const home of ['', '/', 'relative'])
      expect(resolvePath('/srv/shop', '../x', { ...posix, home })).to.have.property('path', '../x');
  });

  it('on Windows both slashes separate, and another drive has no path', () => {
    const root = 'C:\\work\\shop';
    expect(resolvePath(root, 'src\\a.ts', windows)).to.deep.equal({
      path: 'src/a.ts',
      absolute: 'C:\\work\\shop\\src\\a.ts',
    });
    expect(resolvePath(root, 'src/a.ts', windows)).to.have.property('path', 'src/a.ts');
    expect(resolvePath(root, 'c:/work/x', windows)).to.have.property('path', '../x');
    expect(resolvePath(root, 'D:\\x', windows))
      .to.have.property('problem')
      .that.includes('drive');
    expect(resolvePath(root, '\\\\server\\share\\x', windows))
      .to.have.property('problem')
      .that.includes('drive');
    for (const text of ['C:\\Users\\me\\x', 'c:\\users\\ME\\x', 'C:/Users/you/x'])
      expect(resolvePath(root, text, windows), text)
        .to.have.property('problem')
        .that.includes('home folder');
    expect(resolvePath('C:\\Users\\me\\shop', '..\\x', windows)).to.have.property('path', '../x');
  });

  it('NUL and what is no text are mistakes; half a character cannot be recorded', () => {
    expect(() => resolvePath('/srv/shop', 'a\0b', posix)).to.throw(TypeError);
    expect(() => resolvePath('/srv/shop', undefined as unknown as string, posix)).to.throw(TypeError);
    expect(resolvePath('/srv/shop', 'a\ud800', posix)).to.have.property('problem');
  });
});
