import { expect } from 'chai';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startFakeS3, type FakeS3 } from '../support/servers/fake-s3.js';
import { available as postgresAvailable, startPostgres } from '../support/servers/postgres.js';
import { redisAvailable, startRedis } from '../support/servers/redis.js';
import { requireServer, type Availability, type TestServer } from '../support/servers/server.js';
import { dropFolder, temporaryFolder } from '../support/temporary.js';

const CHILD = path.resolve('test/support/store-child.ts');

/** What the stores load beyond what all of them need. */
const OPTIONAL =
  /^(?:@redis|pg|pg-.*|@aws-sdk|@smithy|@azure|@google-cloud|@photostructure|msgpackr|node-gyp-build)(?:\/|$)/;
/** Of the SDK on a Node that it will not support much longer. */
const VENDOR_WARNING = /\(node:\d+\) Warning: NodeVersionSupportWarning:[^]*?(?:\n\(Use `node [^\n]*\n|$)/;

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly keys?: readonly string[];
  readonly problem?: string;
  readonly loaded?: readonly string[];
}

/** Runs the child with a store at `url`; kills `whileReady` once it has used the store, and lets it use the store again. */
async function run(url: string, whileReady?: () => void | Promise<void>): Promise<Ended> {
  const flags = whileReady === undefined ? [] : ['again'];
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, url, ...flags], { timeout: 15_000 });
  if (whileReady === undefined) child.stdin.end();
  else
    child.stdout.once('data', () => {
      void Promise.resolve(whileReady()).then(() => child.stdin.write('go on\n'));
    });
  const ended = new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (status, signal) => resolve([status, signal])),
  );
  const [stdout, stderr, [status, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const said = stdout.trim().split('\n').at(-1) ?? '';
  const result = said.startsWith('{') ? (JSON.parse(said) as Partial<Ended>) : {};
  return { ...result, status, signal, stderr: stderr.replace(VENDOR_WARNING, '') };
}

const ENDED_WELL = { status: 0, signal: null, stderr: '' };
const optional = ({ loaded = [] }: Ended): string[] => loaded.filter((name) => OPTIONAL.test(name));

describe('a process that uses a store', () => {
  let folder: string;
  before(() => (folder = temporaryFolder()));
  after(() => dropFolder(folder));

  it('ends by itself once the store is closed, says nothing, and has loaded no package that it does not use', async () => {
    const [memory, files, sqlite] = await Promise.all([
      run('memory:'),
      run(`file:${folder}/files`),
      run(`sqlite:${folder}/store.db`),
    ]);
    for (const ended of [memory, files, sqlite]) expect(ended).to.deep.include({ ...ENDED_WELL, keys: ['a', 'c'] });
    expect([...optional(memory), ...optional(files)]).to.deep.equal([]);
    expect(optional(sqlite)).to.include('@photostructure/sqlite');
    expect(optional(sqlite).filter((name) => /^(?:@redis|pg|@aws-sdk|@azure|@google-cloud)/.test(name))).to.be.empty;
  });

  it('ends by itself where the store is a bucket', async () => {
    const server: FakeS3 = await startFakeS3({ secretAccessKey: 'secret' });
    try {
      const address = `s3://${server.accessKeyId}:secret@${server.bucket}/some/prefix?region=us-east-1&endpoint=${encodeURIComponent(server.endpoint)}`;
      const ended = await run(address);
      expect(ended).to.deep.include({ ...ENDED_WELL, keys: ['a', 'c'] });
      expect(optional(ended).filter((name) => /^(?:@redis|pg|@photostructure|@azure|@google-cloud)/.test(name))).to.be
        .empty;
    } finally {
      await server.stop();
    }
  });

  const SERVERS: Readonly<
    Record<string, { readonly available: () => Availability; readonly start: () => Promise<TestServer> }>
  > = {
    redis: { available: redisAvailable, start: () => startRedis({ password: 'a password' }) },
    postgres: { available: postgresAvailable, start: () => startPostgres() },
  };
  for (const [name, { available, start }] of Object.entries(SERVERS)) {
    it(`ends by itself where it is ${name}, also when the server died while nobody used it`, async function () {
      if (!requireServer(name, available())) this.skip();
      const server = await start();
      try {
        expect(await run(server.url)).to.deep.include({ ...ENDED_WELL, keys: ['a', 'c'] });
        const outlived = await run(server.url, async () => {
          server.kill('SIGKILL');
          await new Promise((resolve) => setTimeout(resolve, 100));
        });
        expect(outlived).to.deep.include({ ...ENDED_WELL, problem: 'CACHE_STORE_UNAVAILABLE' });
      } finally {
        await server.stop();
      }
    });
  }
});
