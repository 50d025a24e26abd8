/** Servers that are killed or frozen while runs go on: what must hold whatever the moment was. */
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliMachine, countingAnalyzer, type Ended } from './cli-machine.js';
import { randomNumbers } from './scale.js';
import { startFakeS3 } from './servers/fake-s3.js';
import { startPostgres } from './servers/postgres.js';
import { startRedis } from './servers/redis.js';
import { startTcpProxy } from './servers/tcp-proxy.js';
import type { Tree } from './temporary.js';

/** A server that can be taken away in the middle of anything. */
export interface Victim {
  readonly name: string;
  readonly url: string;
  /** What it has acknowledged is there after `revive`. */
  readonly keepsAll: boolean;
  kill(): void;
  freeze(): void;
  /** On the same address, after either. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export const VICTIMS: Readonly<Record<string, () => Promise<Victim>>> = {
  async redis() {
    const server = await startRedis();
    return { name: 'Redis', keepsAll: false, url: server.url, ...signalled(server) };
  },
  async postgres() {
    const server = await startPostgres();
    return { name: 'PostgreSQL', keepsAll: true, url: server.url, ...signalled(server) };
  },
  /** It is in this process, so what stands before it is taken away. */
  async s3() {
    const server = await startFakeS3();
    const proxy = await startTcpProxy({ port: Number(new URL(server.endpoint).port) });
    const endpoint = encodeURIComponent(`http://127.0.0.1:${proxy.port}`);
    return {
      name: 'S3',
      keepsAll: true,
      url: `s3://${server.accessKeyId}:${server.secretAccessKey}@${server.bucket}/cache?endpoint=${endpoint}&region=eu-test-1`,
      kill() {
        proxy.setFaults({ refuse: true });
        proxy.reset();
      },
      freeze: () => proxy.setFaults({ swallowRequests: true, swallowReplies: true }),
      revive() {
        proxy.reset();
        proxy.setFaults({});
        return Promise.resolve();
      },
      async stop() {
        await proxy.stop();
        await server.stop();
      },
    };
  },
};

interface Signalled {
  kill(signal: NodeJS.Signals): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

function signalled(server: Signalled): Pick<Victim, 'kill' | 'freeze' | 'revive' | 'stop'> {
  let isFrozen = false;
  return {
    kill: () => server.kill('SIGKILL'),
    freeze() {
      isFrozen = true;
      server.kill('SIGSTOP');
    },
    async revive() {
      if (isFrozen) server.kill('SIGCONT');
      else await server.restart();
      isFrozen = false;
    },
    stop: () => server.stop(),
  };
}

export const CAMPAIGN_TREE: Tree = {
  'package.json': '{"name":"shop"}',
  'tools/words.mjs': countingAnalyzer({ pauseMs: 20 }),
  ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`texts/f${index}.txt`, `text of ${index}`])),
};
export const RUN = ['results', '--stable', '--concurrency', '2', '--analyzer', './tools/words.mjs'];

const WAYS = ['kill', 'restart', 'kill', 'freeze'] as const;

/** One disturbance of one run. */
export interface Moment {
  readonly number: number;
  /** `restart`: killed, and there again while the run goes on. */
  readonly how: (typeof WAYS)[number];
  /** What the server is to the run. */
  readonly role: 'remote' | 'store';
  /** Part of the time that an undisturbed run takes. */
  readonly when: number;
  /** Whether the server is there again for the next run. */
  readonly revives: boolean;
}

/** In turn killed, restarted, killed and frozen; all else is by chance. */
export function momentsOf(seed: number, count: number): Moment[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, number) => ({
    number,
    how: WAYS[number % WAYS.length] ?? 'kill',
    role: random() < 0.6 ? 'remote' : 'store',
    when: random(),
    revives: random() < 0.6,
  }));
}

export interface Played {
  readonly runs: number;
  /** What the slowest run took, less what an undisturbed one takes, in ms. */
  readonly delayMs: number;
  /** Codes of the warnings of all runs. */
  readonly warnings: readonly string[];
}

/** What a run without any server answers, and how long it takes with one that works. */
export interface Undisturbed {
  readonly stdout: string;
  readonly durationMs: number;
}

export async function undisturbed(victim: Victim): Promise<Undisturbed> {
  const { stdout } = rightEnd(await new CliMachine(CAMPAIGN_TREE).run(...RUN));
  const { durationMs } = rightEnd(
    await new CliMachine(CAMPAIGN_TREE, around(victim, 'remote', 'undisturbed')).run(...RUN),
  );
  return { stdout, durationMs };
}

/** A server that says nothing is given up after so long, in ms; one that is only a remote, after the 2 s of the budget. */
const STORE_TIMEOUT_MS = 1000;

const around = ({ url }: Victim, role: Moment['role'], codebase: string): { argv: string[] } => {
  const limited = `${url}${url.includes('?') ? '&' : '?'}timeout=${STORE_TIMEOUT_MS}`;
  return { argv: [...(role === 'store' ? ['--store', limited] : ['--remote', url]), '--codebase', codebase] };
};

/** Ends with exit code 0, and no warning is said twice. */
export function rightEnd(ended: Ended): Ended {
  expect(ended, ended.stderr).to.include({ exitCode: 0, signal: null });
  const codes = warningsOf(ended);
  expect(new Set(codes).size, ended.stderr).to.equal(codes.length);
  return ended;
}

export const warningsOf = ({ stderr }: Ended): string[] =>
  Array.from(stderr.matchAll(/\[(CACHE_\w+)\]$/gm), ([, code]) => code ?? '');

/** @throws Error where a run is wrong, with all that is needed to repeat it. The server is there again afterwards. */
export async function playMoment(victim: Victim, moment: Moment, expected: Undisturbed, seed: number): Promise<Played> {
  const { number, how, role, when, revives } = moment;
  const options = around(victim, role, `moment-${seed}-${number}`);
  const machine = new CliMachine(CAMPAIGN_TREE, options);
  const runs: Ended[] = [];
  try {
    const { ended } = await machine.start(RUN);
    await sleep(when * expected.durationMs);
    victim[how === 'freeze' ? 'freeze' : 'kill']();
    if (how === 'restart') await victim.revive();
    runs.push(await ended);
    if (revives && how !== 'restart') await victim.revive();
    runs.push(await machine.run(...RUN));
    if (!revives && how !== 'restart') {
      await victim.revive();
      runs.push(await machine.run(...RUN));
    }
    // What could not be sent is sent by now.
    if (role === 'remote' && (victim.keepsAll || how === 'freeze')) {
      const other = new CliMachine(CAMPAIGN_TREE, options);
      runs.push(await other.run(...RUN));
      expect(other.takeCalls(), 'analyzed by another machine').to.deep.equal([]);
    }
    for (const run of runs) expect(rightEnd(run).stdout).to.equal(expected.stdout);
  } catch (error) {
    const said = runs.map(({ stderr, exitCode, durationMs }) => `${exitCode ?? '?'} ${durationMs} ms ${stderr}`);
    throw new Error(`${victim.name}, seed ${seed}, ${JSON.stringify(moment)}: ${said.join('\n---\n')}`, {
      cause: error,
    });
  }
  return {
    runs: runs.length,
    delayMs: Math.max(...runs.map(({ durationMs }) => durationMs - expected.durationMs)),
    warnings: runs.flatMap(warningsOf),
  };
}
