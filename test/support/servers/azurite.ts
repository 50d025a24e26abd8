import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, type Availability, type TestServer } from './server.js';

const VERSION = '3.35.0';

export interface Azurite extends TestServer {
  /** The same as `url`. */
  readonly connectionString: string;
  readonly endpoint: string;
  readonly account: string;
  readonly accountKey: string;
}

const toolsFolder = (): string =>
  process.env.DOCUMEE_TEST_TOOLS ?? path.join(os.tmpdir(), `documee-test-tools-${os.userInfo().uid}`);

const script = (): string => path.join(toolsFolder(), 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js');

/** Azurite is large: it is installed where the variables CI or DOCUMEE_TEST_AZURITE ask for it, and used where it is there. */
export function azuriteAvailability(): Availability {
  if (fs.existsSync(script())) return { ok: true };
  const asked = [process.env.CI, process.env.DOCUMEE_TEST_AZURITE].some((value) => (value ?? '') !== '');
  const howToGet = `set the variable DOCUMEE_TEST_AZURITE=1 (186 MB are installed once; DOCUMEE_TEST_TOOLS names the folder)`;
  if (!asked) return { ok: false, why: `azurite ${VERSION} is not installed`, howToGet };
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, stderr } = spawnSync(npm, ['install', '--prefix', toolsFolder(), `azurite@${VERSION}`, ...options], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 240_000,
  });
  if (status === 0 && fs.existsSync(script())) return { ok: true };
  return { ok: false, why: `azurite ${VERSION} could not be installed: ${stderr.trim()}`, howToGet };
}

/** The emulator of Azure Blob Storage, in memory, with an account of its own. */
export async function startAzurite(): Promise<Azurite> {
  const port = await freePort();
  const account = 'testaccount';
  const accountKey = randomBytes(64).toString('base64');
  const args = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--inMemoryPersistence'];
  const child = spawn(
    process.execPath,
    [script(), ...args, '--disableTelemetry', '--skipApiVersionCheck', '--silent'],
    {
      env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${accountKey}`, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stopWithTests = (): boolean => child.kill('SIGKILL');
  process.once('exit', stopWithTests);
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  await untilAnswers(child, endpoint);
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
  return {
    url: connectionString,
    connectionString,
    endpoint,
    account,
    accountKey,
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      process.off('exit', stopWithTests);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function untilAnswers(child: ChildProcess, endpoint: string): Promise<void> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`azurite ended: ${said}`);
    try {
      await fetch(endpoint);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`azurite does not answer: ${said}`);
}
