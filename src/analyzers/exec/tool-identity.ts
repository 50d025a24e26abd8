/** What the tool is, by content and not by place: a project that was moved is analyzed by the same tool. */
import path from 'node:path';
import { messageOf } from '../../model/errors.js';
import { isNotFound } from '../../util/fs.js';
import { sha256Digest } from '../../util/hash.js';
import { relativePosix } from '../../util/paths.js';
import type { CommandLine } from './command-line.js';
import { behindStarter, findProgram, type ProgramPlace } from './find-program.js';

export interface ToolPlace extends ProgramPlace {
  /** Absolute folder of the codebase. */
  readonly root: string;
}

/** Digests and versions by name; null where something that the command names was not found. */
export type ToolIdentity = Readonly<Record<string, string | null>>;

/** Programs that start the program of an installed package, with the words that may stand before its name. */
const PACKAGE_RUNNERS: Readonly<Record<string, { readonly words: readonly string[]; readonly mustHaveWord?: true }>> = {
  npx: { words: [] },
  pnpx: { words: [] },
  bunx: { words: [] },
  npm: { words: ['exec', 'x'], mustHaveWord: true },
  bun: { words: ['x', 'run'], mustHaveWord: true },
  pnpm: { words: ['exec', 'dlx'] },
  yarn: { words: ['run', 'exec', 'dlx'] },
};

/** Options of those that take the next word for their value. */
const RUNNER_OPTIONS_WITH_VALUE = new Set(['-p', '--package', '-c', '--call', '-C', '--dir', '--prefix', '--cwd']);

/** Programs whose first file is the tool itself. */
const INTERPRETERS = /^(node|nodejs|deno|bun|tsx|ts-node|python[\d.]*|pypy[\d.]*|ruby|perl|php|lua|bash|dash|zsh|sh)$/;

/** Whether the program hands its arguments to a shell as one text. */
export const passesThroughShell = ({ program }: CommandLine): boolean =>
  Object.hasOwn(PACKAGE_RUNNERS, baseName(program));

/** Everything of the tool that can be told without starting it. */
export function toolIdentity(command: CommandLine, place: ToolPlace): ToolIdentity {
  const name = baseName(command.program);
  const identity: Record<string, string | null> = {};
  const words = [...command.before, ...command.after];
  const packaged = packageName(name, words);
  if (packaged !== undefined) {
    addInterpreter('node', place, identity);
    addPackage(packaged, place, identity);
    return identity;
  }
  const file = findProgram(command.program, place);
  if (file === undefined) identity[name] = null;
  else addProgram(name, file, place, identity);
  if (INTERPRETERS.test(name)) addScript(words, place, identity);
  return identity;
}

const baseName = (program: string): string => path.basename(program).replace(/\.(exe|cmd|bat|com)$/i, '');

/** Name of the program that a package runner is asked for; undefined where `program` is none. */
function packageName(program: string, words: readonly string[]): string | undefined {
  const runner = Object.hasOwn(PACKAGE_RUNNERS, program) ? PACKAGE_RUNNERS[program] : undefined;
  if (runner === undefined) return undefined;
  const plain = plainWords(words);
  const [first, second] = plain;
  if (first !== undefined && runner.words.includes(first)) return withoutVersion(second);
  return runner.mustHaveWord === true ? undefined : withoutVersion(first);
}

