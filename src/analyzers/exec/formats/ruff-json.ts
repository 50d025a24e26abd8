import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { EXIT_CODE, carriedCode, expectExplained, largestCode } from './exit-rule.js';
import { FileNames, type Spelling } from './file-names.js';
import { isList, isObject, listOr, member, objectOr, textOr, type JsonObject } from './json-shape.js';
import { parseReport, reportText, styleOf } from './read-report.js';
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
import { jsonList } from './write-json.js';

const NAME = 'ruff-json';
/** From here on ruff means that it could not work, not that it found something. Source: ruff documentation, "Exit codes". */
const FIRST_FAILURE_CODE = 2;

/**
 * `ruff check --output-format json`: one list of findings, sorted by file name and place. A part holds those of one file, their
 * `filename` relative to the root; fields we do not know are kept.
 */
export const ruffJson: ReportFormat = {
  name: NAME,
  oneFilePerCall: false,
  split,
  *join(parts, place) {
    let end: string | undefined;
    const written: WrittenFile[] = [];
    const names = new FileNames(place);
    for (const [path, part] of parts) {
      end ??= textOr(member(part, 'end'), undefined);
      const findings = listOr(member(part, 'findings'));
      const filename = names.write(path, textOr(member(part, 'spelling'), 'absolute') as Spelling);
      if (findings.length > 0) written.push({ filename, sortKey: Buffer.from(filename), findings });
    }
    yield* jsonList(findingsOf(written), '  ', 0);
    if (end) yield end;
  },
  *joinErrors() {
    // What ruff says on the error stream is about one call.
  },
  exitCode: (parts: Iterable<PartEntry>) => largestCode(parts),
};

interface WrittenFile {
  readonly filename: string;
  /** Ruff compares names as bytes. */
  readonly sortKey: Buffer;
  readonly findings: readonly JsonValue[];
}

function* findingsOf(files: WrittenFile[]): Generator<JsonValue> {
  files.sort((a, b) => Buffer.compare(a.sortKey, b.sortKey));
  for (const { filename, findings } of files) for (const finding of findings) yield { ...objectOr(finding), filename };
}

interface FileFindings {
  spelling: Spelling;
  findings: JsonObject[];
}

function split(output: ToolOutput, context: SplitContext): SplitReport {
  const text = reportText(NAME, output);
  const document = parseReport(NAME, text);
  if (!isList(document)) throw reportUnreadable(NAME, 'it is not a list');
  if (output.exitCode >= FIRST_FAILURE_CODE)
    throw reportUnreadable(NAME, `the command exited with ${output.exitCode}, which is a failure of ruff itself`);
  const names = new FileNames(context, context.files);
  const byFile = new Map<SourcePath, FileFindings>();
  const failed = new Set<SourcePath>();
  const unexpected = new Set<string>();
  for (const [index, finding] of document.entries()) {
    const filename = member(finding, 'filename');
    if (!isObject(finding) || typeof filename !== 'string' || !('message' in finding))
      throw reportUnreadable(NAME, `entry ${index} has no "filename" or no "message"`);
    const file = names.read(filename);
    if (file === undefined) unexpected.add(filename);
    else if (couldNotWork(finding)) failed.add(file.path);
    else {
      const known = byFile.get(file.path) ?? { spelling: file.spelling, findings: [] };
      known.findings.push({ ...finding, filename: file.path });
      byFile.set(file.path, known);
    }
  }
  expectExplained(NAME, output.exitCode, byFile.size + failed.size);
  return assemble(byFile, failed, unexpected, { context, exitCode: output.exitCode, end: styleOf(text).end });
}

function assemble(
  byFile: ReadonlyMap<SourcePath, FileFindings>,
  failed: ReadonlySet<SourcePath>,
  unexpected: ReadonlySet<string>,
  { context, exitCode, end }: { context: ReportPlace & SplitContext; exitCode: number; end: string },
): SplitReport {
  const parts = new Map<SourcePath, JsonValue>();
  for (const path of context.files) {
    if (failed.has(path)) continue;
    const { spelling, findings } = byFile.get(path) ?? { spelling: 'absolute', findings: [] };
    parts.set(path, { [EXIT_CODE]: carriedCode(exitCode, findings.length > 0), end, spelling, findings });
  }
  return { parts, unanswered: unansweredOf(context.files, parts), unexpected: [...unexpected] };
}

/** Ruff broke down over the file, or could not read it; that the file is not UTF-8 is a fact about its content. */
function couldNotWork(finding: JsonObject): boolean {
  if (finding['name'] === 'panic' || finding['code'] === 'panic') return true;
  return finding['code'] === 'E902' && !/utf-?8/i.test(textOr(finding['message'], ''));
}
