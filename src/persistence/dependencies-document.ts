import { isUtf8 } from 'node:buffer';
import { JsonLinesMap } from '../codec/json-lines-map.js';
import type { ClosureDependency, Dependency } from '../model/dependency.js';
import type { SourcePath } from '../model/ids.js';
import { parseDocument } from '../schema/parse-json.js';
import { byCodeUnit } from '../util/paths.js';
import { MAX_ANALYSIS_BYTES } from './analysis-document.js';
import { compact, expand, subjectOf, type CompactDependency } from './compact-dependency.js';
import { encodeLines, LINES_INDENT, trustedLines } from './lines-document.js';

/** What the results of one file depend on besides it, by analyzer, in the order in which it was read. */
export type FileDependencies = ReadonlyMap<string, readonly Dependency[]>;

const NONE: FileDependencies = new Map();

/** For more names it is quicker to parse every line. */
const MAX_SEARCHED_NAMES = 32;
const NEWLINE = 0x0a;
const SOURCE_PATH = /^(?!\/)(?!(?:[^]*\/)?\.{1,2}(?:\/|$))[^]/;

/**
 * `dependencies.json`: what the current results depend on, one line for each file that has any. `analysis.json` holds its digest. Lines are
 * parsed when they are asked for.
 */
export class DependenciesDocument {
  static readonly empty = new DependenciesDocument(new JsonLinesMap(Buffer.alloc(0), LINES_INDENT));

  readonly #map: JsonLinesMap;

  private constructor(map: JsonLinesMap) {
    this.#map = map;
  }

  /** @param entries sorted by path; files and analyzers without dependencies are left out. */
  static fromEntries(entries: Iterable<readonly [path: string, dependencies: FileDependencies]>): DependenciesDocument {
    const lines = function* (): Generator<readonly [string, string]> {
      for (const [path, dependencies] of entries) {
        const line = formatLine(dependencies);
        if (line !== undefined) yield [path, line];
      }
    };
    return new DependenciesDocument(JsonLinesMap.fromEntries(lines(), LINES_INDENT));
  }

  /** A document that anybody may have written, or undefined where it is not, byte for byte, what `encode` makes of what it says. */
  static parse(bytes: Buffer): DependenciesDocument | undefined {
    if (!isUtf8(bytes)) return undefined;
    const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES });
    if (!parsed.ok || !isObject(parsed.value)) return undefined;
    const entries: [string, FileDependencies][] = [];
    for (const [path, line] of Object.entries(parsed.value)) {
      const dependencies = SOURCE_PATH.test(path) ? expandLine(line) : undefined;
      if (dependencies === undefined) return undefined;
      entries.push([path, dependencies]);
    }
    const document = DependenciesDocument.fromEntries(entries.sort(([a], [b]) => byCodeUnit(a, b)));
    return document.encode().equals(bytes) ? document : undefined;
  }

  /** For a document that this process, or an earlier one on this machine, has checked or written. */
  static fromTrustedBytes(bytes: Buffer): DependenciesDocument {
    return new DependenciesDocument(trustedLines(bytes));
  }

  get isEmpty(): boolean {
    return this.#map.block.length === 0;
  }

  encode(): Buffer {
    return encodeLines(this.#map);
  }

  /** An empty map for a file that has none. */
  of(path: string): FileDependencies {
    const text = this.#map.get(path);
    return text === undefined ? NONE : readLine(text);
  }

  /** Every file that has dependencies, sorted by path. */
  *entries(): Generator<readonly [path: SourcePath, dependencies: FileDependencies]> {
    for (const [path, text] of this.#map.entries()) yield [path as SourcePath, readLine(text)];
  }

  /** A new document in which each file of `edits` has these dependencies and no others; undefined, or an empty map: none. */
  patch(edits: ReadonlyMap<string, FileDependencies | undefined>): DependenciesDocument {
    if (edits.size === 0) return this;
    const lines = new Map([...edits].map(([path, dependencies]) => [path, dependencies && formatLine(dependencies)]));
    return new DependenciesDocument(this.#map.patch(lines));
  }

  /**
   * The lines, sorted by path, in which a dependency names one of `names`: the path of a file or folder, or a variable. That the line is about
   * a file of that name does not count.
   */
  *mentioning(names: ReadonlySet<string>): Generator<readonly [path: SourcePath, dependencies: FileDependencies]> {
    const lines = names.size > MAX_SEARCHED_NAMES ? this.#map.entries() : this.#linesWith(names);
    for (const [path, text] of lines) {
      const line = parseLine(text);
      const isMentioned = Object.values(line).some((list) => list.some((item) => names.has(subjectOf(item) ?? '')));
      if (isMentioned) yield [path as SourcePath, expandTrusted(line)];
    }
  }

  /** Size of all lines. */
  get bytes(): number {
    return this.#map.block.length;
  }

  /** Every dependency on all that a file imports, with its task. */
  *closures(): Generator<readonly [path: SourcePath, analyzer: string, closure: ClosureDependency]> {
    if (!this.#map.block.includes(CLOSURE)) return;
    for (const [path, line] of this.entries())
      for (const [analyzer, list] of line)
        for (const one of list) if (one.kind === 'closure') yield [path, analyzer, one];
  }

  /** Lines in which one of `names` stands as a whole string, whatever it means there. */
  *#linesWith(names: ReadonlySet<string>): Generator<readonly [path: string, text: string]> {
    const { block } = this.#map;
    const found = new Map<number, number>();
    for (const name of names) {
      const needle = Buffer.from(JSON.stringify(name));
      for (let at = block.indexOf(needle); at !== -1;) {
        const start = block.lastIndexOf(NEWLINE, at) + 1;
        const newline = block.indexOf(NEWLINE, at);
        const end = newline === -1 ? block.length : newline - 1;
        found.set(start, end);
        at = newline === -1 ? -1 : block.indexOf(needle, newline);
      }
    }
    for (const start of [...found.keys()].sort((a, b) => a - b))
      yield* new JsonLinesMap(block.subarray(start, found.get(start)), LINES_INDENT).entries();
  }
}

/** How one begins in a line. */
const CLOSURE = '["closure",';

type Line = Readonly<Record<string, readonly CompactDependency[]>>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of one line, or undefined where there is nothing in it to depend on. */
function formatLine(dependencies: FileDependencies): string | undefined {
  const members = [...dependencies]
    .filter(([, list]) => list.length > 0)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([analyzer, list]) => `${JSON.stringify(analyzer)}: ${JSON.stringify(list.map(compact))}`);
  return members.length === 0 ? undefined : `{ ${members.join(', ')} }`;
}

const parseLine = (text: string): Line => JSON.parse(text) as Line;

const readLine = (text: string): FileDependencies => expandTrusted(parseLine(text));

function expandTrusted(line: Line): FileDependencies {
  return expandLine(line) ?? NONE;
}

/** Undefined where anything in it is not as `formatLine` makes it. */
function expandLine(line: unknown): FileDependencies | undefined {
  if (!isObject(line)) return undefined;
  const dependencies = new Map<string, Dependency[]>();
  for (const [analyzer, list] of Object.entries(line)) {
    if (!Array.isArray(list)) return undefined;
    const expanded = list.map(expand);
    if (!expanded.every((item) => item !== undefined)) return undefined;
    dependencies.set(analyzer, expanded);
  }
  return dependencies;
}
