import fs from 'node:fs';
import path from 'node:path';
import { runProcess } from './measure.js';

const FILES_PER_FOLDER = 25;
const FOLDERS_PER_PACKAGE = 20;

/** A made-up source file of 0.4 to about 6 kB, another for each `index`, the same in every run. */
function sourceText(index: number): string {
  const functions = 1 + ((index * 7919) % 24);
  const lines = [`import { value as before } from './file${Math.max(0, index - 1)}.js';`, ''];
  for (let n = 0; n < functions; n++) {
    lines.push(
      `/** Part ${n} of file ${index}. */`,
      `export function part${n}(input: number, limit = ${index}): number {`,
      `  for (let step = 0; step < limit; step++) if (input % ${n + 2} === 0 || step > input) return step * before;`,
      `  return input + ${n};`,
      '}',
      '',
    );
  }
  lines.push(`export const value = ${index};`, '');
  return lines.join('\n');
}

export function filePlace(index: number): string {
  const folder = Math.floor(index / FILES_PER_FOLDER);
  return `packages/p${Math.floor(folder / FOLDERS_PER_PACKAGE)}/src/m${folder}/file${index}.ts`;
}

/** A tree of `count` files with old time stamps, committed to git so that `git status` has an index to compare with. */
export function makeTree(root: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const place = path.join(root, filePlace(index));
    if (index % FILES_PER_FOLDER === 0) fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, sourceText(index));
  }
  fs.writeFileSync(path.join(root, '.gitignore'), '.documee/\n.fec/\n');
  const git = ['git', '-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', '-c', 'gc.auto=0'];
  runProcess([...git, 'init', '-q'], root);
  runProcess([...git, 'add', '-A'], root);
  runProcess([...git, 'commit', '-q', '-m', 'bench'], root);
}
