/**
 * Replays the history of a real repository: at each of its last commits an incremental run and one from scratch must answer the same, with
 * `structure` and, if asked, with `documee exec` around a command against that command alone. Exit code 1 where anything differs.
 *
 *   npm run replay -- <git repository> [--commits 100] [--include GLOB]…
 *     [--exec 'CMD … {files}' --format eslint-json --exec-include GLOB… --depends imports --input FILE…]
 *
 * The command is split at spaces. The repository is cloned and never written to.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  analyzeCodebase,
  canonicalJson,
  planCodebase,
  type AnalysisRun,
  type AnalyzeOptions,
  type Analyzer,
} from '../src/index.js';

const DOCUMEE = fileURLToPath(new URL('../dist/lib/bin.js', import.meta.url));
const MOST_DIFFERENCES_SHOWN = 10;

interface Options {
  readonly repository: string;
  readonly commits: number;
  readonly include: readonly string[] | undefined;
  readonly command: CommandOptions | undefined;
}

interface CommandOptions {
  /** With `{files}` among them. */
  readonly words: readonly string[];
  readonly format: string;
  readonly include: readonly string[];
  /** Further options of `documee exec`. */
  readonly rest: readonly string[];
}

/** What one kind of run did at one commit. */
interface Row {
  readonly commit: string;
  readonly what: string;
  readonly files: number;
  readonly ran: number | string;
  readonly reused: number | string;
  readonly ms: number;
  readonly scratchMs: number;
  readonly differences: readonly string[];
}

async function main(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'documee-replay-')));
  try {
    const replay = new Replay(options, folder);
    print(['commit', 'what', 'files', 'ran', 'reused', 'ms', 'from scratch ms', 'differences']);
    let differing = 0;
    for (const commit of replay.commits()) {
      for await (const row of replay.at(commit)) {
        const { differences, ...shown } = row;
        print([...Object.values(shown), differences.length]);
        for (const line of differences.slice(0, MOST_DIFFERENCES_SHOWN)) console.log(`  ${line}`);
        if (differences.length > 0) differing++;
      }
    }
    console.log(
      differing === 0 ? 'No run differs from one from scratch.' : `${differing} runs differ from one from scratch.`,
    );
    process.exitCode = differing === 0 ? 0 : 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function optionsOf(args: readonly string[]): Options {
  const many = { type: 'string', multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      commits: { type: 'string', default: '100' },
      include: many,
      exec: { type: 'string' },
      format: { type: 'string', default: 'eslint-json' },
      'exec-include': many,
      depends: { type: 'string', default: 'none' },
      input: many,
    },
  });
  const [repository] = positionals;
  if (repository === undefined)
    throw new Error('Usage: npm run replay -- <git repository> [--commits N] [--exec CMD …]');
  const { exec, format, depends } = values;
  const rest = ['--depends', depends, ...(values.input ?? []).flatMap((input) => ['--input', input])];
  const include = values['exec-include'] ?? [];
  const command = exec === undefined ? undefined : { words: exec.split(' ').filter(Boolean), format, include, rest };
  if (command !== undefined && !command.words.includes('{files}')) throw new Error('Expected {files} in the command');
  return { repository, commits: Number(values.commits), include: values.include, command };
}

/** One clone with one cache, moved from commit to commit. */
class Replay {
  readonly #options: Options;
  readonly #root: string;
  readonly #basePath: string;
  readonly #scratch: string;

