/** TypeScript writes the ending of what is emitted: `./x.js` means `x.ts`. Source: TypeScript handbook, module resolution. */
const SOURCE_ENDINGS: readonly (readonly [emitted: string, sources: readonly string[]])[] = [
  ['.js', ['.ts', '.tsx', '.jsx']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
];
/** Endings that an import may leave out, best first. */
const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.d.mts', '.d.cts'];

/** How a relative import of JavaScript or TypeScript finds its file among those of the codebase. */
export class ScriptModules {
  readonly #paths: ReadonlySet<string>;
  /** The best file by its path without ending. */
  readonly #stems = new Map<string, { readonly path: string; readonly rank: number }>();

  constructor(paths: ReadonlySet<string>) {
    this.#paths = paths;
    for (const path of paths) {
      // The last that fits is the longest: `x.d.ts` has the stem `x`.
      const rank = ENDINGS.findLastIndex((ending) => path.endsWith(ending));
      const ending = ENDINGS[rank];
      if (ending === undefined) continue;
      const stem = path.slice(0, -ending.length);
      const known = this.#stems.get(stem);
      if (known === undefined || rank < known.rank) this.#stems.set(stem, { path, rank });
    }
  }

  /** The file that `specifier` means in `importer`, or undefined where none fits or it leads out of the codebase. */
  resolve(importer: string, specifier: string): string | undefined {
    const target = joinPosix(importer, specifier.replace(/[?#].*$/, ''));
    if (target === undefined) return undefined;
    if (target === '' || target.endsWith('/')) return this.#stems.get(`${target}index`)?.path;
    if (this.#paths.has(target)) return target;
    return this.#sourceOf(target) ?? this.#stems.get(target)?.path ?? this.#stems.get(`${target}/index`)?.path;
  }

  #sourceOf(target: string): string | undefined {
    for (const [emitted, sources] of SOURCE_ENDINGS) {
      if (!target.endsWith(emitted)) continue;
      const stem = target.slice(0, -emitted.length);
      return sources.map((source) => stem + source).find((path) => this.#paths.has(path));
    }
    return undefined;
  }
}

/** `specifier` beside the file `importer`; undefined where it climbs above the root. A folder ends with `/`. */
function joinPosix(importer: string, specifier: string): string | undefined {
  const parts = importer.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '.' || part === '') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  const isFolder = /(^|\/)\.{0,2}$/.test(specifier);
  return isFolder && parts.length > 0 ? `${parts.join('/')}/` : parts.join('/');
}
