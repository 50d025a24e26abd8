import {
  analyzeCodebase,
  execAnalyzer,
  planCodebase,
  type AnalysisRun,
  type AnalyzeOptions,
  type ExecAnalyzer,
  type ExecCall,
  type PartEntry,
} from '../../index.js';
import type { Command, Invocation } from '../command.js';
import type { Console } from '../console.js';
import { execOptions } from '../exec/exec-options.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { openProgress } from '../print/progress.js';
import { reasonSentence } from '../print/reasons.js';
import { listenToRun, printProblems, printUnnamed, type RunMessages } from '../print/run-report.js';
import { remoteSentence } from '../print/remote.js';
import { count, counted, duration } from '../print/units.js';
import { warnOfEmptyScope } from '../run-analysis.js';
import { analyzeOptions, loadSettings, remoteFlags, scopeFlags, type CommandSettings } from '../settings.js';
import { openOutput, type OutputFile } from '../write-output.js';
import { analyzeDocument } from './analyze.js';

export const exec: Command = async (invocation) => {
  const { options, console } = invocation;
  // Here --include says which files are passed; what they import may lie elsewhere.
  const settings = await loadSettings(invocation, {
    flags: { ...scopeFlags(options), ...remoteFlags(options), include: undefined },
  });
  const asked = execOptions(invocation, settings.root);
  const output = options.output === undefined ? undefined : openOutput(options.output, invocation.cwd);
  const tool = await execAnalyzer({
    ...asked,
    onToolMessage: (text) => passOn(text, invocation),
    onWarning: (message) => console.warn(escape(message)),
  });
  const runOptions: AnalyzeOptions = {
    ...analyzeOptions(settings, invocation),
    codebaseId: options.codebase ?? `${settings.config.values.codebase}@${asked.id.replace(/[^\w.-]+/g, '-')}`,
    analyzers: [tool],
  };
  if (options.dryRun === true) return dryRun(runOptions, tool, invocation);
  return run(runOptions, { tool, settings, invocation, output, calls: asked.calls });
};

interface ExecRun {
  readonly tool: ExecAnalyzer;
  readonly settings: CommandSettings;
  readonly invocation: Invocation;
  readonly output: OutputFile | undefined;
  readonly calls: readonly ExecCall[];
}

async function run(options: AnalyzeOptions, exec: ExecRun): Promise<number> {
  const { tool, settings, invocation } = exec;
  const { console } = invocation;
  const progress = openProgress(invocation, 'files');
  const { onEvent, messages } = listenToRun(console);
  const listen: typeof onEvent = (event) => {
    progress.onEvent(event);
    onEvent(event);
  };
  let run: AnalysisRun;
  try {
    run = await analyzeCodebase({ ...options, onEvent: listen });
  } finally {
    progress.stop();
    // After an abort: what was started is not left behind.
    await tool.whenIdle();
  }
  try {
    warnOfEmptyScope(run.totals.files, settings, console);
    printUnnamed(messages, console);
    return await report(run, messages, exec);
  } finally {
    await run.close();
  }
}

async function report(run: AnalysisRun, messages: RunMessages, exec: ExecRun): Promise<number> {
  const { tool, invocation, calls, output } = exec;
  const { console } = invocation;
  const { parts, newest } = await currentParts(run, tool);
  const isComplete = run.failures.length === 0;
  const exitCode = isComplete ? tool.report.exitCode(parts) : failedExitCode(calls);
  printFailures(run, calls, console);
  if (isComplete) {
    for (const piece of tool.report.printErrors(parts)) passOn(piece, invocation);
    if (output !== undefined) output.write([...tool.report.print(parts, newest)].join(''));
    else if (!console.asJson) for (const piece of tool.report.print(parts, newest)) await console.printAll(piece);
  }
  if (console.asJson) await console.printJson(execDocument(run, messages, exitCode, calls));
  else printSummary(run, tool, calls, console);
  return exitCode;
}

