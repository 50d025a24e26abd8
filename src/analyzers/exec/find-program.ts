import path from 'node:path';
import type { FileSystem } from '../../util/fs.js';

/** Where a program is looked for. */
export interface ProgramPlace {
  readonly fs: FileSystem;
  /** Absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** The file that `program` starts: by its path from `cwd`, else the first on PATH. Undefined where there is none. */
export function findProgram(program: string, place: ProgramPlace): string | undefined {
  const hasFolder = program.includes('/') || (place.platform === 'win32' && program.includes('\\'));
  const folders = hasFolder ? [''] : searchPath(place);
  for (const folder of folders) {
    for (const ending of endings(program, place)) {
      const file = path.resolve(place.cwd, folder, `${program}${ending}`);
      if (isProgram(file, place)) return file;
    }
  }
  return undefined;
}

function searchPath({ environment, platform }: ProgramPlace): string[] {
  const name = platform === 'win32' ? Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') : 'PATH';
  const value = name === undefined ? undefined : environment[name];
  return (value ?? '').split(platform === 'win32' ? ';' : ':').filter((folder) => folder !== '');
}

/** Windows tries the endings of PATHEXT, unless the name has one. */
function endings(program: string, { environment, platform }: ProgramPlace): readonly string[] {
  if (platform !== 'win32' || path.extname(program) !== '') return [''];
  return (environment['PATHEXT'] ?? '.EXE;.CMD;.BAT;.COM').toLowerCase().split(';');
}

const EXECUTABLE_BITS = 0o111;

function isProgram(file: string, { fs, platform }: ProgramPlace): boolean {
  try {
    const stat = fs.statSync(file);
    return stat.isFile() && (platform === 'win32' || (stat.mode & EXECUTABLE_BITS) !== 0);
  } catch {
    // Whatever cannot be looked at cannot be started either; shells go on to the next folder, too.
    return false;
  }
}

/** The file behind a starter that a package manager put into `node_modules/.bin`: a link, or a script that names it. */
export function behindStarter(fs: FileSystem, starter: string): string {
  const real = fs.realpathSync(starter);
  if (real !== path.join(fs.realpathSync(path.dirname(starter)), path.basename(starter))) return real;
  const named = namedTarget(fs, real, path.basename(starter).replace(/\.(cmd|ps1|exe)$/i, ''));
  return named ?? real;
}

/** A starter is a few lines; a program that is no script is not read as a whole. */
const MAX_STARTER_BYTES = 16 * 1024;
const TARGET_IN_STARTER = /(?:\$basedir|%~?dp0%?)[\\/]([^"'\s]+\.[cm]?js|[^"'\s]*node_modules[^"'\s]+)/gi;

/** The file that a starter script names relative to itself; of several, the one that is called like the starter. */
export function namedTarget(fs: FileSystem, starter: string, name: string): string | undefined {
  if (fs.statSync(starter).size > MAX_STARTER_BYTES) return undefined;
  const text = fs.readFileSync(starter, 'utf8');
  const targets = Array.from(text.matchAll(TARGET_IN_STARTER), ([, target = '']) => target.replace(/\\/g, '/'));
  const target = targets.find((each) => path.posix.basename(each).includes(name)) ?? targets[0];
  const file = target === undefined ? undefined : path.resolve(path.dirname(starter), target);
  return file !== undefined && fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}
