import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fs from 'fs-extra';
import { analyzeSource } from '../../../src/analyzers/structure/analyze-source.js';
import { compare, newTally, summaryOf } from './support/compare.js';
import { typescriptFinds } from './support/typescript-oracle.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** With this variable set, every file is compared and not a sample. */
const ALL = process.env.DOCUMEE_ORACLE_ALL !== undefined;
const SAMPLE = 250;
/** Generated files of several megabytes say little for their time. */
const MAX_BYTES = ALL ? Infinity : 200_000;

describe('oracle: the TypeScript compiler', function () {
  this.timeout(ALL ? 600_000 : 60_000);

  it('agrees on every function, class and import of this repository', async () => {
    await agrees([...sources('src', /\.ts$/), ...sources('test', /\.ts$/)], 100);
  });

  it('agrees on TypeScript sources of installed packages', async () => {
    await agrees(sampleOf(sources('node_modules', /(?<!\.d)\.[mc]?tsx?$/)), 50);
  });

  it('agrees on JavaScript of installed packages', async () => {
    await agrees(sampleOf(sources('node_modules', /\.[mc]?jsx?$/)), 1000);
  });
});

async function agrees(files: readonly string[], atLeastFunctions: number): Promise<void> {
  const tally = newTally();
  for (const file of files) {
    const text = new TextDecoder().decode(fs.readFileSync(path.join(ROOT, file)));
    const theirs = typescriptFinds(file, text);
    if (theirs !== undefined) compare(tally, file, await analyzeSource(file, text), theirs);
  }
  console.info(`      ${summaryOf(tally)}`);
  expect(tally.functions).to.be.at.least(atLeastFunctions);
  expect(tally.disagreements).to.deep.equal([]);
  expect(tally.grammarErrors.length, tally.grammarErrors.join('\n')).to.be.at.most(1 + files.length / 500);
}

function sources(folder: string, ending: RegExp): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => path.join(folder, file))
    .filter((file) => {
      const stat = fs.statSync(path.join(ROOT, file));
      return stat.isFile() && stat.size <= MAX_BYTES;
    })
    .sort();
}

/** Every n-th file, so that the sample is the same each time. */
function sampleOf(files: readonly string[]): string[] {
  const step = ALL ? 1 : Math.max(1, Math.floor(files.length / SAMPLE));
  return files.filter((_, index) => index % step === 0);
}
