import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Tree, scanTree } from './support/tree.js';

const GIT_ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  XDG_CONFIG_HOME: '/nowhere',
  HOME: '/nowhere',
};

function git(folder: string, ...parameters: string[]): string {
  return execFileSync('git', parameters, { cwd: folder, env: GIT_ENVIRONMENT, encoding: 'utf8' });
}

function filesByGit(folder: string): string[] {
  const listed = git(folder, 'ls-files', '-co', '--exclude-standard', '-z').split('\0').filter(Boolean);
  return listed
    .filter((file) => !/(^|\/)(node_modules|\.documee|\.hg|\.svn)(\/|$)/.test(file))
    .sort((a, b) => (a < b ? -1 : 1));
}

const FOLDERS = [
  '',
  'a/',
  'b/',
  'a/build/',
  'a/b/',
  'a/b/lib/',
  'lib/',
  'lib/a/',
  'a/[x]/',
  'node_modules/',
  'a/with space/',
];
const FILES = ['x.ts', 'y.log', 'build', 'lib.ts', '#x', '!x', 'x.log.ts'];
const PATTERNS = [
  ...[
    '*.log',
    '!*.log',
    'build',
    'build/',
    '/build/',
    '!build/',
    'lib',
    '!lib/',
    'a/b',
    '/a/*',
    '!/a/b',
    '!/a/b/',
    '*',
    '!*/',
    '!*.ts',
  ],
  ...[
    '**/lib',
    'a/**',
    '!a/**/x.ts',
    '\\#x',
    '\\!x',
    '# comment',
    '',
    'x.ts ',
    'with space/',
    '[a-b]/',
    '\\[x\\]/',
    '!a/build/',
    '/*',
    '!/lib',
  ],
];

describe('gitignore', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = new Tree();
    git(tree.root, 'init', '-q');
  });
  afterEach(() => tree.remove());

  it('the files are those of git ls-files for 150 random sets of nested ignore files', async () => {
    for (const folder of FOLDERS)
      for (const file of FILES) if (!FOLDERS.includes(`${folder}${file}/`)) tree.write(folder + file, file);
    const rules = fc.dictionary(fc.constantFrom(...FOLDERS), fc.array(fc.constantFrom(...PATTERNS), { maxLength: 4 }), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(rules, fc.array(fc.constantFrom(...PATTERNS), { maxLength: 2 }), async (byFolder, exclude) => {
        for (const folder of FOLDERS) fs.rmSync(tree.at(folder, '.gitignore'), { force: true });
        for (const [folder, patterns] of Object.entries(byFolder))
          tree.write(`${folder}.gitignore`, patterns.join('\n'));
        tree.write('.git/info/exclude', exclude.join('\n'));
        expect((await scanTree(tree.root)).files.paths).to.deep.equal(filesByGit(tree.root));
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);

  it('in a folder of a work tree the ignore files above count, and so does info/exclude', async () => {
    tree.write('.gitignore', '*.log\n/packages/one/generated/\n');
    tree.write('packages/.gitignore', '!keep.log\n/one/*.tmp\n');
    tree.write('.git/info/exclude', 'packages/one/private\n');
    for (const file of ['a.log', 'keep.log', 'b.tmp', 'private', 'generated/c', 'sub/b.tmp', 'sub/d.log'])
      tree.write(`packages/one/${file}`, file);
    const root = tree.at('packages/one');
    const { files } = await scanTree(root);
    expect(files.paths).to.deep.equal(['keep.log', 'sub/b.tmp']);
    expect(files.paths).to.deep.equal(filesByGit(root));
  });

  it('a change of an ignore file above the root is seen', async () => {
    tree.write('sub/a.log', 'a');
    const root = tree.at('sub');
    const cache = (await scanTree(root)).encodeCache('tag');
    tree.write('.gitignore', '*.log');
    expect((await scanTree(root, { cache })).files.paths).to.deep.equal([]);
  });

  it('info/exclude of a linked work tree is that of its repository', async () => {
    tree.write('main/f', 'f');
    const main = tree.at('main');
    git(main, 'init', '-q');
    git(main, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'm');
    git(main, 'worktree', 'add', '-q', path.join('..', 'linked'));
    tree.write('main/.git/info/exclude', '*.log');
    tree.write('linked/a.log', 'a');
    tree.write('linked/b', 'b');
    expect((await scanTree(tree.at('linked'))).files.paths).to.deep.equal(['b']);
    expect(filesByGit(tree.at('linked'))).to.deep.equal(['b']);
  });

  it('the root itself is scanned where git ignores it', async () => {
    tree.write('.gitignore', 'out/\n*.log\n');
    tree.write('out/deep/a.ts', 'a');
    tree.write('out/deep/b.log', 'b');
    expect((await scanTree(tree.at('out/deep'))).files.paths).to.deep.equal(['a.ts']);
  });

  it('without gitignore nothing is left out', async () => {
    tree.write('.gitignore', '*');
    tree.write('a/b', 'b');
    expect((await scanTree(tree.root, { gitignore: false })).files.paths).to.deep.equal(['.gitignore', 'a/b']);
  });
});
