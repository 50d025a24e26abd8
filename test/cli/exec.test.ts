import { expect } from 'chai';
import { ESLint } from 'eslint';
import fs from 'node:fs';
import path from 'node:path';
import { EXEC_OPTIONS } from '../../src/cli/options.js';
import { DEPENDS, FORMAT_NAMES } from '../../src/index.js';
import { loadValidators } from '../../src/schema/validate.js';
import { FAKE_LINTER } from '../analyzers/exec/support.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';
import { documee, startDocumee, type Answer } from './support.js';

const LINT = ['--', 'node', 'tools/lint.mjs', '{files}'];
const OPTIONS = ['--id', 'lint', '--format', 'eslint-json', '--include', 'src/**'];

interface ExecProject {
  readonly root: string;
  readonly folder: string;
  readonly log: string;
  readonly write: (files: Tree) => void;
  readonly starts: () => number;
  readonly run: (argv: readonly string[], env?: Record<string, string>) => Promise<Answer>;
}

function execProject(files: Tree = { 'src/a.js': 'good', 'src/b.js': 'bad' }): ExecProject {
  const { root, folder } = temporaryCodebase({
    'package.json': '{"name":"shop"}',
    ...files,
    'tools/lint.mjs': FAKE_LINTER,
  });
  const log = path.join(folder, 'log');
  return {
    ...{ root, folder, log },
    write: (changed) => writeTree(root, changed),
    starts: () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n').length : 0),
    run: (argv, env = {}) =>
      documee(['exec', ...argv], { cwd: root, env: { PATH: process.env['PATH'] ?? '', LOG: log, ...env } }),
  };
}

