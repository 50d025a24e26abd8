/** Prints the table of bench/README.md. Arguments: `--quick` for smaller trees, names of groups to run only those. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dependencyRows } from './cases/dependencies.js';
import { execRows } from './cases/exec.js';
import { firstRunRow, loadAllRow, workersRow } from './cases/in-process.js';
import { remoteRows } from './cases/remote.js';
import { storeRows } from './cases/stores.js';
import { BenchTree, gitStatusRow, growthLine, memoryRow, versionRow, wholeProcessRows } from './cases/whole-process.js';
import { formatRow, HEADER, type Row } from './table.js';

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const rounds = quick ? 3 : 5;
const sizes = quick
  ? { main: 5_000, second: 2_500, memory: 10_000, first: 10_000, growth: [1_000, 10_000] }
  : { main: 78_579, second: 50_000, memory: 78_579, first: 20_000, growth: [1_000, 10_000, 100_000] };
const folder = fs.mkdtempSync(path.join(process.env['BENCH_FOLDER'] ?? os.tmpdir(), 'documee-bench-'));
const tree = (count: number): BenchTree => new BenchTree(folder, count);
const print = (row: Row | string): void => {
  process.stdout.write(`${typeof row === 'string' ? row : formatRow(row)}\n`);
};

const groups: Record<string, () => Promise<void>> = {
  process: async () => {
    print(await gitStatusRow(tree(sizes.second), rounds));
    for await (const row of wholeProcessRows(tree(sizes.main), rounds)) print(row);
  },
  version: async () => print(await versionRow(rounds)),
  memory: async () => {
    print(memoryRow(tree(sizes.memory)));
    return Promise.resolve();
  },
  first: async () => print(await firstRunRow(tree(sizes.first), folder, rounds)),
  load: async () => print(await loadAllRow(tree(sizes.first), folder, rounds)),
  workers: async () => print(await workersRow(folder, quick ? 1 : 5)),
  dependencies: async () => {
    for await (const row of dependencyRows(tree(sizes.second), rounds)) print(row);
  },
  exec: async () => {
    for await (const row of execRows(folder, rounds)) print(row);
  },
  stores: async () => {
    for await (const row of storeRows(folder, rounds, quick)) print(row);
  },
  remote: async () => {
    for await (const row of remoteRows(tree(quick ? sizes.second : 20_000), folder, rounds)) print(row);
  },
  growth: async () => {
    for (const count of sizes.growth) process.stdout.write(`${growthLine(tree(count))}\n`);
    return Promise.resolve();
  },
};

try {
  process.stdout.write(
    `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, Node ${process.version}, median of ${rounds} alternating pairs\n${HEADER}\n`,
  );
  for (const [name, run] of Object.entries(groups)) if (wanted.length === 0 || wanted.includes(name)) await run();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
