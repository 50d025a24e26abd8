import path from 'node:path';
import type { BatchContext } from '../../model/analyzer.js';
import { systemCode } from '../../model/errors.js';
import type { ContentHash, SourcePath } from '../../model/ids.js';
import { canonicalJson } from '../../util/canonical-json.js';
import { isNotFound, type FileSystem } from '../../util/fs.js';
import { contentHasher, sha256Hex, type ContentHasher } from '../../util/hash.js';
import { relativePosix } from '../../util/paths.js';
import { recordFollowed } from '../imports/follow-imports.js';
import { ImportGraph, type ImportTree, type SeenFile } from '../imports/import-graph.js';
import type { ImportsResult } from '../imports/result.js';
import { importLanguageOf, scanImports } from '../imports/scan-imports.js';

/** Records what files import, and what that imports, for all files of one run: each file is looked at once. */
export class ImportRecorder {
  readonly #context: BatchContext;
  readonly #fs: FileSystem;
  #graph: Promise<ImportGraph> | undefined;

  constructor(context: BatchContext, fs: FileSystem) {
    this.#context = context;
    this.#fs = fs;
  }

  async record(files: readonly SourcePath[]): Promise<void> {
    const graph = await (this.#graph ??= this.#open());
    await graph.prepare(files);
    // What is imported by a name that is computed is known to no tool that does not run the code, so it is no dependency.
    for (const file of files) recordFollowed(await graph.follow(file), this.#context.inputsOf(file));
  }

  async #open(): Promise<ImportGraph> {
    const { files, root } = this.#context;
    const hashes = new Map<string, ContentHash>(files.map(({ path: name, contentHash }) => [name, contentHash]));
    const isSha256 = files[0]?.contentHash.startsWith('sha256:') === true;
    const hasher = await contentHasher(isSha256 ? 'sha256' : 'xxh64');
    const tree = new TreeOnDisk({ fs: this.#fs, root, hasher, hashes });
    const ambient: string[] = [];
    for (const { path: name } of files)
      if (importLanguageOf(name) === 'script' && (await tree.importsOf(name))?.ambient === true) ambient.push(name);
    return new ImportGraph(tree, { ambient });
  }
}

interface TreeOptions {
  readonly fs: FileSystem;
  readonly root: string;
  readonly hasher: ContentHasher;
  /** Of the source files in scope. */
  readonly hashes: ReadonlyMap<string, ContentHash>;
}

/** What belongs to documee itself is in no listing. */
const OWN_FOLDER = '.documee';

class TreeOnDisk implements ImportTree {
  readonly levelsAbove: number;
  readonly #options: TreeOptions;
  readonly #imports = new Map<string, ImportsResult | undefined>();

  constructor(options: TreeOptions) {
    this.#options = options;
    this.levelsAbove = options.root.split(path.sep).filter((part) => part !== '').length;
  }

  hashOf(name: string): ContentHash | undefined {
    return this.#options.hashes.get(name);
  }

  importsOf(name: string): Promise<ImportsResult | undefined> {
    if (!this.#imports.has(name) && this.#options.hashes.has(name)) {
      const seen = this.observe(name);
      const text = seen.kind === 'file' ? new TextDecoder().decode(seen.bytes) : undefined;
      this.#imports.set(name, text === undefined ? undefined : scanImports(name, text));
    }
    return Promise.resolve(this.#imports.get(name));
  }

  observe(name: string): SeenFile {
    const { fs, hasher } = this.#options;
    const place = this.#place(name);
    return whereThere<SeenFile>({ kind: 'absent' }, () => {
      if (!fs.statSync(place).isFile()) return { kind: 'other' };
      const bytes = fs.readFileSync(place);
      return { kind: 'file', bytes, hash: hasher.hash(bytes) };
    });
  }

  exists(name: string): boolean {
    return whereThere(
      false,
      () => this.#options.fs.statSync(this.#place(name), { throwIfNoEntry: false }) !== undefined,
    );
  }

  list(folder: string): { readonly names: readonly string[]; readonly hash: string } | undefined {
    return whereThere(undefined, () => {
      const names = this.#options.fs.readdirSync(this.#place(folder)).filter((name) => name !== OWN_FOLDER);
      names.sort();
      return { names, hash: `sha256:${sha256Hex(canonicalJson(names))}` };
    });
  }

  realpath(name: string): string | undefined {
    const { fs, root } = this.#options;
    return whereThere(undefined, () => relativePosix(root, fs.realpathSync(this.#place(name))));
  }

  #place(name: string): string {
    return path.join(this.#options.root, name);
  }
}

/** `look()`, or `otherwise` where its place does not exist. */
function whereThere<Value>(otherwise: Value, look: () => Value): Value {
  try {
    return look();
  } catch (error) {
    const code = systemCode(error);
    if (isNotFound(error) || code === 'ELOOP' || code === 'ENAMETOOLONG') return otherwise;
    throw error;
  }
}
