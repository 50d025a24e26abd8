import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropFolder, temporaryFolder } from '../temporary.js';
import { freePort, type Availability, type TestServer } from './server.js';

/** Debian keeps the programs of a server away from PATH. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const READY_WITHIN_MS = 15_000;
const USER = 'documee';

/** Folder with `initdb` and `postgres`. */
function programs(): string | undefined {
  const versions = fs.existsSync(DEBIAN_FOLDER) ? fs.readdirSync(DEBIAN_FOLDER).sort().reverse() : [];
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...versions.map((version) => path.join(DEBIAN_FOLDER, version, 'bin')),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => fs.existsSync(path.join(folder, name))));
}

export function available(): Availability {
  if (process.platform === 'win32')
    return { ok: false, why: 'its tests need signals of Unix', howToGet: 'run them on Linux or macOS' };
  if (programs() !== undefined) return { ok: true };
  return {
    ok: false,
    why: 'there is no initdb and postgres on PATH or in /usr/lib/postgresql',
    howToGet: 'apt-get install postgresql, or brew install postgresql',
  };
}

/** The server refuses to run as root: as root, it runs as somebody else. */
function identity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout));
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error('There is no user postgres or nobody to run a server as');
}

export interface PostgresServer extends TestServer {
  readonly port: number;
  readonly password: string;
  /** Address of another database or of somebody else. */
  urlOf(other: { readonly user?: string; readonly password?: string; readonly database?: string }): string;
  restart(): Promise<void>;
}

/** An empty server with the database `postgres`, which asks for passwords. */
export async function startPostgres({ password = 'documee-test' } = {}): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error('There is no PostgreSQL on this machine');
  const owner = identity();
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  fs.writeFileSync(passwordFile, password);
  if (owner !== undefined) for (const name of [folder, passwordFile]) fs.chownSync(name, owner.uid, owner.gid);
  const init = spawnSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '-N'],
    { ...owner, cwd: folder, encoding: 'utf8' },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
  const port = await freePort();
  const log = path.join(folder, 'log');
  const settings = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    // A server that was killed leaves it, and another process may have got that number.
    fs.rmSync(path.join(data, 'postmaster.pid'), { force: true });
    const out = fs.openSync(log, 'a');
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    // A group of its own: signals reach its children too, which leave it with setsid only later.
    const started = spawn(path.join(bin, 'postgres'), args, {
      ...owner,
      cwd: folder,
      stdio: ['ignore', out, out],
      detached: true,
    });
    fs.closeSync(out);
    child = started;
    await ready(started, port, log);
  };

  const running = (): ChildProcess | undefined =>
    child?.exitCode === null && child.signalCode === null ? child : undefined;

  const kill = (signal: NodeJS.Signals): void => {
    const pid = running()?.pid;
    if (pid === undefined) return;
    for (const one of [...childrenOf(pid), pid]) {
      try {
        process.kill(one, signal);
      } catch {
        // It has just ended.
      }
    }
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = running();
    if (ending === undefined) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    kill('SIGCONT');
    kill(signal);
    await ended;
  };

  const stop = async (): Promise<void> => {
    process.off('exit', killNow);
    await end('SIGKILL');
    dropFolder(folder);
  };
  const killNow = (): void => kill('SIGKILL');
  process.once('exit', killNow);

  const urlOf: PostgresServer['urlOf'] = ({ user = USER, password: other = password, database = 'postgres' }) =>
    `postgres://${user}:${encodeURIComponent(other)}@127.0.0.1:${port}/${database}`;
  const restart = async (): Promise<void> => {
    await end('SIGKILL');
    await start();
  };
  await start();
  return { url: urlOf({}), port, password, urlOf, stop, kill, restart };
}

/** Each connection has a process, in a session of its own. */
function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child as number);
}

async function ready(server: ChildProcess, port: number, log: string): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (server.exitCode !== null || performance.now() > until)
      throw new Error(`PostgreSQL did not start: ${fs.readFileSync(log, 'utf8').slice(-2000)}`);
    await sleep(20);
  }
}

/** Length 8, version 80877103: it answers one letter as soon as it takes connections, and logs nothing about it. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Asks whether it speaks TLS, then connects for nothing: while it starts, it answers an error with 57P03. */
async function answers(port: number): Promise<boolean> {
  const startUp = Buffer.from(`\0\0\0\0\0\x03\0\0user\0${USER}\0database\0postgres\0\0`, 'latin1');
  startUp.writeInt32BE(startUp.length);
  const socket = net.connect(port, '127.0.0.1');
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.once('connect', () => socket.write(SSL_REQUEST));
      socket.once('data', () => {
        socket.write(startUp);
        // R: it asks for the password.
        socket.once('data', (answer) => resolve(answer[0] === 'R'.charCodeAt(0)));
      });
    });
  } finally {
    socket.destroy();
  }
}