async function currentParts(
  run: AnalysisRun,
  tool: ExecAnalyzer,
): Promise<{ readonly parts: readonly PartEntry[]; readonly newest: Set<PartEntry[0]> }> {
  const parts: PartEntry[] = [];
  const newest = new Set<PartEntry[0]>();
  for await (const { path, result, reused } of run.results({ analyzer: tool.id })) {
    parts.push([path, result]);
    if (!reused) newest.add(path);
  }
  return { parts, newest };
}

/** A tool that fails has said so by its exit code; one that ends well without a whole report has failed all the same. */
const failedExitCode = (calls: readonly ExecCall[]): number =>
  calls.find(({ problem, exitCode }) => problem !== undefined && (exitCode ?? 0) > 0)?.exitCode ?? EXIT.failed;

/** What made a call fail is said once for all its files. */
function printFailures(run: AnalysisRun, calls: readonly ExecCall[], console: Console): void {
  const { problem: red } = console.stderrStyle;
  const said = new Set<string>();
  for (const { problem, files } of calls) {
    if (problem === undefined) continue;
    said.add(problem);
    console.error(`${red('failed:')} ${counted(files, 'file')}: ${escape(problem)}`);
  }
  const others = run.failures.filter(({ message }) => !said.has(message));
  printProblems(console, others, run.skipped);
  if (run.failures.length === 0) return;
  const files = new Set(run.failures.map(({ path }) => path)).size;
  console.error(
    `No report is printed, since ${counted(files, 'file')} could not be analyzed; what the others gave is kept.`,
  );
}

/** See `schemas/exec-output.schema.json`. */
function execDocument(run: AnalysisRun, messages: RunMessages, exitCode: number, calls: readonly ExecCall[]): object {
  return {
    ...analyzeDocument({ run, messages }),
    exitCode,
    calls: calls.map(({ files, durationMs, exitCode: code, problem }) => ({
      ...{ files, durationMs: Math.round(durationMs * 100) / 100, exitCode: code, problem: problem ?? null },
    })),
  };
}

function printSummary(run: AnalysisRun, { id }: ExecAnalyzer, calls: readonly ExecCall[], console: Console): void {
  if (run.remote !== undefined) console.note(remoteSentence(run.remote));
  const { analyzed, reused, failed } = run.analyzers[id] ?? { analyzed: 0, reused: 0, failed: 0 };
  const { heading, good, problem, warning } = console.stderrStyle;
  const figures = [
    calls.length === 0 ? 'nothing to run' : `${count(analyzed)} analyzed in ${counted(calls.length, 'call')}`,
    good(`${count(reused)} reused`),
    ...(run.totals.removed > 0 ? [`${count(run.totals.removed)} removed`] : []),
    ...(failed > 0 ? [problem(`${count(failed)} failed`)] : []),
    ...(run.totals.uncacheable > 0 ? [warning(`${count(run.totals.uncacheable)} not kept`)] : []),
  ];
  const saved = run.savedMs >= 1 ? `, ${duration(run.savedMs)} saved` : '';
  console.note(
    `${heading(`${escape(id)}: ${counted(analyzed + reused + failed, 'file')}`)}: ${figures.join(', ')} in ${duration(run.durationMs)}${saved}`,
  );
}

async function dryRun(options: AnalyzeOptions, { id }: ExecAnalyzer, { console }: Invocation): Promise<number> {
  const { tasks, totals } = await planCodebase({ ...options, onEvent: listenToRun(console).onEvent });
  const own = tasks.filter(({ analyzer }) => analyzer === id);
  const toRun = own.filter(({ decision }) => decision === 'run');
  if (console.asJson) {
    await console.printJson({ schemaVersion: 1, codebaseId: options.codebaseId, tasks, totals });
    return EXIT.ok;
  }
  console.print(`${counted(toRun.length, 'file')} of ${count(own.length)} would be passed to ${escape(id)}`);
  for (const { path, reason } of toRun) console.print(`  ${escape(path)}: ${escape(reasonSentence(reason))}`);
  return EXIT.ok;
}

/** The tool's own words, as it wrote them. */
function passOn(text: string, { stderr, console }: Invocation): void {
  console.clearBar();
  stderr.write(text);
}
