/** What belongs to the process: signals, broken pipes and the exit code. Everything else is in `main`. */
import { INTERRUPTED_EXIT_CODE, isInterrupt, type Interrupt } from './exit-code.js';
import type { Surroundings } from './command.js';
import { main } from './main.js';

export async function start(): Promise<void> {
  const { stdout, stderr, env } = process;
  const signal = abortOnInterrupt();
  // A reader that has seen enough (`| head -1`) is no failure. Without a reader of messages the run goes on.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  stderr.on('error', () => undefined);
  const argv = process.argv.slice(2);
  const surroundings = { stdout, stderr, env, cwd: process.cwd(), signal };
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    if (!isEnding) void endWith(error, argv, surroundings);
    isEnding = true;
  });
  const exitCode = await main(argv, surroundings);
  process.exitCode = exitCode;
  // Work that was left behind must not keep an interrupted process alive.
  if (signal.aborted) stdout.write('', () => process.exit(exitCode));
}

/** What an analyzer throws behind everybody's back ends the process; what was finished before is kept. */
async function endWith(error: unknown, argv: readonly string[], surroundings: Surroundings): Promise<void> {
  const { reportError } = await import('./print/error.js');
  process.exit(reportError(error, surroundings, { json: false, verbose: argv.includes('--verbose') }));
}

/** The first signal lets writes finish, the second quits at once. */
function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => {
    if (!isInterrupt(name)) return;
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE[name]);
    controller.abort(name);
  };
  for (const name of Object.keys(INTERRUPTED_EXIT_CODE) as Interrupt[]) process.on(name, interrupt);
  return controller.signal;
}