describe('documee exec', () => {
  it('takes exactly the formats and kinds of dependencies that the library has', () => {
    const choicesOf = (flag: string): readonly string[] | undefined =>
      EXEC_OPTIONS.find(({ flags }) => flags.startsWith(`${flag} `))?.choices;
    expect(choicesOf('--format')).to.deep.equal(FORMAT_NAMES);
    expect(choicesOf('--depends')).to.deep.equal(DEPENDS);
  });

  it('prints the report of all files with the exit code of the tool, and starts it once', async () => {
    const project = execProject();
    const first = await project.run([...OPTIONS, ...LINT]);
    const second = await project.run([...OPTIONS, ...LINT]);
    expect(first.exitCode).to.equal(1);
    expect(second.exitCode).to.equal(1);
    expect(second.stdout).to.equal(first.stdout);
    expect(JSON.parse(first.stdout)).to.have.lengthOf(2);
    expect(first.stderr).to.match(/^checked 2\nlint: 2 files: 2 analyzed in 1 call, 0 reused/);
    expect(second.stderr).to.match(/^lint: 2 files: nothing to run, 2 reused/);
    expect(project.starts()).to.equal(1);
  });

  it('keeps its results beside those of analyze, under a codebase of their own', async () => {
    const project = execProject();
    await documee(['analyze'], { cwd: project.root });
    await project.run([...OPTIONS, ...LINT]);
    await documee(['analyze'], { cwd: project.root });
    await project.run([...OPTIONS, ...LINT]);
    expect(project.starts()).to.equal(1);
    const kept = fs.readdirSync(path.join(project.root, '.documee/analysis')).filter((name) => name.startsWith('shop'));
    expect(kept.sort()).to.deep.equal(['shop', 'shop@lint']);
  });

  it('a project without a name keeps its codebase id, whatever was run first', async () => {
    const project = execProject();
    fs.rmSync(path.join(project.root, 'package.json'));
    for (let round = 0; round < 2; round++) await project.run([...OPTIONS, ...LINT]);
    expect(project.starts()).to.equal(1);
    await documee(['analyze'], { cwd: project.root });
    const kept = fs.readdirSync(path.join(project.root, '.documee/analysis'), { withFileTypes: true });
    expect(kept.filter((entry) => entry.isDirectory()).map(({ name }) => name)).to.deep.equal(['tree', 'tree@lint']);
  });

  it('--quiet says nothing but the report and what the tool says', async () => {
    const project = execProject();
    await project.run([...OPTIONS, ...LINT]);
    expect((await project.run(['--quiet', ...OPTIONS, ...LINT])).stderr).to.equal('');
  });

  it('--output writes the report to a file, --json tells of the run', async () => {
    const project = execProject();
    const { stdout, exitCode } = await project.run([...OPTIONS, '--json', '--output', 'report.json', ...LINT]);
    expect(JSON.parse(fs.readFileSync(path.join(project.root, 'report.json'), 'utf8'))).to.have.lengthOf(2);
    expect(exitCode).to.equal(1);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).to.deep.include({ schemaVersion: 1, codebaseId: 'shop@lint', exitCode: 1 });
    expect(document['totals']).to.include({ analyzed: 2, failed: 0 });
    expect(document['calls']).to.have.lengthOf(1);
    expect((await loadValidators()).execOutput(document)).to.equal(undefined);
  });

  it('--dry-run says which files would be passed and why, and starts nothing', async () => {
    const project = execProject();
    await project.run([...OPTIONS, ...LINT]);
    project.write({ 'src/b.js': 'good' });
    const { stdout, exitCode } = await project.run([...OPTIONS, '--dry-run', ...LINT]);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^1 file of 2 would be passed to lint\n {2}src\/b\.js: .*content/);
    expect(project.starts()).to.equal(1);
  });

  it('a tool that fails: its message, no report, its exit code, and no old report file is replaced', async () => {
    const project = execProject();
    project.write({ 'report.json': 'old' });
    const failed = await project.run([...OPTIONS, '--output', 'report.json', ...LINT], { MODE: 'crash' });
    expect(failed.exitCode).to.equal(3);
    expect(failed.stdout).to.equal('');
    expect(failed.stderr).to.match(
      /^warming up\ncannot read rules\nfailed: 2 files: .*exit code 3.*cannot read rules\n/,
    );
    expect(fs.readFileSync(path.join(project.root, 'report.json'), 'utf8')).to.equal('old');
    expect((await project.run([...OPTIONS, ...LINT], { MODE: 'garbage' })).exitCode).to.equal(1);
    expect((await project.run([...OPTIONS, ...LINT])).exitCode).to.equal(1);
    expect(project.starts()).to.equal(3);
  });

  describe('usage errors', () => {
    const wrong = (title: string, argv: readonly string[], ...words: string[]): void => {
      it(`${title} is one that says what is wrong`, async () => {
        const { exitCode, stderr, stdout } = await execProject().run(argv);
        expect(exitCode).to.equal(2);
        expect(stdout).to.equal('');
        for (const word of words) expect(stderr).to.include(word);
      });
    };
    wrong('no "--"', [...OPTIONS, 'node', 'tools/lint.mjs', '--max-warnings', '0'], 'needs "--"');
    wrong('a word before "--"', [...OPTIONS, 'node', '--', 'tools/lint.mjs'], 'before "--"');
    wrong('no command', [...OPTIONS, '--'], 'no command');
    wrong('no id', ['--format', 'eslint-json', ...LINT], '--id');
    wrong('no format', ['--id', 'lint', ...LINT], '--format');
    wrong(
      'a format that does not exist',
      ['--id', 'x', '--format', 'eslint-jsn', ...LINT],
      'did you mean "eslint-json"',
    );
    wrong('files within a larger argument', [...OPTIONS, '--', 'node', 'x.mjs', '--in={files}'], '"--in={files}"');
    wrong('an option of another format', [...OPTIONS, '--list', '/x', ...LINT], 'list');
  });

  it('a program that is not installed is exit code 1 with what to do', async () => {
    const { exitCode, stderr } = await execProject().run([...OPTIONS, '--', 'no-such-linter']);
    expect(exitCode).to.equal(1);
    expect(stderr).to.include('"no-such-linter" was not found').and.include('CACHE_COMMAND_NOT_FOUND');
  });

  it('Ctrl-C stops the tool with all that it started, and keeps what was finished', async () => {
    const project = execProject(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`src/f${String(index).padStart(2, '0')}.js`, 'good']),
      ),
    );
    const pidFile = path.join(project.folder, 'pid');
    await project.run(['--id', 'lint', '--format', 'eslint-json', '--include', 'src/f0*', ...LINT]);
    const child = startDocumee(['exec', ...OPTIONS, ...LINT], project.root, {
      LOG: project.log,
      MODE: `hang:${pidFile}`,
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    for (let tries = 0; tries < 600 && !isWritten(pidFile); tries++) await pause(50);
    child.kill('SIGINT');
    expect(await ended).to.equal(130);
    expectGone(Number(fs.readFileSync(pidFile, 'utf8')));
    const { stderr } = await project.run([...OPTIONS, ...LINT]);
    expect(stderr).to.include('10 analyzed in 1 call, 10 reused');
  }).timeout(60_000);

  it('ESLint itself: the report is its own, byte for byte, and each change passes what it must', async () => {
    const config = (rules: object): string => `export default [{ rules: ${JSON.stringify(rules)} }];`;
    const project = execProject({
      'package.json': '{"name":"shop","type":"module"}',
      'eslint.config.js': config({ 'no-var': 'error' }),
      'src/a.js': 'var a = 1;\nexport { a };\n',
      'src/b.js': 'export const b = 1;\n',
    });
    fs.symlinkSync(path.resolve(import.meta.dirname, '../../node_modules'), path.join(project.root, 'node_modules'));
    const argv = ['--id', 'eslint', '--format', 'eslint-json', '--include', 'src/**'];
    const command = ['--', 'node_modules/.bin/eslint', '--format', 'json', '{files}'];
    const figures = async (): Promise<string> => {
      const answer = await project.run([...argv, ...command]);
      const eslint = new ESLint({ cwd: project.root });
      const results = await eslint.lintFiles(['src/**']);
      const formatter = await eslint.loadFormatter('json');
      expect(answer.stdout).to.equal(`${await formatter.format(results)}\n`);
      expect(answer.exitCode).to.equal(results.some(({ errorCount }) => errorCount > 0) ? 1 : 0);
      return / files: (.*) in /.exec(answer.stderr)?.[1] ?? answer.stderr;
    };
    expect(await figures()).to.equal('2 analyzed in 1 call, 0 reused');
    expect(await figures()).to.equal('nothing to run, 2 reused');
    project.write({ 'src/b.js': 'export var b = 1;\n' });
    expect(await figures()).to.equal('1 analyzed in 1 call, 1 reused');
    project.write({ 'eslint.config.js': config({ 'no-var': 'off' }) });
    expect(await figures()).to.equal('2 analyzed in 1 call, 0 reused');
    project.write({ 'eslint.config.js': config({ 'no-var': 'error' }) });
    expect(await figures()).to.equal('nothing to run, 2 reused');
  }).timeout(60_000);
});

const isWritten = (file: string): boolean => fs.existsSync(file) && fs.readFileSync(file, 'utf8') !== '';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Where nobody takes in orphans, a process that has ended stays listed as a zombie. */
function expectGone(pid: number): void {
  const status = `/proc/${pid}/status`;
  if (fs.existsSync(status)) expect(fs.readFileSync(status, 'utf8')).to.match(/^State:\s+[ZX]/m);
  else expect(() => process.kill(pid, 0)).to.throw('ESRCH');
}
