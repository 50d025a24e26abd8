/** The command line as an invocation of one command of the table. */
import { Argument, Command as Commander, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandSpec } from './command-table.js';
import { EXIT, EXIT_CODE_MEANINGS } from './exit-code.js';
import { longFlag, parseOptionValue } from './option-value.js';
import { GLOBAL_OPTIONS, type Options, type OptionSpec } from './options.js';
import { UsageError } from './usage-error.js';

export type Parsed =
  | {
      readonly kind: 'run';
      readonly command: CommandSpec;
      readonly arguments: readonly string[];
      readonly options: Options;
    }
  | { readonly kind: 'version' }
  /** Help that was asked for, or that replaces a missing command. */
  | { readonly kind: 'help'; readonly text: string; readonly exitCode: number };

const KNOWN_FLAGS: ReadonlySet<string> = new Set(
  [...GLOBAL_OPTIONS, ...COMMANDS.flatMap(({ options }) => options)].flatMap(
    ({ flags }) => flags.match(/-[\w-]+/g) ?? [],
  ),
);

/** @param columns width of the help. @throws UsageError */
export function parse(argv: readonly string[], columns = 80): Parsed {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (!mayPassOn(words)) return parseWords(argv, columns);
  if (end < 0 && !asksForHelp(argv)) throw commandNotGiven(argv);
  const parsed = parseWords(words, columns);
  if (parsed.kind !== 'run') return parsed;
  if (parsed.command.passesOn !== true) return parseWords(argv, columns);
  if (parsed.arguments.length > 0) throw commandNotGiven(argv);
  return { ...parsed, arguments: argv.slice(end + 1) };
}

/** What stands behind `--` is not for this parser then: it has options of its own. */
const mayPassOn = (words: readonly string[]): boolean =>
  words[0] !== 'help' && COMMANDS.some(({ name, passesOn }) => passesOn === true && words.includes(name));

const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');

function commandNotGiven(words: readonly string[]): UsageError {
  const name = COMMANDS.find((command) => command.passesOn === true && words.includes(command.name))?.name ?? '';
  const hasEnd = words.includes('--');
  return new UsageError(
    hasEnd
      ? `${name} takes nothing but options before "--"`
      : `${name} needs "--" before the command that it is to run`,
    { advice: `Write: documee ${name} --id eslint --format eslint-json -- npx eslint --format json {files}` },
  );
}

