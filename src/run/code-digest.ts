import { isBuiltin } from 'node:module';
import path from 'node:path';
import { readIfPresent, type FileSystem } from '../util/fs.js';
import { sha256Hex } from '../util/hash.js';
import { byCodeUnit } from '../util/paths.js';

/** Quoted strings that name a module: relative ones wherever they stand, packages where they are imported. */
const RELATIVE = /(['"`])(\.{1,2}\/[^'"`\n]{1,300})\1/g;
const PACKAGE = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^'"\n]*)?\1/g;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.json', '/index.js', '/index.ts'];
const MAX_MODULES = 2000;

/**
 * Digest of an analyzer's code: its module, all it imports by a relative path, and the versions of the packages it imports. Finding
 * imports by pattern finds too much (a path in a comment), which can only re-run more, never less; names that are computed at run
 * time are not found.
 */
export function codeDigest(fs: FileSystem, module: string): string {
  const parts = new Map<string, string>();
  const base = path.dirname(module);
  const pending = [module];
  for (let file = pending.pop(); file !== undefined && parts.size < MAX_MODULES; file = pending.pop()) {
    const name = path.relative(base, file);
    if (parts.has(name)) continue;
    const bytes = readQuietly(fs, file);
    if (bytes === undefined) continue;
    parts.set(name, sha256Hex(bytes));
    if (file.endsWith('.json')) continue;
    const text = bytes.toString('utf8');
    for (const [, , specifier] of text.matchAll(RELATIVE)) {
      const found = resolveModule(fs, path.resolve(path.dirname(file), specifier as string));
      if (found !== undefined) pending.push(found);
    }
    for (const [, , name] of text.matchAll(PACKAGE)) addPackage(fs, parts, path.dirname(file), name as string);
  }
  return `sha256:${sha256Hex(JSON.stringify([...parts].sort(([a], [b]) => byCodeUnit(a, b))))}`;
}

function resolveModule(fs: FileSystem, target: string): string | undefined {
  const candidates = ENDINGS.map((ending) => target + ending);
  // TypeScript sources import by the name of what they compile to.
  if (target.endsWith('.js')) candidates.push(`${target.slice(0, -3)}.ts`);
  return candidates.find((candidate) => fs.statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}

function addPackage(fs: FileSystem, parts: Map<string, string>, from: string, name: string): void {
  const part = `package ${name}`;
  if (isBuiltin(name) || parts.has(part)) return;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const manifest = readQuietly(fs, path.join(folder, 'node_modules', name, 'package.json'));
    if (manifest !== undefined) {
      parts.set(part, sha256Hex(manifest));
      return;
    }
    if (folder === path.dirname(folder)) return;
  }
}

function readQuietly(fs: FileSystem, file: string): Buffer | undefined {
  try {
    return readIfPresent(fs, fs.realpathSync(file));
  } catch {
    return undefined;
  }
}