  constructor(options: Options, folder: string) {
    this.#options = options;
    this.#root = path.join(folder, 'tree');
    this.#basePath = path.join(folder, 'cache');
    this.#scratch = path.join(folder, 'scratch');
    execFileSync('git', ['clone', '--quiet', '--no-checkout', path.resolve(options.repository), this.#root]);
  }

  /** Oldest first. */
  commits(): string[] {
    const count = String(this.#options.commits);
    return this.#git('rev-list', '--first-parent', `--max-count=${count}`, 'HEAD')
      .split('\n')
      .filter(Boolean)
      .reverse();
  }

  async *at(commit: string): AsyncGenerator<Row> {
    this.#git('checkout', '--quiet', '--force', '--detach', commit);
    this.#git('clean', '--quiet', '-ffdx');
    yield await this.#structureRow(commit);
    if (this.#options.command !== undefined) yield await this.#commandRow(commit, this.#options.command);
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.#root, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
  }

  #analyzeOptions(basePath: string): AnalyzeOptions {
    const { include } = this.#options;
    return { ...{ root: this.#root, basePath, codebaseId: 'replay', analyzers: ['structure'] }, include };
  }

  async #structureRow(commit: string): Promise<Row> {
    const incremental = await analyzeCodebase({ ...this.#analyzeOptions(this.#basePath), changeDetection: 'stat' });
    fs.rmSync(this.#scratch, { recursive: true, force: true });
    const scratch = await analyzeCodebase({ ...this.#analyzeOptions(this.#scratch), changeDetection: 'content' });
    const differences = differencesOf(await answersOf(incremental), await answersOf(scratch));
    await incremental.close();
    await scratch.close();
    const { files, analyzed: ran, reused } = incremental.totals;
    const ms = { ms: Math.round(incremental.durationMs), scratchMs: Math.round(scratch.durationMs) };
    return { commit: commit.slice(0, 10), what: 'structure', files, ran, reused, ...ms, differences };
  }

  async #commandRow(commit: string, command: CommandOptions): Promise<Row> {
    const files = await this.#filesOf(command.include);
    const alone = this.#start(command.words.flatMap((word) => (word === '{files}' ? files : [word])));
    const where = ['-C', this.#root, '--base-path', this.#basePath, '--codebase', 'replay-exec'];
    const include = command.include.flatMap((glob) => ['--include', glob]);
    const what = ['--id', 'replayed', '--format', command.format, ...include, ...command.rest];
    const kept = this.#start([process.execPath, DOCUMEE, 'exec', ...where, ...what, '--', ...command.words]);
    const differences = [
      ...(kept.status === alone.status
        ? []
        : [`exit code ${kept.status}, alone ${alone.status}: ${kept.stderr.slice(-500)}`]),
      ...(kept.stdout === alone.stdout ? [] : [`the report differs: ${firstDifference(kept.stdout, alone.stdout)}`]),
    ];
    const counts = countsOf(kept.stderr);
    return {
      ...{ commit: commit.slice(0, 10), what: 'exec', files: files.length, ...counts },
      ...{ ms: kept.ms, scratchMs: alone.ms, differences },
    };
  }

  /** The files that `documee exec` would pass, found by a plan that analyzes nothing. */
  async #filesOf(include: readonly string[]): Promise<string[]> {
    const lister: Analyzer = {
      id: 'lister',
      version: '1',
      ...(include.length > 0 ? { include } : {}),
      analyze: () => null,
    };
    const plan = await planCodebase({
      root: this.#root,
      basePath: this.#scratch,
      codebaseId: 'list',
      analyzers: [lister],
    });
    return plan.tasks.map((task) => task.path);
  }

  #start([program = '', ...args]: readonly string[]): {
    stdout: string;
    stderr: string;
    status: number | null;
    ms: number;
  } {
    const startedAt = performance.now();
    const done = spawnSync(program, args, { cwd: this.#root, encoding: 'utf8', maxBuffer: 1 << 30 });
    if (done.error !== undefined) throw done.error;
    const { stdout, stderr, status } = done;
    return { stdout, stderr, status, ms: Math.round(performance.now() - startedAt) };
  }
}

/** Digest of each answer, by path and analyzer, of each failure, and of each value of the whole codebase. */
async function answersOf(run: AnalysisRun): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for await (const { path: file, analyzer, result } of run.results())
    answers.set(`${analyzer} ${file}`, crypto.hash('sha256', canonicalJson(result)));
  for (const { path: file, analyzer } of run.failures) answers.set(`${analyzer} ${file}`, 'failed');
  const { metrics, ...values } = run.values();
  // How long it took, and how much came from the cache, differ by nature.
  const { durationMs: _, hitRate: __, ...figures } = metrics as Record<string, unknown>;
  for (const [name, value] of Object.entries({ ...values, metrics: figures }))
    answers.set(`value ${name}`, crypto.hash('sha256', canonicalJson(value)));
  return answers;
}

function differencesOf(incremental: ReadonlyMap<string, string>, scratch: ReadonlyMap<string, string>): string[] {
  const names = new Set([...incremental.keys(), ...scratch.keys()]);
  return [...names].filter((name) => incremental.get(name) !== scratch.get(name)).map((name) => `differs: ${name}`);
}

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 40), at + 80));
  return `at character ${at}: ${around(one)}, alone ${around(other)}`;
}

/** From the line that documee prints of a run, where it is there. */
function countsOf(stderr: string): Pick<Row, 'ran' | 'reused'> {
  const count = (word: string): string => new RegExp(`(\\d[\\d,]*) ${word}`).exec(stderr)?.[1] ?? '0';
  return { ran: count('analyzed'), reused: count('reused') };
}

const print = (cells: readonly (string | number)[]): void => console.log(cells.join(' | '));

await main(process.argv.slice(2));
