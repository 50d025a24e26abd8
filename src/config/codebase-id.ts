import path from 'node:path';
import { codebaseIdFrom, parseCodebaseId, type CodebaseId } from '../model/ids.js';
import { parseDocument } from '../schema/parse-json.js';
import type { FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';
import { gitOriginName } from './git-origin.js';
import { readSmallFile } from './read-small-file.js';
import { tomlName } from './toml-name.js';

const MAX_MANIFEST_BYTES = 1024 * 1024;

/** The files that name a project, the first first. A file that is broken or nameless says nothing. */
const MANIFESTS: readonly (readonly [file: string, nameIn: (text: string) => string | undefined])[] = [
  ['package.json', packageName],
  ['pyproject.toml', (text) => tomlName(text, ['project', 'tool.poetry'])],
  ['Cargo.toml', (text) => tomlName(text, ['package'])],
  ['go.mod', goModuleName],
];

/** As `config.schema.json` says. */
const DEFAULT_CACHE_FOLDER = '.documee/analysis';

/**
 * The id of a codebase for which nobody chose one, and in words where it is from.
 * @param basePath folder of its cache; undefined: the default one.
 */
export function defaultCodebaseId(
  fs: FileSystem,
  root: string,
  basePath?: string,
): { readonly id: CodebaseId; readonly origin: string } {
  for (const [file, nameIn] of MANIFESTS) {
    const read = readSmallFile(fs, path.join(root, file), { maxBytes: MAX_MANIFEST_BYTES, within: root });
    const name = read !== undefined && 'text' in read ? nameIn(read.text)?.trim() : undefined;
    if (name !== undefined && name !== '') return { id: codebaseIdFrom(name), origin: `name in ${file}` };
  }
  const repository = gitOriginName(fs, root);
  if (repository !== undefined) return { id: codebaseIdFrom(repository), origin: "git's origin" };
  const kept = onlyKeptCodebase(fs, root, path.resolve(root, basePath ?? DEFAULT_CACHE_FOLDER));
  if (kept !== undefined) return { id: kept, origin: 'the only codebase in its cache' };
  return { id: codebaseIdFrom(path.basename(path.resolve(root))), origin: 'folder name' };
}

/** A folder that was moved or copied with its cache keeps its id: a cache that lies in the root and holds one codebase holds this one. */
function onlyKeptCodebase(fs: FileSystem, root: string, basePath: string): CodebaseId | undefined {
  if (relativePosix(root, basePath) === undefined) return undefined;
  try {
    const kept = fs
      .readdirSync(basePath, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((folder) => folder.name)
      .filter((folder) =>
        fs.statSync(path.join(basePath, folder, 'analysis.json'), { throwIfNoEntry: false })?.isFile(),
      );
    const [name, ...others] = new Set(kept.map(codebaseOfTool));
    return name === undefined || others.length > 0 ? undefined : parseCodebaseId(name);
  } catch {
    // The run itself says what is wrong with its cache.
    return undefined;
  }
}

/** What `exec` keeps of one tool is called `<codebase>@<id>`. */
const codebaseOfTool = (name: string): string => name.replace(/(?<=.)@.*$/, '');

function packageName(text: string): string | undefined {
  const parsed = parseDocument(text, { maxBytes: MAX_MANIFEST_BYTES });
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null || !('name' in parsed.value))
    return undefined;
  return typeof parsed.value.name === 'string' ? parsed.value.name : undefined;
}

/** The module path. Source: Go Modules Reference, "go.mod files". */
function goModuleName(text: string): string | undefined {
  const [, quoted, bare] = /^[ \t]*module[ \t]+(?:["`]([^"`\n]+)["`]|([^\s"`(]+))/m.exec(text) ?? [];
  return quoted ?? bare;
}
