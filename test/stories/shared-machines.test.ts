import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { CliMachine, countingAnalyzer, type CliMachineOptions, type Ended } from '../support/cli-machine.js';
import { scale } from '../support/scale.js';
import { startFakeS3, type FakeS3 } from '../support/servers/fake-s3.js';
import { available as postgresAvailable, startPostgres } from '../support/servers/postgres.js';
import { redisAvailable, startRedis } from '../support/servers/redis.js';
import { startS3 } from '../support/servers/s3.js';
import { requireServer, type TestServer } from '../support/servers/server.js';
import { temporaryFolder, type Tree } from '../support/temporary.js';

const TEXTS = Object.fromEntries(
  Array.from({ length: 24 }, (_, index) => [`${index % 3 === 0 ? 'deep/er/' : ''}f${index}.txt`, `text of ${index}`]),
);

/** A command-line analyzer that writes a line into the file `$CALLS` for each file, and reports absolute paths. */
const LINTER = `
import fs from 'node:fs';
import path from 'node:path';
for (const file of process.argv.slice(2)) {
  fs.appendFileSync(process.env.CALLS, file + '\\n');
  const lines = fs.readFileSync(file, 'utf8').split('\\n');
  for (const [index, line] of lines.entries()) {
    if (!line.includes('bad')) continue;
    console.log(JSON.stringify({ file: path.resolve(file), line: index + 1, text: line }));
    process.exitCode = 1;
  }
}
`;

/** A working copy: texts for a module that runs in threads, sources for `structure`, and a linter. */
const TREE: Tree = {
  'package.json': '{"name":"shop"}',
  'tools/words.mjs': countingAnalyzer(),
  'tools/lint.mjs': LINTER,
  ...TEXTS,
  'src/cart.ts': "import { price } from './price.js';\nexport const total = () => price() * 2;\n",
  'src/price.ts': 'export function price() {\n  return 7; // bad\n}\n',
  'src/empty.ts': '',
};

/** Files that `structure` looks at. */
const SOURCES = 5;
const WORDS = ['--analyzer', './tools/words.mjs'];
const ANALYZERS = [...WORDS, '--analyzer', 'structure'];
const PATHS = Object.keys(TEXTS).sort();
const COUNT = ['results', '--stable', ...WORDS];
const RESULTS = ['results', '--stable', '--verbose', ...ANALYZERS];
const LINT = [
  ...['exec', '--id', 'lint', '--format', 'ndjson', '--path-field', 'file', '--include', 'src/**'],
  ...['--', 'node', 'tools/lint.mjs', '{files}'],
];

type Story = 'exec' | 'at once' | 'shards' | 'other hashes';

interface Remote {
  readonly name: string;
  /** Besides that of the second machine. Processes take their time: what does not depend on the store is told with one of them, and at night with all. */
  readonly stories: readonly Story[];
  readonly start: () => Promise<TestServer & { readonly remote?: string }>;
  readonly available?: () => boolean;
}

const s3Url = ({ endpoint, bucket }: Pick<FakeS3, 'endpoint' | 'bucket'>, keys: string): string =>
  `s3://${keys}@${bucket}/cache?endpoint=${encodeURIComponent(endpoint)}&pathStyle=true&region=eu-test-1`;

const WITHOUT_LEASES: readonly Story[] = ['exec', 'shards', 'other hashes'];
const ALL: readonly Story[] = [...WITHOUT_LEASES, 'at once'];

const REMOTES: readonly Remote[] = [
  {
    ...{ name: 'Redis', stories: ALL, start: startRedis },
    available: () => requireServer('redis', redisAvailable()),
  },
  {
    ...{ name: 'PostgreSQL', stories: scale<readonly Story[]>(['at once'], ALL), start: startPostgres },
    available: () => requireServer('postgres', postgresAvailable()),
  },
  {
    ...{ name: 'S3', stories: scale<readonly Story[]>([], ALL) },
    async start() {
      const server = await startFakeS3();
      return { ...server, remote: s3Url(server, `${server.accessKeyId}:${server.secretAccessKey}`) };
    },
  },
  {
    ...{ name: 'S3 that ignores conditions', stories: scale<readonly Story[]>([], WITHOUT_LEASES) },
    async start() {
      const server = await startS3();
      return { ...server, remote: s3Url(server, 'any:thing') };
    },
  },
];

/** What ran, by what `--verbose` says on stderr. */
const ranIn = ({ stderr }: Ended): string[] =>
  stderr
    .split('\n')
    .filter((line) => /^\S+ (words|structure): /.test(line))
    .sort();

const succeeded = (ended: Ended): Ended => {
  expect(ended, ended.stderr).to.include({ exitCode: 0, signal: null });
  expect(ended.stderr).not.to.match(/\[CACHE_/);
  return ended;
};

/** By path: the hash of the content is that of the machine. */
const resultsIn = ({ stdout }: Ended): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; result: unknown })
      .map(({ path: name, result }) => [name, result]),
  );

