/** `documee` as a user starts it, against `git status` and file-entry-cache over the same tree. */
import fs from 'node:fs';
import path from 'node:path';
import { command, compare, peakMemoryMb, runProcess, type Subject } from '../measure.js';
import { ms, type Row } from '../table.js';
import { filePlace, makeTree } from '../tree.js';

const BIN = path.resolve('dist/lib/bin.js');
const TRIVIAL = path.resolve('bench/references/trivial-analyzer.mjs');
const FILE_ENTRY_CACHE = path.resolve('bench/references/file-entry-cache.mjs');

const analyze = (...options: string[]): string[] => [
  process.execPath,
  BIN,
  'analyze',
  '--analyzer',
  TRIVIAL,
  '--quiet',
  ...options,
];

/** The tree of each size is made once. The first runs fill every cache; tuples younger than 2 s are not kept, so there is a second. */
export class BenchTree {
  readonly root: string;
  readonly count: number;

  constructor(folder: string, count: number) {
    this.root = path.join(folder, `tree-${count}`);
    this.count = count;
    if (fs.existsSync(path.join(this.root, '.git'))) return;
    fs.mkdirSync(this.root, { recursive: true });
    makeTree(this.root, count);
  }

  warm(): void {
    runProcess(analyze(), this.root);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
    for (let run = 0; run < 2; run++) runProcess(analyze(), this.root);
  }

  get size(): string {
    return `${this.count.toLocaleString('en-US')} files`;
  }
}

/** The fixed cost of starting Node weighs less the larger the tree is, so this line is printed for two sizes. */
export async function gitStatusRow(tree: BenchTree, rounds: number): Promise<Row> {
  const { root, size } = tree;
  tree.warm();
  const unchanged = command('documee analyze', analyze(), root);
  const gitStatus = command('git status', ['git', 'status', '--short'], root);
  return row('unchanged run', size, await compare(unchanged, gitStatus, rounds), 'git status', 3.5, 2);
}

export async function* wholeProcessRows(tree: BenchTree, rounds: number): AsyncGenerator<Row> {
  const { root, size } = tree;
  yield await gitStatusRow(tree, rounds);
  const unchanged = command('documee analyze', analyze(), root);

  const metadata = command(
    'file-entry-cache',
    [process.execPath, FILE_ENTRY_CACHE, root, path.join(root, '.fec'), 'metadata'],
    root,
  );
  yield row(
    'unchanged run',
    size,
    await compare(unchanged, metadata, rounds),
    'file-entry-cache, metadata',
    0.25,
    0.12,
  );

  const content = command('documee analyze', analyze('--change-detection', 'content'), root);
  const checksum = command(
    'file-entry-cache',
    [process.execPath, FILE_ENTRY_CACHE, root, path.join(root, '.fec-sum'), 'checksum'],
    root,
  );
  yield row(
    'unchanged run, content',
    size,
    await compare(content, checksum, rounds),
    'file-entry-cache, checksum',
    0.45,
    0.25,
  );

  yield row(
    'one file changed',
    size,
    await compare(oneFileChanged(root), unchanged, rounds),
    'unchanged run',
    1.3,
    1.1,
  );
  runProcess(['git', 'checkout', '-q', '.'], root);
}

/** Another content each time, well before the run and with an old time stamp, as an editor and a thinking person leave it. */
function oneFileChanged(root: string): Subject {
  let edit = 0;
  const place = path.join(root, filePlace(100));
  return {
    name: 'documee analyze',
    before: () => fs.appendFileSync(place, `// edit ${process.pid} ${edit++}\n`),
    run: () => void runProcess(analyze(), root),
  };
}

export async function versionRow(rounds: number): Promise<Row> {
  const ours = command('documee --version', [process.execPath, BIN, '--version'], process.cwd());
  const bare = command('node -e 0', [process.execPath, '-e', '0'], process.cwd());
  return row('documee --version', 'one process', await compare(ours, bare, rounds), 'node -e 0', 2.5, 1.5);
}

export function memoryRow(tree: BenchTree): Row {
  tree.warm();
  const peak = peakMemoryMb(analyze(), tree.root);
  const bare = peakMemoryMb([process.execPath, '-e', '0'], tree.root);
  return {
    ...{
      what: 'peak memory, unchanged run',
      size: tree.size,
      ours: `${peak.toFixed(0)} MB`,
      reference: `${bare.toFixed(0)} MB (node -e 0)`,
    },
    ...{ value: peak, unit: 'MB', atMost: 220, goal: 150 },
  };
}

/** Time and memory of a first and of an unchanged run, for each size: no worse than linear. */
export function growthLine(tree: BenchTree): string {
  const first = path.join(tree.root, '.documee');
  fs.rmSync(first, { recursive: true, force: true });
  const time = (action: () => void): number => {
    const startedAt = performance.now();
    action();
    return performance.now() - startedAt;
  };
  const firstMs = time(() => runProcess(analyze(), tree.root));
  tree.warm();
  const unchangedMs = [0, 1, 2]
    .map(() => time(() => runProcess(analyze(), tree.root)))
    .sort((a, b) => a - b)[1] as number;
  const memory = peakMemoryMb(analyze(), tree.root);
  const perFile = (value: number): string => `${((value * 1000) / tree.count).toFixed(1)} us a file`;
  return `growth | ${tree.size} | first run ${ms(firstMs)} (${perFile(firstMs)}) | unchanged ${ms(unchangedMs)} (${perFile(unchangedMs)}) | peak ${memory.toFixed(0)} MB`;
}

function row(
  what: string,
  size: string,
  { oursMs, referenceMs, ratio }: { oursMs: number; referenceMs: number; ratio: number },
  reference: string,
  atMost: number,
  goal: number,
): Row {
  return { what, size, ours: ms(oursMs), reference: `${reference}: ${ms(referenceMs)}`, value: ratio, atMost, goal };
}
