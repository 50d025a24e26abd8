import { isUtf8 } from 'node:buffer';
import { JsonLinesMap } from '../codec/json-lines-map.js';
import type { SourcePath } from '../model/ids.js';
import type { JsonValue } from '../model/json.js';
import { parseDocument } from '../schema/parse-json.js';
import { byCodeUnit } from '../util/paths.js';
import { MAX_ANALYSIS_BYTES } from './analysis-document.js';
import { encodeLines, LINES_INDENT, trustedLines } from './lines-document.js';

/** What the reducers of one analyzer took from one result, by the name of the value. A Map: a name may be `__proto__`. */
export type Selected = ReadonlyMap<string, JsonValue>;
/** By analyzer. */
export type FileInputs = ReadonlyMap<string, Selected>;

const NONE: FileInputs = new Map();

/**
 * `reducer_inputs.json`: what the values of the codebase are made of, one line for each file that has a part in any. `analysis.json` holds its
 * digest. Lines are parsed when they are asked for. It may be lost: it is made anew from the results.
 */
export class ReducerInputsDocument {
  static readonly empty = new ReducerInputsDocument(new JsonLinesMap(Buffer.alloc(0), LINES_INDENT));

  readonly #map: JsonLinesMap;

  private constructor(map: JsonLinesMap) {
    this.#map = map;
  }

  /** @param entries sorted by path; files that have no part are left out. */
  static fromEntries(entries: Iterable<readonly [path: string, inputs: FileInputs]>): ReducerInputsDocument {
    const lines = function* (): Generator<readonly [string, string]> {
      for (const [path, inputs] of entries) {
        const line = formatLine(inputs);
        if (line !== undefined) yield [path, line];
      }
    };
    return new ReducerInputsDocument(JsonLinesMap.fromEntries(lines(), LINES_INDENT));
  }

  /** A document that anybody may have written, or undefined where it is not, byte for byte, what `encode` makes of what it says. */
  static parse(bytes: Buffer): ReducerInputsDocument | undefined {
    if (!isUtf8(bytes)) return undefined;
    const parsed = parseDocument(bytes, { maxBytes: MAX_ANALYSIS_BYTES });
    if (!parsed.ok || !isObject(parsed.value)) return undefined;
    const entries: [string, FileInputs][] = [];
    for (const [path, line] of Object.entries(parsed.value)) {
      const inputs = inputsIn(line);
      if (inputs === undefined) return undefined;
      entries.push([path, inputs]);
    }
    const document = ReducerInputsDocument.fromEntries(entries.sort(([a], [b]) => byCodeUnit(a, b)));
    return document.encode().equals(bytes) ? document : undefined;
  }

  /** For a document that this process, or an earlier one on this machine, has checked or written. */
  static fromTrustedBytes(bytes: Buffer): ReducerInputsDocument {
    return new ReducerInputsDocument(trustedLines(bytes));
  }

  get isEmpty(): boolean {
    return this.#map.block.length === 0;
  }

  encode(): Buffer {
    return encodeLines(this.#map);
  }

  /** An empty map for a file that has no part. */
  of(path: string): FileInputs {
    const text = this.#map.get(path);
    return text === undefined ? NONE : readLine(text);
  }

  /** Every file that has a part, sorted by path. */
  *entries(): Generator<readonly [path: SourcePath, inputs: FileInputs]> {
    for (const [path, text] of this.#map.entries()) yield [path as SourcePath, readLine(text)];
  }

  /** A new document in which each file of `edits` has these inputs and no others. */
  patch(edits: ReadonlyMap<string, FileInputs>): ReducerInputsDocument {
    if (edits.size === 0) return this;
    return new ReducerInputsDocument(
      this.#map.patch(new Map([...edits].map(([path, inputs]) => [path, formatLine(inputs)]))),
    );
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of one line, or undefined where there is nothing in it. */
function formatLine(inputs: FileInputs): string | undefined {
  const members = [...inputs]
    .filter(([, selected]) => selected.size > 0)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([analyzer, selected]) => `${JSON.stringify(analyzer)}: ${formatSelected(selected)}`);
  return members.length === 0 ? undefined : `{ ${members.join(', ')} }`;
}

function formatSelected(selected: Selected): string {
  const members = [...selected]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, input]) => `${JSON.stringify(name)}: ${JSON.stringify(input)}`);
  return `{ ${members.join(', ')} }`;
}

const readLine = (text: string): FileInputs => inputsIn(JSON.parse(text)) ?? NONE;

function inputsIn(line: unknown): FileInputs | undefined {
  if (!isObject(line)) return undefined;
  const inputs = new Map<string, Selected>();
  for (const [analyzer, selected] of Object.entries(line)) {
    if (!isObject(selected)) return undefined;
    inputs.set(analyzer, new Map(Object.entries(selected)));
  }
  return inputs;
}
