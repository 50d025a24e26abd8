import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { dropFolder, temporaryFolder } from '../temporary.js';
import { freePort, type Availability, type TestServer } from './server.js';

const READY_MS = 5000;

export interface RedisServerOptions {
  readonly password?: string;
  /** TLS on the port, with a certificate for 127.0.0.1 that `tlsCaFile` of the server is the authority of; needs `openssl`. */
  readonly tls?: boolean;
  /** A cluster of one node, which owns all slots. */
  readonly cluster?: boolean;
  /** A sentinel that watches this primary under the name `primary`. */
  readonly sentinelOf?: { readonly port: number };
  /** Further arguments, as `['--maxmemory', '1mb']`. */
  readonly args?: readonly string[];
}

export interface RedisServer extends TestServer {
  readonly port: number;
  /** Only with TLS. */
  readonly tlsCaFile: string | undefined;
  /** What `redis-cli` prints: for settings that no driver makes. */
  cli(...args: string[]): string;
  restart(): Promise<void>;
}

/** Whether redis-server, and for TLS openssl, can be started. */
export function redisAvailable({ tls = false }: Pick<RedisServerOptions, 'tls'> = {}): Availability {
  const howToGet = 'apt-get install redis-server openssl (macOS: brew install redis)';
  for (const program of ['redis-server', 'redis-cli', ...(tls ? ['openssl'] : [])]) {
    const { error } = spawnSync(program, [program === 'openssl' ? 'version' : '--version']);
    if (error !== undefined) return { ok: false, why: `${program} cannot be started`, howToGet };
  }
  return { ok: true };
}

/** A redis-server on a free loopback port, which keeps nothing on disk. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = temporaryFolder();
  const port = await freePort();
  const tlsCaFile = options.tls === true ? makeCertificate(folder) : undefined;
  const args = argumentsOf(options, { folder, port });
  let server = await startChild(args);

  const cli = (...command: string[]): string => {
    const secure = tlsCaFile === undefined ? [] : ['--tls', '--cacert', tlsCaFile];
    const password = options.password === undefined ? [] : ['--no-auth-warning', '-a', options.password];
    const { stdout } = spawnSync('redis-cli', ['-p', String(port), ...secure, ...password, ...command], {
      encoding: 'utf8',
      timeout: READY_MS,
    });
    return stdout.trim();
  };

  if (options.cluster === true) {
    cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    // A node that has just started waits for 2 s before it takes part.
    await until(() => cli('CLUSTER', 'INFO').includes('cluster_state:ok'), { everyMs: 50 });
  }

  const scheme = `${options.tls === true ? 'rediss' : 'redis'}${options.cluster === true ? '+cluster' : ''}`;
  const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  const query = tlsCaFile === undefined ? '' : `?tlsCaFile=${encodeURIComponent(tlsCaFile)}`;
  return {
    port,
    tlsCaFile,
    url:
      options.sentinelOf === undefined
        ? `${scheme}://${credentials}127.0.0.1:${port}${query}`
        : `redis+sentinel://127.0.0.1:${port}/primary/0`,
    cli,
    kill: (signal) => void server.kill(signal),
    restart: async () => {
      await end(server);
      server = await startChild(args);
    },
    stop: async () => {
      await end(server);
      dropFolder(folder);
    },
  };
}

function argumentsOf(
  { password, tls, cluster, sentinelOf, args = [] }: RedisServerOptions,
  { folder, port }: { readonly folder: string; readonly port: number },
): string[] {
  const shared = ['--bind', '127.0.0.1', '--dir', folder];
  if (sentinelOf !== undefined) {
    // A sentinel keeps what it learns in its configuration file, and does not start without one.
    const file = path.join(folder, 'sentinel.conf');
    spawnSync('touch', [file]);
    const watched = ['--sentinel', 'monitor', 'primary', '127.0.0.1', String(sentinelOf.port), '1'];
    return [file, '--port', String(port), ...shared, ...watched, ...args];
  }
  return [
    ...(tls === true
      ? ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...certificateArguments(folder)]
      : ['--port', String(port)]),
    ...shared,
    ...['--save', '', '--appendonly', 'no'],
    ...(password === undefined ? [] : ['--requirepass', password]),
    ...(cluster === true ? ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] : []),
    ...args,
  ];
}

const CERTIFICATE = 'certificate.pem';
const KEY = 'key.pem';

const certificateArguments = (folder: string): string[] => [
  ...['--tls-cert-file', path.join(folder, CERTIFICATE)],
  ...['--tls-key-file', path.join(folder, KEY)],
  ...['--tls-ca-cert-file', path.join(folder, CERTIFICATE)],
];

/** A certificate that signed itself, and so is its own authority. */
function makeCertificate(folder: string): string {
  const file = path.join(folder, CERTIFICATE);
  const out = ['-keyout', path.join(folder, KEY), '-out', file];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const { status, stderr } = spawnSync('openssl', ['req', ...kind, ...out, ...subject], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  return file;
}

async function startChild(args: readonly string[]): Promise<ChildProcess> {
  const isSentinel = args.includes('--sentinel');
  const child = spawn('redis-server', [...args, ...(isSentinel ? [] : ['--loglevel', 'notice'])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endChild = (): void => void child.kill('SIGKILL');
  process.once('exit', endChild);
  child.once('exit', () => process.removeListener('exit', endChild));
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`redis-server ended: ${log}`);
    return /ready to accept connections|\+monitor/i.test(log);
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function until(isTrue: () => boolean, { everyMs = 5 }: { readonly everyMs?: number } = {}): Promise<void> {
  const end = performance.now() + READY_MS;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`it did not happen within ${READY_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export interface FakeRedis {
  readonly port: number;
  stop(): Promise<void>;
}

/** A server that says what no real one can be made to say at will: `answer` gives the reply to each command, as it stands in the protocol. */
export async function startFakeRedis(answer: (command: readonly string[]) => string): Promise<FakeRedis> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let unread = '';
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      for (let read = readCommand(unread); read !== undefined; read = readCommand(unread)) {
        unread = unread.slice(read.length);
        socket.write(answer(read.command));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first command in `text`, an array of bulk strings, or undefined where it is not there in full. */
function readCommand(text: string): { readonly command: string[]; readonly length: number } | undefined {
  const header = /^\*(\d+)\r\n/.exec(text);
  if (header === null) return undefined;
  const command: string[] = [];
  let length = header[0].length;
  for (let count = Number(header[1]); count > 0; count--) {
    const bulk = /^\$(\d+)\r\n/.exec(text.slice(length, length + 20));
    if (bulk === null) return undefined;
    const start = length + bulk[0].length;
    const end = start + Number(bulk[1]);
    if (text.length < end + 2) return undefined;
    command.push(text.slice(start, end));
    length = end + 2;
  }
  return { command, length };
}
