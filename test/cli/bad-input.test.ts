import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporary.js';
import { documee, project, type Answer } from './support.js';

/** One line, with the code, and nothing on stdout. */
function expectRefusal(
  answer: Answer,
  { exitCode = 2, code, says }: { exitCode?: number; code: string; says: string | RegExp },
): void {
  expect(answer.stderr, answer.stderr).to.match(/^documee: [^\n]+\n$/);
  expect(answer.stderr).to.include(`[${code}]`);
  if (typeof says === 'string') expect(answer.stderr).to.include(says);
  else expect(answer.stderr).to.match(says);
  expect(answer.stdout).to.equal('');
  expect(answer.exitCode).to.equal(exitCode);
}

describe('bad input', () => {
  it('an unknown command is refused with a suggestion', async () => {
    const { run } = project();
    expectRefusal(await run('analyse'), {
      code: 'CACHE_USAGE',
      says: 'unknown command "analyse" (did you mean "analyze"?)',
    });
  });

  it('help for an unknown command is refused with a suggestion, too', async () => {
    const { run } = project();
    expectRefusal(await run('help', 'pln'), {
      code: 'CACHE_USAGE',
      says: 'unknown command "pln" (did you mean "plan"?)',
    });
  });

  it('an unknown flag is refused with a suggestion, with and without a value', async () => {
    const { run } = project();
    expectRefusal(await run('analyze', '--jsno'), { code: 'CACHE_USAGE', says: '(did you mean "--json"?)' });
    expectRefusal(await run('plan', '--includ=x'), { code: 'CACHE_USAGE', says: '(did you mean "--include"?)' });
  });

  it('a choice that does not exist is refused with a suggestion', async () => {
    const { run } = project();
    const answer = await run('analyze', '--content-hash', 'sha265');
    expectRefusal(answer, {
      code: 'CACHE_USAGE',
      says: 'must be xxh64 or sha256, found "sha265" (did you mean "sha256"?)',
    });
  });

  it('a root that is absent, or is no folder, is refused by every command that takes one', async () => {
    const { run, root } = project();
    expectRefusal(await run('analyze', 'nowhere'), { code: 'CACHE_BAD_ROOT', says: path.join(root, 'nowhere') });
    expectRefusal(await run('analyze', 'a.txt'), { code: 'CACHE_BAD_ROOT', says: 'is not a folder' });
    expectRefusal(await run('history', '-C', 'a.txt'), { code: 'CACHE_BAD_ROOT', says: 'is not a folder' });
    expectRefusal(await run('analyze', '.', '-C', '.'), { code: 'CACHE_USAGE', says: 'the root is given twice' });
  });

  for (const id of ['a/b', '..', 'a..b', '.hidden', 'x'.repeat(129), 'tab\there', 'nul']) {
    it(`the codebase id ${JSON.stringify(id.slice(0, 12))} is refused and nothing is written`, async () => {
      const { run, root } = project();
      expectRefusal(await run('analyze', '--codebase', id), { code: 'CACHE_BAD_CODEBASE_ID', says: /--codebase/ });
      expect(fs.existsSync(path.join(root, '.documee'))).to.equal(false);
    });
  }

  it('an empty codebase id is refused', async () => {
    const { run } = project();
    expectRefusal(await run('analyze', '--codebase', ''), { code: 'CACHE_USAGE', says: '--codebase needs a value' });
  });

  it('a codebase id with NUL in the configuration is refused with file, line and column', async () => {
    const { run, write } = project();
    write({ 'documee.config.yaml': 'exclude: []\ncodebase: "a\\0b"\n' });
    expectRefusal(await run('analyze'), { code: 'CACHE_BAD_CONFIG', says: /documee\.config\.yaml:2:\d+: codebase/ });
  });

  it('a broken configuration is refused with file, line and column', async () => {
    const { run, write } = project();
    write({ 'documee.config.yaml': 'codebase: shop\ninclude: [unclosed\n' });
    expectRefusal(await run('plan'), { code: 'CACHE_BAD_CONFIG', says: /documee\.config\.yaml:\d+:\d+: / });
    write({ 'documee.config.yaml': 'codebase: shop\nexlude: []\n' });
    expectRefusal(await run('list'), {
      code: 'CACHE_BAD_CONFIG',
      says: /documee\.config\.yaml:2:1: .*did you mean "exclude"/,
    });
    expectRefusal(await run('list', '--config', 'none.yaml'), { code: 'CACHE_BAD_CONFIG', says: 'none.yaml' });
  });

  it('an analyzer that does not load, is none or has no id is refused', async () => {
    const { run, write } = project();
    write({
      'throws.mjs': 'throw new Error("broken\\nmodule")',
      'none.mjs': 'export default 1',
      'noid.mjs': 'export default { version: "1", analyze() {} }',
    });
    expectRefusal(await run('analyze', '--analyzer', './missing.mjs'), {
      code: 'CACHE_ANALYZER_LOAD',
      says: 'could not be loaded',
    });
    expectRefusal(await run('analyze', '--analyzer', './throws.mjs'), { code: 'CACHE_ANALYZER_LOAD', says: 'broken' });
    expectRefusal(await run('analyze', '--analyzer', './none.mjs'), {
      code: 'CACHE_ANALYZER_LOAD',
      says: 'not an object',
    });
    expectRefusal(await run('analyze', '--analyzer', './noid.mjs'), {
      code: 'CACHE_ANALYZER_LOAD',
      says: 'it has no id',
    });
    expectRefusal(await run('analyze', '--analyzer', 'structrue'), {
      code: 'CACHE_ANALYZER_LOAD',
      says: '(did you mean "structure"?)',
    });
  });

  it('a glob with a bracket or brace that is never closed is refused', async () => {
    const { run } = project();
    for (const pattern of ['[', 'src/[ab', 'x{', '{a,b'])
      expectRefusal(await run('plan', '--include', pattern), {
        code: 'CACHE_BAD_PATTERN',
        says: JSON.stringify(pattern),
      });
  });

  it('pruning a codebase that is not kept is refused', async () => {
    const { run } = project();
    await run('analyze');
    expectRefusal(await run('prune', '--codebase', 'shpo'), {
      exitCode: 3,
      code: 'CACHE_NO_ANALYSIS',
      says: '(did you mean "shop"?)',
    });
  });

  it('two analyzers with one id are refused', async () => {
    const { run } = project();
    const answer = await run('analyze', '--analyzer', './tools/words.mjs', '--analyzer', 'tools/words.mjs');
    expectRefusal(answer, { code: 'CACHE_ANALYZER_DUPLICATE', says: '"words"' });
  });

  it('an output file that cannot be written is refused before anything runs', async () => {
    const { run, root } = project();
    expectRefusal(await run('analyze', '--output', 'missing/report.json'), {
      code: 'CACHE_USAGE',
      says: 'its folder does not exist',
    });
    expectRefusal(await run('analyze', '--output', 'tools'), { code: 'CACHE_USAGE', says: 'it is a folder' });
    expect(fs.existsSync(path.join(root, '.documee'))).to.equal(false);
  });

  it('a path outside the codebase, or out of scope, is refused', async () => {
    const { run } = project();
    await run('analyze');
    for (const name of ['../x.txt', '/etc/passwd', 'none.txt', 'tools']) {
      expectRefusal(await run('explain', name), { code: 'CACHE_BAD_PATH', says: /Cannot explain/ });
      expectRefusal(await run('show', name), { code: 'CACHE_BAD_PATH', says: /Nothing is stored/ });
    }
  });

  it('a codebase that nobody analyzed is named, with the one that may have been meant', async () => {
    const { run } = project();
    await run('analyze');
    for (const command of ['history', 'stats', 'verify', 'show x', 'diff a b', 'invalidate']) {
      const answer = await run(...command.split(' '), '--codebase', 'shpo');
      expectRefusal(answer, { exitCode: 3, code: 'CACHE_NO_ANALYSIS', says: '(did you mean "shop"?)' });
    }
  });

  it('a version that is not kept is refused', async () => {
    const { run } = project();
    await run('analyze');
    expectRefusal(await run('diff', '../../x', '20261120T101500Z-3f9c'), {
      exitCode: 3,
      code: 'CACHE_NO_VERSION',
      says: 'documee history',
    });
  });

  it('with --json the error is also a document on stdout', async () => {
    const { run } = project();
    const { exitCode, stdout, stderr } = await run('analyze', 'nowhere', '--json');
    const { schemaVersion, error } = JSON.parse(stdout) as { schemaVersion: number; error: Record<string, unknown> };
    expect(schemaVersion).to.equal(1);
    expect(error).to.include({ code: 'CACHE_BAD_ROOT', exitCode: 2 });
    expect(stderr).to.equal(`documee: ${String(error['message'])} [CACHE_BAD_ROOT]\n`);
    expect(exitCode).to.equal(2);
  });

  it('with --verbose the causes follow', async () => {
    const { run, write } = project();
    write({ 'throws.mjs': 'throw new Error("deep reason")' });
    const { stderr } = await run('analyze', '--verbose', '--analyzer', './throws.mjs');
    expect(stderr).to.match(/^documee: [^\n]+\[CACHE_ANALYZER_LOAD\]\n/);
    expect(stderr).to.include('caused by: Error: deep reason');
  });

  it('a name with control characters keeps the message on one line', async () => {
    const folder = temporaryFolder();
    const answer = await documee(['analyze', 'a\nb\u001b[31m'], { cwd: folder });
    expectRefusal(answer, { code: 'CACHE_BAD_ROOT', says: 'a\\nb\\e[31m' });
  });
});
