/** Runs with a shared cache, as whole processes: everything found there, nobody there, and nothing to ask. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../../test/support/servers/server.js';
import { redisAvailable, startRedis } from '../../test/support/servers/redis.js';
import { startTcpProxy } from '../../test/support/servers/tcp-proxy.js';
import { newKeyPair } from '../../dist/index.js';
import { compare, type Comparison } from '../measure.js';
import { ms, type Row } from '../table.js';
import { filePlace } from '../tree.js';
import type { BenchTree } from './whole-process.js';

const BIN = path.resolve('dist/lib/bin.js');
const TRIVIAL = path.resolve('bench/references/trivial-analyzer.mjs');
const ID = 'bench';

export async function* remoteRows(tree: BenchTree, folder: string, rounds: number): AsyncGenerator<Row | string> {
  const availability = redisAvailable();
  if (!availability.ok) {
    yield `shared cache | NOT MEASURED: ${availability.why}. To get it: ${availability.howToGet}`;
    return;
  }
  const redis = await startRedis();
  const proxy = await startTcpProxy({ port: redis.port });
  const rig = new Rig(tree, folder, rounds);
  try {
    yield* foundElsewhereRows(rig, redis.url, {});
    const { privateKey, publicKey } = newKeyPair();
    const signing = { DOCUMEE_SIGNING_KEY: privateKey.reveal(), DOCUMEE_PUBLIC_KEYS: publicKey };
    yield* foundElsewhereRows(rig, `${redis.url}/1`, signing);
    yield await rig.unchangedRow(`redis://127.0.0.1:${proxy.port}`);
    if (proxy.connections > 0) throw new Error('an unchanged run connected to the remote');
    yield* rig.unreachableRows('closed port', `redis://127.0.0.1:${await freePort()}`);
    proxy.setFaults({ swallowRequests: true });
    yield* rig.unreachableRows('port that swallows all', `redis://127.0.0.1:${proxy.port}`);
  } finally {
    await proxy.stop();
    await redis.stop();
  }
}

type Variables = Readonly<Record<string, string>>;

/** All results are in the remote and none is here, against all are here. */
async function* foundElsewhereRows(rig: Rig, url: string, signing: Variables): AsyncGenerator<Row> {
  const kind = Object.keys(signing).length === 0 ? 'unsigned' : 'signed';
  const { size } = rig.tree;
  const remote = ['--remote', url];
  const filled = rig.freshCache();
  await rig.analyze(filled, remote, signing);
  await rig.assertNothingRuns(rig.freshCache(), remote, signing);
  let fresh = '';
  const elsewhere = {
    name: 'all results remote',
    before: () => void (fresh = rig.freshCache()),
    run: () => rig.analyze(fresh, remote, signing),
  };
  const here = {
    name: 'all results local',
    before: () => keepRecordsOnly(filled),
    run: () => rig.analyze(filled, remote, signing),
  };
  const found = await compare(elsewhere, here, rig.rounds);
  yield {
    ...{ what: `all results in Redis, ${kind}`, size, ours: ms(found.oursMs) },
    ...{ reference: `all results local: ${ms(found.referenceMs)}`, value: found.ratio, atMost: 3, goal: 2 },
  };
  await rig.analyze(filled, remote, signing);
  const unchanged = { name: 'unchanged run', run: () => rig.analyze(filled, remote, signing) };
  const honest = await compare(elsewhere, unchanged, Math.min(rig.rounds, 3));
  yield {
    ...{ what: `all results in Redis, ${kind}`, size, ours: ms(honest.oursMs) },
    ...{ reference: `unchanged run: ${ms(honest.referenceMs)}`, value: honest.ratio },
  };
}

/** No cache is removed while others are measured: file systems are slow to give out again what was just freed. */
class Rig {
  readonly tree: BenchTree;
  readonly rounds: number;
  readonly #folder: string;
  #caches = 0;
  #edits = 0;

