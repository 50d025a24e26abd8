import path from 'node:path';
import { CacheError } from '../../model/errors.js';
import type { CommandLine } from './command-line.js';
import { findProgram, namedTarget, type ProgramPlace } from './find-program.js';

/** What the system can start without a shell. */
export interface Startable {
  /** Absolute. */
  readonly program: string;
  /** Arguments before those of the command. */
  readonly first: readonly string[];
}

/** @throws CacheError CACHE_COMMAND_NOT_FOUND with `program`. */
export function startable({ program }: CommandLine, place: ProgramPlace): Startable {
  const file = findProgram(program, place);
  if (file === undefined) throw notFound(program, place);
  if (place.platform !== 'win32' || !/\.(cmd|bat)$/i.test(file)) return { program: file, first: [] };
  // Only a shell could start it, and a shell would read more into the names of files; what it starts is named in it.
  const target = namedTarget(place.fs, file, program);
  if (target !== undefined) return { program: process.execPath, first: [target] };
  throw new CacheError(
    'CACHE_BAD_COMMAND',
    `${file} cannot be started without a shell. Give the program that it starts instead.`,
    { program, problem: 'needs a shell' },
  );
}

function notFound(program: string, { fs, cwd }: ProgramPlace): CacheError {
  const local = path.join(cwd, 'node_modules', '.bin', program);
  const isLocal = !program.includes('/') && fs.statSync(local, { throwIfNoEntry: false }) !== undefined;
  const advice = isLocal
    ? `It is installed in node_modules: write "npx ${program}" or "node_modules/.bin/${program}".`
    : program.includes('/')
      ? 'Give the path of a program, relative to the folder that the tool runs in.'
      : 'Install it, or add its folder to PATH.';
  return new CacheError('CACHE_COMMAND_NOT_FOUND', `The command "${program}" was not found. ${advice}`, { program });
}
