import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readCode } from '../../src/run/code-digest.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryFolder, writeTree, type Tree } from '../support/temporary.js';

interface Case {
  /** Text of the analyzer's module; `$` stands for its folder. */
  readonly module: string;
  /** The file that is edited. */
  readonly edited: string;
  readonly tree?: Tree;
  readonly link?: readonly [from: string, to: string];
}

const CASES: Readonly<Record<string, Case>> = {
  'a relative import': { module: 'import "./a.mjs"', edited: 'a.mjs' },
  'a re-export': { module: 'export*from"./a.mjs"', edited: 'a.mjs' },
  'an import without ending of .tsx': { module: 'import "./b"', edited: 'b.tsx' },
  'an import without ending of .mts': { module: 'import "./b"', edited: 'b.mts' },
  'an import without ending of .cts': { module: 'import "./b"', edited: 'b.cts' },
  'an import without ending of .jsx': { module: 'import "./b"', edited: 'b.jsx' },
  'an addon': { module: 'require("./n")', edited: 'n.node' },
  '.mjs that is .mts': { module: 'import "./c.mjs"', edited: 'c.mts' },
  '.cjs that is .cts': { module: 'import "./c.cjs"', edited: 'c.cts' },
  '.js that is .tsx': { module: 'import "./c.js"', edited: 'c.tsx' },
  'a folder with index.cjs': { module: 'require("./d")', edited: 'd/index.cjs' },
  'a folder with index.mts': { module: 'import "./d"', edited: 'd/index.mts' },
  'the own folder': { module: 'require(".")', edited: 'index.js' },
  'the folder above': { module: 'import "./s/x.js"', edited: 'index.js', tree: { 's/x.js': 'require("..")' } },
  "a folder's main": {
    module: 'require("./m")',
    edited: 'm/lib/start.js',
    tree: { 'm/package.json': '{"main":"./lib/start"}' },
  },
  'an absolute path': { module: 'import "$/abs.mjs"', edited: 'abs.mjs' },
  'a file: URL': { module: 'import("file:$/abs.mjs")', edited: 'abs.mjs' },
  'a file beside the module by its URL': { module: 'new URL("rules.json", import.meta.url)', edited: 'rules.json' },
  'a subpath import': {
    module: 'import "#x/y"',
    edited: 'inner/y.mjs',
    tree: { 'package.json': '{"imports":{"#x/*":{"node":"./inner/*.mjs"}}}' },
  },
  'a package by its manifest': {
    module: 'import "pk"',
    edited: 'node_modules/pk/package.json',
    tree: { 'node_modules/pk/package.json': '{"version":"1"}' },
  },
  'a package that a package depends on': {
    module: 'import "@s/pk/sub"',
    edited: 'node_modules/deep/package.json',
    tree: {
      'node_modules/@s/pk/package.json': '{"dependencies":{"deep":"*"}}',
      'node_modules/deep/package.json': '{"version":"1"}',
    },
  },
  'the second package of a name': {
    module: 'import "pk"; import "./s/x.js"',
    edited: 's/node_modules/pk/package.json',
    tree: {
      'node_modules/pk/package.json': '{"version":"1"}',
      's/x.js': 'import "pk"',
      's/node_modules/pk/package.json': '{"version":"2"}',
    },
  },
  'a linked workspace package': {
    module: 'import "ws"',
    edited: 'packages/ws/src/helper.js',
    tree: {
      'packages/ws/package.json': '{"exports":{".":{"import":"./src/main.js"}}}',
      'packages/ws/src/main.js': 'import "./helper.js"',
    },
    link: ['node_modules/ws', 'packages/ws'],
  },
  'a subpath of a linked workspace package': {
    module: 'import "ws/helper.js"',
    edited: 'packages/ws/helper.js',
    tree: { 'packages/ws/package.json': '{}' },
    link: ['node_modules/ws', 'packages/ws'],
  },
};

describe('the digest of the code of an analyzer', () => {
  for (const [name, { module, edited, tree = {}, link }] of Object.entries(CASES)) {
    it(`changes with ${name}`, () => {
      const root = temporaryFolder();
      writeTree(root, { [edited]: '// 1', ...tree, 'm.mjs': module.replaceAll('$', root) });
      if (link !== undefined) {
        fs.mkdirSync(path.dirname(path.join(root, link[0])), { recursive: true });
        fs.symlinkSync(path.join(root, link[1]), path.join(root, link[0]));
      }
      const before = readCode(realFs, path.join(root, 'm.mjs')).digest;
      expect(readCode(realFs, path.join(root, 'm.mjs')).digest).to.equal(before);
      fs.appendFileSync(path.join(root, edited), '\n');
      expect(readCode(realFs, path.join(root, 'm.mjs')).digest).to.not.equal(before);
    });
  }

  it('is the same in another folder, and wherever packages are installed', () => {
    const digests = ['a/b/', 'a/'].map((place) => {
      const root = temporaryFolder();
      writeTree(root, {
        'a/b/m.mjs': 'import "pk"; import "./x.mjs"',
        'a/b/x.mjs': '1',
        [`${place}node_modules/pk/package.json`]: '{"version":"1"}',
      });
      return readCode(realFs, path.join(root, 'a/b/m.mjs')).digest;
    });
    expect(digests[0]).to.equal(digests[1]);
  });

  it('of more files than the limit is not there, rather than one that misses changes', () => {
    const root = temporaryFolder();
    writeTree(root, { 'm.mjs': `import './a.json'; import './b.json'`, 'a.json': '1', 'b.json': '1' });
    expect(readCode(realFs, path.join(root, 'm.mjs'), 3).digest).to.be.a('string');
    expect(readCode(realFs, path.join(root, 'm.mjs'), 2).digest).to.equal(undefined);
  });

  it('of the built-in analyzer takes a few milliseconds', () => {
    const module = path.resolve(import.meta.dirname, '../../src/analyzers/structure/structure.ts');
    const times = Array.from({ length: 10 }, () => {
      const start = performance.now();
      expect(readCode(realFs, module).files.size).to.be.greaterThan(20);
      return performance.now() - start;
    });
    // A multiple of what was measured, for machines that do other things.
    expect(Math.min(...times), `in ms, of ${pathToFileURL(module).href}`).to.be.below(20);
    if (process.env['SHOW_TIMES'] !== undefined) process.stderr.write(`${times.join(' ')}\n`);
  });
});
