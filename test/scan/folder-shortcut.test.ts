import { expect } from 'chai';
import fs from 'node:fs';
import { Tree, countingFs, filesOf, scanAgain, scanTree } from './support/tree.js';

describe('folder shortcut', () => {
  let tree: Tree;
  let cache: Uint8Array | undefined;
  beforeEach(async () => {
    tree = new Tree();
    for (const file of ['a/x.ts', 'a/b/y.ts', 'a/b/c/z.log', 'd/w.ts', 'd/build/out.ts', 'top.ts'])
      tree.write(file, file);
    tree.write('a/.gitignore', '*.tmp\n');
    ({ cache } = await scanAgain(tree.root, undefined));
  });
  afterEach(() => tree.remove());

  const edits: [string, () => void][] = [
    ['a new file', () => tree.write('a/b/new.ts', 'n')],
    ['a removed file', () => fs.unlinkSync(tree.at('a/b/y.ts'))],
    ['a renamed file', () => fs.renameSync(tree.at('a/x.ts'), tree.at('a/b/x2.ts'))],
    ['a new folder in a new folder', () => tree.write('d/n/m/deep.ts', 'deep')],
    ['an ignored file in a new folder', () => tree.write('a/n/deep.tmp', 'deep')],
    ['a removed folder', () => fs.rmSync(tree.at('a/b'), { recursive: true })],
    ['a renamed folder', () => fs.renameSync(tree.at('a/b'), tree.at('d/b'))],
    ['two folders that swap names', () => swap(tree.at('a'), tree.at('d'))],
    ['a new ignore file', () => tree.write('d/.gitignore', 'build/\n')],
    ['a new ignore file at the top', () => tree.write('.gitignore', '*.ts\n!/a/**\n')],
    ['another text in an ignore file', () => tree.write('a/.gitignore', '*.log\n')],
    ['a removed ignore file', () => fs.unlinkSync(tree.at('a/.gitignore'))],
    ['a folder in the place of a file', () => replace(tree.at('d/w.ts'), () => tree.write('d/w.ts/q.ts', 'q'))],
    ['a file in the place of a folder', () => replace(tree.at('a/b'), () => tree.write('a/b', 'b'))],
    [
      'a link to the same folder in the place of the folder',
      () => {
        fs.renameSync(tree.at('a'), tree.at('moved'));
        fs.symlinkSync('moved', tree.at('a'));
      },
    ],
    ['nothing at all', () => undefined],
  ];
  for (const [what, edit] of edits) {
    it(`${what} gives the same files as a scan without a cache`, async () => {
      edit();
      const next = await scanAgain(tree.root, cache);
      expect(filesOf(next.result)).to.deep.equal(filesOf(await scanTree(tree.root)));
      const third = await scanTree(tree.root, { cache: next.cache });
      expect(filesOf(third)).to.deep.equal(filesOf(next.result));
      expect(third.hashedCount).to.equal(0);
    });
  }

  it('a folder that was too young is listed once more when it is old, and not a third time', async () => {
    const { ctimeNs, dev } = fs.statSync(tree.root, { bigint: true });
    let { cache: next } = await scanAgain(tree.root, undefined, { stamp: { timeNs: ctimeNs, device: dev } });
    const listed: (number | undefined)[] = [];
    for (let run = 0; run < 2; run++) {
      const { fs: counted, calls } = countingFs();
      ({ cache: next } = await scanAgain(tree.root, next, { fs: counted }));
      listed.push(calls.get('readdirSync'));
    }
    expect(listed).to.deep.equal([6, undefined]);
  });

  it('an ignore file that can be read later is obeyed then', async () => {
    fs.symlinkSync('nowhere', tree.at('d/.gitignore'));
    const before = await scanAgain(tree.root, cache);
    fs.unlinkSync(tree.at('d/.gitignore'));
    tree.write('d/.gitignore', '*.ts');
    const { result } = await scanAgain(tree.root, before.cache);
    expect(result.files.paths.filter((file) => file.startsWith('d/'))).to.deep.equal(['d/.gitignore']);
  });
});

function swap(a: string, b: string): void {
  fs.renameSync(a, `${a}-swap`);
  fs.renameSync(b, a);
  fs.renameSync(`${a}-swap`, b);
}

function replace(place: string, put: () => void): void {
  fs.rmSync(place, { recursive: true });
  put();
}
