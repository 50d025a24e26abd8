import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { main } from '../../src/cli/main.js';
import { temporaryCodebase, writeTree, type Tree } from '../support/temporary.js';

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Around {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
  /** Called with each piece of stderr. */
  readonly onStderr?: (text: string) => void;
}

/** Runs `main` in this process. */
export async function documee(
  argv: readonly string[],
  { cwd, env = {}, signal, isTTY, onStderr }: Around,
): Promise<Answer> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): Parameters<typeof main>[1]['stdout'] => ({
    ...{ isTTY, columns: 80, once: () => undefined },
    write(text) {
      written[name] += text;
      if (name === 'stderr') onStderr?.(text);
      return true;
    },
  });
  const exitCode = await main(argv, { stdout: stream('stdout'), stderr: stream('stderr'), env, cwd, signal });
  return { exitCode, ...written };
}

/** Counts words; throws for a file that holds BOOM. */
export const WORDS = `export default {
  id: 'words', version: '1', include: ['**/*.txt'],
  analyze(file) {
    if (file.text().includes('BOOM')) throw new Error('first line\\nsecond line');
    return { words: file.text().split(/\\s+/).length };
  },
};
`;

export interface Project {
  readonly root: string;
  readonly run: (...argv: string[]) => Promise<Answer>;
  readonly write: (files: Tree) => void;
}

/** A codebase called \`shop\` that is analyzed by `WORDS`. */
export function project(files: Tree = { 'a.txt': 'one two', 'b.txt': 'three' }): Project {
  const { root } = temporaryCodebase(files);
  writeTree(root, {
    'tools/words.mjs': WORDS,
    'documee.config.yaml': 'codebase: shop\nanalyzers: [./tools/words.mjs]\n',
  });
  return { root, run: (...argv) => documee(argv, { cwd: root }), write: (changed) => writeTree(root, changed) };
}

const BIN = path.resolve(import.meta.dirname, '../../src/cli/bin.ts');

/** The command line as a process of its own. */
export function startDocumee(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  stdout: 'pipe' | number = 'pipe',
): ReturnType<typeof spawn> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return spawn(process.execPath, ['--import', tsx, BIN, ...argv], {
    cwd,
    env: { ...process.env, CI: '', ...env },
    stdio: ['pipe', stdout, 'pipe'],
  });
}