for (const { name, stories, start, available } of REMOTES) {
  describe(`story: machines that share a cache in ${name}`, function () {
    this.timeout(60_000);
    let server: TestServer | undefined;
    let url = '';
    let codebases = 0;

    before(async function () {
      if (available?.() === false) return void this.skip();
      const started = await start();
      server = started;
      url = started.remote ?? started.url;
    });
    after(() => server?.stop());

    /** Machines of one team, with nothing in the shared cache. */
    const team = (): ((options?: CliMachineOptions, tree?: Tree) => CliMachine) => {
      const argv = ['--codebase', `shop${codebases++}`];
      return (options = {}, tree = TREE) =>
        new CliMachine(tree, { ...options, argv: ['--remote', url, ...argv, ...(options.argv ?? [])] });
    };

    it('the second machine analyzes nothing and answers byte for byte the same, wherever its working copy lies', async () => {
      const machine = team();
      const [one, other] = [machine(), machine({ place: 'very/deep/in/folders' })];
      const first = succeeded(await one.run(...RESULTS));
      expect(one.takeCalls()).to.deep.equal(PATHS);
      expect(ranIn(first)).to.have.length(PATHS.length + SOURCES);
      const second = succeeded(await other.run(...RESULTS));
      expect(other.takeCalls()).to.deep.equal([]);
      expect(ranIn(second)).to.deep.equal([]);
      expect(second.stdout).to.equal(first.stdout);
    });

    if (stories.includes('exec'))
      it('documee exec on the second machine starts no command and prints the same report', async () => {
        const machine = team();
        const [one, other] = [machine(), machine({ place: 'else/where' })];
        const first = await one.run(...LINT);
        expect(first, first.stderr).to.include({ exitCode: 1 });
        expect(first.stdout).to.contain(`"file":"${one.root}/src/price.ts"`);
        expect(one.takeCalls()).to.deep.equal(['src/cart.ts', 'src/empty.ts', 'src/price.ts']);
        const second = await other.run(...LINT);
        expect(second, second.stderr).to.include({ exitCode: 1 });
        expect(other.takeCalls()).to.deep.equal([]);
        expect(second.stdout.replaceAll(other.root, one.root)).to.equal(first.stdout);
        expect(second.stdout).not.to.contain(one.root);
      });

    if (stories.includes('at once'))
      it('eight machines that start at once analyze each file once in total', async () => {
        const machine = team();
        const calls = path.join(temporaryFolder(), 'calls');
        const machines = Array.from({ length: 8 }, (_, index) => machine({ calls, place: 'sub/'.repeat(index + 1) }));
        const ended = await Promise.all(machines.map((each) => each.run(...COUNT)));
        expect(machines[0]?.takeCalls()).to.deep.equal(PATHS);
        for (const each of ended) expect(succeeded(each).stdout).to.equal(ended[0]?.stdout);
      });

    if (stories.includes('shards'))
      it('three machines that take a shard each leave nothing to analyze to a last one, which has the analysis', async () => {
        const machine = team();
        const calls = path.join(temporaryFolder(), 'calls');
        const shards = [1, 2, 3].map((index) => ({ index, machine: machine({ calls }) }));
        await Promise.all(
          shards.map(async (part) =>
            succeeded(await part.machine.run('analyze', ...WORDS, '--shard', `${part.index}/3`)),
          ),
        );
        const last = machine({ calls, place: 'last' });
        expect(last.takeCalls()).to.deep.equal(PATHS);
        const ended = succeeded(await last.run(...COUNT));
        expect(last.takeCalls()).to.deep.equal([]);
        const alone = new CliMachine(TREE);
        expect(ended.stdout).to.equal(succeeded(await alone.run(...COUNT)).stdout);
        // Without the remote, what it has is found in the analysis.
        succeeded(await last.run('results', '--no-remote', ...WORDS));
        expect(last.takeCalls()).to.deep.equal([]);
      });

    if (stories.includes('other hashes'))
      it('machines that tell changes apart in other ways share results, and each answers what its own files say', async () => {
        const machine = team();
        const machines = [['--content-hash', 'sha256'], ['--change-detection', 'content'], []].map((argv) => ({
          argv: [...COUNT, ...argv],
          machine: machine(),
        }));
        const answers: unknown[] = [];
        for (const { machine: each, argv } of machines) answers.push(resultsIn(succeeded(await each.run(...argv))));
        expect(machines.map(({ machine: each }) => each.takeCalls().length)).to.deep.equal([PATHS.length, 0, 0]);
        expect(answers).to.deep.equal([answers[0], answers[0], answers[0]]);
        // As long as before, so that only the content tells.
        machines[1]?.machine.write({ 'f1.txt': 'toxt of 1' });
        for (const { machine: each, argv } of machines) {
          const result = resultsIn(succeeded(await each.run(...argv)))['f1.txt'];
          const text = fs.readFileSync(path.join(each.root, 'f1.txt'), 'utf8');
          expect(result).to.deep.equal({ path: 'f1.txt', text, words: 3 });
        }
        expect(machines.map(({ machine: each }) => each.takeCalls())).to.deep.equal([[], ['f1.txt'], []]);
      });
  });
}
