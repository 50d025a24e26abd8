import { expect } from 'chai';
import path from 'node:path';
import { argumentsFor, fileArgument, parseCommand, toolName } from '../../../src/analyzers/exec/command-line.js';
import { configArguments } from '../../../src/analyzers/exec/default-inputs.js';

describe('a command with a place for files', () => {
  it('takes them where {files} stands, else at the end', () => {
    expect(argumentsFor(parseCommand(['lint', '-a', '{files}', '-b']), ['x', 'y'])).to.deep.equal([
      '-a',
      'x',
      'y',
      '-b',
    ]);
    expect(argumentsFor(parseCommand(['lint', '-a']), ['x'])).to.deep.equal(['-a', 'x']);
  });

  for (const [title, command] of [
    ['an empty one', []],
    ['one without a program', ['{files}', 'x']],
    ['files within an argument', ['lint', '--in={files}']],
    ['files twice', ['lint', '{files}', '{files}']],
    ['a NUL character', ['lint', 'a\0b']],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => parseCommand(command))
        .to.throw(/^The command /)
        .with.property('code', 'CACHE_BAD_COMMAND');
    });
  }

  it('names files as they are seen from where the tool runs', () => {
    const root = path.resolve('/shop');
    expect(fileArgument('src/a.ts', root, root)).to.equal('src/a.ts');
    expect(fileArgument('-a.ts', root, root)).to.equal('./-a.ts');
    expect(fileArgument('src/a.ts', root, path.join(root, 'tools'))).to.equal(path.join('..', 'src', 'a.ts'));
  });

  it('is called by its tool, whoever starts it', () => {
    const name = (...command: string[]): string => toolName(parseCommand(command));
    expect(name('npx', 'eslint', '--fix')).to.equal('npx eslint');
    expect(name('/usr/bin/ruff', 'check')).to.equal('ruff');
    expect(name('node', 'tools/lint.mjs')).to.equal('node lint.mjs');
  });

  it('names its configuration in several ways', () => {
    expect(
      configArguments(['--config', 'a.js', '-c', 'b', '--rcfile=c=d', '--format', 'json', '--project', '-x']),
    ).to.deep.equal(['a.js', 'b', 'c=d']);
  });
});
