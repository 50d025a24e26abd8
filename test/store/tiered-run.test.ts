import { expect } from 'chai';
import path from 'node:path';
import { analyzeCodebase } from '../../src/analyze-codebase.js';
import type { RunEvent } from '../../src/model/event.js';
import { Calls, wordCount } from '../support/oracle.js';
import { redisAvailable, startRedis, type RedisServer } from '../support/servers/redis.js';
import { freePort, requireServer } from '../support/servers/server.js';
import { temporaryCodebase, temporaryFolder } from '../support/temporary.js';

const FILES = 50;

interface Run {
  readonly analyzed: number;
  readonly versionId: string | null;
  readonly warnings: readonly string[];
}

/** A codebase whose results are kept in the tiers [file, redis]. */
class TieredCodebase {
  readonly #root = temporaryCodebase(
    Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`f${index}.md`, `text ${index}`])),
  ).root;
  readonly #folder = temporaryFolder();

  /**
   * @param machine has a file tier of its own.
   * @param halfWay is called when half of the files are analyzed.
   */
  async run(
    url: string,
    { machine = 'one', halfWay }: { readonly machine?: string; readonly halfWay?: () => void } = {},
  ): Promise<Run> {
    const calls = new Calls();
    const words = wordCount(calls);
    let analyzed = 0;
    const analyzer: typeof words = {
      ...words,
      async analyze(file, context) {
        if (++analyzed === FILES / 2) {
          // What was analyzed before is being kept by now.
          await new Promise((resolve) => setTimeout(resolve, 20));
          halfWay?.();
        }
        return words.analyze(file, context);
      },
    };
    const events: RunEvent[] = [];
    const run = await analyzeCodebase({
      root: this.#root,
      analyzers: [analyzer],
      concurrency: 1,
      store: {
        type: 'tiered',
        tiers: [
          { type: 'file', basePath: path.join(this.#folder, machine) },
          { type: 'redis', url },
        ],
        budgetMs: 500,
        outboxFolder: path.join(this.#folder, 'outbox'),
      },
      environment: {},
      onEvent: (event) => void events.push(event),
    });
    await run.close();
    return {
      analyzed: calls.take().length,
      versionId: run.versionId,
      warnings: events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
    };
  }
}

/** Neither run fails, each warns once, and the second analyzes nothing. */
async function expectRecordsKept(codebase: TieredCodebase, url: string): Promise<void> {
  const first = await codebase.run(url);
  expect([first.analyzed, first.versionId === null, first.warnings.length]).to.deep.equal([FILES, false, 1]);
  const second = await codebase.run(url);
  expect([second.analyzed, second.versionId]).to.deep.equal([0, first.versionId]);
  expect(second.warnings.length).to.equal(1);
}

describe('a run over the tiers [file, redis]', () => {
  let server: RedisServer | undefined;
  before(async function () {
    if (!requireServer('redis', redisAvailable())) this.skip();
    server = await startRedis({ password: 'right' });
  });
  after(() => server?.stop());

  it('keeps its records where nothing listens, with one warning, and the next one analyzes nothing', async () => {
    await expectRecordsKept(new TieredCodebase(), `redis://127.0.0.1:${await freePort()}/0`);
  });

  it('keeps its records where the password is wrong, with one warning, and the next one analyzes nothing', async () => {
    await expectRecordsKept(new TieredCodebase(), `redis://:wrong@127.0.0.1:${server?.port}/0`);
  });

  it('gives Redis what it missed when it is back: another machine analyzes nothing then', async () => {
    const codebase = new TieredCodebase();
    const url = `redis://:right@127.0.0.1:${server?.port}/0`;
    server?.kill('SIGKILL');
    await codebase.run(url);
    await server?.restart();
    const second = await codebase.run(url);
    expect([second.analyzed, second.warnings]).to.deep.equal([0, []]);
    const elsewhere = await codebase.run(url, { machine: 'another' });
    expect([elsewhere.analyzed, elsewhere.warnings]).to.deep.equal([0, []]);
  });

  it('loses nothing where Redis does not answer any more from the middle on: with one warning, and Redis gets the rest later', async () => {
    const codebase = new TieredCodebase();
    const url = `redis://:right@127.0.0.1:${server?.port}/1`;
    const first = await codebase.run(url, { halfWay: () => server?.kill('SIGSTOP') });
    expect([first.analyzed, first.versionId === null, first.warnings.length]).to.deep.equal([FILES, false, 1]);
    server?.kill('SIGCONT');
    expect((await codebase.run(url)).analyzed).to.equal(0);
    const elsewhere = await codebase.run(url, { machine: 'another' });
    expect([elsewhere.analyzed, elsewhere.warnings]).to.deep.equal([0, []]);
  });
});
