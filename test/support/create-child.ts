/** Creates the same keys as other processes, at the same time; says `ready`, goes on when a line comes in, and prints which ones it created. */
import { openStore } from '../../src/store/open-store.js';

const { urls, keys, name } = JSON.parse(process.argv[2] ?? '{}') as { urls: string[]; keys: string[]; name: string };
const stores = await Promise.all(urls.map((url) => openStore(url)));
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
const created: string[][] = [];
for (const store of stores) {
  const mine: string[] = [];
  // In several calls, so that processes meet each other in the middle.
  for (let at = 0; at < keys.length; at += 20) {
    const some = keys.slice(at, at + 20);
    const answers = await store.createMany(some.map((key) => [key, name]));
    mine.push(...some.filter((_, index) => answers[index]));
  }
  created.push(mine);
}
for (const store of stores) await store.close();
process.stdout.write(`${JSON.stringify(created)}\n`);