function parseWords(argv: readonly string[], columns: number): Parsed {
  let parsed: Parsed | undefined;
  let help = '';
  const program = buildProgram((run) => (parsed = run));
  program.configureOutput({
    writeOut: (text) => (help += text),
    writeErr: (text) => (help += text),
    outputError: () => undefined,
    getOutHelpWidth: () => columns,
    getErrHelpWidth: () => columns,
  });
  try {
    for (const command of [program, ...descendants(program)]) command.copyInheritedSettings(program).exitOverride();
    program.parse(isHelpOnInner(argv) ? [...argv.slice(1), '--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.version') return { kind: 'version' };
    if (error.code === 'commander.help' && error.exitCode !== 0 && argv[0] === 'help')
      throw unknownCommand(argv[1] ?? '');
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') {
      return { kind: 'help', text: help, exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
    }
    throw usageError(error, argv);
  }
  if (parsed === undefined) throw new TypeError('Expected a command to be found or an error to be thrown');
  return parsed;
}

/** `help config show`: the parser itself takes one word behind `help`. */
function isHelpOnInner([first, ...words]: readonly string[]): boolean {
  return first === 'help' && words.length === 2 && COMMANDS.some(({ name }) => name === words.join(' '));
}

function buildProgram(found: (run: Parsed) => void): Commander {
  const program = new Commander('documee')
    .description('Runs code analyzers only where something that their answer depends on has changed.')
    .usage('<command> [options]')
    .version('', '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(false)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', overview());
  for (const option of GLOBAL_OPTIONS) program.addOption(toOption(option));
  const parents = new Map<string, Commander>();
  for (const command of COMMANDS) addCommand(program, parents, command, found);
  return program;
}

function addCommand(
  program: Commander,
  parents: Map<string, Commander>,
  spec: CommandSpec,
  found: (run: Parsed) => void,
): void {
  const [first = '', second] = spec.name.split(' ');
  const name = second ?? first;
  const command = (second === undefined ? program : parentCommand(program, parents, first)).command(name);
  command.summary(spec.summary).description([sentence(spec.summary), spec.description].filter(Boolean).join(' '));
  for (const { usage, description } of spec.arguments) command.addArgument(new Argument(usage, description));
  for (const option of spec.options) command.addOption(toOption(option));
  command.addHelpText('after', `\nExamples:\n${spec.examples.map(exampleLine).join('\n')}`);
  command.action(() => {
    found({ kind: 'run', command: spec, arguments: command.args, options: givenOptions(command) });
  });
}

function parentCommand(program: Commander, parents: Map<string, Commander>, name: string): Commander {
  let parent = parents.get(name);
  if (parent === undefined) {
    const children = COMMANDS.filter((command) => command.name.startsWith(`${name} `));
    parent = program.command(name).description(children.map(({ summary }) => summary).join('; '));
    parents.set(name, parent);
  }
  return parent;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const exampleLine = ([command, does]: readonly [string, string]): string =>
  `  $ ${command}${does === '' ? '' : `\n      ${does}`}`;

function toOption(spec: OptionSpec): Option {
  const text = [
    spec.description,
    spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`,
    spec.default === undefined ? '' : ` [default: ${spec.default}]`,
  ].join('');
  const option = new Option(spec.flags, text);
  if (!spec.flags.includes('<')) return option;
  return option.argParser((value, previous: unknown) => {
    const parsed = parseOptionValue(spec, value, KNOWN_FLAGS);
    return spec.repeatable === true ? [...((previous as unknown[] | undefined) ?? []), parsed] : parsed;
  });
}

/** Without the defaults that commander fills in for `--no-...`: what was not given is for the configuration to say. */
function givenOptions(command: Commander): Options {
  const given: Record<string, unknown> = {};
  for (let level: Commander | null = command; level !== null; level = level.parent) {
    for (const [name, value] of Object.entries(level.opts())) {
      if (level.getOptionValueSource(name) === 'cli') given[name] = value;
    }
  }
  return given;
}

function overview(): string {
  const codes = EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${code.padEnd(9)} ${meaning}`);
  return [
    '',
    'Examples:',
    '  $ documee analyze              bring every result up to date',
    '  $ documee explain src/cart.ts  why this file runs again, or does not',
    '  $ documee help analyze         the options of a command',
    '',
    'Exit codes:',
    ...codes,
  ].join('\n');
}

/** The message of commander names the word in quotes; suggestions come from the table. */
function usageError({ code, message }: CommanderError, argv: readonly string[]): UsageError {
  const text = message.replace(/^error: /, '').replace(/\.$/, '');
  const word = /'([^]*)'/.exec(text)?.[1] ?? '';
  const command = COMMANDS.find(({ name }) => name.split(' ').every((part) => argv.includes(part)));
  if (code === 'commander.unknownCommand') return unknownCommand(word);
  const advice = `See: documee ${command === undefined ? '' : `${command.name} `}--help`;
  if (code !== 'commander.unknownOption') return new UsageError(text.replaceAll("'", '"'), { advice });
  const options = [...GLOBAL_OPTIONS, ...(command ?? { options: COMMANDS.flatMap((each) => each.options) }).options];
  const candidates = [...options.map(longFlag), '--help', '--version'];
  // The value is left out: it may be an address with a password.
  const name = word.replace(/=[^]*$/, '');
  return new UsageError(`unknown option "${name}"`, { hint: { word: name, candidates }, advice });
}

function unknownCommand(word: string): UsageError {
  const candidates = [...new Set(COMMANDS.flatMap(({ name }) => name.split(' '))), 'help'];
  return new UsageError(`unknown command "${word}"`, {
    hint: { word, candidates },
    advice: 'List them with: documee --help',
  });
}

function* descendants(command: Commander): Generator<Commander> {
  for (const child of command.commands) {
    yield child;
    yield* descendants(child);
  }
}