/** The words before the arguments of what is started, without the runner's own options. */
function plainWords(words: readonly string[]): string[] {
  const plain: string[] = [];
  for (let index = 0; index < words.length && plain.length < 2; index++) {
    const word = words[index] as string;
    if (RUNNER_OPTIONS_WITH_VALUE.has(word)) index++;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return plain;
}

const withoutVersion = (name: string | undefined): string | undefined => name?.replace(/(?<=.)@.*$/, '');

/** The installed package that has the program `name`, as the runner would find it: from the working folder upwards. */
function addPackage(name: string, place: ToolPlace, identity: Record<string, string | null>): void {
  const starter = findUpwards(place, path.join('node_modules', '.bin', name));
  if (starter === undefined) identity[name] = null;
  else addStarted(name, starter, place, identity);
}

function findUpwards({ fs, cwd }: ToolPlace, name: string): string | undefined {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const file = path.join(folder, name);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** The program behind a starter, and the package that it belongs to. */
function addStarted(name: string, starter: string, place: ToolPlace, identity: Record<string, string | null>): void {
  const { fs } = place;
  const file = behindStarter(fs, starter);
  const manifest = nearestManifest(place, file);
  if (manifest !== undefined) identity[`package ${manifest.name}`] = manifest.version;
  // A starter that was written for this machine names its folders; what it starts has a package then.
  if (file !== starter || manifest === undefined) identity[name] = digestOf(place, file);
  const interpreter = shebangOf(fs.readFileSync(file));
  if (interpreter !== undefined) addInterpreter(interpreter, place, identity);
}

function nearestManifest({ fs }: ToolPlace, file: string): { name: string; version: string } | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      const { name, version } = manifest;
      // A package.json that only says which kind of modules lie beside it has no name.
      if (typeof name === 'string') return { name, version: typeof version === 'string' ? version : '' };
    } catch (error) {
      if (!isNotFound(error) && !(error instanceof SyntaxError)) throw error;
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

function addProgram(name: string, file: string, place: ToolPlace, identity: Record<string, string | null>): void {
  if (file.includes(path.join('node_modules', '.bin') + path.sep)) addStarted(name, file, place, identity);
  else if (isThisNode(place, file)) identity[name] = process.version;
  else {
    const bytes = place.fs.readFileSync(file);
    identity[name] = digest(bytes);
    const interpreter = shebangOf(bytes);
    if (interpreter !== undefined && interpreter !== name) addInterpreter(interpreter, place, identity);
  }
}

/** What runs the tool decides what it answers, too; a shell only starts it. */
function addInterpreter(name: string, place: ToolPlace, identity: Record<string, string | null>): void {
  if (/^(ba|da|z)?sh$/.test(name) || Object.hasOwn(identity, name)) return;
  const file = findProgram(name, place);
  if (file === undefined) return;
  identity[name] = isThisNode(place, file) ? process.version : digestOf(place, file);
}

/** Its version says as much as its 100 MB. */
const isThisNode = ({ fs }: ToolPlace, file: string): boolean => fs.realpathSync(file) === process.execPath;

/** The first file among the arguments of an interpreter, e.g. of `node tools/lint.mjs`. */
function addScript(
  words: readonly string[],
  { fs, cwd, root }: ToolPlace,
  identity: Record<string, string | null>,
): void {
  for (const word of words) {
    if (word.startsWith('-')) continue;
    const file = path.resolve(cwd, word);
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    identity[`script ${relativePosix(root, file) ?? path.basename(file)}`] = digest(fs.readFileSync(file));
    return;
  }
}

function digestOf({ fs }: ToolPlace, file: string): string {
  try {
    return digest(fs.readFileSync(file));
  } catch (error) {
    return `unreadable: ${messageOf(error).split(',', 1)[0] ?? ''}`;
  }
}

/** Environments for one project write the folder of their interpreter into the first line of every script. */
function digest(bytes: Uint8Array): string {
  const end = isScript(bytes) ? bytes.indexOf(NEW_LINE) : -1;
  return sha256Digest(end < 0 ? bytes : bytes.subarray(end));
}

const NEW_LINE = 0x0a;
const isScript = (bytes: Uint8Array): boolean => bytes[0] === 0x23 && bytes[1] === 0x21;
const MAX_SHEBANG_BYTES = 512;

/** `python3` of `#!/usr/bin/env python3` and of `#!/home/me/project/.venv/bin/python3`. */
function shebangOf(bytes: Uint8Array): string | undefined {
  if (!isScript(bytes)) return undefined;
  const [line = ''] = Buffer.from(bytes.subarray(2, MAX_SHEBANG_BYTES)).toString().split('\n', 1);
  const names = line
    .trim()
    .split(/\s+/)
    .filter((word) => !word.startsWith('-'))
    .map((word) => path.posix.basename(word));
  return names[0] === 'env' ? names[1] : names[0];
}
