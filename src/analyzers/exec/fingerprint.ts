/** All that shapes the answers of a tool besides the files: what `explain` names when one of them changed. */
import path from 'node:path';
import { CacheError } from '../../model/errors.js';
import type { JsonValue } from '../../model/json.js';
import { canonicalJson } from '../../util/canonical-json.js';
import { sha256Digest } from '../../util/hash.js';
import { relativePosix } from '../../util/paths.js';
import { parseCommand, withoutFiles, type CommandLine } from './command-line.js';
import { configArguments, defaultInclude, defaultInputs, inputsAbove } from './default-inputs.js';
import type { ExecOptions } from './exec-options.js';
import type { ReportFormat } from './formats/report-format.js';
import { hashInputs, hashInputsAbove, matchesNothing, type InputHashes } from './hash-inputs.js';
import { runCommand } from './run-command.js';
import { startable } from './startable.js';
import { toolIdentity, type ToolPlace } from './tool-identity.js';

export interface Fingerprinted {
  /** Options of the analyzer; without a path of this machine. */
  readonly options: JsonValue;
  readonly inputs: InputHashes;
  /** The inputs as they are now. */
  readonly inputsNow: () => InputHashes;
}

/** @throws CacheError CACHE_BAD_PATTERN; CACHE_COMMAND_FAILED where the version command fails. */
export async function fingerprint(
  options: ExecOptions,
  command: CommandLine,
  format: ReportFormat,
  place: ToolPlace,
): Promise<Fingerprinted> {
  const { root, cwd } = place;
  const declared = declaredInputs(options, command, place);
  const sources = options.depends === 'all' ? (options.include ?? defaultInclude(format.name) ?? ['**']) : undefined;
  const above = (options.defaultInputs ?? true) ? inputsAbove(format.name) : [];
  const inputsNow = (): InputHashes => {
    const hashes = { ...hashInputs(declared, place), ...hashInputsAbove(above, place) };
    return sources === undefined ? hashes : { ...hashes, [ALL_SOURCES]: digestOf(hashInputs(sources, place)) };
  };
  const inputs = inputsNow();
  warnOfNothing(options, inputs);
  const portable = (text: string): string => withoutRoot(text, root);
  const settings = {
    command: withoutFiles(command).map(portable),
    cwd: relativePosix(root, cwd) ?? path.relative(root, cwd),
    depends: options.depends ?? 'none',
    format: { name: format.name, list: options.list ?? null, pathField: options.pathField ?? null },
    inputs,
    tool: toolIdentity(command, place),
    version: options.versionCommand === undefined ? null : await versionOf(options.versionCommand, options, place),
  };
  return { options: settings, inputs, inputsNow };
}

/** With `depends: all`, one digest stands for every file that the tool is asked about. */
const ALL_SOURCES = 'every source file';
const digestOf = (hashes: InputHashes): string => sha256Digest(canonicalJson(hashes));

function declaredInputs(options: ExecOptions, { before, after }: CommandLine, { root, cwd }: ToolPlace): string[] {
  const { defaultInputs: withDefaults = true, inputs = [], format } = options;
  const named = configArguments([...before, ...after]).map((file) => path.relative(root, path.resolve(cwd, file)));
  return withDefaults ? [...defaultInputs(format), ...named, ...inputs] : [...inputs];
}

/** A typing error in an input would go on serving answers that are out of date. */
function warnOfNothing({ inputs = [], onWarning }: ExecOptions, hashes: InputHashes): void {
  for (const input of inputs)
    if (Object.hasOwn(hashes, input) && hashes[input] === null)
      onWarning?.(`The input ${input} does not exist; the answers are computed anew once it does.`);
    else if (matchesNothing(input, hashes))
      onWarning?.(`The input ${input} matches no file; the answers are computed anew once it does.`);
}

/** A root as short as `/` would be found in every path. */
function withoutRoot(text: string, root: string): string {
  if (root.length < 2) return text;
  return text === root ? '{root}' : text.replaceAll(`${root}${path.sep}`, '{root}/');
}

/** Longer outputs are no version. */
const MAX_VERSION_CHARACTERS = 10_000;
const VERSION_TIMEOUT_MS = 60_000;

async function versionOf(words: readonly string[], options: ExecOptions, place: ToolPlace): Promise<string> {
  const command = parseCommand(words);
  const { program, first } = startable(command, place);
  const { environment, cwd, root } = place;
  const { stdout, stderr, exitCode, problem } = await runCommand({
    program,
    arguments: [...first, ...command.before],
    ...{ cwd, environment, signal: options.signal ?? new AbortController().signal, timeoutMs: VERSION_TIMEOUT_MS },
  });
  if (exitCode === 0)
    return withoutRoot((stdout.length > 0 ? stdout : stderr).toString().trim().slice(0, MAX_VERSION_CHARACTERS), root);
  const why = problem?.message ?? `ended with exit code ${exitCode}`;
  throw new CacheError(
    'CACHE_COMMAND_FAILED',
    `The version command "${words.join(' ')}" ${why}: ${firstLine(stderr.toString()) || 'it said nothing'}`,
    { command: words.join(' '), exitCode },
  );
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';
