/** The sources as plain JavaScript, for child processes: loading TypeScript would take most of the time of a short child. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { temporaryFolder } from './temporary.js';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

let compiled: string | undefined;

/** A folder with `src` and `test/support` compiled, and all that they need beside them. Made once for each process. */
export function compiledRepository(): string {
  return (compiled ??= compileRepository(temporaryFolder()));
}

function compileRepository(target: string): string {
  for (const folder of ['src', 'test/support']) {
    for (const name of fs.readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const text = fs.readFileSync(path.join(REPOSITORY, folder, name), 'utf8');
      const to = path.join(target, folder, name.replace(/\.ts$/, '.js'));
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.writeFileSync(to, compile(text));
    }
  }
  for (const name of ['package.json', 'schemas', 'node_modules'])
    fs.symlinkSync(path.join(REPOSITORY, name), path.join(target, name));
  return target;
}

const compile = (text: string): string =>
  ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  }).outputText;
