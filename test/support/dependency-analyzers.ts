/**
 * Analyzers of a toy language whose answers depend on more than their own file, each by another question to its context. A file is a list of
 * lines: `import ./x`, `export n`, `env NAME`, `shared NAME`, `list NAME`, `has NAME`, `ask FILE`, `fail`, `volatile`; anything else is body.
 */
import path from 'node:path';
import type { AnalysisContext, Analyzer, Reducer, SourceFile } from '../../src/model/analyzer.js';
import type { JsonValue } from '../../src/model/json.js';

export const TOY_IDS = [
  'checker',
  'env-reader',
  'exports',
  'folder-lister',
  'imports',
  'nearest-config',
  'outside',
  'size',
] as const;
export type ToyId = (typeof TOY_IDS)[number];

/** How the toys are set up. */
export interface ToySetup {
  /** An option of `imports`. */
  readonly shout: boolean;
  /** Version of `exports`. */
  readonly version: string;
  /** Whether `checker` declares whose results it asks for, which lets it run in worker threads. */
  readonly uses: boolean;
  /** Whether `exports` is asked about `.a` files only. */
  readonly narrow: boolean;
}

export const PLAIN_SETUP: ToySetup = { shout: false, version: '1', uses: true, narrow: false };

const ENDINGS = ['.a', '.b'] as const;
const globOf = (ending: string): string => `**/*${ending}`;

/** The files that the toys are asked about, each perhaps about fewer. */
export const isToyFile = (file: string): boolean => ENDINGS.some((ending) => file.endsWith(ending));

/** Whether an analyzer whose globs are those of toys is asked about `file`. */
export const isAsked = ({ include = [] }: Analyzer, file: string): boolean =>
  ENDINGS.some((ending) => file.endsWith(ending) && include.includes(globOf(ending)));

export interface Exports {
  readonly exports: readonly string[];
  readonly text: string;
}

export function toyAnalyzer(id: ToyId, setup: ToySetup = PLAIN_SETUP): Analyzer {
  const base = { id, version: '1', include: ENDINGS.map(globOf) };
  switch (id) {
    case 'imports':
      return {
        ...base,
        options: { shout: setup.shout },
        analyze: (file, ask) => importedTexts(file, ask, setup.shout),
      };
    case 'nearest-config':
      return { ...base, analyze: nearestConfig };
    case 'folder-lister':
      return { ...base, analyze: listFolders };
    case 'exports':
      return {
        ...base,
        version: setup.version,
        ...(setup.narrow ? { include: [globOf('.a')] } : {}),
        analyze: readExports,
        surface: (result) => (result as Exports).exports,
        reducers: { exportCount },
      };
    case 'checker':
      return { ...base, ...(setup.uses ? { uses: ['exports'] } : {}), analyze: checkImports };
    case 'env-reader':
      return { ...base, analyze: readVariables };
    case 'size':
      return { ...base, analyze: sizeWithImports };
    case 'outside':
      return { ...base, analyze: readShared };
  }
}

const countExports: Reducer<unknown, number> = {
  select: (result) => (result as Exports).exports.length,
  reduce(inputs) {
    let count = 0;
    for (const { input } of inputs) count += input;
    return count;
  },
};
const exportCount = countExports as unknown as Reducer<unknown, never>;

/** Own text and that of all files that are imported, directly or not, in the order in which they are met. */
function importedTexts(file: SourceFile, ask: AnalysisContext, shout: boolean): JsonValue {
  const texts = new Map<string, string | null>();
  const visit = (place: string, text: string): void => {
    texts.set(place, shout ? text.toUpperCase() : text);
    for (const imported of importsOf(place, text)) {
      const found = firstOf(imported, (candidate) => (texts.has(candidate) ? KNOWN : ask.readText(candidate)));
      if (found === undefined) texts.set(imported, null);
      else if (found.answer !== KNOWN) visit(found.candidate, found.answer);
    }
  };
  visit(file.path, file.text());
  return [...texts];
}

/** No file has such a text. */
const KNOWN = '\u0000known';

/** The nearest `conf` in the file's folder or above. */
function nearestConfig(file: SourceFile, ask: AnalysisContext): JsonValue {
  for (let folder = path.posix.dirname(file.path); ; folder = path.posix.dirname(folder)) {
    const place = path.posix.join(folder, 'conf');
    if (ask.exists(place)) return { place, text: ask.readText(place) ?? null };
    if (folder === '.') return null;
  }
}

/** The names in the file's folder, and in those that it names by `list`; whether there is what it names by `has`. */
function listFolders(file: SourceFile, ask: AnalysisContext): JsonValue {
  const folder = path.posix.dirname(file.path);
  const named = (word: string): string[] => argumentsOf(file.text(), word).map((name) => path.posix.join(folder, name));
  const names = [folder, ...named('list')].map((each) => [each, ask.list(each) ?? null]);
  return [...names, ...named('has').map((each) => [each, ask.exists(each)])];
}

/** Its surface are the `export` lines. */
function readExports(file: SourceFile, ask: AnalysisContext): JsonValue {
  const lines = linesOf(file.text());
  if (lines.includes('fail')) throw new Error('found a line that says fail');
  if (lines.includes('volatile')) ask.uncacheable('found a line that says volatile');
  return { exports: argumentsOf(file.text(), 'export'), text: file.text() };
}

/** What `exports` says of each file that is imported, and of each that is named by `ask`, whether or not it is there. */
async function checkImports(file: SourceFile, ask: AnalysisContext): Promise<JsonValue> {
  const found: JsonValue[] = [];
  const folder = path.posix.dirname(file.path);
  const named = argumentsOf(file.text(), 'ask').map((name) => path.posix.join(folder, name));
  for (const place of [...existingImports(file, ask), ...named]) {
    const result = await ask.resultOf<Exports>('exports', place);
    found.push([place, result?.exports ?? null]);
  }
  return found;
}

/** Length of the file's text and of all that it imports; a file that is imported twice counts twice. */
async function sizeWithImports(file: SourceFile, ask: AnalysisContext): Promise<JsonValue> {
  let size = file.bytes.length;
  for (const place of existingImports(file, ask)) size += (await ask.resultOf<number>('size', place)) ?? 0;
  return size;
}

function existingImports(file: SourceFile, ask: AnalysisContext): string[] {
  return importsOf(file.path, file.text()).flatMap(
    (imported) => firstOf(imported, (candidate) => (ask.exists(candidate) ? '' : undefined))?.candidate ?? [],
  );
}

function readVariables(file: SourceFile, ask: AnalysisContext): JsonValue {
  return argumentsOf(file.text(), 'env').map((name) => [name, ask.env(name) ?? null]);
}

/** Files beside the root. */
function readShared(file: SourceFile, ask: AnalysisContext): JsonValue {
  return argumentsOf(file.text(), 'shared').map((name) => [name, ask.readText(`../shared/${name}`) ?? null]);
}

const linesOf = (text: string): string[] => text.split('\n');

const argumentsOf = (text: string, word: string): string[] =>
  linesOf(text)
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));

/** What `place` imports, without endings. */
const importsOf = (place: string, text: string): string[] =>
  argumentsOf(text, 'import').map((name) => path.posix.join(path.posix.dirname(place), name));

/** The first of the two files that an import can mean; the second is asked for only where the first is not. */
function firstOf(
  imported: string,
  look: (candidate: string) => string | undefined,
): { readonly candidate: string; readonly answer: string } | undefined {
  for (const candidate of [`${imported}.a`, `${imported}.b`]) {
    const answer = look(candidate);
    if (answer !== undefined) return { candidate, answer };
  }
  return undefined;
}