  constructor(tree: BenchTree, folder: string, rounds: number) {
    this.tree = tree;
    this.rounds = rounds;
    this.#folder = folder;
  }

  freshCache(): string {
    return path.join(this.#folder, `remote-cache-${this.#caches++}`);
  }

  async analyze(basePath: string, options: readonly string[], variables: Variables = {}): Promise<void> {
    await this.#run(basePath, ['--quiet', ...options], variables);
  }

  async assertNothingRuns(basePath: string, options: readonly string[], variables: Variables): Promise<void> {
    const { totals } = JSON.parse(await this.#run(basePath, ['--json', ...options], variables)) as {
      totals: { analyzed: number };
    };
    if (totals.analyzed !== 0) throw new Error(`${totals.analyzed} results were not found in the remote`);
  }

  async unchangedRow(url: string): Promise<Row> {
    const basePath = this.freshCache();
    await this.#settle(basePath);
    const { oursMs, referenceMs, ratio } = await compare(
      { name: 'with a remote', run: () => this.analyze(basePath, ['--remote', url]) },
      { name: 'without', run: () => this.analyze(basePath, []) },
      this.rounds,
    );
    return {
      ...{ what: 'unchanged run with a remote', size: this.tree.size, ours: ms(oursMs) },
      ...{ reference: `without: ${ms(referenceMs)}`, value: ratio, atMost: 1.15, goal: 1.05 },
    };
  }

  async *unreachableRows(what: string, url: string): AsyncGenerator<Row> {
    const basePath = this.freshCache();
    await this.#settle(basePath);
    const place = path.join(this.tree.root, filePlace(100));
    const before = (): void => fs.appendFileSync(place, `// edit ${process.pid} ${this.#edits++}\n`);
    const one = await compare(
      { name: what, before, run: () => this.analyze(basePath, ['--remote', url]) },
      { name: 'without', before, run: () => this.analyze(basePath, []) },
      Math.min(this.rounds, 3),
    );
    yield this.#lossRow(`remote is a ${what}, one file changed`, one);
    let fresh = '';
    const anew = (): void => void (fresh = this.freshCache());
    const all = await compare(
      { name: what, before: anew, run: () => this.analyze(fresh, ['--remote', url]) },
      { name: 'without', before: anew, run: () => this.analyze(fresh, []) },
      Math.min(this.rounds, 3),
    );
    yield this.#lossRow(`remote is a ${what}, first run`, all);
  }

  #lossRow(what: string, { oursMs, referenceMs, extraMs }: Comparison): Row {
    return {
      ...{ what, size: this.tree.size, ours: ms(oursMs), reference: `without: ${ms(referenceMs)}` },
      ...{ value: extraMs, unit: 'ms more', atMost: 2000 },
    };
  }

  /** Tuples younger than 2 s are not kept, so there is a second run. */
  async #settle(basePath: string): Promise<void> {
    await this.analyze(basePath, []);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    for (let run = 0; run < 2; run++) await this.analyze(basePath, []);
  }

  /** Not `runProcess`: a proxy in this process has to go on. */
  #run(basePath: string, options: readonly string[], variables: Variables): Promise<string> {
    const fixed = ['analyze', '--analyzer', TRIVIAL, '--codebase', ID, '--base-path', basePath];
    const env = { ...process.env, CI: '', NO_COLOR: '1', XDG_CACHE_HOME: this.#folder, ...variables };
    const child = spawn(process.execPath, [BIN, ...fixed, ...options], { cwd: this.tree.root, env });
    let [printed, problem] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(printed);
        else reject(new Error(`analyze ${options.join(' ')} exited with ${String(code)}: ${problem}`));
      });
    });
  }
}

/** Neither analysis.json, nor what the scan remembers, is there: as on a machine where only the records are. */
function keepRecordsOnly(basePath: string): void {
  const folder = path.join(basePath, ID);
  for (const name of fs.readdirSync(folder))
    if (!/^file_(?!hashes)/.test(name)) fs.rmSync(path.join(folder, name), { recursive: true });
}
