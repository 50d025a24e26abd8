import type { ExecCall, ExecOptions } from '../../index.js';
import type { Invocation } from '../command.js';
import { UsageError } from '../usage-error.js';

/** What an analyzer may be called. */
const ID = /^[\w.@/-]{1,64}$/;

/** What the command line says of the tool. @throws UsageError */
export function execOptions(
  { options, arguments: command, env, signal }: Invocation,
  root: string,
): ExecOptions & { readonly calls: ExecCall[] } {
  const { id, format, list, pathField, include, input, defaultInputs, depends, batchSize, parallel, timeout } = options;
  if (id === undefined) throw missing('--id', 'Give the tool a name, e.g. --id eslint.');
  if (!ID.test(id))
    throw new UsageError(`option --id must be up to 64 letters, digits and . _ - / @, found ${JSON.stringify(id)}`, {
      advice: 'Choose another.',
    });
  if (format === undefined) throw missing('--format', 'Say how the tool reports; see: documee exec --help');
  if (command.length === 0)
    throw new UsageError('there is no command behind "--"', { advice: 'Give the tool with its arguments.' });
  if (timeout === 0)
    throw new UsageError('option --timeout must be more than 0', { advice: 'Leave it out for no limit.' });
  const calls: ExecCall[] = [];
  return {
    ...{ id, command, format, list, pathField, root, include, defaultInputs, depends, batchSize, parallel, calls },
    ...{ inputs: input, env: options.env, environment: env, signal },
    versionCommand: options.versionCommand === undefined ? undefined : splitWords(options.versionCommand),
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    onCall: (call) => void calls.push(call),
  };
}

const missing = (flag: string, advice: string): UsageError => new UsageError(`option ${flag} is needed`, { advice });

/** Words of a command in one argument; quotes hold words together. There is no shell behind it. */
export function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
