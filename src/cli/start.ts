/** What belongs to the process: signals, broken pipes and the exit code. Everything else is in `main`. */
import { Console } from 'node:console';
import { INTERRUPTED_EXIT_CODE, isInterrupt, type Interrupt } from './exit-code.js';
import type { Surroundings } from './command.js';
import { main } from './main.js';

export async function start(): Promise<void> {
  const { stdout, stderr, env } = process;
  // The client of S3 would tell every run which Node its versions of next year need.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const signal = abortOnInterrupt();
  // stdout is for results: what an analyzer prints would break the JSON of whoever reads it.
  Object.assign(console, new Console(stderr, stderr));
  // A reader that has seen enough (`| head -1`) is no failure. Without a reader of messages the run goes on.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    stderr.write(`documee: the output could not be written (${error.message}).\n`);
    process.exit(1);
  });
  stderr.on('error', () => undefined);
  const argv = process.argv.slice(2);
  const surroundings = { stdout, stderr, env, cwd: process.cwd(), signal };
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    if (!isEnding) void endWith(error, argv, surroundings);
    isEnding = true;
  });
  // Nothing is left that could settle what is waited for. Node by itself would end without a word.
  const endUnsettled = (): void => {
    stderr.write('documee: an analyzer or its module waits for something that never happens; the run cannot go on.\n');
    process.exit(1);
  };
  process.once('beforeExit', endUnsettled);
  const exitCode = await main(argv, surroundings);
  process.off('beforeExit', endUnsettled);
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
