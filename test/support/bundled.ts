/** The command line as users run it: bundled, with its worker threads, out of the sources as they are now. */
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './compiled.js';
import { temporaryFolder } from './temporary.js';

const ENTRIES: Readonly<Record<string, string>> = {
  index: 'src/index.ts',
  bin: 'src/cli/bin.ts',
  worker: 'src/run/worker.ts',
  'stat-worker': 'src/scan/stat-worker.ts',
  structure: 'src/analyzers/structure/structure.ts',
};

/** Left outside, as in the package: loaded by some runs only. */
const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
  peerDependencies: Readonly<Record<string, string>>;
};
const EXTERNAL = ['yaml', 'tinypool', 'cli-progress', '@vscode/tree-sitter-wasm', ...Object.keys(peerDependencies)];

let bundled: Promise<string> | undefined;

/** Path of the script; made once for each process, in about a second. */
export function bundledCommand(): Promise<string> {
  return (bundled ??= bundle(temporaryFolder()));
}

/** As `scripts/bundle.mjs` does: `lib` lies as deep below `package.json` and `schemas`. */
async function bundle(target: string): Promise<string> {
  const lib = path.join(target, 'dist/lib');
  await build({
    absWorkingDir: REPOSITORY,
    ...{ entryPoints: ENTRIES, outdir: lib, bundle: true, splitting: true },
    ...{ format: 'esm', platform: 'node', target: 'node20.19', external: EXTERNAL, logLevel: 'warning' },
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  });
  for (const name of ['package.json', 'schemas', 'node_modules'])
    fs.symlinkSync(path.join(REPOSITORY, name), path.join(target, name));
  return path.join(lib, 'bin.js');
}
