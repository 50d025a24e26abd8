import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { openFolderWatches } from '../../src/watch/folder-watches.js';
import { openRecursiveWatch } from '../../src/watch/recursive-watch.js';
import type { OpenTreeWatch, TreeWatch } from '../../src/watch/tree-watch.js';
import { watchedPaths } from '../../src/watch/watched-paths.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

interface Heard {
  readonly watch: TreeWatch;
  /** Waits until `place` is told of. */
  hears(place: string): Promise<void>;
  forget(): void;
}

const opened: TreeWatch[] = [];

async function listen(open: OpenTreeWatch, root: string, port: FileSystem = realFs): Promise<Heard> {
  const heard = new Set<string | undefined>();
  const onHint = (place: string | undefined): void => {
    heard.add(place);
  };
  const watch = open({ fs: port, root, paths: watchedPaths([]), onHint, onLoss: () => heard.add(undefined) });
  if (watch === undefined) throw new Error('no watch here');
  opened.push(watch);
  expect(await watch.refresh()).to.equal(undefined);
  return {
    watch,
    async hears(place) {
      for (let waitedMs = 0; !heard.has(place); waitedMs += 5) {
        if (waitedMs > 5000) throw new Error(`not told of ${place}, but of ${[...heard].join(', ')}`);
        await pause(5);
      }
    },
    forget: () => heard.clear(),
  };
}

for (const [name, open] of [
  ['one watch for each folder', openFolderWatches],
  ['one watch for the tree', openRecursiveWatch],
] as const) {
  describe(name, () => {
    afterEach(() => opened.splice(0).forEach((watch) => watch.close()));

    it('tells of new, changed and removed files', async () => {
      const { root } = temporaryCodebase({ 'a.txt': '1', 'deep/er/b.txt': '1' });
      const heard = await listen(open, root);
      for (const file of ['a.txt', 'deep/er/b.txt', 'deep/new.txt']) {
        writeTree(root, { [file]: '2' });
        await heard.hears(file);
        heard.forget();
        fs.rmSync(path.join(root, file));
        await heard.hears(file);
        heard.forget();
      }
    });

    it('a root that is gone is no error', async () => {
      const { root } = temporaryCodebase();
      fs.rmdirSync(root);
      await listen(open, root);
    });
  });
}

describe('one watch for each folder', () => {
  afterEach(() => opened.splice(0).forEach((watch) => watch.close()));

  it('a folder that was replaced, however quickly, is watched with all below it', async () => {
    const { root } = temporaryCodebase({ 'a/b/c/f.txt': '0' });
    const heard = await listen(openFolderWatches, root);
    for (let round = 0; round < 20; round += 1) {
      heard.forget();
      fs.rmSync(path.join(root, 'a'), { recursive: true });
      writeTree(root, { 'a/b/c/f.txt': `${round}` });
      await heard.hears('a');
      await heard.watch.refresh();
      writeTree(root, { 'a/b/c/f.txt': `${round}, edited` });
      await heard.hears('a/b/c/f.txt');
    }
  });

  it('a renamed folder is told of under its new name', async () => {
    const { root } = temporaryCodebase({ 'old/in/f.txt': '0' });
    const heard = await listen(openFolderWatches, root);
    fs.renameSync(path.join(root, 'old'), path.join(root, 'new'));
    await heard.hears('new');
    await heard.watch.refresh();
    writeTree(root, { 'new/in/f.txt': '1' });
    await heard.hears('new/in/f.txt');
  });

  it('after more events than the kernel may have kept, all folders are listed again', async () => {
    const { root } = temporaryCodebase();
    let listings = 0;
    const counting = {
      ...realFs,
      readdirSync: ((...args: Parameters<typeof fs.readdirSync>) => {
        listings += 1;
        return realFs.readdirSync(...args);
      }) as FileSystem['readdirSync'],
    };
    const heard = await listen(openFolderWatches, root, counting);
    for (let index = 0; index < 1100; index += 1) fs.writeFileSync(path.join(root, `f${index}`), '');
    await heard.hears('f1099');
    listings = 0;
    await heard.watch.refresh();
    expect(listings).to.equal(1);
    await heard.watch.refresh();
    expect(listings).to.equal(1);
  });

  it('names that are skipped have no watch', async () => {
    const { root } = temporaryCodebase({ 'node_modules/a/b.js': '', '.git/HEAD': '', 'src/a.ts': '' });
    const listed: string[] = [];
    const recording = {
      ...realFs,
      readdirSync: ((folder: string, ...rest: []) => {
        listed.push(path.relative(root, folder));
        return realFs.readdirSync(folder, ...rest);
      }) as unknown as FileSystem['readdirSync'],
    };
    await listen(openFolderWatches, root, recording);
    expect(listed.sort()).to.deep.equal(['', 'src']);
  });
});
