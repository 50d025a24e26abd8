import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fs from 'fs-extra';
import { analyzeSource } from '../../../src/analyzers/structure/analyze-source.js';
import { compare, newTally, summaryOf, type Found } from './support/compare.js';

const ORACLE = fileURLToPath(new URL('./support/python_oracle.py', import.meta.url));
/** With this variable set, every file of the library is compared and not a sample. */
const ALL = process.env.DOCUMEE_ORACLE_ALL !== undefined;
const SAMPLE = 300;

describe("oracle: Python's own ast module", function () {
  this.timeout(ALL ? 600_000 : 60_000);

  it('agrees on every function, class and import of the standard library', async function () {
    const library = standardLibrary();
    if (library === undefined) {
      if (process.env.CI) throw new Error('python3 is needed for this test in CI');
      console.warn('      SKIPPED: no python3 here, so nothing was compared with its ast module');
      this.skip();
    }
    const files = sampleOf(pythonFiles(library));
    const found = oracleFinds(files);
    const tally = newTally();
    for (const [index, file] of files.entries()) {
      const theirs = found[index];
      if (theirs === undefined || 'error' in theirs) continue;
      const text = new TextDecoder().decode(fs.readFileSync(file));
      compare(tally, file, await analyzeSource(file, text), theirs);
    }
    console.info(`      ${summaryOf(tally)}`);
    expect(tally.functions).to.be.above(1000);
    expect(tally.disagreements).to.deep.equal([]);
    expect(tally.grammarErrors.length, tally.grammarErrors.join('\n')).to.be.at.most(files.length / 500);
  });
});

/** The folder that python3 keeps its library in, or undefined without python3. */
function standardLibrary(): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', "import sysconfig; print(sysconfig.get_paths()['stdlib'])"], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

function pythonFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py') && (ALL || !file.includes('site-packages')))
    .sort()
    .map((file) => path.join(folder, file));
}

/** Every n-th file, so that the sample is the same each time. */
function sampleOf(files: readonly string[]): string[] {
  const step = ALL ? 1 : Math.max(1, Math.floor(files.length / SAMPLE));
  return files.filter((_, index) => index % step === 0);
}

function oracleFinds(files: readonly string[]): (Found | { error: string })[] {
  const { status, stdout, stderr } = spawnSync('python3', [ORACLE], {
    input: files.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Found | { error: string });
}
