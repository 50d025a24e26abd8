import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { once as nextEvent } from 'node:events';
import fs from 'node:fs';
import { documee, project, startDocumee, WORDS, type Project } from './support.js';

interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function end(child: ChildProcess, onStderr: (text: string) => void = () => undefined): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString();
    onStderr(chunk.toString());
  });
  const [exitCode, signal] = (await nextEvent(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, ...written };
}

/** One analysis after the other, each with a pause; four tasks run in the main thread, more would need the compiled worker. */
function slowProject(pauseMs: number): Project {
  const made = project({ 'a.txt': '1', 'b.txt': '2', 'c.txt': '3', 'd.txt': '4' });
  const pause = `async analyze(file) { if (file.path !== 'a.txt') await new Promise((resolve) => setTimeout(resolve, ${pauseMs}));`;
  made.write({ 'tools/words.mjs': WORDS.replace('analyze(file) {', pause) });
  return made;
}

describe('the process', () => {
  it('answers the version of package.json', async () => {
    const { root } = project();
    const { version } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    for (const argv of [['--version'], ['-V'], ['list', '--version']]) {
      expect(await end(startDocumee(argv, root))).to.include({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  it('the version is answered before anything else is loaded', () => {
    const source = fs.readFileSync(new URL('../../src/cli/bin.ts', import.meta.url), 'utf8');
    expect(source.match(/^import .*$/gm)).to.deep.equal(["import { createRequire } from 'node:module';"]);
    expect(source.startsWith('#!/usr/bin/env node\n')).to.equal(true);
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} keeps what was finished and exits with ${exitCode}`, async () => {
      const { root, run } = slowProject(300);
      const child = startDocumee(['analyze', '--verbose', '--concurrency', '1'], root);
      const ended = await end(
        child,
        once(() => child.kill(signal)),
      );
      expect(ended.exitCode, ended.stderr).to.equal(exitCode);
      expect(ended.stderr).to.match(/documee: The run was aborted; [^\n]+ \[CACHE_ABORTED\]\n$/);
      const kept = Number(/aborted; (\d+) finished/.exec(ended.stderr)?.[1]);
      expect(kept).to.be.within(1, 3);
      const { stdout } = await run('plan', '--json');
      expect((JSON.parse(stdout) as { totals: unknown }).totals).to.deep.equal({
        files: 4,
        run: 4 - kept,
        possible: 0,
        reuse: kept,
        removed: 0,
      });
    });
  }

  it('a second SIGINT quits at once, whatever still runs', async () => {
    const { root } = slowProject(600_000);
    const child = startDocumee(['analyze', '--verbose', '--concurrency', '1'], root);
    const interruptTwice = once(() => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 200);
    });
    expect((await end(child, interruptTwice)).exitCode).to.equal(130);
  });

  it('a reader that has seen enough ends it quietly', async () => {
    const { root } = project(Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`f${index}.txt`, ''])));
    const child = startDocumee(['plan', '--verbose'], root);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await end(child)).to.include({ exitCode: 0, stderr: '' });
  });

  it('what an analyzer throws behind its own back is one line and exit code 1', async () => {
    const { root, write } = project();
    write({
      'tools/words.mjs': WORDS.replace(
        'analyze(file) {',
        "analyze(file) { setTimeout(() => { throw new Error('stray'); });",
      ),
    });
    write({ 'c.txt': 'x' });
    const { exitCode, stderr } = await end(startDocumee(['analyze', '--no-progress'], root));
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 1, stderr: 'documee: internal error: stray\n' });
  });

  it('what an analyzer prints goes to stderr, in this thread and in others', async () => {
    for (const files of [2, 40]) {
      const { root, write } = project(
        Object.fromEntries(Array.from({ length: files }, (_, index) => [`f${index}.txt`, ''])),
      );
      const print = "analyze(file) { console.log('chatter'); console.info('%s', 'more');";
      write({ 'tools/words.mjs': WORDS.replace('analyze(file) {', print) });
      const { exitCode, stdout, stderr } = await end(startDocumee(['analyze', '--json', '--no-progress'], root));
      expect(exitCode, stderr).to.equal(0);
      expect((JSON.parse(stdout) as { totals: object }).totals).to.include({ analyzed: files });
      expect(stderr.match(/^(chatter|more)$/gm)).to.have.lengthOf(2 * files);
    }
  });

  it('an output that cannot be written is said and is exit code 1', async function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const { root } = project();
    const full = fs.openSync('/dev/full', 'w');
    const { exitCode, stderr } = await end(startDocumee(['plan', '--json'], root, {}, full));
    fs.closeSync(full);
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(/^documee: the output could not be written \(.*ENOSPC.*\)\.\n$/);
  });

  it('a module that never finishes loading is said and is exit code 1', async () => {
    const { root, write } = project();
    write({ 'tools/words.mjs': `await new Promise(() => {});\n${WORDS}` });
    const { exitCode, stdout, stderr } = await end(startDocumee(['analyze'], root));
    expect({ exitCode, stdout }).to.deep.equal({ exitCode: 1, stdout: '' });
    expect(stderr).to.match(/^documee: [^\n]+ never happens[^\n]*\n$/);
  });

  it('an interrupt of a command that does not analyze ends it', async () => {
    const { root } = project();
    const controller = new AbortController();
    controller.abort('SIGINT');
    const answer = await documee(['list'], { cwd: root, signal: controller.signal });
    expect(answer.exitCode).to.equal(130);
    expect(answer.stderr).to.match(/^documee: Interrupted; .*\[CACHE_ABORTED\]\n$/);
  });
});

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
