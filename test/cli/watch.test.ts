import { Ajv } from 'ajv';
import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { documee, project, startDocumee, WORDS } from './support.js';

/** Longest wait for something that has to be printed, in ms: a machine may be busy. */
const PATIENCE_MS = 18_000;

interface Line {
  readonly round: number;
  readonly cause: string;
  readonly outcome: string;
  readonly ran?: readonly string[];
  readonly analysis?: { readonly totals: { readonly failed: number; readonly reused: number } };
  readonly error?: { readonly code: string };
}

/** A process of the command line and what it printed. */
class Watcher {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown[]>;

  constructor(root: string, ...argv: string[]) {
    this.child = startDocumee(['watch', ...argv], root);
    this.#closed = once(this.child, 'close');
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    running.push(this.child);
  }

  lines(): Line[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  line(wanted: (line: Line) => boolean): Promise<Line> {
    return this.#until(() => this.lines().find(wanted));
  }

  says(pattern: RegExp): Promise<string> {
    return this.#until(() => pattern.exec(this.stdout + this.stderr)?.[0]);
  }

  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.child.kill(signal);
    return (await this.#closed)[0];
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        for (const stream of [this.child.stdout, this.child.stderr]) stream?.off('data', again);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`not printed in ${PATIENCE_MS} ms:\n${this.stdout}\n${this.stderr}`));
      }, PATIENCE_MS);
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', again);
      again();
    });
  }
}

const running: ChildProcess[] = [];

describe('documee watch', () => {
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

  it('prints a line for each round, with what ran, and ends with 130 on Ctrl-C', async () => {
    const { root, write } = project();
    const watcher = new Watcher(root);
    await watcher.says(/2 analyzed, 0 reused, 0 failed {2}.*a\.txt, b\.txt/);
    // Nobody types into it: that its input ends is no reason to end.
    watcher.child.stdin?.end();
    write({ 'a.txt': 'one two three' });
    await watcher.says(/^\d\d:\d\d:\d\d {2}1 analyzed, 1 reused, 0 failed {2}.* {2}a\.txt$/m);
    write({ 'b.txt': 'BOOM' });
    await watcher.says(/failed: b\.txt words: first line/);
    expect(await watcher.end('SIGINT')).to.equal(130);
    expect(watcher.stderr).to.match(/\[CACHE_ABORTED\]\n$/);
  });

  it('--json prints one line of JSON for each round, as the schema says', async () => {
    const { root, write } = project();
    const watcher = new Watcher(root, '--json');
    await watcher.line(({ cause }) => cause === 'start');
    write({ 'a.txt': 'BOOM', 'c.txt': '' });
    await watcher.line(({ ran, analysis }) => ran?.includes('c.txt') === true && analysis?.totals.failed === 1);
    fs.rmSync(root, { recursive: true });
    await watcher.line(({ outcome }) => outcome === 'root-missing');
    expect(await watcher.end('SIGTERM')).to.equal(143);
    const [last] = watcher.lines().slice(-1);
    expect(last?.error).to.include({ code: 'CACHE_ABORTED' });
    const schema = JSON.parse(fs.readFileSync(SCHEMA, 'utf8')) as object;
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const line of watcher.lines().slice(0, -1))
      expect(validate(line), JSON.stringify([line, validate.errors])).to.equal(true);
  });

  it('an edit of the configuration holds from the next round on, a broken one fails rounds until it is mended', async () => {
    const { root, write } = project();
    const watcher = new Watcher(root, '--json');
    await watcher.line(({ cause }) => cause === 'start');
    const config = 'codebase: shop\nanalyzers: [./tools/words.mjs]\n';
    write({ 'documee.config.yaml': 'nonsense: [' });
    await watcher.line(({ error }) => error?.code === 'CACHE_BAD_CONFIG');
    write({ 'documee.config.yaml': `${config}exclude: [b.txt]\n` });
    await watcher.line(({ round, analysis }) => round > 1 && analysis?.totals.reused === 1);
  });

  it('says once that an edited analyzer needs a restart', async () => {
    const { root, write } = project();
    const watcher = new Watcher(root, '--json');
    await watcher.line(({ cause }) => cause === 'start');
    write({ 'tools/words.mjs': WORDS.replace("version: '1'", "version: '2'") });
    await watcher.says(/CACHE_ANALYZER_CHANGED/);
    for (const file of ['a.txt', 'b.txt']) {
      write({ [file]: 'edited' });
      await watcher.line(({ round, ran }) => round > 1 && ran?.includes(file) === true);
    }
    expect(watcher.stderr.match(/CACHE_ANALYZER_CHANGED/g)).to.have.length(1);
    expect(watcher.stderr).to.contain('Restart the process');
  });

  it('a second terminal may analyze at the same time', async () => {
    const { root, run, write } = project();
    const watcher = new Watcher(root, '--json');
    await watcher.line(({ cause }) => cause === 'start');
    for (let round = 0; round < 5; round += 1) {
      write({ 'a.txt': `round ${round}`, [`new${round}.txt`]: '' });
      const { exitCode, stderr } = await run('analyze');
      expect(exitCode, stderr).to.equal(0);
    }
    await watcher.line(({ analysis }) => (analysis?.totals as { files?: number } | undefined)?.files === 7);
    expect((await run('verify')).exitCode).to.equal(0);
    const plan = JSON.parse((await run('plan', '--json')).stdout) as { totals: { run: number } };
    expect(plan.totals.run).to.equal(0);
  });

  it('--quiet prints failures only', async () => {
    const { root, write } = project();
    const watcher = new Watcher(root, '--quiet');
    await new Promise((resolve) => setTimeout(resolve, 50));
    write({ 'a.txt': 'BOOM' });
    await watcher.says(/failed: a\.txt/);
    expect(watcher.stdout).to.equal('');
  });

  it('does not run in CI', async () => {
    const { root } = project();
    const { exitCode, stderr } = await documee(['watch'], { cwd: root, env: { CI: 'true' } });
    expect(exitCode).to.equal(2);
    expect(stderr).to.match(/^documee: watch does not run in CI[^\n]*\[CACHE_USAGE\]\n$/);
  });

  it('a root that is none ends it with 2', async () => {
    const { root } = project();
    expect((await documee(['watch', 'absent'], { cwd: root })).exitCode).to.equal(2);
  });
});

const SCHEMA = path.resolve(import.meta.dirname, '../../schemas/watch-output.schema.json');
