import { expect } from 'chai';
import fs from 'node:fs';
import { cliDocs } from '../../scripts/generate-cli-docs.js';
import { COMMANDS } from '../../src/cli/command-table.js';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import { SCOPE_OPTIONS, RUN_OPTIONS, type OptionSpec } from '../../src/cli/options.js';
import { parse } from '../../src/cli/parse.js';
import { CHANGE_DETECTION, CONTENT_HASH_ALGORITHMS, DURABILITY, ERROR_CODES, type ErrorCode } from '../../src/index.js';

describe('command table', () => {
  it('docs/cli.md is current: npx tsx scripts/generate-cli-docs.ts would change nothing', async () => {
    const committed = fs.readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    expect(committed).to.equal(await cliDocs());
  });

  it('choices are exactly those of the library', () => {
    const choicesOf = (flag: string): readonly string[] | undefined =>
      [...SCOPE_OPTIONS, ...RUN_OPTIONS].find(({ flags }: OptionSpec) => flags.startsWith(`${flag} `))?.choices;
    expect(choicesOf('--change-detection')).to.deep.equal(CHANGE_DETECTION);
    expect(choicesOf('--content-hash')).to.deep.equal(CONTENT_HASH_ALGORITHMS);
    expect(choicesOf('--durability')).to.deep.equal(DURABILITY);
  });

  it('every example is a command line that is understood', () => {
    for (const { name, examples } of COMMANDS) {
      expect(examples, name).not.to.be.empty;
      for (const [line] of examples) {
        const words = line
          .replace(/ > .*| \| .*/, '')
          .split(' ')
          .slice(1);
        const parsed = parse(words.map((word) => word.replace(/^'|'$/g, '')));
        expect(parsed.kind === 'run' && parsed.command.name, line).to.equal(name);
      }
    }
  });

  it('every command loads', async () => {
    for (const { name, load } of COMMANDS) expect(await load(), name).to.be.a('function');
  });

  it('every error exits as docs/errors.md says', () => {
    const page = fs.readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = Array.from(
      page.matchAll(/^\| `(CACHE_\w+)`\s*\| (\d+)/gm),
      ([, code, exit]) => [code, Number(exit)] as const,
    );
    expect(rows.length).to.be.greaterThan(10);
    for (const [code, exit] of rows) expect(exitCodeOf(code as ErrorCode, undefined), code).to.equal(exit);
  });

  it('every error code has an exit code', () => {
    for (const code of Object.keys(ERROR_CODES)) {
      expect(exitCodeOf(code as ErrorCode, undefined), code).to.be.oneOf([1, 2, 3, 130]);
    }
  });
});
