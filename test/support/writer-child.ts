/** Edits files and runs, again and again, beside others that do the same. Ends with an error if a run warns. */
import { Calls, observe, toyAnalyzers } from './oracle.js';
import { randomNumbers } from './scale.js';
import { writeTree } from './temporary.js';

const { root, basePath, rounds, seed } = JSON.parse(process.argv[2] ?? '{}') as {
  root: string;
  basePath: string;
  rounds: number;
  seed: number;
};
const random = randomNumbers(seed);
for (let round = 0; round < rounds; round++) {
  writeTree(root, { [`${Math.floor(random() * 12)}.md`]: `text ${Math.floor(random() * 3)} by ${seed}` });
  const { of } = await observe({ root, basePath, analyzers: toyAnalyzers(new Calls()) });
  for (const warning of of('warning')) throw new Error(warning.message);
}
