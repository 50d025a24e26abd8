/** What all servers that tests start have in common. */
import net from 'node:net';
import { tellSkipped } from '../stores.js';

/** A real server on a free loopback port, started by a test file and ended with it. */
export interface TestServer {
  /** Address with everything a client needs, credentials included. */
  readonly url: string;
  /** Ends it and removes its folder; does nothing the second time. */
  stop(): Promise<void>;
  /** Sends a signal to the server and its children: SIGKILL to crash it, SIGSTOP and SIGCONT to freeze and thaw it. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it anew, on the same port and data, after a SIGKILL or while it runs. */
  restart?(): Promise<void>;
}

/** Whether a server can be started on this machine. */
export type Availability =
  { readonly ok: true } | { readonly ok: false; readonly why: string; readonly howToGet: string };

/**
 * Whether the tests of a store can run. Where they cannot, the reporter says so at the end, and the caller skips:
 * `if (!requireServer('redis', available())) this.skip();`
 * @throws Error where the variable CI is set: there every store has to be exercised.
 */
export function requireServer(name: string, availability: Availability): boolean {
  if (availability.ok) return true;
  const why = `the store "${name}": ${availability.why}. To get it: ${availability.howToGet}`;
  if ((process.env.CI ?? '') !== '') throw new Error(`In CI every store has to be tested: ${why}`);
  tellSkipped(why);
  return false;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
