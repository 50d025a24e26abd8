import path from 'node:path';
import { CacheError } from '../../model/errors.js';

/** Stands where the files go in a command. */
export const FILES_PLACEHOLDER = '{files}';

/** A command with a place for the names of files. */
export interface CommandLine {
  readonly program: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * `command` with the place of `{files}`, which is the end where it is not said.
 * @throws CacheError CACHE_BAD_COMMAND with `command` and `problem`.
 */
export function parseCommand(command: readonly string[]): CommandLine {
  const [program = '', ...rest] = command;
  const problem = commandProblem(program, rest);
  if (problem !== undefined) {
    const message = `The command ${problem}.`;
    throw new CacheError('CACHE_BAD_COMMAND', message, { command: command.join(' '), problem });
  }
  const place = rest.indexOf(FILES_PLACEHOLDER);
  if (place < 0) return { program, before: rest, after: [] };
  return { program, before: rest.slice(0, place), after: rest.slice(place + 1) };
}

function commandProblem(program: string, rest: readonly string[]): string | undefined {
  if (program.trim() === '') return 'is empty; give the program with its arguments';
  if (program.includes(FILES_PLACEHOLDER)) return `begins with ${FILES_PLACEHOLDER}; give the program first`;
  const larger = rest.find((word) => word.includes(FILES_PLACEHOLDER) && word !== FILES_PLACEHOLDER);
  if (larger !== undefined)
    return `has ${FILES_PLACEHOLDER} within the argument ${JSON.stringify(larger)}; it must be an argument by itself, since each file becomes one`;
  if (rest.filter((word) => word === FILES_PLACEHOLDER).length > 1)
    return `has ${FILES_PLACEHOLDER} twice; the files can be passed once`;
  if ([program, ...rest].some((word) => word.includes('\0'))) return 'has a NUL character, which no argument can hold';
  return undefined;
}

/** The arguments of one call. */
export const argumentsFor = ({ before, after }: CommandLine, files: readonly string[]): string[] => [
  ...before,
  ...files,
  ...after,
];

/** The command without its files, as reports and people see it. */
export const withoutFiles = ({ program, before, after }: CommandLine): string[] => [program, ...before, ...after];

/** Names that a tool could take for something else: an option, or a list of further arguments. */
const LOOKS_LIKE_NO_FILE = /^[-@+]/;

/** A source file as the tool is to find it from `cwd`. */
export function fileArgument(file: string, root: string, cwd: string): string {
  const name = root === cwd ? file : path.relative(cwd, path.join(root, file));
  return LOOKS_LIKE_NO_FILE.test(name) ? `./${name}` : name;
}

/** What a person calls the tool: the first words of the command. */
export function toolName({ program, before }: CommandLine): string {
  const first = path.basename(program).replace(/\.(exe|cmd|bat)$/i, '');
  const second = before[0];
  return second !== undefined && STARTERS.has(first) && !second.startsWith('-')
    ? `${first} ${path.basename(second)}`
    : first;
}

/** Programs that say nothing without the word behind them. */
const STARTERS: ReadonlySet<string> = new Set([
  'npx',
  'npm',
  'pnpm',
  'pnpx',
  'yarn',
  'bun',
  'bunx',
  'node',
  'deno',
  'python',
  'python3',
  'uvx',
  'uv',
  'poetry',
]);
