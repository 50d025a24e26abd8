import type * as Yaml from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { messageOf } from '../model/errors.js';
import { toJsonValue } from '../util/canonical-json.js';
import { configError, START, type ConfigDocument, type Position } from './config-document.js';

/** YAML 1.2 without tags, merge keys and keys that are no strings, whatever the text asks for: what is left is JSON with comments. */
const PARSE_OPTIONS = {
  schema: 'core',
  merge: false,
  stringKeys: true,
  uniqueKeys: true,
  strict: true,
  prettyErrors: false,
  // With 'silent' a second document would be ignored.
  logLevel: 'error',
} as const;

/** How many values the aliases of a file may stand for, so that a short file cannot become a large value. */
const MAX_ALIAS_COUNT = 100;

/**
 * The configuration in a YAML text. `yaml` is loaded here and nowhere else: it costs more than the rest of the configuration.
 * @throws CacheError CACHE_BAD_CONFIG at the first place that is not YAML, is there twice, or has no counterpart in JSON.
 */
export async function readYamlConfig(text: string, file: string): Promise<ConfigDocument> {
  const yaml = await import('yaml');
  const lineCounter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { ...PARSE_OPTIONS, lineCounter });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    const problem = `not valid YAML: ${messageOf(fault)}. Correct it there.`;
    throw configError(file, positionAt(lineCounter, fault.pos[0]), problem);
  }
  refuseNumbersWithoutJson(yaml, document, lineCounter, file);
  return {
    file,
    value: valueOf(yaml, document, lineCounter, file),
    locate: (path, part) => locate(yaml, document, lineCounter, path, part),
  };
}

function refuseNumbersWithoutJson(yaml: typeof Yaml, document: Document, lineCounter: LineCounter, file: string): void {
  yaml.visit(document, {
    Scalar(_, { value, range }) {
      if (typeof value !== 'number' || Number.isFinite(value)) return;
      throw configError(file, positionAt(lineCounter, range?.[0]), 'not a finite number. Write another or quote it.');
    },
  });
}

function valueOf(yaml: typeof Yaml, document: Document, lineCounter: LineCounter, file: string): unknown {
  try {
    return toJsonValue(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }));
  } catch (cause) {
    let position = START;
    yaml.visit(document, {
      Alias(_, { range }) {
        position = positionAt(lineCounter, range?.[0]);
        return yaml.visit.BREAK;
      },
    });
    throw configError(file, position, `not usable YAML: ${messageOf(cause)}. Write the value out instead.`, cause);
  }
}

function locate(
  yaml: typeof Yaml,
  document: Document,
  lineCounter: LineCounter,
  path: readonly string[],
  part: 'key' | 'value',
): Position {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const name of path) {
    if (yaml.isAlias(node)) node = node.resolve(document);
    if (yaml.isMap(node)) {
      const pair = node.items.find(({ key }) => yaml.isScalar(key) && String(key.value) === name);
      if (pair === undefined) break;
      node = pair.value;
      offset = (part === 'value' ? offsetOf(pair.value) : undefined) ?? offsetOf(pair.key) ?? offset;
    } else if (yaml.isSeq(node)) {
      node = node.items[Number(name)];
      offset = offsetOf(node) ?? offset;
    } else break;
  }
  return positionAt(lineCounter, offset);
}

const offsetOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

function positionAt(lineCounter: LineCounter, offset: number | undefined): Position {
  if (offset === undefined) return START;
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
