import { expect } from 'chai';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { openStore } from '../../src/store/open-store.js';
import { available as postgresAvailable, startPostgres } from '../support/servers/postgres.js';
import { redisAvailable, startRedis } from '../support/servers/redis.js';
import { requireServer, type TestServer } from '../support/servers/server.js';
import { dropFolder, temporaryFolder } from '../support/temporary.js';

const PROCESSES = Number(process.env.DOCUMEE_TEST_PROCESSES ?? 4);
const CHILD = path.resolve('test/support/create-child.ts');

interface Racer {
  readonly isReady: Promise<void>;
  go(): void;
  /** Keys that it created, for each store. */
  readonly created: Promise<string[][]>;
}

function startRacer(name: string, urls: readonly string[], keys: readonly string[]): Racer {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify({ urls, keys, name })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  let said = '';
  const isReady = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready\n')) resolve();
    }),
  );
  const created = new Promise<string[][]>((resolve, reject) =>
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(said.slice('ready\n'.length)) as string[][]);
      else reject(new Error(`process ${name} ended with ${status}`));
    }),
  );
  return { isReady, created, go: () => child.stdin.write('go\n') };
}

describe('several processes with one store', () => {
  const servers: TestServer[] = [];
  let folder: string;
  before(async function () {
    folder = temporaryFolder();
    if (!requireServer('redis', redisAvailable()) || !requireServer('postgres', postgresAvailable())) this.skip();
    servers.push(...(await Promise.all([startRedis(), startPostgres()])));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    dropFolder(folder);
  });

  it('exactly one of them creates a key, also in the place of an expired value, and it is what that one wrote', async () => {
    const addresses = [`file:${folder}/files`, `sqlite:${folder}/store.db`, ...servers.map(({ url }) => url)];
    // Starting so many processes may take all of the machine for seconds.
    const urls = addresses.map((address) => `${address}?timeout=20000`);
    const keys = Array.from({ length: 200 }, (_, index) => `keys/${index}`);
    const expired = keys.filter((_, index) => index % 2 === 0);
    const stores = await Promise.all(urls.map((url) => openStore(url)));
    for (const store of stores)
      await store.saveMany(
        expired.map((key) => [key, 'expired']),
        { ttl: 0.001 },
      );
    const racers = Array.from({ length: PROCESSES }, (_, index) => startRacer(`process ${index}`, urls, keys));
    await Promise.all(racers.map(({ isReady }) => isReady));
    for (const racer of racers) racer.go();
    const created = await Promise.all(racers.map((racer) => racer.created));
    for (const [at, store] of stores.entries()) {
      const creators = created.flatMap(
        (each, index) => each[at]?.map((key) => [key, `process ${index}`] as const) ?? [],
      );
      expect(creators.length, store.description).to.equal(keys.length);
      const creatorOf = new Map(creators);
      expect(await store.loadMany(keys), store.description).to.deep.equal(keys.map((key) => creatorOf.get(key)));
      await store.close();
    }
  });
});
