import { expect } from 'chai';
import { parse } from '../../src/cli/parse.js';
import type { Options } from '../../src/cli/options.js';
import { UsageError } from '../../src/cli/usage-error.js';

function optionsOf(...argv: string[]): Options {
  const parsed = parse(argv);
  if (parsed.kind !== 'run') throw new TypeError(`Expected a command, found ${parsed.kind}`);
  return parsed.options;
}

function refusalOf(...argv: string[]): string {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'none';
}

describe('parse', () => {
  it('what was not given is absent, so that the configuration can say it', () => {
    expect(optionsOf('analyze')).to.deep.equal({});
    expect(optionsOf('analyze', '--no-gitignore')).to.deep.equal({ gitignore: false });
  });

  it('common options count before the command and behind it', () => {
    expect(optionsOf('--json', 'list', '-C', 'x')).to.deep.equal({ json: true, root: 'x' });
  });

  it('a repeatable option keeps every value in order', () => {
    expect(optionsOf('analyze', '--include', 'a/**', '--include=b/**').include).to.deep.equal(['a/**', 'b/**']);
  });

  it('a command within a command is found by both words', () => {
    const parsed = parse(['config', 'show', '--json']);
    expect(parsed.kind === 'run' && parsed.command.name).to.equal('config show');
  });

  it('help is printed for a command within a command', () => {
    const parsed = parse(['help', 'config', 'show']);
    expect(parsed.kind === 'help' && parsed.text)
      .to.include('The effective configuration')
      .and.include('--analyzer');
  });

  it('-q is --quiet', () => {
    expect(optionsOf('analyze', '-q')).to.deep.equal({ quiet: true });
  });

  it('behind -- everything is an argument', () => {
    const parsed = parse(['show', '--', '--json']);
    expect(parsed.kind === 'run' && parsed.arguments).to.deep.equal(['--json']);
  });

  it('sizes are taken in bytes, k, M and G', () => {
    expect(optionsOf('prune', '--max-size', '1.5k').maxSize).to.equal(1500);
    expect(optionsOf('prune', '--max-size', '500MB').maxSize).to.equal(500e6);
    expect(refusalOf('prune', '--max-size', 'much')).to.equal(
      'option --max-size must be a size such as 500M or 2G, found "much"',
    );
  });

  it('an option whose value is another option is refused, not swallowed', () => {
    expect(refusalOf('list', '--codebase', '--json')).to.equal(
      'option --codebase needs a value, found the option --json',
    );
  });

  it('numbers are refused unless they are whole and in range', () => {
    for (const text of ['-3', '0', '1.5', '1e3', 'many', '4096', 'NaN', '']) {
      expect(refusalOf('analyze', '--concurrency', text), text).to.match(/^option --concurrency /);
    }
    expect(optionsOf('analyze', '--concurrency', '8').concurrency).to.equal(8);
  });

  it('commands of later versions do not exist', () => {
    for (const name of ['inspect', 'backup', 'config set']) {
      expect(refusalOf(...name.split(' ')), name).to.match(/^unknown command/);
    }
  });

  it('missing and surplus arguments are refused', () => {
    expect(refusalOf('explain')).to.match(/missing required argument "path"/);
    expect(refusalOf('list', 'x')).to.match(/too many arguments/);
  });

  it('help is asked for in three ways and shows the options of the command and the common ones', () => {
    for (const argv of [
      ['plan', '--help'],
      ['plan', '-h'],
      ['help', 'plan'],
    ]) {
      const parsed = parse(argv);
      expect(parsed.kind === 'help' && parsed.exitCode, argv.join(' ')).to.equal(0);
      expect(parsed.kind === 'help' && parsed.text, argv.join(' '))
        .to.include('--change-detection')
        .and.include('--base-path');
      expect(parsed.kind === 'help' && parsed.text).to.include('Examples:');
    }
  });

  it('without a command there is help, and the exit code of wrong usage', () => {
    const parsed = parse([]);
    expect(parsed).to.include({ kind: 'help', exitCode: 2 });
  });
});
