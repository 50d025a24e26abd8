import { planCodebase, type ForeseenPlan, type PlannedTask, type ReasonKind } from '../../index.js';
import type { Command } from '../command.js';
import { jsonText, type Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { estimateSentence } from '../print/estimate.js';
import { openProgress } from '../print/progress.js';
import { REASON_KINDS, reasonDetail, reasonTitle } from '../print/reasons.js';
import { listenToRun, printSome } from '../print/run-report.js';
import { table } from '../print/table.js';
import { count, counted } from '../print/units.js';
import { nounOf, warnOfEmptyScope } from '../run-analysis.js';
import { analyzeOptions, loadSettings, remoteFlags, scopeFlags } from '../settings.js';
import { openOutput } from '../write-output.js';

const REUSED: ReadonlySet<ReasonKind> = new Set(['unchanged', 'found-by-key', 'found-in-remote']);

export const plan: Command = async (invocation) => {
  const { options, console } = invocation;
  const settings = await loadSettings(invocation, {
    root: invocation.arguments[0],
    flags: { ...scopeFlags(options), ...remoteFlags(options) },
  });
  const output = options.output === undefined ? undefined : openOutput(options.output, invocation.cwd);
  const progress = openProgress(invocation, nounOf(settings));
  const { onEvent } = listenToRun(console);
  const listen: typeof onEvent = (event) => {
    progress.onEvent(event);
    onEvent(event);
  };
  const planned = await planCodebase(analyzeOptions(settings, invocation, listen)).finally(() => progress.stop());
  const { tasks, totals, estimate } = planned;
  warnOfEmptyScope(totals.files, settings, console);
  const document = { schemaVersion: 1, codebaseId: settings.config.values.codebase, tasks, totals, estimate };
  output?.write(jsonText(document));
  if (console.asJson) await console.printJson(document);
  else printPlan(planned, console);
  return EXIT.ok;
};

function printPlan({ tasks, totals, estimate }: ForeseenPlan, console: Console): void {
  const { heading, good, detail } = console.style;
  const dropped = totals.removed > 0 ? `, ${counted(totals.removed, 'result')} would be dropped` : '';
  console.print(
    `${heading(`${counted(totals.run, 'task')} would run`)}, ${good(`${count(totals.reuse)} would be reused`)}${dropped}`,
  );
  const sentence = estimateSentence(estimate);
  if (totals.run > 0 && sentence !== undefined) console.print(detail(`about ${sentence}`));
  const groups = groupByReason(tasks);
  for (const kind of REASON_KINDS) {
    const group = groups.get(kind);
    if (group === undefined) continue;
    console.print('');
    console.print(`${heading(reasonTitle(kind))} (${count(group.length)})`);
    // Of what would not run, the number says enough.
    if (!REUSED.has(kind)) printTasks(group, console);
    else if (console.verbose) printTasks(group, console);
  }
}

function groupByReason(tasks: readonly PlannedTask[]): Map<ReasonKind, PlannedTask[]> {
  const groups = new Map<ReasonKind, PlannedTask[]>();
  for (const task of tasks) {
    const group = groups.get(task.reason.kind);
    if (group === undefined) groups.set(task.reason.kind, [task]);
    else group.push(task);
  }
  return groups;
}

function printTasks(group: readonly PlannedTask[], console: Console): void {
  const rows = group.map(({ path, analyzer, reason }) => [
    escape(path),
    escape(analyzer),
    escape(reasonDetail(reason)),
  ]);
  printSome(table(rows), console.verbose, (line) => console.print(`  ${line}`));
}
