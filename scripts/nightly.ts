/**
 * The long form of the reliability tests: first every planted bug, which some test must find, then the tests with their larger counts, then servers
 * that are killed while runs go on. `npm run test:nightly` does all; `npm run test:nightly -- planted`, `-- tests` and `-- servers` one of them.
 * `-- planted 17 23` plants these two. `docs/testing.md` says more.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.js';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const LONG_TESTS = ['test/properties', 'test/invariants', 'test/faults', 'test/persistence', 'test/run'];

function main([part = 'all', ...numbers]: readonly string[]): void {
  const does = (name: string): boolean => part === 'all' || part === name;
  const survivors = does('planted') ? plantAll(numbers) : [];
  const statuses = [does('tests') ? runLongTests() : 0, does('servers') ? runServerCampaign() : 0];
  for (const { number, title } of survivors) console.log(`survived: ${number} ${title}`);
  process.exitCode = survivors.length > 0 || statuses.some((status) => status !== 0) ? 1 : 0;
}

/** @param numbers of the bugs to plant; none: all. @returns those that no test found. */
function plantAll(numbers: readonly string[]): PlantedBug[] {
  const bugs = PLANTED_BUGS.filter(({ number }) => numbers.length === 0 || numbers.includes(String(number)));
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-planted-'));
  try {
    for (const name of ['src', 'test', 'schemas', 'package.json', 'tsconfig.json', '.mocharc.json']) {
      fs.cpSync(path.join(REPOSITORY, name), path.join(copy, name), { recursive: true });
    }
    fs.symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(copy, 'node_modules'));
    const tests = [...new Set(bugs.flatMap((bug) => bug.tests))];
    if (!passes(copy, tests)) throw new Error('The tests fail without any planted bug. Run them first.');
    return bugs.filter((bug) => !isFound(copy, bug));
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

function isFound(copy: string, { number, title, file, from, to, tests }: PlantedBug): boolean {
  const place = path.join(copy, file);
  const text = fs.readFileSync(place, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`Planted bug ${number} no longer fits ${file}: adapt scripts/planted-bugs.ts.`);
  const { diagnostics = [] } = ts.transpileModule(changed, { reportDiagnostics: true });
  if (diagnostics.length > 0) throw new Error(`Planted bug ${number} is no program: adapt scripts/planted-bugs.ts.`);
  fs.writeFileSync(place, changed);
  try {
    const found = !passes(copy, tests);
    console.log(`${found ? 'found' : 'NOT FOUND'}: ${number} ${title}`);
    return found;
  } finally {
    fs.writeFileSync(place, text);
  }
}

const passes = (folder: string, tests: readonly string[]): boolean =>
  mocha(folder, ['--bail', ...tests], 'ignore', {}) === 0;

const runLongTests = (): number =>
  mocha(REPOSITORY, ['--reporter', 'spec', ...LONG_TESTS.map((folder) => `${folder}/**/*.test.ts`)], 'inherit', {
    DOCUMEE_TEST_NIGHTLY: '1',
  });

function runServerCampaign(): number {
  const script = path.join(REPOSITORY, 'scripts/server-campaign.ts');
  return spawnSync(process.execPath, ['--import', 'tsx', script], { cwd: REPOSITORY, stdio: 'inherit' }).status ?? 1;
}

function mocha(
  folder: string,
  args: readonly string[],
  stdio: 'ignore' | 'inherit',
  variables: NodeJS.ProcessEnv,
): number {
  const script = path.join(folder, 'node_modules/mocha/bin/mocha.js');
  const done = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    stdio,
    env: { ...process.env, ...variables },
  });
  return done.status ?? 1;
}

main(process.argv.slice(2));
