import path from 'node:path';
import type { AnalysisRun, Shard } from '../../index.js';
import type { Command, Invocation } from '../command.js';
import { jsonText, type Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { amounts } from '../print/estimate.js';
import { remoteSentence } from '../print/remote.js';
import { reasonSentence } from '../print/reasons.js';
import { count, counted, duration } from '../print/units.js';
import { runAnalysis, type ReportedRun } from '../run-analysis.js';
import { loadSettings, remoteFlags, scopeFlags, shownPath, storageOptions, type CommandSettings } from '../settings.js';
import { openOutput } from '../write-output.js';

export const analyze: Command = async (invocation) => {
  const { options, console } = invocation;
  const settings = await loadSettings(invocation, {
    root: invocation.arguments[0],
    flags: { ...scopeFlags(options), ...remoteFlags(options) },
  });
  const output = options.output === undefined ? undefined : openOutput(options.output, invocation.cwd);
  const reported = await runAnalysis(settings, invocation);
  const { run } = reported;
  try {
    if (console.verbose) printReused(run, console);
    output?.write(jsonText(analyzeDocument(reported)));
    if (console.asJson) await console.printJson(analyzeDocument(reported));
    else if (!console.quiet) printSummary(run, invocation, settings);
    return run.totals.failed > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await run.close();
  }
};

/** See `schemas/analyze-output.schema.json`. */
export function analyzeDocument({ run, messages }: ReportedRun): object {
  const { codebaseId, versionId, changed, totals, analyzers, durationMs, failures, skipped } = run;
  const { savedMs, savedCost, cost, remote } = run;
  return {
    ...{ schemaVersion: 1, codebaseId, versionId, changed, totals, analyzers, durationMs },
    ...{ savedMs, savedCost, cost },
    ...(remote !== undefined && { remote }),
    failures: failures.map(({ path: file, analyzer, reason, message }) => ({ path: file, analyzer, reason, message })),
    skipped: skipped.map(({ path: file, reason, message }) => ({ path: file, reason, message })),
    ...messages,
  };
}

/** Those that ran were printed when they did. */
function printReused({ plan }: AnalysisRun, console: Console): void {
  for (const { decision, path: file, analyzer, reason } of plan.tasks) {
    if (decision === 'reuse') console.note(`${escape(file)} ${escape(analyzer)}: ${reasonSentence(reason)}`);
  }
}

function printSummary(
  run: AnalysisRun,
  { console, cwd, options }: Invocation,
  { root, config }: CommandSettings,
): void {
  const { totals, durationMs, savedMs, savedCost, cost } = run;
  const { heading, detail, good, problem, warning } = console.style;
  const shownFolder = escape(shownPath(path.join(config.values.basePath, run.codebaseId), cwd));
  const figures = [
    `${count(totals.analyzed)} analyzed`,
    good(`${count(totals.reused)} reused`),
    ...(totals.removed > 0 ? [`${count(totals.removed)} removed`] : []),
    ...(totals.failed > 0 ? [problem(`${count(totals.failed)} failed`)] : []),
    ...(totals.uncacheable > 0 ? [warning(`${count(totals.uncacheable)} uncacheable`)] : []),
    ...(run.skipped.length > 0 ? [warning(`${counted(run.skipped.length, 'file')} skipped`)] : []),
  ];
  const savedParts = [...(savedMs >= 1 ? [duration(savedMs)] : []), ...amounts(savedCost)];
  const saved = savedParts.length > 0 ? `, ${savedParts.join(', ')} saved` : '';
  const spent = amounts(cost).length > 0 ? `, ${amounts(cost).join(', ')} spent` : '';
  console.print(
    `${heading(`${escape(run.codebaseId)}: ${counted(totals.files, 'file')}`)}: ${figures.join(', ')} in ${duration(durationMs)}${spent}${saved}`,
  );
  if (run.remote !== undefined) console.print(detail(remoteSentence(run.remote)));
  if (options.shard !== undefined) console.print(detail(shardSentence(options.shard, run)));
  if (run.versionId === null) return;
  const isInFiles = storageOptions(config).store === undefined;
  console.print(detail(`Cache: ${isInFiles ? shownFolder : escape(run.cache ?? '')}`));
  if (!isInFiles) return;
  if (options.force === true || totals.analyzed === 0 || !isFirstRun(run)) return;
  console.print('');
  console.print(`Next: open ${path.join(shownFolder, 'analysis.json')}`);
  const failed = new Set(run.failures.map(({ path: file }) => file));
  const plain = run.plan.tasks.find(({ path: file }) => NEEDS_NO_QUOTES.test(file) && !failed.has(file));
  if (plain === undefined) return;
  const where = root === cwd ? '' : ` -C ${escape(shownPath(root, cwd))}`;
  console.print(`      documee explain ${plain.path}${where}`);
}

function shardSentence({ index, count: shards }: Shard, { remote }: AnalysisRun): string {
  const isShared = remote !== undefined && remote.mode !== 'read';
  const where = isShared ? '' : '; its results are in this cache only';
  return `Part ${index} of ${shards}${where}. A run without --shard finds the results of all parts and writes the analysis`;
}

const NEEDS_NO_QUOTES = /^[\w./@+-]+$/;

function isFirstRun({ totals, plan }: AnalysisRun): boolean {
  return totals.reused === 0 && totals.removed === 0 && plan.tasks.every(({ reason }) => reason.kind === 'never-seen');
}
