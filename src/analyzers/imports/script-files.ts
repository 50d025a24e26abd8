import { posix } from 'node:path';
import { looseJson, stringsOf } from './loose-json.js';
import { isFile, joined, type Probe } from './probe.js';

export interface FileSearch {
  readonly probe: Probe;
  /** JavaScript is resolved by Node and by TypeScript, which prefer different files: both count. */
  readonly fromJavaScript: boolean;
  /** `moduleSuffixes` of the configuration. */
  readonly suffixes: readonly string[];
}

/** Endings by what TypeScript takes them for: first the types, then what runs. */
interface Endings {
  readonly types: readonly string[];
  readonly code: readonly string[];
}

const ADDED: Endings = { types: ['.ts', '.tsx', '.d.ts'], code: ['.js', '.jsx'] };
/** What only some bundlers and Node's `require` add. */
const RARELY_ADDED = ['.mts', '.cts', '.d.mts', '.d.cts', '.mjs', '.cjs', '.json', '.node'];
/** An import by its written ending may mean the source of what it names. Source: TypeScript handbook, modules reference. */
const REPLACED: Readonly<Record<string, Endings>> = {
  '.js': ADDED,
  '.ts': ADDED,
  '.d.ts': ADDED,
  '.jsx': { types: ['.tsx', '.ts', '.d.ts'], code: ['.jsx', '.js'] },
  '.tsx': { types: ['.tsx', '.ts', '.d.ts'], code: ['.jsx', '.js'] },
  '.mjs': { types: ['.mts', '.d.mts'], code: ['.mjs'] },
  '.d.mts': { types: ['.mts', '.d.mts'], code: ['.mjs'] },
  '.mts': { types: ['.mts', '.d.mts'], code: ['.mjs'] },
  '.cjs': { types: ['.cts', '.d.cts'], code: ['.cjs'] },
  '.d.cts': { types: ['.cts', '.d.cts'], code: ['.cjs'] },
  '.cts': { types: ['.cts', '.d.cts'], code: ['.cjs'] },
  '.json': { types: ['.d.json.ts'], code: ['.json'] },
};
const DECLARATION = /\.d\.[^/]*ts$/;

/**
 * The files that `target`, a path as an import writes it, means: the one TypeScript finds, and where that only declares types, or where Node
 * would find another one, that as well. Every file that either would prefer has been looked for.
 */
export function findScript(target: string, search: FileSearch): string[] {
  const ending = endingOf(target);
  const replaced = REPLACED[ending];
  if (replaced !== undefined) {
    const files = findNamed(target, search);
    // Nothing is added to an ending of TypeScript.
    if (files.length > 0 || /ts/.test(ending)) return files;
  } else if (ending !== '') {
    const declared = `${target.slice(0, -ending.length)}.d${ending}.ts`;
    if (isFile(search.probe, declared)) return [declared, ...exact(target, search)];
  }
  const added = firstOf(target, ADDED, search);
  if (added.length > 0) {
    // The older resolution of TypeScript prefers types in a folder to code beside it.
    return added.some(isTypeScript) ? added : [...added, ...findFolder(target, search).filter(isTypeScript)];
  }
  if (replaced === undefined && ending !== '') {
    const own = exact(target, search);
    if (own.length > 0) return own;
  }
  const inside = findFolder(target, search);
  if (inside.length > 0) return inside;
  if (ending === '' && search.probe.isSource(target)) return [target];
  return replaced === undefined ? anyOf(target, RARELY_ADDED, search) : [];
}

/** What a path with an ending of a script means, as in a manifest: that very file, or the source of it. */
export function findNamed(target: string, search: FileSearch): string[] {
  const ending = endingOf(target);
  const replaced = REPLACED[ending];
  return replaced === undefined
    ? findScript(target, search)
    : firstOf(target.slice(0, -ending.length), replaced, search);
}

/** The ending as it is replaced: `.d.ts` is one. */
function endingOf(target: string): string {
  return /\.d\.[mc]?ts$/.exec(target)?.[0] ?? posix.extname(target);
}

function exact(target: string, { probe }: FileSearch): string[] {
  // Read, since a folder may have such a name as well.
  return probe.isSource(target) || probe.read(target) !== undefined ? [target] : [];
}

function firstOf(stem: string, { types, code }: Endings, search: FileSearch): string[] {
  const typed = anyOf(stem, types, search);
  const [first] = typed;
  if (first !== undefined && !DECLARATION.test(first) && !search.fromJavaScript) return typed;
  return [...typed, ...anyOf(stem, code, search)];
}

/** The first that exists. */
function anyOf(stem: string, endings: readonly string[], { probe, suffixes }: FileSearch): string[] {
  for (const ending of endings)
    for (const suffix of suffixes) {
      const path = stem + suffix + ending;
      if (isFile(probe, path)) return [path];
    }
  return [];
}

/** By its manifest, else by its index. */
export function findFolder(folder: string, search: FileSearch): string[] {
  // A folder that is absent needs no look inside.
  if (folder !== '' && !/(?:^|\/)\.\.$/.test(folder) && !search.probe.exists(folder)) return [];
  const bytes = search.probe.read(joined(folder, 'package.json'));
  const { types, typings, main, module } = bytes === undefined ? {} : looseJson(bytes);
  const named = [types, typings, main, module]
    .flatMap(stringsOf)
    .map((entry) => joined(folder, entry))
    .filter((entry) => entry !== folder)
    .flatMap((entry) => findScript(entry, search));
  if (named.some(isTypeScript)) return named;
  return [...named, ...firstOf(joined(folder, 'index'), ADDED, search)];
}

function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path);
}
