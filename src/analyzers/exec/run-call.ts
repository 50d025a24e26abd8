import type { BatchAnswer } from '../../model/analyzer.js';
import { CacheError } from '../../model/errors.js';
import type { SourcePath } from '../../model/ids.js';
import type { JsonValue } from '../../model/json.js';
import { argumentsFor, toolName, type CommandLine } from './command-line.js';
import type { ExecOptions } from './exec-options.js';
import type { ReportFormat, ReportPlace, SplitReport } from './formats/report-format.js';
import { runCommand, type CommandEnd } from './run-command.js';
import type { Startable } from './startable.js';

export interface CallFile {
  readonly path: SourcePath;
  /** The file as the tool is to find it. */
  readonly argument: string;
}

export interface CallOptions {
  readonly program: Startable;
  readonly command: CommandLine;
  readonly format: ReportFormat;
  readonly place: ReportPlace;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly options: ExecOptions;
}

export type Answer = BatchAnswer<JsonValue>;

/** Starts the tool for `files` and answers for each; for none of them where it was stopped because the run was. */
export async function runCall(files: readonly CallFile[], call: CallOptions, signal: AbortSignal): Promise<Answer[]> {
  const { program, command, format, place, environment, options } = call;
  const end = await runCommand({
    program: program.program,
    arguments: [
      ...program.first,
      ...argumentsFor(
        command,
        files.map(({ argument }) => argument),
      ),
    ],
    ...{ cwd: place.cwd, environment, signal, timeoutMs: options.timeoutMs },
    // What a report repeats for each file is not said twice.
    onStderr: format.oneFilePerCall ? undefined : options.onToolMessage,
  });
  // The system takes less than it says; nothing was started yet.
  if (end.problem?.kind === 'too-long' && files.length > 1) return runInHalves(files, call, signal);
  if (end.problem?.kind === 'aborted') return [];
  const report = splitReport(end, files, call);
  const problem = report instanceof CacheError ? report.message : undefined;
  options.onCall?.({ files: files.length, durationMs: end.durationMs, exitCode: end.exitCode, problem });
  if (report instanceof CacheError) {
    if (format.oneFilePerCall && end.stderr.length > 0) options.onToolMessage?.(end.stderr.toString());
    return files.map(({ path }) => ({ path, error: report.message }));
  }
  warnOfUnexpected(report, call);
  return answersOf(report, end.durationMs / files.length, command);
}

async function runInHalves(files: readonly CallFile[], call: CallOptions, signal: AbortSignal): Promise<Answer[]> {
  const middle = Math.ceil(files.length / 2);
  const first = await runCall(files.slice(0, middle), call, signal);
  return [...first, ...(await runCall(files.slice(middle), call, signal))];
}

function answersOf({ parts, unanswered }: SplitReport, durationMs: number, command: CommandLine): Answer[] {
  const answers: Answer[] = [];
  for (const [path, result] of parts) answers.push({ path, result, durationMs });
  for (const path of unanswered) answers.push({ path, error: `${toolName(command)} gave no answer for this file` });
  return answers;
}

/** The report, or why there is none that can be used: one line with the end of what the tool said. */
function splitReport(end: CommandEnd, files: readonly CallFile[], call: CallOptions): SplitReport | CacheError {
  const { format, place, command } = call;
  const { stdout, stderr, exitCode, problem } = end;
  if (exitCode === null) return failed(command, problem?.message ?? 'gave no exit code', stderr, problem);
  try {
    return format.split({ stdout, stderr, exitCode }, { ...place, files: files.map(({ path }) => path) });
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    // A tool that prints nothing has its reasons, and the last line of them says more than that it was no report.
    const what = stdout.length === 0 && stderr.length > 0 ? ' and no report' : `. ${error.message}`;
    return failed(command, `ended with exit code ${exitCode}${what}`, stderr, error);
  }
}

function failed(command: CommandLine, what: string, stderr: Buffer, cause: unknown): CacheError {
  const said = lastLine(stderr.toString());
  const message = `${toolName(command)} ${what}${said === '' ? '' : `${what.endsWith('.') ? '' : '.'} It said: ${said}`}`;
  return new CacheError('CACHE_COMMAND_FAILED', message, { cause, command: toolName(command) });
}

/** Longer lines are dumps. */
const MAX_LINE_CHARACTERS = 300;

/** Of what a tool says before it ends, the last line is about the end; a stack below it is not. */
function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at |Node\.js v|\^+$)/.test(line));
  return (lines.at(-1) ?? '').slice(0, MAX_LINE_CHARACTERS);
}

function warnOfUnexpected({ unexpected }: SplitReport, { options, command }: CallOptions): void {
  if (unexpected.length === 0) return;
  const others = unexpected.length > 1 ? ` and ${unexpected.length - 1} more` : '';
  options.onWarning?.(
    `${toolName(command)} reported on ${unexpected[0] ?? ''}${others}, which it was not asked about; that is left out.`,
  );
}
