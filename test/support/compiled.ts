/** Scripts for child processes, each bundled into one file: loading the sources would take most of the time of a short child. */
import { buildSync } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.js';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
  peerDependencies: Readonly<Record<string, string>>;
};
/** Left outside, as in the package: loaded by some runs only. */
const EXTERNAL = ['yaml', 'tinypool', 'cli-progress', '@vscode/tree-sitter-wasm', ...Object.keys(peerDependencies)];

const bundled = new Map<string, string>();

/** Path of `test/support/NAME.ts` as one file of plain JavaScript. Made once for each process. */
export function childScript(name: string): string {
  const script = bundled.get(name) ?? bundle(name, temporaryFolder());
  bundled.set(name, script);
  return script;
}

/** As `scripts/bundle.mjs` does: `lib` lies as deep below `package.json` and `schemas` as the folders of the sources. */
function bundle(name: string, target: string): string {
  const lib = path.join(target, 'dist/lib');
  buildSync({
    absWorkingDir: REPOSITORY,
    entryPoints: {
      [name]: `test/support/${name}.ts`,
      worker: 'src/run/worker.ts',
      'stat-worker': 'src/scan/stat-worker.ts',
    },
    ...{ outdir: lib, bundle: true, splitting: true },
    ...{ format: 'esm', platform: 'node', target: 'node20.19', external: EXTERNAL, logLevel: 'error' },
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  });
  for (const linked of ['package.json', 'schemas', 'node_modules'])
    fs.symlinkSync(path.join(REPOSITORY, linked), path.join(target, linked));
  return path.join(lib, `${name}.js`);
}
