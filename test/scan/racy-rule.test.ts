import { expect } from 'chai';
import fs from 'node:fs';
import { realFs, fileSystemTimeNs } from '../../src/util/fs.js';
import { Tree, filesOf, fsWith, laterStamp, scanAgain, scanTree } from './support/tree.js';

describe('invariant 4: a stat shortcut is used only where it is provably safe', () => {
  let tree: Tree;
  beforeEach(() => (tree = new Tree()));
  afterEach(() => tree.remove());

  it('none of 200 edits of the same size within a clock tick is missed', async () => {
    const outside = new Tree();
    let cache: Uint8Array | undefined;
    for (let edit = 0; edit < 200; edit++) {
      tree.write('a.ts', String(1000 + edit));
      const stamp = fileSystemTimeNs(realFs, outside.at('stamp'));
      // No wait for the next tick here.
      const result = await scanTree(tree.root, { cache, stamp });
      expect(result.files.contentHash(0)).to.equal((await scanTree(tree.root)).files.contentHash(0));
      if (edit > 0) expect(result.delta?.diff.changed, `edit ${edit}`).to.deep.equal(['a.ts']);
      cache = result.encodeCache('tag') ?? cache;
    }
    outside.remove();
  });

  it('a tuple is stored from 2 s before the stamp on, and not one nanosecond later', async () => {
    tree.write('a', 'a');
    const { ctimeNs, dev } = fs.statSync(tree.at('a'), { bigint: true });
    fs.utimesSync(tree.root, 1, 1);
    const hashedAfter = async (timeNs: bigint): Promise<number> => {
      const { cache } = await scanAgain(tree.root, undefined, { stamp: { timeNs, device: dev } });
      return (await scanTree(tree.root, { cache })).hashedCount;
    };
    expect(await hashedAfter(ctimeNs + 2_000_000_000n)).to.equal(1);
    expect(await hashedAfter(ctimeNs + 2_000_000_001n)).to.equal(0);
  });

  it('an edit of the same size whose mtime is put back is seen, by its ctime', async () => {
    tree.write('a', 'one');
    fs.utimesSync(tree.at('a'), 1000, 1000);
    const { cache } = await scanAgain(tree.root, undefined);
    const before = fs.statSync(tree.at('a'), { bigint: true });
    fs.writeFileSync(tree.at('a'), 'two');
    fs.utimesSync(tree.at('a'), 1000, 1000);
    const after = fs.statSync(tree.at('a'), { bigint: true });
    expect([after.size, after.mtimeNs, after.ino]).to.deep.equal([before.size, before.mtimeNs, before.ino]);
    const { result } = await scanAgain(tree.root, cache);
    expect(result.delta?.diff.changed).to.deep.equal(['a']);
  });

  it('an old mtime does not make a file old that was changed just now', async () => {
    tree.write('a', 'a');
    fs.utimesSync(tree.at('a'), 1000, 1000);
    const { ctimeNs, dev } = fs.statSync(tree.at('a'), { bigint: true });
    const { cache } = await scanAgain(tree.root, undefined, { stamp: { timeNs: ctimeNs + 1n, device: dev } });
    expect((await scanTree(tree.root, { cache })).hashedCount).to.equal(1);
  });

  it('an mtime in the future is never trusted', async () => {
    tree.write('a', 'a');
    fs.utimesSync(tree.at('a'), 4e9, 4e9);
    const { cache } = await scanAgain(tree.root, undefined);
    expect((await scanTree(tree.root, { cache })).hashedCount).to.equal(1);
  });

  it('no tuple is stored without a stamp, with the stamp of another device, or on a network file system', async () => {
    tree.write('a', 'a');
    const stamp = laterStamp(tree.root);
    const network = fsWith({ statfsSync: (() => ({ type: 0x6969 })) as never });
    for (const options of [{ stamp: undefined }, { stamp: { ...stamp, device: stamp.device + 1n } }, { fs: network }]) {
      const { cache } = await scanAgain(tree.root, undefined, options);
      expect((await scanTree(tree.root, { cache })).hashedCount).to.equal(1);
    }
  });

  it('a file that was too young is read once more when it is old, and not a third time', async () => {
    tree.write('a', 'a');
    const { ctimeNs, dev } = fs.statSync(tree.at('a'), { bigint: true });
    const first = await scanAgain(tree.root, undefined, { stamp: { timeNs: ctimeNs, device: dev } });
    const second = await scanTree(tree.root, { cache: first.cache });
    expect([second.hashedCount, second.delta?.diff.unchangedCount]).to.deep.equal([1, 1]);
    const cache = second.encodeCache('tag');
    expect(cache).to.be.instanceOf(Uint8Array);
    const third = await scanTree(tree.root, { cache });
    expect([third.hashedCount, third.encodeCache('tag')]).to.deep.equal([0, undefined]);
    expect(filesOf(third)).to.deep.equal(filesOf(first.result));
  });
});
