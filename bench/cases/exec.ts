/** `documee exec` around ESLint with type-aware rules, against ESLint alone and with its own cache: the sources of this repository. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compare, type Comparison, type Subject } from '../measure.js';
import { ms, type Row } from '../table.js';

const BIN = path.resolve('dist/lib/bin.js');
const FOLDERS = ['src', 'test', 'bench', 'scripts'];
/** Nobody imports it, so that both have one file to look at. */
const LEAF = 'test/util/suggest.test.ts';

export async function* execRows(folder: string, rounds: number): AsyncGenerator<Row> {
  const tree = new LintTree(path.join(folder, 'exec-tree'));
  const first = await compare(tree.documee(true), tree.eslint(false), Math.min(rounds, 3));
  yield row('exec eslint, first run', tree, first, 'eslint', 1.15, 1.05);
  await tree.eslint(true).run();
  const unchanged = await compare(tree.documee(false), tree.eslint(true), rounds);
  yield row('exec eslint, nothing changed', tree, unchanged, 'eslint --cache', 0.4, 0.2);
  const edited = await compare(tree.edited(tree.documee(false)), tree.edited(tree.eslint(true)), Math.min(rounds, 3));
  yield row('exec eslint, one file changed', tree, edited, 'eslint --cache', 1.1, 1);
}

class LintTree {
  readonly root: string;
  readonly count: number;
  #edits = 0;

  constructor(root: string) {
    this.root = root;
    fs.mkdirSync(root, { recursive: true });
    for (const name of [...FOLDERS, 'eslint.config.js', 'tsconfig.json', 'package.json', 'package-lock.json'])
      fs.cpSync(name, path.join(root, name), { recursive: true });
    fs.symlinkSync(path.resolve('node_modules'), path.join(root, 'node_modules'));
    this.count = FOLDERS.flatMap((name) =>
      fs.readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' }),
    ).filter((name) => name.endsWith('.ts')).length;
  }

  eslint(cached: boolean): Subject {
    // Not at the usual place: ESLint without --cache, as documee starts it, removes the cache there.
    const cache = cached ? ['--cache', '--cache-location', '.eslint-own-cache'] : [];
    return this.#command(['node_modules/.bin/eslint', '--format', 'json', ...cache, ...FOLDERS]);
  }

  documee(isFirst: boolean): Subject {
    const includes = FOLDERS.flatMap((name) => ['--include', `${name}/**/*.ts`]);
    const own = [
      BIN,
      'exec',
      '--id',
      'eslint',
      '--format',
      'eslint-json',
      '--depends',
      'imports',
      '--quiet',
      ...includes,
    ];
    const subject = this.#command([
      process.execPath,
      ...own,
      '--',
      'node_modules/.bin/eslint',
      '--format',
      'json',
      '{files}',
    ]);
    const forget = (): void => fs.rmSync(path.join(this.root, '.documee'), { recursive: true, force: true });
    return isFirst ? { ...subject, before: forget } : subject;
  }

  /** The same after an edit that nothing else depends on. */
  edited(subject: Subject): Subject {
    return {
      ...subject,
      before: () => fs.appendFileSync(path.join(this.root, LEAF), `// edit ${this.#edits++}\n`),
    };
  }

  #command([program = '', ...options]: readonly string[]): Subject {
    return {
      name: program,
      run: () => {
        const { status, stderr } = spawnSync(program, options, { cwd: this.root, maxBuffer: 1 << 30 });
        // 1: the linter found something.
        if (status !== 0 && status !== 1) throw new Error(`${program} exited with ${status}: ${String(stderr)}`);
      },
    };
  }
}

function row(
  what: string,
  tree: LintTree,
  { oursMs, referenceMs, ratio }: Comparison,
  name: string,
  atMost: number,
  goal: number,
): Row {
  const size = `${tree.count} TypeScript files`;
  return { what, size, ours: ms(oursMs), reference: `${name}: ${ms(referenceMs)}`, value: ratio, atMost, goal };
}
