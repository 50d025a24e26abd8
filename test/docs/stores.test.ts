import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore, type StoreCapabilities } from '../../src/index.js';
import { azureDriver } from '../../src/store/drivers/object/azure.js';
import { googleDriver } from '../../src/store/drivers/object/google.js';
import { s3Driver } from '../../src/store/drivers/object/s3.js';
import { PostgresDriver } from '../../src/store/drivers/postgres.js';
import { RedisDriver } from '../../src/store/drivers/redis.js';
import { temporaryFolder, writeTree } from '../support/temporary.js';
import { REPOSITORY } from './example-files.js';

const PAGE = fs.readFileSync(path.join(REPOSITORY, 'docs/stores.md'), 'utf8');

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** What the page says of each store. */
function printedTable(): Map<string, Record<string, string>> {
  const [, table = ''] = /<!-- capabilities -->\n(.*?)<!-- end of table -->/s.exec(PAGE) ?? [];
  const [head = '', , ...rows] = table.trim().split('\n');
  const names = cellsOf(head);
  return new Map(
    rows.map((row) => {
      const cells = cellsOf(row);
      return [cells[0] ?? '', Object.fromEntries(cells.slice(1).map((cell, index) => [names[index + 1] ?? '', cell]))];
    }),
  );
}

const MIB = 1024 * 1024;

/** Capabilities as the page prints them. Whether a store can be written is a matter of how it is opened. */
function printed({ maxValueBytes, maxBatch, writable, ...others }: StoreCapabilities): Record<string, string> {
  expect(writable).to.equal(true);
  return {
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [
        name,
        value === true ? 'yes' : value === false ? 'no' : String(value),
      ]),
    ),
    maxValueBytes: `${Math.round(maxValueBytes / MIB)} MiB`,
    maxBatch: maxBatch.toLocaleString('en'),
  };
}

async function claimedBy(url: string): Promise<StoreCapabilities> {
  const store = await openStore(url, { root: temporaryFolder() });
  const { capabilities } = store;
  await store.close();
  return capabilities;
}

/** What a store of objects claims where the service keeps to conditions; before it is opened, nobody knows. */
const objects = ({ capabilities }: { readonly capabilities: StoreCapabilities }): Record<string, string> => ({
  ...printed(capabilities),
  atomicCreate: 'if',
  leases: 'if',
});

describe('docs/stores.md', () => {
  const table = printedTable();

  it('has a row for every store and a column for every capability', async () => {
    const stores = ['memory', 'file', 'sqlite', 'redis', 'postgres', 's3', 'azure', 'google'];
    expect([...table.keys()]).to.deep.equal(stores);
    const columns = Object.keys(table.get('memory') ?? {});
    expect(columns).to.have.members(Object.keys(printed(await claimedBy('memory:'))));
  });

  for (const [name, url] of [
    ['memory', 'memory:'],
    ['file', 'file:./cache'],
    ['sqlite', 'sqlite:./cache.db'],
  ] as const) {
    it(`says of ${name} what an opened store claims`, async () => {
      expect(table.get(name)).to.deep.equal(printed(await claimedBy(url)));
    });
  }

  it('says of stores on the network what their drivers claim before they are opened', () => {
    const redis = new RedisDriver({ url: 'redis://127.0.0.1:1/0' });
    const postgres = new PostgresDriver({ url: 'postgres://127.0.0.1:1/none' });
    expect(table.get('redis')).to.deep.equal(printed(redis.capabilities));
    expect(table.get('postgres')).to.deep.equal(printed(postgres.capabilities));
    expect(table.get('s3')).to.deep.equal(objects(s3Driver({ bucket: 'b' })));
    expect(table.get('azure')).to.deep.equal(
      objects(azureDriver({ container: 'c', account: 'a', accountKey: 'a2V5' })),
    );
    expect(table.get('google')).to.deep.equal(objects(googleDriver({ bucket: 'b' })));
  });

  it('names the package of every store that is optional, and no other', () => {
    const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    const named = Array.from(PAGE.matchAll(/`npm install (\S+)`/g), ([, name]) => name);
    expect(new Set(named)).to.deep.equal(new Set(Object.keys(peerDependencies)));
  });

  const examples = Array.from(
    PAGE.matchAll(/^```js\n\/\/ ([\w./-]+)\n(.*?)^```\n+```\n(.*?)^```$/gms),
    ([, file = '', code = '', output = '']) => ({ file, code, output }),
  );

  it('has three examples', () => {
    expect(examples.map(({ file }) => file)).to.deep.equal([
      'tools/store-tour.mjs',
      'tools/results-in-a-store.mjs',
      'tools/tiers.mjs',
    ]);
  });

  for (const { file, code, output } of examples) {
    it(`${file} prints what the page says`, async () => {
      expect(await run(file, code)).to.equal(output);
    });
  }

  for (const url of ['file:./tour', 'sqlite:./tour.db']) {
    it(`the tour prints the same over ${url}`, async () => {
      const [tour] = examples;
      const there = `openStore('${url}', { root: import.meta.dirname })`;
      expect(await run('tour.mjs', tour?.code.replace(`openStore('memory:')`, there) ?? '')).to.equal(tour?.output);
    });
  }
});

/** Runs code of the page here, with the package as it is now; answers what it prints. */
async function run(file: string, code: string): Promise<string> {
  const folder = temporaryFolder();
  const source = pathToFileURL(path.join(REPOSITORY, 'src/index.ts')).href;
  writeTree(folder, {
    [file]: `import { Console } from 'node:console';
import { Writable } from 'node:stream';
export let output = '';
const console = new Console(new Writable({ write: (piece, _, done) => ((output += piece), done()) }));
${code.replace(`from 'documee'`, `from ${JSON.stringify(source)}`)}`,
  });
  const module = (await import(pathToFileURL(path.join(folder, file)).href)) as { readonly output: string };
  return module.output;
}
