import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { parseCommand } from '../../../src/analyzers/exec/command-line.js';
import { toolIdentity, type ToolIdentity } from '../../../src/analyzers/exec/tool-identity.js';
import { realFs } from '../../../src/util/fs.js';
import { temporaryCodebase, writeTree, type Tree } from '../../support/temporary.js';

/** A project with a linter that npm installed. */
function installed(version: string, code = '#!/usr/bin/env node\n'): Tree {
  return {
    'node_modules/@acme/lint/package.json': JSON.stringify({ name: '@acme/lint', version }),
    'node_modules/@acme/lint/bin/cli.js': code,
    'src/a.js': '',
  };
}

function identify(root: string, command: readonly string[], folders: readonly string[] = []): ToolIdentity {
  const environment = { PATH: [...folders, process.env['PATH']].join(path.delimiter) };
  return toolIdentity(parseCommand(command), { fs: realFs, root, cwd: root, environment, platform: process.platform });
}

function linked(tree: Tree): string {
  const { root } = temporaryCodebase(tree);
  fs.mkdirSync(path.join(root, 'node_modules/.bin'));
  fs.symlinkSync('../@acme/lint/bin/cli.js', path.join(root, 'node_modules/.bin/lint'));
  fs.chmodSync(path.join(root, 'node_modules/@acme/lint/bin/cli.js'), 0o755);
  return root;
}

describe('the identity of a tool', () => {
  const commands = [
    ['npx', 'lint'],
    ['npx', '--yes', 'lint@2', '-x'],
    ['npm', 'exec', '--', 'lint'],
    ['pnpm', 'exec', 'lint'],
    ['yarn', 'lint'],
    ['bunx', 'lint'],
    ['node_modules/.bin/lint'],
  ];
  for (const command of commands) {
    it(`${command.join(' ')} is the installed package with its version`, () => {
      const before = identify(linked(installed('1.0.0')), command);
      expect(before).to.include({ 'package @acme/lint': '1.0.0', node: process.version });
      expect(identify(linked(installed('1.0.0')), command)).to.deep.equal(before);
      expect(identify(linked(installed('1.0.1')), command)).to.not.deep.equal(before);
      expect(identify(linked(installed('1.0.0', '#!/usr/bin/env node\n1')), command)).to.not.deep.equal(before);
    });
  }

  it('a starter script is followed to its package', () => {
    const { root } = temporaryCodebase(installed('3.1.4'));
    writeTree(root, {
      'node_modules/.bin/lint': `#!/bin/sh\nexport NODE_PATH="${root}/x"\nexec node "$basedir/../@acme/lint/bin/cli.js" "$@"\n`,
    });
    const identity = identify(root, ['npx', 'lint']);
    expect(identity).to.include({ 'package @acme/lint': '3.1.4' });
    expect(JSON.stringify(identity)).not.to.include(root);
  });

  it('a package that is not installed is unknown, not forgotten', () => {
    const { root } = temporaryCodebase();
    expect(identify(root, ['npx', 'lint'])).to.include({ lint: null });
  });

  it('a program on PATH is its content, without the folder of its interpreter', () => {
    const { root, folder } = temporaryCodebase();
    const program = (name: string, content: string): ToolIdentity => {
      const bin = path.join(folder, name);
      writeTree(bin, { check: content });
      fs.chmodSync(path.join(bin, 'check'), 0o755);
      return identify(root, ['check', '{files}'], [bin]);
    };
    const first = program('a', '#!/home/me/.venv/bin/no-such-python\ncheck()\n');
    expect(first['check']).to.match(/^sha256:/);
    expect(program('b', '#!/home/you/.venv/bin/no-such-python\ncheck()\n')).to.deep.equal(first);
    expect(program('c', '#!/home/me/.venv/bin/no-such-python\ncheck(2)\n')).to.not.deep.equal(first);
  });

  it('a script behind an interpreter counts with its content', () => {
    const { root } = temporaryCodebase({ 'tools/lint.mjs': '1' });
    const before = identify(root, ['node', '--no-warnings', 'tools/lint.mjs', '{files}']);
    expect(Object.keys(before)).to.deep.equal(['node', 'script tools/lint.mjs']);
    writeTree(root, { 'tools/lint.mjs': '2' });
    expect(identify(root, ['node', '--no-warnings', 'tools/lint.mjs', '{files}'])).to.not.deep.equal(before);
  });
});
