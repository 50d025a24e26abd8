import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { flagValue, hasFlag } from './command-flags.js';
import { FileNames, type Spelling } from './file-names.js';
import { isList, isObject, member, numberOr, objectOr, textOr, type JsonObject } from './json-shape.js';
import { parseReport, reportText } from './read-report.js';
import {
  reportUnreadable,
  type PartEntry,
  type ReportFormat,
  type ReportPlace,
  type SplitContext,
  type SplitReport,
  type ToolOutput,
} from './report-format.js';
import { unansweredOf } from './unanswered.js';

const NAME = 'eslint-json';

/**
 * ESLint's `--format json`: one list with an entry for each file. A part holds the entry with `filePath` relative to the root; fields we do not
 * know are kept. Source: ESLint documentation, formatters, "json".
 */
export const eslintJson: ReportFormat = {
  name: NAME,
  oneFilePerCall: false,
  split,
  *join(parts, place) {
    const names = new FileNames(place);
    let before = '[';
    for (const [path, part] of parts) {
      const result = member(part, 'result');
      if (!isObject(result)) continue;
      const spelling = textOr(member(part, 'spelling'), 'absolute') as Spelling;
      yield before + JSON.stringify({ ...result, filePath: names.write(path, spelling) });
      before = ',';
    }
    yield before === '[' ? '[]\n' : ']\n';
  },
  *joinErrors(parts, place) {
    const { errors, warnings } = count(resultsOf(parts));
    const limit = maxWarnings(place) ?? Infinity;
    if (errors === 0 && warnings > limit)
      yield `ESLint found too many warnings (maximum: ${limit}).
`;
  },
  exitCode,
};

function split(output: ToolOutput, context: SplitContext): SplitReport {
  const document = parseReport(NAME, reportText(NAME, output));
  if (isObject(document) && isList(document['results']))
    throw reportUnreadable(NAME, 'it has a "results" member; use --format json, not json-with-metadata');
  if (!isList(document)) throw reportUnreadable(NAME, 'it is not a list');
  const names = new FileNames(context, context.files);
  const parts = new Map<SourcePath, JsonValue>();
  const unexpected = new Set<string>();
  for (const [index, result] of document.entries()) {
    const filePath = member(result, 'filePath');
    if (!isObject(result) || typeof filePath !== 'string' || !isList(result['messages']))
      throw reportUnreadable(NAME, `entry ${index} has no "filePath" or no "messages"`);
    const file = names.read(filePath);
    if (file === undefined) unexpected.add(filePath);
    else parts.set(file.path, { spelling: file.spelling, result: { ...result, filePath: file.path } });
  }
  expectKnownExit(output.exitCode, document.map(objectOr), context);
  if (saysNothingOfSome(context))
    for (const path of context.files) if (!parts.has(path)) parts.set(path, { result: null });
  return { parts, unanswered: unansweredOf(context.files, parts), unexpected: [...unexpected] };
}

/** With these, ESLint leaves out files without errors, and files that it ignores. */
const saysNothingOfSome = ({ command }: ReportPlace): boolean =>
  hasFlag(command, '--quiet') || hasFlag(command, '--no-warn-ignored') || hasFlag(command, '--pass-on-no-patterns');

/** The exit code for all files is computed from the counts, so a call's own must be what the counts give. */
function expectKnownExit(found: number, results: readonly JsonObject[], place: ReportPlace): void {
  if (hasFlag(place.command, '--quiet') && maxWarnings(place) !== undefined)
    throw reportUnreadable(NAME, 'with --quiet it has no warnings, which --max-warnings would count; leave out one');
  const expected = exitFor(count(results), place);
  if (found === expected) return;
  throw reportUnreadable(
    NAME,
    `the command exited with ${found} where its counts make ${expected}; name eslint and all its options in the command itself, not in a script`,
  );
}

function exitCode(parts: Iterable<PartEntry>, place: ReportPlace): number {
  return exitFor(count(resultsOf(parts)), place);
}

function* resultsOf(parts: Iterable<PartEntry>): Generator<JsonObject> {
  for (const [, part] of parts) yield objectOr(member(part, 'result'));
}

interface Counts {
  readonly errors: number;
  readonly fatal: number;
  readonly warnings: number;
}

function count(results: Iterable<JsonObject>): Counts {
  let [errors, fatal, warnings] = [0, 0, 0];
  for (const result of results) {
    errors += numberOr(result['errorCount'], 0);
    fatal += numberOr(result['fatalErrorCount'], 0);
    warnings += numberOr(result['warningCount'], 0);
  }
  return { errors, fatal, warnings };
}

function exitFor({ errors, fatal, warnings }: Counts, place: ReportPlace): number {
  if (fatal > 0 && hasFlag(place.command, '--exit-on-fatal-error')) return 2;
  return errors + fatal > 0 || warnings > (maxWarnings(place) ?? Infinity) ? 1 : 0;
}

/** Below zero means no limit, as in ESLint. */
function maxWarnings({ command }: ReportPlace): number | undefined {
  const text = flagValue(command, '--max-warnings');
  const limit = text === undefined ? NaN : Number(text);
  return Number.isInteger(limit) && limit >= 0 ? limit : undefined;
}
