import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { EXIT_CODE, carriedCode, expectExplained, largestCode } from './exit-rule.js';
import { FileNames } from './file-names.js';
import { isList, isObject, member, objectOr, textOr, without, type JsonObject } from './json-shape.js';
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
import { JoinedRun } from './sarif-join-run.js';
import { runIdentity, runsOf, type PartRun } from './sarif-part.js';
import { splitRun } from './sarif-split-run.js';
import { unansweredOf } from './unanswered.js';
import { jsonDocument } from './write-json.js';

const NAME = 'sarif';
const VERSION = '2.1.0';

/**
 * SARIF 2.1.0, taken apart by the first location of each result. The joined report has one run for each tool and automation id, only the
 * rules that are used, in the order of their use, and one invocation, without what is about one call (times, command line, revision,
 * guid). Results without a location are kept with every file of their call and printed once, at the end.
 *
 * GitHub code scanning takes such a report up to 10 MB when compressed, 20 runs, 25,000 results and rules in a run, 100 extensions, 20 tags
 * of a rule, 1,000 locations and 10,000 thread flow locations of a result. Nothing is cut to fit. Source: GitHub documentation, "SARIF
 * results exceed one or more limits".
 */
export const sarif: ReportFormat = {
  name: NAME,
  oneFilePerCall: false,
  split,
  join: (parts, context) => join([...parts], context),
  *joinErrors() {
    // The report is on standard output.
  },
  exitCode: (parts) => largestCode(parts),
};

function split(output: ToolOutput, context: SplitContext): SplitReport {
  const text = reportText(NAME, output);
  const document = parseReport(NAME, text);
  const runs = runsIn(document);
  const names = new FileNames(context, context.files);
  const identities = new Map<string, number>();
  const splits = runs.map((run) => {
    const identity = runIdentity(run, 0);
    const ordinal = identities.get(identity) ?? 0;
    identities.set(identity, ordinal + 1);
    return splitRun(run, ordinal, context, names);
  });
  const failed = new Set(splits.flatMap((run) => [...run.failed]));
  const parts = new Map<SourcePath, JsonValue>();
  let findings = failed.size;
  for (const path of context.files) {
    const own = splits.flatMap(({ byFile }) => byFile.get(path) ?? []);
    const hasFindings = own.some(({ results, loose }) => results.length + loose.length > 0);
    if (hasFindings) findings++;
    if (failed.has(path)) continue;
    const exitCode = carriedCode(output.exitCode, hasFindings);
    const around = without(objectOr(document), 'runs');
    parts.set(path, { [EXIT_CODE]: exitCode, ...styleOf(text), document: around, runs: own.map(asJson) });
  }
  expectExplained(NAME, output.exitCode, findings);
  const unexpected = new Set(splits.flatMap((run) => [...run.unexpected]));
  return { parts, unanswered: unansweredOf(context.files, parts), unexpected: [...unexpected] };
}

function runsIn(document: JsonValue): JsonObject[] {
  if (!isObject(document)) throw reportUnreadable(NAME, 'it is no object');
  if (document['version'] !== VERSION)
    throw reportUnreadable(NAME, `its version is ${JSON.stringify(document['version'] ?? null)}, not "${VERSION}"`);
  const runs = document['runs'];
  if (!isList(runs) || !runs.every(isObject)) throw reportUnreadable(NAME, '"runs" is no list of objects');
  if (document['inlineExternalProperties'] !== undefined)
    throw reportUnreadable(NAME, 'it has inlineExternalProperties, which cannot be taken apart by file');
  return [...runs];
}

const asJson = (run: PartRun): JsonValue => ({
  ...run,
  descriptors: run.descriptors.map((used) => ({ ...used })),
});

function* join(parts: readonly PartEntry[], context: JoinContext): Generator<string> {
  const names = new FileNames(context);
  const newest = parts.find(([path]) => context.newest?.has(path)) ?? parts[0];
  const runs = [...joinRuns(parts, newest, names)];
  const document = objectOr(member(newest?.[1], 'document'));
  yield* jsonDocument(
    (hole) => ({
      ...('version' in document ? document : { version: VERSION }),
      runs: runs.map((run) => ({ ...run.frame(), results: hole({ items: run.allResults(), depth: 3 }) })),
    }),
    textOr(member(newest?.[1], 'indent'), ''),
  );
  yield textOr(member(newest?.[1], 'end'), '\n');
}

function joinRuns(parts: readonly PartEntry[], newest: PartEntry | undefined, names: FileNames): Iterable<JoinedRun> {
  const byIdentity = new Map<string, JoinedRun>();
  const read = parts.map((entry) => ({ runs: runsOf(entry[1]), isNewest: entry === newest }));
  for (const { runs } of read)
    for (const run of runs) {
      const identity = runIdentity(run.shell, run.ordinal);
      const joined = byIdentity.get(identity) ?? new JoinedRun(names);
      byIdentity.set(identity, joined);
      joined.addArtifacts(run);
    }
  for (const { runs, isNewest } of read)
    for (const run of runs) byIdentity.get(runIdentity(run.shell, run.ordinal))?.add(run, isNewest);
  return byIdentity.values();
}
