/** How a relative import of JavaScript or TypeScript finds its file among those of the codebase. */

/** TypeScript writes the ending of what is emitted: `./x.js` means `x.ts`. Source: TypeScript handbook, module resolution. */
const SOURCE_ENDINGS: readonly (readonly [emitted: string, sources: readonly string[]])[] = [
  ['.js', ['.ts', '.tsx', '.jsx']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
];
const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.d.mts', '.d.cts'];

/** The file that `specifier` means in `importer`, or undefined where none of `paths` fits or it leads out of the codebase. */
export function resolveScriptModule(
  importer: string,
  specifier: string,
  paths: ReadonlySet<string>,
): string | undefined {
  const target = joinPosix(importer, specifier.replace(/[?#].*$/, ''));
  if (target === undefined) return undefined;
  return candidates(target).find((path) => paths.has(path));
}

function candidates(target: string): string[] {
  const files =
    target === '' || target.endsWith('/')
      ? []
      : [target, ...sourcesOf(target), ...ENDINGS.map((each) => target + each)];
  const folder = target === '' || target.endsWith('/') ? target : `${target}/`;
  return [...files, ...ENDINGS.map((ending) => `${folder}index${ending}`)];
}

function sourcesOf(target: string): string[] {
  for (const [emitted, sources] of SOURCE_ENDINGS)
    if (target.endsWith(emitted)) return sources.map((source) => target.slice(0, -emitted.length) + source);
  return [];
}

/** `specifier` beside the file `importer`; undefined where it climbs above the root. */
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
