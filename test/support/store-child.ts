/**
 * A process that uses a store and closes it, and must end by itself then. Says `ready` when it has used it, and goes on when a line comes in;
 * with `again` it uses it again first. Prints which packages were loaded.
 */
import { createRequire } from 'node:module';
import { openStore } from '../../src/store/open-store.js';

const [, , address = '', ...flags] = process.argv;
const store = await openStore(address, { root: process.cwd() });
await store.saveMany([
  ['a', { text: 'JSON' }],
  ['b', Uint8Array.of(1, 2)],
]);
await store.save('c', 1, { ttl: 60 });
await store.transaction(async (tx) => {
  await tx.load('a');
  await tx.delete('b');
});
await store.driver.leases?.acquireMany(['lease'], 'token', 60_000);
const keys: string[] = [];
for await (const key of store.keys()) keys.push(key);

let problem: unknown;
if (flags.includes('again')) {
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  await store.load('a').catch((error: unknown) => (problem = (error as { code?: unknown }).code));
}
await store.close();

const loaded = Object.keys(createRequire(import.meta.url).cache).flatMap(
  (file) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)(?!.*node_modules)/.exec(file)?.[1] ?? [],
);
process.stdout.write(`${JSON.stringify({ keys, problem, loaded: [...new Set(loaded)] })}\n`);
