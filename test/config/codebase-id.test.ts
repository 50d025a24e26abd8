import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { defaultCodebaseId } from '../../src/config/codebase-id.js';
import { loadConfig } from '../../src/config/load-config.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryRoot } from './temporary-root.js';

const idOf = (files: Readonly<Record<string, string>>): string => defaultCodebaseId(realFs, temporaryRoot(files)).id;
const gitConfig = (url: string): Readonly<Record<string, string>> => ({
  '.git/config': `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
});

describe('defaultCodebaseId', () => {
  const ALL = {
    'package.json': '{"name": "@acme/shop"}',
    'pyproject.toml': '[project]\nname = "py-shop"\n',
    'Cargo.toml': '[package]\nname = "rust-shop"\n',
    'go.mod': 'module example.com/acme/go-shop\n\ngo 1.22\n',
    ...gitConfig('https://example.com/acme/git-shop.git'),
  };
  const EXPECTED = [
    ['package.json', 'acme-shop', 'name in package.json'],
    ['pyproject.toml', 'py-shop', 'name in pyproject.toml'],
    ['Cargo.toml', 'rust-shop', 'name in Cargo.toml'],
    ['go.mod', 'example.com-acme-go-shop', 'name in go.mod'],
    ['.git/config', 'git-shop', "git's origin"],
  ] as const;

  for (const [index, [file, id, origin]] of EXPECTED.entries()) {
    it(`${file} is asked where nothing before it has a name`, () => {
      const before = new Set(EXPECTED.slice(0, index).map(([name]): string => name));
      const files = Object.fromEntries(Object.entries(ALL).filter(([name]) => !before.has(name)));
      expect(defaultCodebaseId(realFs, temporaryRoot(files))).to.deep.equal({ id, origin });
    });

    it(`${file} says nothing where it is broken, empty or nameless`, () => {
      for (const text of [
        '',
        '\u0000\u0001',
        '{',
        '[[[',
        '{"name": 5}',
        '{"name": "  "}',
        '[project]\nname = \n',
        'module',
      ]) {
        const root = temporaryRoot({ [file]: text });
        expect(defaultCodebaseId(realFs, root), text).to.deep.equal({ id: path.basename(root), origin: 'folder name' });
      }
    });
  }

  it('a configured codebase wins', async () => {
    const root = temporaryRoot({ ...ALL, '.documee/config.yaml': 'codebase: chosen\n' });
    const { values, origins } = await loadConfig({ fs: realFs, root, environment: {} });
    expect([values.codebase, origins.codebase]).to.deep.equal(['chosen', 'file .documee/config.yaml:1']);
    fs.rmSync(path.join(root, '.documee'), { recursive: true });
    const without = await loadConfig({ fs: realFs, root, environment: {} });
    expect([without.values.codebase, without.origins.codebase]).to.deep.equal([
      'acme-shop',
      'default (name in package.json)',
    ]);
  });

  it('every name becomes a safe id', () => {
    expect(idOf({ 'package.json': '{"name": "../../etc"}' })).not.to.match(/\.\.|\//);
    expect(idOf({ 'package.json': '{"name": "con"}' })).to.equal('codebase');
    expect(idOf({ 'package.json': '{"name": "a b:c"}' })).to.equal('a-b-c');
  });

  describe('toml', () => {
    const cases: Readonly<Record<string, readonly [string, string]>> = {
      'poetry, where [project] has no name': ['[tool.poetry]\nname = "poet"\n[project]\nversion = "1"\n', 'poet'],
      '[project] before poetry, in whatever order': [
        '[tool.poetry]\nname = "poet"\n[project]\nname = "main"\n',
        'main',
      ],
      'literal strings, comments, spaces': ["[ project ] # x\n  name = 'lit' # y\n", 'lit'],
      'Windows line endings': ['[project]\r\nname = "crlf"\r\n', 'crlf'],
      'a name in another section is none of ours': ['[tool.other]\nname = "no"\n[project]\nname = "yes"\n', 'yes'],
      'a list of tables ends a section': [
        '[project]\nversion = "1"\n[[project.authors]]\nname = "Ann"\n[tool.poetry]\nname = "p"\n',
        'p',
      ],
    };
    for (const [what, [text, id]] of Object.entries(cases)) {
      it(what, () => {
        expect(idOf({ 'pyproject.toml': text })).to.equal(id);
      });
    }
  });

  it('go.mod: comments before and behind the module path do not matter', () => {
    expect(idOf({ 'go.mod': '// Deprecated: no\nmodule example.com/x // y\n' })).to.equal('example.com-x');
    expect(idOf({ 'go.mod': 'module "example.com/q"\n' })).to.equal('example.com-q');
  });

  describe('git origin', () => {
    const urls: Readonly<Record<string, string>> = {
      'https://example.com/acme/shop.git': 'shop',
      'https://example.com/acme/shop/': 'shop',
      'https://user:t0ken@example.com/acme/shop': 'shop',
      'ssh://git@example.com:2222/acme/shop.git': 'shop',
      'git@example.com:acme/shop.git': 'shop',
      'git@example.com:shop.git': 'shop',
      '/srv/git/shop.git': 'shop',
      '/srv/work/shop/.git': 'shop',
      '../shop': 'shop',
      'C:\\work\\shop': 'shop',
      '"https://example.com/acme/shop.git"': 'shop',
    };
    for (const [url, id] of Object.entries(urls)) {
      it(`${url} is called ${id}`, () => {
        expect(idOf(gitConfig(url))).to.equal(id);
      });
    }

    it('a host is never taken for a name, since a token may be in front of it', () => {
      for (const url of [
        'https://t0ken@example.com',
        'https://t0ken@example.com/',
        'https://t0ken@example.com?x=t0ken',
      ]) {
        expect(idOf(gitConfig(url))).to.match(/^documee-config-/);
      }
    });

    it('other remotes, other sections and commented lines do not count', () => {
      const config =
        '[remote "upstream"]\n url = https://x/up.git\n[Remote "origin"]\n# url = no\n URL = https://x/mine.git\n[branch "url"]\n url = other\n';
      expect(idOf({ '.git/config': config })).to.equal('mine');
      expect(idOf({ '.git/config': '[remote "origin"] url = https://x/same-line.git\n' })).to.equal('same-line');
    });

    it('a work tree is named by the repository that it belongs to', () => {
      const root = temporaryRoot({
        'main/.git/config': '[remote "origin"]\n\turl = https://example.com/acme/shop.git\n',
        'main/.git/worktrees/tree/commondir': '../..\n',
        'tree/.git': 'gitdir: ../main/.git/worktrees/tree\n',
      });
      expect(defaultCodebaseId(realFs, path.join(root, 'tree')).id).to.equal('shop');
    });

    it('a submodule is named by its own origin', () => {
      const root = temporaryRoot({
        '.git/config': '[remote "origin"]\n\turl = https://example.com/acme/outer.git\n',
        '.git/modules/inner/config': '[remote "origin"]\n\turl = https://example.com/acme/inner.git\n',
        'inner/.git': 'gitdir: ../.git/modules/inner\r\n',
      });
      expect(defaultCodebaseId(realFs, path.join(root, 'inner')).id).to.equal('inner');
    });

    it('a .git that leads nowhere leaves the folder name', () => {
      expect(idOf({ '.git': 'gitdir: /nowhere/at/all\n' })).to.match(/^documee-config-/);
      expect(idOf({ '.git': 'nonsense' })).to.match(/^documee-config-/);
    });
  });

  describe('without any name', () => {
    const ANALYSIS = 'old-name/analysis.json';
    const KEPT = { id: 'old-name', origin: 'the only codebase in its cache' };

    it('a folder that was moved or copied with its cache keeps its id', () => {
      const root = temporaryRoot({ [`.documee/analysis/${ANALYSIS}`]: '{}', '.documee/analysis/CACHEDIR.TAG': '' });
      expect(defaultCodebaseId(realFs, root)).to.deep.equal(KEPT);
    });

    it('a name wins over what is in the cache', () => {
      const files = { [`.documee/analysis/${ANALYSIS}`]: '{}', 'package.json': '{"name": "shop"}' };
      expect(idOf(files)).to.equal('shop');
    });

    it('the cache says nothing where it holds several codebases, none, or one that cannot be an id', () => {
      for (const names of [['a', 'b'], [], ['.hidden']]) {
        const root = temporaryRoot({ '.documee/analysis/empty/clock-stamp': '' });
        for (const name of names) {
          fs.mkdirSync(path.join(root, '.documee/analysis', name));
          fs.writeFileSync(path.join(root, '.documee/analysis', name, 'analysis.json'), '{}');
        }
        expect(defaultCodebaseId(realFs, root).origin, names.join()).to.equal('folder name');
      }
    });

    it('another cache in the root counts as well, one outside of it may be shared and does not', async () => {
      const root = temporaryRoot({ [`cache/${ANALYSIS}`]: '{}', 'project/readme': '' });
      const inside = await loadConfig({
        fs: realFs,
        root,
        environment: {},
        flags: { basePath: path.join(root, 'cache') },
      });
      expect([inside.values.codebase, inside.origins.codebase]).to.deep.equal([KEPT.id, `default (${KEPT.origin})`]);
      expect(Object.keys(inside.origins)[0]).to.equal('codebase');
      const environment = { DOCUMEE_BASE_PATH: path.join(root, 'cache') };
      const outside = await loadConfig({ fs: realFs, root: path.join(root, 'project'), environment });
      expect(outside.values.codebase).to.equal('project');
    });
  });

  it('a manifest that is a link out of the root says nothing', function () {
    if (process.platform === 'win32') this.skip();
    const outside = temporaryRoot({ 'package.json': '{"name": "outside"}' });
    const root = temporaryRoot();
    fs.symlinkSync(path.join(outside, 'package.json'), path.join(root, 'package.json'));
    expect(defaultCodebaseId(realFs, root).origin).to.equal('folder name');
  });
});
