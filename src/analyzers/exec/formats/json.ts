import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { EXIT_CODE, carriedCode, expectExplained, largestCode } from './exit-rule.js';
import { FileNames } from './file-names.js';
import { groupByFile, itemsOf } from './items.js';
import { isList, isObject, listOr, member, textOr, valueAt, withValueAt, type JsonPath } from './json-shape.js';
import { parseReport, reportText, styleOf } from './read-report.js';
import {
  reportUnreadable,
  type JoinContext,
  type PartEntry,
  type ReportFormat,
  type SplitContext,
  type SplitReport,
  type ToolOutput,
} from './report-format.js';
import { jsonDocument } from './write-json.js';

const NAME = 'json';
/** A longer member of what is around the list, such as a list of all files, is left out: it would be kept with every file. */
const MAX_MEMBER_CHARACTERS = 2048;

/**
 * Any JSON document with a list of items, each of which holds its file's path at `pathField`. Items come in the order of their files when
 * joined. What is around the list is taken from the newest part: totals in it are those of one call, and long members are left
 * out. Items without a path are kept with every file of their call, and printed once, at the end.
 */
export function jsonFormat(list: JsonPath, pathField: JsonPath): ReportFormat {
  return {
    name: NAME,
    oneFilePerCall: false,
    split: (output, context) => split(output, context, list, pathField),
    join: (parts, context) => join([...parts], context, list, pathField),
    *joinErrors() {
      // The report is on standard output.
    },
    exitCode: (parts) => largestCode(parts),
  };
}

function split(output: ToolOutput, context: SplitContext, list: JsonPath, pathField: JsonPath): SplitReport {
  const text = reportText(NAME, output);
  const document = parseReport(NAME, text);
  const items = valueAt(document, list);
  if (!isList(items)) throw reportUnreadable(NAME, `there is no list at "${list.map((step) => `/${step}`).join('')}"`);
  const { byFile, loose, unexpected } = groupByFile(items, pathField, new FileNames(context, context.files));
  expectExplained(NAME, output.exitCode, byFile.size + loose.length);
  const around = withoutLongMembers(withValueAt(document, list, []), list[0]);
  const { indent, end } = styleOf(text);
  const parts = new Map<SourcePath, JsonValue>();
  for (const path of context.files) {
    const { spelling, items } = byFile.get(path) ?? { spelling: 'relative', items: [] };
    const code = carriedCode(output.exitCode, items.length + loose.length > 0);
    parts.set(path, { [EXIT_CODE]: code, spelling, items, loose, around, indent, end });
  }
  return { parts, unanswered: [], unexpected };
}

/** The member that leads to the list stays, whatever its length. */
function withoutLongMembers(document: JsonValue, leading: string | undefined): JsonValue {
  if (!isObject(document)) return document;
  const short = Object.entries(document).filter(
    ([name, value]) => name === leading || JSON.stringify(value).length <= MAX_MEMBER_CHARACTERS,
  );
  return Object.fromEntries(short);
}

function* join(
  parts: readonly PartEntry[],
  context: JoinContext,
  list: JsonPath,
  pathField: JsonPath,
): Generator<string> {
  const newest = parts.find(([path]) => context.newest?.has(path)) ?? parts[0];
  const around = member(newest?.[1], 'around') ?? emptyDocument(list);
  const items = joinedItems(parts, pathField, new FileNames(context));
  const fill = (hole: (hole: { items: Iterable<JsonValue>; depth: number }) => JsonValue): JsonValue =>
    withValueAt(around, list, hole({ items, depth: list.length }));
  yield* jsonDocument(fill, textOr(member(newest?.[1], 'indent'), ''));
  yield textOr(member(newest?.[1], 'end'), '\n');
}

function* joinedItems(parts: readonly PartEntry[], pathField: JsonPath, names: FileNames): Generator<JsonValue> {
  const loose = new Map<string, JsonValue>();
  for (const [path, part] of parts) {
    yield* itemsOf(path, part, pathField, names);
    for (const item of listOr(member(part, 'loose'))) loose.set(JSON.stringify(item), item);
  }
  yield* loose.values();
}

/** Of no file at all. */
const emptyDocument = (list: JsonPath): JsonValue =>
  list.reduceRight<JsonValue>((inner, step) => ({ [step]: inner }), []);
