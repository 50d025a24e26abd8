import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { linterProject, type LinterProject } from './support.js';

const withMode = (project: LinterProject, mode: string): { environment: LinterProject['environment'] } => ({
  environment: { ...project.environment, MODE: mode },
});

describe('exec', () => {
  it('the tool is not started where nothing changed, and the report is that of all files', async () => {
    const project = linterProject();
    const first = await project.run();
    expect(project.calls()).to.deep.equal([['src/a.js', 'src/b.js']]);
    const second = await project.run();
    expect(project.calls()).to.deep.equal([]);
    expect(second.report).to.equal(first.report);
    expect(second.exitCode).to.equal(1);
    const entries = JSON.parse(second.report) as { filePath: string; errorCount: number }[];
    expect(entries.map(({ filePath, errorCount }) => [filePath, errorCount])).to.deep.equal([
      [path.join(project.root, 'src/a.js'), 0],
      [path.join(project.root, 'src/b.js'), 1],
    ]);
  });

  it('only a file that changed is passed', async () => {
    const project = linterProject();
    await project.run();
    project.calls();
    project.write({ 'src/b.js': 'good now' });
    const { exitCode } = await project.run();
    expect(project.calls()).to.deep.equal([['src/b.js']]);
    expect(exitCode).to.equal(0);
  });

  it('a new file is passed alone, and a removed one leaves the report', async () => {
    const project = linterProject();
    await project.run();
    project.calls();
    project.write({ 'src/c.js': 'bad' });
    fs.rmSync(path.join(project.root, 'src/a.js'));
    const { report } = await project.run();
    expect(project.calls()).to.deep.equal([['src/c.js']]);
    expect((JSON.parse(report) as { filePath: string }[]).map(({ filePath }) => path.basename(filePath))).to.deep.equal(
      ['b.js', 'c.js'],
    );
  });

  it('a project that was moved hits, and its report has the new paths', async () => {
    const project = linterProject();
    const first = await project.run();
    project.calls();
    const moved = `${project.root}-moved`;
    fs.renameSync(project.root, moved);
    const { report } = await project.run({ root: moved, cwd: moved }).catch(() => ({ report: '' }));
    expect(report).to.equal('', 'the old root is gone');
    const { execAnalyzer, analyzeCodebase } = await import('../../../src/index.js');
    const tool = await execAnalyzer({
      ...{ id: 'lint', root: moved, format: 'eslint-json', include: ['src/**'], environment: project.environment },
      command: ['node', 'tools/lint.mjs', '{files}'],
    });
    const basePath = path.join(path.dirname(moved), 'cache');
    const run = await analyzeCodebase({ root: moved, basePath, codebaseId: 'lint', analyzers: [tool] });
    expect(run.totals).to.include({ analyzed: 0, reused: 2 });
    const parts: [never, never][] = [];
    for await (const { path: file, result } of run.results()) parts.push([file as never, result as never]);
    expect([...tool.report.print(parts)].join('')).to.equal(first.report.replaceAll(project.root, moved));
  });

  describe('what shapes the answers', () => {
    const story = (
      title: string,
      change: (project: LinterProject) => Parameters<LinterProject['run']>[0],
      include = ['src/**'],
    ): void => {
      it(`${title} passes all files again`, async () => {
        const project = linterProject();
        project.write({ 'rules.json': '1', 'plugins/a.js': '1' });
        const inputs = ['plugins/**', 'plugins/*.cjs'];
        const command = ['node', 'tools/lint.mjs', '--config=rules.json', '{files}'];
        const options = { inputs, command, include, env: ['LEVEL'], versionCommand: ['node', '-p', '1'] };
        await project.run(options);
        await project.run(options);
        expect(project.calls()).to.have.lengthOf(1);
        const changed = { ...options, ...change(project) };
        await project.run(changed);
        expect(project.calls()).to.deep.equal([['src/a.js', 'src/b.js']]);
        await project.run(changed);
        expect(project.calls()).to.deep.equal([]);
      });
    };
    const writing =
      (files: Record<string, string>) =>
      (project: LinterProject): object => {
        project.write(files);
        return {};
      };
    story('another configuration that is looked for by name', writing({ 'eslint.config.js': '' }));
    story('a configuration nearer to a file', writing({ 'src/.eslintrc.json': '{}' }), ['src/*.js']);
    story('a lock file', writing({ 'package-lock.json': '{}' }));
    story('a file that the command line names as its configuration', writing({ 'rules.json': '2' }));
    story('a declared input', writing({ 'plugins/a.js': '2' }));
    story('a file that a declared glob did not match before', writing({ 'plugins/deep/b.js': '' }));
    story('the script of the tool', (project) => {
      const file = path.join(project.root, 'tools/lint.mjs');
      fs.appendFileSync(file, '\n// edited');
      return {};
    });
    story('another command line', () => ({
      command: ['node', 'tools/lint.mjs', '--config=rules.json', '--strict', '{files}'],
    }));
    story('what the version command says', () => ({ versionCommand: ['node', '-p', '2'] }));

    it('an unrelated file passes nothing again', async () => {
      const project = linterProject();
      await project.run();
      project.calls();
      project.write({ 'README.md': '', 'node_modules/x/eslint.config.js': '', 'src/notes.md': '' });
      await project.run({ include: ['src/**/*.js'] });
      expect(project.calls()).to.deep.equal([]);
    });

    it('without the default inputs a new configuration changes nothing', async () => {
      const project = linterProject();
      await project.run({ defaultInputs: false });
      project.calls();
      project.write({ 'eslint.config.js': '' });
      await project.run({ defaultInputs: false });
      expect(project.calls()).to.deep.equal([]);
    });

    it('a declared input that does not exist is said, and counts once it does', async () => {
      const project = linterProject();
      const { warnings } = await project.run({ inputs: ['rules.txt'] });
      expect(warnings).to.have.lengthOf(1);
      expect(warnings[0]).to.include('rules.txt');
      project.calls();
      project.write({ 'rules.txt': '' });
      await project.run({ inputs: ['rules.txt'] });
      expect(project.calls()).to.have.lengthOf(1);
    });

    it('an input that changes while the tool runs makes its answers good for this run only', async () => {
      const project = linterProject();
      const place = path.join(project.root, 'eslint.config.js');
      const { run, exitCode } = await project.run(withMode(project, `write:${place}`));
      expect(run.totals).to.include({ failed: 0, uncacheable: 2 });
      expect(exitCode).to.equal(1);
      project.calls();
      await project.run();
      expect(project.calls()).to.deep.equal([['src/a.js', 'src/b.js']]);
    });
  });

  describe('a tool that edits its files', () => {
    it('is asked once more about those that it edited, and never about the others', async () => {
      const project = linterProject();
      const fix = { command: ['node', 'tools/lint.mjs', '--fix', '{files}'] };
      project.write({ 'src/c.js': 'bad' });
      const first = await project.run(fix);
      expect(first.exitCode).to.equal(0);
      expect(project.calls()).to.deep.equal([['src/a.js', 'src/b.js', 'src/c.js']]);
      const second = await project.run(fix);
      expect(project.calls()).to.deep.equal([['src/b.js', 'src/c.js']]);
      expect(second.report).to.equal(first.report);
      await project.run(fix);
      expect(project.calls()).to.deep.equal([]);
    });
  });

  describe('a tool that fails', () => {
    const failing = (title: string, mode: string, words: readonly string[]): void => {
      it(`${title} is reported, and its files are passed again`, async () => {
        const project = linterProject();
        const { run, calls } = await project.run(withMode(project, mode));
        expect(run.totals).to.include({ analyzed: 0, failed: 2 });
        for (const { message } of run.failures) for (const word of words) expect(message).to.include(word);
        expect(calls[0]?.problem).to.equal(run.failures[0]?.message);
        project.calls();
        const next = await project.run();
        expect(project.calls()).to.deep.equal([['src/a.js', 'src/b.js']]);
        expect(next.run.totals.failed).to.equal(0);
      });
    };
    failing('one that ends without a report', 'crash', ['exit code 3', 'cannot read rules']);
    failing('one that prints half a report', 'garbage', ['exit code 0', 'eslint-json']);
    failing('one that dies', 'killed', ['SIGKILL']);

    it('a call that takes too long is stopped, with all that it started', async () => {
      const project = linterProject();
      const pidFile = path.join(project.root, '..', 'pid');
      const startedAt = Date.now();
      const { run } = await project.run({ ...withMode(project, `hang:${pidFile}`), timeoutMs: 1500 });
      expect(run.failures[0]?.message).to.include('within 1.5 s');
      expect(Date.now() - startedAt).to.be.lessThan(20_000);
      expectGone(Number(fs.readFileSync(pidFile, 'utf8')));
    }).timeout(30_000);

    it('a file that the report leaves out has failed, the others are kept', async () => {
      const project = linterProject();
      const { run } = await project.run(withMode(project, 'silent'));
      expect(run.failures.map(({ path: file }) => file)).to.deep.equal(['src/b.js']);
      project.calls();
      await project.run();
      expect(project.calls()).to.deep.equal([['src/b.js']]);
    });

    it('a program that is not there is an error that says what to do', async () => {
      const project = linterProject();
      const error = await project.run({ command: ['no-such-linter', '{files}'] }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.include({ code: 'CACHE_COMMAND_NOT_FOUND' });
      expect((error as Error).message).to.include('Install it');
    });

    it('a version command that fails is an error, not a version', async () => {
      const project = linterProject();
      const error = await project
        .run({ versionCommand: ['node', '-e', 'process.exit(4)'] })
        .catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: 'CACHE_COMMAND_FAILED' });
    });
  });

  describe('calls', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`src/f${String(index).padStart(2, '0')}.js`, 'good']),
    );

    it('a limit on files cuts them into even calls in order', async () => {
      const project = linterProject(many);
      await project.run({ batchSize: 15 });
      const calls = project.calls();
      expect(calls.map(({ length }) => length)).to.deep.equal([14, 14, 12]);
      expect(calls.flat()).to.deep.equal(Object.keys(many));
    });

    it('parallel calls overlap, and give the same report', async () => {
      const project = linterProject(many);
      const { report } = await project.run();
      const other = linterProject(many);
      const startedAt = performance.now();
      const parallel = await other.run({ ...withMode(other, 'wait'), parallel: 4 });
      expect(performance.now() - startedAt).to.be.greaterThan(0);
      expect(other.calls()).to.have.lengthOf(4);
      expect(parallel.report.replaceAll(other.root, project.root)).to.equal(report);
    });

    it('names that look like options are passed as files', async () => {
      const project = linterProject({ '--fix.js': 'bad', '@list.js': 'good' });
      const { run } = await project.run({ include: ['*.js'] });
      expect(run.totals.failed).to.equal(0);
      expect(project.calls()).to.deep.equal([['./--fix.js', './@list.js']]);
    });

    it('what the tool says on its error stream is passed on as it comes', async () => {
      const project = linterProject();
      expect((await project.run()).said).to.equal('checked 2\n');
      expect((await project.run()).said).to.equal('');
    });

    it('an abort stops the tool and all that it started', async () => {
      const project = linterProject();
      const pidFile = path.join(project.root, '..', 'pid');
      const controller = new AbortController();
      const watching = setInterval(() => isWritten(pidFile) && controller.abort(), 20);
      const error = await project
        .run(withMode(project, `hang:${pidFile}`), controller.signal)
        .catch((thrown: unknown) => thrown);
      clearInterval(watching);
      expect(error).to.include({ code: 'CACHE_ABORTED' });
      expectGone(Number(fs.readFileSync(pidFile, 'utf8')));
    }).timeout(30_000);
  });

  describe('what answers depend on', () => {
    const files = {
      'src/a.ts': "import { b } from './b.js';",
      'src/b.ts': "export { c as b } from './c.js';",
      'src/c.ts': 'export const c = 1;',
      'src/d.ts': 'export const d = 1;',
    };
    const imports = { depends: 'imports', include: ['src/*.ts'] } as const;

    it('a file is passed again when a file changed that it imports over another one', async () => {
      const project = linterProject(files);
      await project.run(imports);
      await project.run(imports);
      expect(project.calls()).to.deep.equal([Object.keys(files)]);
      project.write({ 'src/c.ts': 'export const c = 2;' });
      await project.run(imports);
      expect(project.calls()).to.deep.equal([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
      project.write({ 'src/d.ts': 'export const d = 2;' });
      await project.run(imports);
      expect(project.calls()).to.deep.equal([['src/d.ts']]);
    });

    it('a file is passed again when a new file takes the place of one that it imports', async () => {
      const project = linterProject({
        ...files,
        'src/a.ts': "import { b } from './lib';",
        'src/lib/index.ts': 'export const b = 1;',
      });
      await project.run(imports);
      project.calls();
      project.write({ 'src/lib.ts': 'export const b = 2;' });
      await project.run(imports);
      expect(project.calls()).to.deep.equal([['src/a.ts', 'src/lib.ts']]);
    });

    it('with all, every file is passed again when one changed, and when one is new', async () => {
      const project = linterProject(files);
      const all = { depends: 'all', include: ['src/*.ts'] } as const;
      await project.run(all);
      await project.run(all);
      expect(project.calls()).to.deep.equal([Object.keys(files)]);
      project.write({ 'src/d.ts': 'export const d = 2;' });
      await project.run(all);
      project.write({ 'src/e.ts': '' });
      await project.run(all);
      expect(project.calls()).to.deep.equal([Object.keys(files), [...Object.keys(files), 'src/e.ts']]);
    });
  });

  it('a tool whose whole output is its answer is called once for each file', async () => {
    const project = linterProject({ 'src/a.js': 'alpha\n', 'src/b.js': 'beta\n' });
    const options = { format: 'text', command: ['cat', '{files}'] } as const;
    const first = await project.run(options);
    expect(first.calls).to.have.lengthOf(2);
    expect(first.report).to.equal('alpha\nbeta\n');
    project.write({ 'src/b.js': 'gamma\n' });
    const second = await project.run(options);
    expect(second.calls).to.have.lengthOf(1);
    expect(second.report).to.equal('alpha\ngamma\n');
  });
});

const isWritten = (file: string): boolean => fs.existsSync(file) && fs.readFileSync(file, 'utf8') !== '';

/** Where nobody takes in orphans, a process that has ended stays listed as a zombie. */
function expectGone(pid: number): void {
  const status = `/proc/${pid}/status`;
  if (fs.existsSync(status)) expect(fs.readFileSync(status, 'utf8')).to.match(/^State:\s+[ZX]/m);
  else expect(() => process.kill(pid, 0)).to.throw('ESRCH');
}
