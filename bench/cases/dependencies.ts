/** What recorded dependencies cost: the same tree, ten of them for each file, against none. */
import fs from 'node:fs';
import path from 'node:path';
import { command, compare, runProcess } from '../measure.js';
import { ms, type Row } from '../table.js';
import { filePlace } from '../tree.js';
import type { BenchTree } from './whole-process.js';

const BIN = path.resolve('dist/lib/bin.js');

/** With one cache for each analyzer, so that neither disturbs the other. */
function analyze(tree: BenchTree, analyzer: string): string[] {
  const place = path.resolve(`bench/references/${analyzer}-analyzer.mjs`);
  const basePath = path.join(tree.root, '.documee', analyzer);
  return [
    process.execPath,
    BIN,
    'analyze',
    '--analyzer',
    place,
    '--base-path',
    basePath,
    '--include',
    '**/*.ts',
    '--quiet',
  ];
}

export async function* dependencyRows(tree: BenchTree, rounds: number): AsyncGenerator<Row> {
  const { root, size } = tree;
  const [withThem, without] = [analyze(tree, 'depending'), analyze(tree, 'trivial')];
  for (const one of [withThem, without]) runProcess(one, root);
  // Tuples younger than 2 s are not kept, so there is a second run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  for (let run = 0; run < 2; run++) for (const one of [withThem, without]) runProcess(one, root);
  const unchanged = await compare(
    command('with dependencies', withThem, root),
    command('without', without, root),
    rounds,
  );
  yield {
    ...{ what: 'unchanged run, 10 dependencies a file', size, ours: ms(unchanged.oursMs) },
    ...{ reference: `without: ${ms(unchanged.referenceMs)}`, value: unchanged.ratio, atMost: 1.25, goal: 1.1 },
  };
  let edit = 0;
  const place = path.join(root, filePlace(100));
  const changed = await compare(
    {
      name: 'one file changed',
      before: () => fs.appendFileSync(place, `// edit ${process.pid} ${edit++}\n`),
      run: () => void runProcess(withThem, root),
    },
    command('unchanged', withThem, root),
    rounds,
  );
  yield {
    ...{ what: 'one file changed, 7 tasks run, 10 dependencies a file', size, ours: ms(changed.oursMs) },
    ...{ reference: `unchanged run: ${ms(changed.referenceMs)}`, value: changed.ratio, atMost: 2.5, goal: 1.5 },
  };
  runProcess(['git', 'checkout', '-q', '.'], root);
}
