/** Machines that are processes of the command line: each has a working copy, a cache and an outbox of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bundledCommand } from './bundled.js';
import { temporaryFolder, writeTree, type Tree } from './temporary.js';

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * An analyzer that runs in threads and writes a line into the file `$CALLS` for each file, whichever process it is in. `pauseMs` lets a run take
 * long enough to be disturbed.
 */
export const countingAnalyzer = ({ pauseMs = 0 }: { readonly pauseMs?: number } = {}): string => `
import fs from 'node:fs';
export default {
  id: 'words', version: '1', include: ['**/*.txt'],
  async analyze(file) {
    fs.appendFileSync(process.env.CALLS, file.path + '\\n');
    await new Promise((resolve) => setTimeout(resolve, ${pauseMs}));
    return { path: file.path, words: file.text().split(/\\s+/).length, text: file.text() };
  },
};
`;

export interface CliMachineOptions {
  /** Below the folder of this machine; default `copy`. */
  readonly place?: string;
  /** Added to every command. */
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Shared between machines to count what all of them analyze. */
  readonly calls?: string;
}

export class CliMachine {
  readonly folder = temporaryFolder();
  readonly root: string;
  readonly outbox: string;
  readonly calls: string;
  readonly #options: CliMachineOptions;

  constructor(tree: Tree, options: CliMachineOptions = {}) {
    this.#options = options;
    this.root = path.join(this.folder, options.place ?? 'copy');
    this.calls = options.calls ?? path.join(this.folder, 'calls');
    this.outbox = path.join(this.folder, 'user-cache');
    fs.mkdirSync(this.root, { recursive: true });
    this.write(tree);
  }

  write(tree: Tree): void {
    writeTree(this.root, tree);
  }

  /** Paths that were analyzed since this was last asked, sorted. */
  takeCalls(): string[] {
    if (!fs.existsSync(this.calls)) return [];
    const lines = fs.readFileSync(this.calls, 'utf8').split('\n').slice(0, -1);
    fs.rmSync(this.calls);
    return lines.sort();
  }

  /** Starts the command line in the working copy; `ended` resolves when its output has been read to the end. */
  async start(argv: readonly string[]): Promise<{ readonly child: ChildProcess; readonly ended: Promise<Ended> }> {
    const script = await bundledCommand();
    const { argv: added = [], env = {} } = this.#options;
    const dashes = argv.indexOf('--');
    const own = dashes < 0 ? argv : argv.slice(0, dashes);
    const passedOn = dashes < 0 ? [] : argv.slice(dashes);
    const startedAt = performance.now();
    const child = spawn(process.execPath, [script, ...own, ...added, ...passedOn], {
      cwd: this.root,
      // Nothing else of the environment of the tests: CI and credentials change what a run does.
      env: { PATH: process.env.PATH, HOME: this.folder, XDG_CACHE_HOME: this.outbox, CALLS: this.calls, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString('latin1')));
    child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString('latin1')));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) =>
        resolve({ exitCode, signal, ...written, durationMs: performance.now() - startedAt }),
      );
    });
    return { child, ended };
  }

  async run(...argv: string[]): Promise<Ended> {
    return (await this.start(argv)).ended;
  }
}
