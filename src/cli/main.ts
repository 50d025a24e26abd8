import type { Invocation, OutputStream, Surroundings } from './command.js';
import type { CommandSpec } from './command-table.js';
import { Console } from './console.js';
import { parse } from './parse.js';
import type { Options } from './options.js';
import type { ErrorOptions } from './print/error.js';

/** Runs one command line and answers its exit code; never ends the process. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let errorOptions: ErrorOptions = { json: mentions(argv, '--json'), verbose: mentions(argv, '--verbose') };
  try {
    const parsed = parse(argv, helpWidth(surroundings.stdout));
    if (parsed.kind === 'version') return await printVersion(surroundings.stdout);
    if (parsed.kind === 'help') {
      (parsed.exitCode === 0 ? surroundings.stdout : surroundings.stderr).write(parsed.text);
      return parsed.exitCode;
    }
    errorOptions = { ...errorOptions, asLine: parsed.command.name === 'results' || parsed.command.name === 'watch' };
    return await run(parsed.command, parsed.arguments, parsed.options, surroundings);
  } catch (error) {
    const { reportError } = await import('./print/error.js');
    return reportError(error, surroundings, errorOptions);
  }
}

/** Whether a flag was given, for errors that come before the command line is understood. */
function mentions(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes(flag);
}

/** Wider lines are hard to read. */
const MOST_COLUMNS = 100;
const helpWidth = ({ columns }: OutputStream): number => Math.min(columns ?? MOST_COLUMNS, MOST_COLUMNS);

async function printVersion(stdout: OutputStream): Promise<number> {
  const { TOOL } = await import('../index.js');
  stdout.write(`${TOOL.version}\n`);
  return 0;
}

async function run(
  spec: CommandSpec,
  args: readonly string[],
  options: Options,
  surroundings: Surroundings,
): Promise<number> {
  const console = await Console.open(surroundings, options);
  const command = await spec.load();
  const invocation: Invocation = { ...surroundings, arguments: args, options, console };
  if (spec.analyzes === true) return command(invocation);
  const interrupted = whenAborted(surroundings.signal);
  return surroundings.signal?.aborted === true ? interrupted : Promise.race([command(invocation), interrupted]);
}

/** A kill at any point leaves the cache whole, so an interrupt ends such a command where it is. */
async function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  const { CacheError } = await import('../index.js');
  return new Promise((_, reject) => {
    const abort = (): void => reject(new CacheError('CACHE_ABORTED', 'Interrupted; nothing is left half done.'));
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
