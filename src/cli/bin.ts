#!/usr/bin/env node
/** Starts in two steps: the version is answered before anything else is loaded. */
import { createRequire } from 'node:module';

const [first] = process.argv.slice(2);
if (first === '-V' || first === '--version') {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  process.stdout.write(`${version}\n`);
} else {
  const { start } = await import('./start.js');
  await start();
}
