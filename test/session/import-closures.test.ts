import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { openInputStates, type InputStates } from '../../src/scan/input-states.js';
import { openDefaultDocuments } from '../../src/session/default-store.js';
import { ImportClosures } from '../../src/session/import-closures.js';
import { openSession } from '../../src/session/open-session.js';
import { scanSession } from '../../src/session/scan-session.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { interceptFs } from '../support/intercept-fs.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

interface Opened {
  readonly closures: ImportClosures;
  readonly states: InputStates;
}

const FILES: Tree = {
  'a.ts': `import './b.js'; import 'pkg'; import 'own'`,
  'b.ts': `import './gone'`,
  'c.ts': 'export {}',
  'n.md': '# n',
  'p.py': 'from q import r',
  'q/__init__.py': '',
  'package.json': '{"workspaces":["*"]}',
  'node_modules/pkg/package.json': '{"main":"i.js"}',
};

describe('what files import in a run', () => {
  let root = '';
  let basePath = '';
  beforeEach(() => {
    ({ root } = temporaryCodebase(FILES));
    // Inside, so that listings have to leave it out; it has no name that is left out anyway.
    basePath = path.join(root, 'kept');
  });

  async function open(port: FileSystem = realFs): Promise<Opened> {
    const options = { root, basePath, codebaseId: 'shop', analyzers: [], ports: { fs: port } };
    const session = await openSession(options, openDefaultDocuments(options));
    const scanned = await scanSession(session);
    const { settings, hasher, cacheFolders: hiddenFolders } = session;
    const { maxFileBytes } = settings;
    const states = openInputStates({
      ...{ fs: port, root: settings.root, hasher, maxFileBytes, hiddenFolders, scanned },
      ...{ environment: {}, cache: undefined },
    });
    return { closures: new ImportClosures({ session, scanned }), states };
  }

  async function prepared(paths: readonly string[] = Object.keys(FILES), port?: FileSystem): Promise<Opened> {
    const opened = await open(port);
    await opened.closures.prepare(paths);
    return opened;
  }

  const digests = async (): Promise<Record<string, string | undefined>> => {
    const { closures } = await prepared();
    return Object.fromEntries(Object.keys(FILES).map((file) => [file, closures.digestOf(file)]));
  };

  /** Files whose digest is another one after `tree` was written. */
  async function affectedBy(tree: Tree): Promise<string[]> {
    const before = await digests();
    writeTree(root, tree);
    const after = await digests();
    return Object.keys(before).filter((file) => before[file] !== after[file]);
  }

  it('has a digest of what is prepared, and of nothing else', async () => {
    const { closures } = await open();
    expect([closures.digestOf('a.ts'), [...closures.looks()]]).to.deep.equal([undefined, []]);
    expect(closures.culprits(new Set(['b.ts']))('a.ts')).to.equal(undefined);
    await closures.prepare(['a.ts', 'n.md']);
    for (const file of ['a.ts', 'n.md']) expect(closures.digestOf(file)).to.match(/^sha256:/);
    expect(closures.digestOf('c.ts')).to.equal(undefined);
    await closures.prepare(['c.ts']);
    expect(closures.digestOf('c.ts')).to.match(/^sha256:/);
    expect(closures.culprits(new Set(['b.ts']))('a.ts')).to.equal('b.ts');
  });

  it('looks are those that the states of the run take for current', async () => {
    fs.mkdirSync(path.join(root, 'kept', 'shop'), { recursive: true });
    const { closures, states } = await prepared();
    const looks = [...closures.looks()];
    expect(looks.map(({ kind }) => kind)).to.include.members(['content', 'absent', 'listing']);
    expect(looks.filter((look) => !states.isCurrent(look))).to.deep.equal([]);
    expect(looks.filter((look) => !states.isStillCurrent(look))).to.deep.equal([]);
  });

  it('is another where a file that is reached, a look or a manifest is another', async () => {
    expect(await affectedBy({ 'b.ts': `import './gone' // 2` })).to.deep.equal(['a.ts', 'b.ts']);
    expect(await affectedBy({ 'gone.ts': 'export {}' })).to.deep.equal(['a.ts', 'b.ts']);
    expect(await affectedBy({ 'node_modules/pkg/package.json': '{"main":"j.js"}' })).to.include('a.ts');
    expect(await affectedBy({ 'q/r.py': '' })).to.deep.equal(['p.py']);
    expect(await affectedBy({ 'n.md': '# m' })).to.deep.equal(['n.md']);
    expect(await affectedBy({ 'kept/new.txt': '' })).to.deep.equal([]);
    expect(await affectedBy({ 'mine/package.json': '{"name":"own"}' })).to.deep.equal(['a.ts']);
  });

  it('an ambient file that comes belongs to every script, prepared or not', async () => {
    expect(await affectedBy({ 'env.d.ts': 'declare global {}' })).to.deep.equal(['a.ts', 'b.ts', 'c.ts']);
  });

  it('no longer holds once anything of it changed, and an answer is used again only for a moment', async () => {
    const { closures, states } = await prepared();
    const holds = (file: string): boolean => closures.isStillCurrent(file, (one) => states.isStillCurrent(one));
    expect(['a.ts', 'c.ts', 'absent.ts'].map(holds)).to.deep.equal([true, true, false]);
    writeTree(root, { 'gone.ts': 'export {}' });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(['a.ts', 'b.ts', 'c.ts'].map(holds)).to.deep.equal([false, false, true]);
  });

  it('what cannot be seen stops no run, and nothing that rests on it holds', async () => {
    const manifest = path.join(root, 'node_modules/pkg/package.json');
    const port = interceptFs(({ call, place, proceed }) => {
      if (call === 'openSync' && place === manifest) throw Object.assign(new Error('refused'), { code: 'EACCES' });
      return proceed();
    });
    const { closures, states } = await prepared(['a.ts', 'b.ts'], port);
    const holds = (file: string): boolean => closures.isStillCurrent(file, (one) => states.isStillCurrent(one));
    expect(['a.ts', 'b.ts'].map(holds)).to.deep.equal([false, true]);
    expect(closures.digestOf('a.ts')).not.to.equal((await digests())['a.ts']);
  });
});
