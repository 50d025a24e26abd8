import { analyzeCodebase, type AnalysisRun } from '../index.js';
import type { Invocation } from './command.js';
import type { Console } from './console.js';
import { escape } from './print/escape.js';
import { openProgress } from './print/progress.js';
import { listenToRun, printProblems, printUnnamed, type RunMessages } from './print/run-report.js';
import { analyzeOptions, type CommandSettings } from './settings.js';

export interface ReportedRun {
  readonly run: AnalysisRun;
  readonly messages: RunMessages;
}

/** One run with everything said that is not its result: progress, warnings, failures, files that were left out. */
export async function runAnalysis(settings: CommandSettings, invocation: Invocation): Promise<ReportedRun> {
  const progress = openProgress(invocation, nounOf(settings));
  const { onEvent, messages } = listenToRun(invocation.console);
  const listen: typeof onEvent = (event) => {
    progress.onEvent(event);
    onEvent(event);
  };
  try {
    const run = await analyzeCodebase(analyzeOptions(settings, invocation, listen));
    progress.stop();
    warnOfEmptyScope(run.totals.files, settings, invocation.console);
    printUnnamed(messages, invocation.console);
    printProblems(invocation.console, run.failures, run.skipped);
    return { run, messages };
  } finally {
    progress.stop();
  }
}

/** Such a run is a success; most of the time somebody mistyped a pattern. */
export function warnOfEmptyScope(files: number, { config }: CommandSettings, console: Console): void {
  const { include } = config.values;
  if (files > 0 || include.length === 0) return;
  console.warn(`No file is in scope: nothing that is not excluded matches ${escape(include.join(', '))}`);
}

export const nounOf = ({ config }: CommandSettings): string =>
  config.values.analyzers.length === 1 ? 'files' : 'tasks';
