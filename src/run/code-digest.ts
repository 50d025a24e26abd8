import path from 'node:path';
import { systemCode } from '../model/errors.js';
import { readIfPresent, type FileSystem } from '../util/fs.js';
import { sha256Digest, sha256Hex } from '../util/hash.js';
import { byCodeUnit } from '../util/paths.js';
import { ImportFinder, namesOfImports } from './find-imports.js';
import { dependenciesOf } from './package-manifest.js';

/** An analyzer of more files is no analyzer, or its imports lead to half of the disk. */
export const MAX_CODE_FILES = 20_000;

/** An analyzer's code as it is on disk. */
export interface Code {
  /** Undefined where it has more than `maxFiles` files. */
  readonly digest: string | undefined;
  /** Digest of each file, by its absolute path without links. */
  readonly files: ReadonlyMap<string, string>;
}

const NO_SOURCE = /\.(json|node|wasm)$/;

/**
 * The code of an analyzer: its module, all that it imports by a path or from a linked package, and the manifests of the installed
 * packages that it imports, and of those that they depend on. Names that are computed at run time are not found.
 */
export function readCode(fs: FileSystem, module: string, maxFiles = MAX_CODE_FILES): Code {
  const finder = new ImportFinder(fs);
  const files = new Map<string, string>();
  const parts: [string, string][] = [];
  const base = finder.realFolder(path.dirname(module));
  const pending: string[] = [];
  const take = (name: string, folder: string): void => {
    for (const target of finder.find(name, folder))
      if (target.kind === 'file') pending.push(target.file);
      else addPackage(target.name, target.folder);
  };
  const addPackage = (name: string, folder: string): void => {
    const file = path.join(folder, 'package.json');
    if (files.has(file) || isTooLarge()) return;
    const bytes = readQuietly(fs, file);
    if (bytes === undefined) return;
    add(file, `package ${name}`, bytes);
    for (const dependency of dependenciesOf(finder.manifest(folder) ?? {})) take(dependency, folder);
  };
  const add = (file: string, name: string, bytes: Buffer): void => {
    const digest = sha256Hex(bytes);
    files.set(file, digest);
    parts.push([name, digest]);
  };
  const isTooLarge = (): boolean => files.size > maxFiles;
  pending.push(module);
  for (let next = pending.pop(); next !== undefined && !isTooLarge(); next = pending.pop()) {
    const file = realFile(fs, finder, next);
    if (files.has(file)) continue;
    const bytes = readQuietly(fs, file);
    if (bytes === undefined) continue;
    add(file, path.relative(base, file).replaceAll(path.sep, '/'), bytes);
    if (NO_SOURCE.test(file)) continue;
    const folder = path.dirname(file);
    for (const name of namesOfImports(bytes.toString('utf8'))) take(name, folder);
  }
  if (isTooLarge()) return { digest: undefined, files };
  // By name, not by place: where packages are installed shapes no answer, so two machines may share results.
  const inOrder = parts.map((part) => JSON.stringify(part)).sort(byCodeUnit);
  return { digest: sha256Digest(`[${inOrder.join(',')}]`), files };
}

/** Links in the path to the folder are asked for once a folder, a link in the place of the file only where there is one. */
function realFile(fs: FileSystem, finder: ImportFinder, file: string): string {
  const place = path.join(finder.realFolder(path.dirname(file)), path.basename(file));
  try {
    return fs.lstatSync(place).isSymbolicLink() ? fs.realpathSync(place) : place;
  } catch {
    return place;
  }
}

function readQuietly(fs: FileSystem, file: string): Buffer | undefined {
  try {
    return readIfPresent(fs, file);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
