import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { EXIT_CODE, carriedCode, expectExplained, largestCode } from './exit-rule.js';
import { FileNames } from './file-names.js';
import { groupByFile, itemsOf } from './items.js';
import { isList, isObject, listOr, member, type JsonPath } from './json-shape.js';
import { parseJson, reportText } from './read-report.js';
import {
  reportUnreadable,
  type JoinContext,
  type PartEntry,
  type ReportFormat,
  type SplitContext,
  type SplitReport,
  type ToolOutput,
} from './report-format.js';

const NAME = 'ndjson';
/** Lines without a path are kept with every file of their call; longer ones are left out. */
const MAX_LOOSE_CHARACTERS = 2048;

/**
 * A JSON object on each line, with its file's path at `pathField`; no output is no findings. Lines come in the order of their files when joined,
 * without white space. Lines without a path, such as a summary, are taken from the newest part and stand at the end.
 */
export function ndjsonFormat(pathField: JsonPath): ReportFormat {
  return {
    name: NAME,
    oneFilePerCall: false,
    split: (output, context) => split(output, context, pathField),
    join: (parts, context) => join([...parts], context, pathField),
    *joinErrors() {
      // The report is on standard output.
    },
    exitCode: (parts) => largestCode(parts),
  };
}

function split(output: ToolOutput, context: SplitContext, pathField: JsonPath): SplitReport {
  const { byFile, loose, unexpected } = groupByFile(linesOf(output), pathField, new FileNames(context, context.files));
  expectExplained(NAME, output.exitCode, byFile.size);
  const keptLoose = loose.filter((line) => JSON.stringify(line).length <= MAX_LOOSE_CHARACTERS);
  const parts = new Map<SourcePath, JsonValue>();
  for (const path of context.files) {
    const { spelling, items } = byFile.get(path) ?? { spelling: 'relative', items: [] };
    const code = carriedCode(output.exitCode, items.length > 0);
    parts.set(path, { [EXIT_CODE]: code, spelling, items, loose: keptLoose });
  }
  return { parts, unanswered: [], unexpected };
}

function linesOf(output: ToolOutput): JsonValue[] {
  if (output.stdout.length === 0) return [];
  const lines = reportText(NAME, output).split('\n');
  const values: JsonValue[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const value = parseJson(NAME, line, `line ${index + 1}: `);
    if (!isObject(value) && !isList(value)) throw reportUnreadable(NAME, `line ${index + 1} is no object`);
    values.push(value);
  }
  return values;
}

function* join(parts: readonly PartEntry[], context: JoinContext, pathField: JsonPath): Generator<string> {
  const names = new FileNames(context);
  const newest = parts.find(([path]) => context.newest?.has(path)) ?? parts[0];
  for (const [path, part] of parts) yield* printed(itemsOf(path, part, pathField, names));
  yield* printed(listOr(member(newest?.[1], 'loose')));
}

function* printed(lines: Iterable<JsonValue>): Generator<string> {
  for (const line of lines) yield `${JSON.stringify(line)}\n`;
}
